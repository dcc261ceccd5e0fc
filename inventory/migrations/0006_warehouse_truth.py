"""Locks, stocktakes, snapshots of warehouse systems; holds whose order was called off."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import vmi.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("inventory", "0005_safety"),
        ("warehousing", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="physicalhold",
            name="is_frozen",
            field=models.BooleanField(db_default=False, default=False, verbose_name="cancellation requested"),
        ),
        migrations.CreateModel(
            name="StockLock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "create_time",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "modify_time",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="modified at"
                    ),
                ),
                ("sn", vmi.core.fields.CodeField(max_length=64, unique=True, verbose_name="number")),
                (
                    "reason",
                    models.SmallIntegerField(
                        choices=[(1, "Quality"), (2, "Near expiry"), (3, "After-sale"), (4, "Legal")],
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "state",
                    models.SmallIntegerField(choices=[(1, "Locked"), (2, "Unlocked")], default=1, verbose_name="state"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="unlocked at")),
                (
                    "creater",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock lock",
                "verbose_name_plural": "stock locks",
                "ordering": ("-pk",),
                "permissions": [("lock_stock", "Can lock and unlock stock")],
            },
        ),
        migrations.CreateModel(
            name="StockLockLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line_no", models.IntegerField(verbose_name="line")),
                ("quantity", models.IntegerField(verbose_name="quantity")),
                ("released_qty", models.IntegerField(db_default=0, default=0, verbose_name="unlocked")),
                (
                    "lock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="inventory.stocklock",
                        verbose_name="stock lock",
                    ),
                ),
                (
                    "locked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locks",
                        to="inventory.physicalstock",
                        verbose_name="locked stock",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.physicalstock",
                        verbose_name="physical stock",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock lock line",
                "verbose_name_plural": "stock lock lines",
                "ordering": ("lock_id", "line_no"),
            },
        ),
        migrations.CreateModel(
            name="Stocktake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "create_time",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "modify_time",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="modified at"
                    ),
                ),
                ("sn", vmi.core.fields.CodeField(max_length=64, unique=True, verbose_name="number")),
                ("description", models.CharField(blank=True, default="", max_length=200, verbose_name="description")),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Counting"),
                            (2, "To approve"),
                            (3, "Waits for a second approval"),
                            (4, "Applied"),
                            (5, "Rejected"),
                        ],
                        default=1,
                        verbose_name="state",
                    ),
                ),
                ("limit_qty", models.IntegerField(blank=True, null=True, verbose_name="limit of a difference")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="submitted at")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved at")),
                ("second_at", models.DateTimeField(blank=True, null=True, verbose_name="second approval at")),
                ("reason", models.CharField(blank=True, default="", max_length=200, verbose_name="reason")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "creater",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehousing.owner",
                        verbose_name="goods owner",
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="second approval by",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="submitted by",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehousing.warehouse",
                        verbose_name="warehouse",
                    ),
                ),
            ],
            options={
                "verbose_name": "stocktake",
                "verbose_name_plural": "stocktakes",
                "ordering": ("-pk",),
                "permissions": [
                    ("submit_stocktake", "Can submit a stocktake"),
                    ("approve_stocktake", "Can approve or reject a stocktake"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StocktakeLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line_no", models.IntegerField(verbose_name="line")),
                ("batch", models.CharField(blank=True, default="", max_length=64, verbose_name="batch code")),
                (
                    "quality",
                    models.SmallIntegerField(
                        choices=[(1, "Qualified"), (2, "To inspect"), (3, "Locked")], default=1, verbose_name="quality"
                    ),
                ),
                ("counted_qty", models.IntegerField(verbose_name="counted")),
                ("expected_qty", models.IntegerField(verbose_name="expected")),
                ("counted_at", models.DateTimeField(verbose_name="counted at")),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehousing.location",
                        verbose_name="location",
                    ),
                ),
                (
                    "sku",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.productinfo",
                        verbose_name="SKU",
                    ),
                ),
                (
                    "stocktake",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="inventory.stocktake",
                        verbose_name="stocktake",
                    ),
                ),
            ],
            options={
                "verbose_name": "stocktake line",
                "verbose_name_plural": "stocktake lines",
                "ordering": ("stocktake_id", "line_no"),
            },
        ),
        migrations.CreateModel(
            name="WmsSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField(verbose_name="sequence")),
                ("taken_at", models.DateTimeField(verbose_name="taken at")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                ("is_complete", models.BooleanField(default=False, verbose_name="complete")),
                ("is_net", models.BooleanField(default=False, verbose_name="net figures")),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Applied"),
                            (2, "Applied, differences to review"),
                            (3, "Ignored, older than the last"),
                        ],
                        default=1,
                        verbose_name="state",
                    ),
                ),
                ("row_count", models.IntegerField(default=0, verbose_name="rows")),
                ("applied_count", models.IntegerField(default=0, verbose_name="applied")),
                ("explained_count", models.IntegerField(default=0, verbose_name="on their way out")),
                ("review_count", models.IntegerField(default=0, verbose_name="to review")),
                ("unknown_count", models.IntegerField(default=0, verbose_name="unknown")),
                ("gained_qty", models.BigIntegerField(default=0, verbose_name="units found")),
                ("lost_qty", models.BigIntegerField(default=0, verbose_name="units missing")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("actor_id", models.BigIntegerField(verbose_name="actor")),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehousing.warehouse",
                        verbose_name="warehouse",
                    ),
                ),
            ],
            options={
                "verbose_name": "WMS snapshot",
                "verbose_name_plural": "WMS snapshots",
                "ordering": ("-pk",),
                "permissions": [
                    ("import_wmssnapshot", "Can import the stock of a warehouse system"),
                    ("decide_wmssnapshot", "Can accept or dismiss differences of a warehouse system"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SnapshotDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=64, verbose_name="SKU")),
                ("owner", models.CharField(max_length=64, verbose_name="owner")),
                ("location", models.CharField(max_length=64, verbose_name="location")),
                ("batch", models.CharField(blank=True, default="", max_length=64, verbose_name="batch")),
                ("quality", models.SmallIntegerField(verbose_name="quality")),
                ("wms_qty", models.IntegerField(verbose_name="figure of the system")),
                ("our_qty", models.IntegerField(verbose_name="our figure")),
                ("held_qty", models.IntegerField(default=0, verbose_name="waiting to leave")),
                ("difference_qty", models.IntegerField(verbose_name="difference")),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Applied"),
                            (2, "On its way out"),
                            (3, "To review"),
                            (4, "Accepted"),
                            (5, "Dismissed"),
                            (6, "Superseded"),
                            (7, "Unknown here"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "physical",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.physicalstock",
                        verbose_name="physical stock",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="inventory.wmssnapshot",
                        verbose_name="WMS snapshot",
                    ),
                ),
            ],
            options={
                "verbose_name": "WMS difference",
                "verbose_name_plural": "WMS differences",
                "ordering": ("-pk",),
            },
        ),
        migrations.AddIndex(
            model_name="stocklock",
            index=models.Index(
                condition=models.Q(("state", 1)), fields=["until", "id"], name="inventory_stocklock_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="stocklockline",
            constraint=models.UniqueConstraint(fields=("lock", "line_no"), name="inventory_stocklockline_unique"),
        ),
        migrations.AddConstraint(
            model_name="stocklockline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0), ("quantity__gte", models.F("released_qty")), ("released_qty__gte", 0)
                ),
                name="inventory_stocklockline_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="stocktake",
            constraint=models.CheckConstraint(
                condition=models.Q(("limit_qty", None), ("limit_qty__gte", 0), _connector="OR"),
                name="inventory_stocktake_limit",
            ),
        ),
        migrations.AddConstraint(
            model_name="stocktakeline",
            constraint=models.UniqueConstraint(fields=("stocktake", "line_no"), name="inventory_stocktakeline_unique"),
        ),
        migrations.AddConstraint(
            model_name="stocktakeline",
            constraint=models.UniqueConstraint(
                fields=("stocktake", "sku", "location", "batch", "quality"), name="inventory_stocktakeline_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="stocktakeline",
            constraint=models.CheckConstraint(
                condition=models.Q(("counted_qty__gte", 0), ("expected_qty__gte", 0)),
                name="inventory_stocktakeline_not_negative",
            ),
        ),
        migrations.AddIndex(
            model_name="wmssnapshot",
            index=models.Index(fields=["warehouse", "-seq"], name="inventory_wmssnapshot_seq"),
        ),
        migrations.AddConstraint(
            model_name="wmssnapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(("row_count__gte", 0), ("seq__gte", 0)), name="inventory_wmssnapshot_figures"
            ),
        ),
        migrations.AddIndex(
            model_name="snapshotdifference",
            index=models.Index(condition=models.Q(("state", 3)), fields=["physical"], name="inventory_difference_open"),
        ),
    ]
