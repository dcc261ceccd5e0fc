"""Safety stock: policies, their releases (which the database keeps unchanged) and their reviews."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from vmi.core.db import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_supply_and_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SafetyPolicy",
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
                ("normal_units", models.IntegerField(blank=True, null=True, verbose_name="normal part (units)")),
                (
                    "cover_days",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="normal part (days of cover)"),
                ),
                (
                    "daily_average_qty",
                    models.DecimalField(
                        db_default=0, decimal_places=3, default=0, max_digits=14, verbose_name="average daily outbound"
                    ),
                ),
                (
                    "emergency_percent",
                    models.SmallIntegerField(db_default=0, default=0, verbose_name="emergency extra (%)"),
                ),
                (
                    "supplier_risk_percent",
                    models.SmallIntegerField(db_default=0, default=0, verbose_name="supplier-risk extra (%)"),
                ),
                ("target_qty", models.IntegerField(db_default=0, default=0, verbose_name="safety target")),
                ("released_qty", models.IntegerField(db_default=0, default=0, verbose_name="safety released")),
                ("is_locked", models.BooleanField(db_default=False, default=False, verbose_name="safety locked")),
                (
                    "lock_reason",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=200, verbose_name="reason of the lock"
                    ),
                ),
                ("locked_until", models.DateField(blank=True, null=True, verbose_name="locked until")),
                (
                    "review_every",
                    models.SmallIntegerField(
                        choices=[(7, "Every week"), (30, "Every month")], db_default=7, default=7, verbose_name="review"
                    ),
                ),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="reviewed on")),
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
                    "logical",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safety_policy",
                        to="inventory.logicalstock",
                        verbose_name="logical stock",
                    ),
                ),
            ],
            options={
                "verbose_name": "safety stock policy",
                "verbose_name_plural": "safety stock policies",
                "ordering": ("logical_id",),
                "permissions": [
                    ("set_safety", "Can set safety stock"),
                    ("release_safety", "Can release and re-arm safety stock"),
                    ("lock_safety", "Can lock and unlock safety stock"),
                    ("release_locked_safety", "Can release locked safety stock in an emergency"),
                    ("review_safety", "Can review safety stock and accept proposals"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.SmallIntegerField(choices=[(1, "Released"), (2, "Re-armed")], verbose_name="step")),
                ("quantity", models.IntegerField(verbose_name="quantity")),
                ("moved_qty", models.IntegerField(verbose_name="moved at once")),
                ("until", models.DateField(blank=True, null=True, verbose_name="re-armed on")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("is_override", models.BooleanField(default=False, verbose_name="in spite of the lock")),
                ("source_type", models.CharField(max_length=16, verbose_name="source type")),
                ("source_sn", models.CharField(max_length=64, verbose_name="source number")),
                ("actor_id", models.BigIntegerField(verbose_name="actor")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "bucket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.channelstock",
                        verbose_name="sold through",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="inventory.safetypolicy",
                        verbose_name="safety stock policy",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rearms",
                        to="inventory.safetyrelease",
                        verbose_name="release",
                    ),
                ),
            ],
            options={
                "verbose_name": "release of safety stock",
                "verbose_name_plural": "releases of safety stock",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="SafetyReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_from", models.DateField(verbose_name="from")),
                ("period_to", models.DateField(verbose_name="to")),
                (
                    "verdict",
                    models.SmallIntegerField(
                        choices=[(1, "Too low"), (2, "Fits"), (3, "Too high")], verbose_name="verdict"
                    ),
                ),
                (
                    "current_days",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=8, null=True, verbose_name="days of cover now"
                    ),
                ),
                ("current_target_qty", models.IntegerField(verbose_name="target now")),
                ("proposed_days", models.SmallIntegerField(verbose_name="days of cover proposed")),
                ("proposed_target_qty", models.IntegerField(verbose_name="target proposed")),
                ("evidence", models.JSONField(default=dict, verbose_name="evidence")),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Proposed"),
                            (2, "Accepted"),
                            (3, "Rejected"),
                            (4, "Replaced"),
                            (5, "Nothing to do"),
                        ],
                        default=1,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("decided_by_id", models.BigIntegerField(blank=True, null=True, verbose_name="decided by")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="inventory.safetypolicy",
                        verbose_name="safety stock policy",
                    ),
                ),
            ],
            options={
                "verbose_name": "safety stock review",
                "verbose_name_plural": "safety stock reviews",
                "ordering": ("-pk",),
            },
        ),
        migrations.AddIndex(
            model_name="safetypolicy",
            index=models.Index(
                condition=models.Q(("released_qty__gt", 0)), fields=["id"], name="inventory_safety_released"
            ),
        ),
        migrations.AddConstraint(
            model_name="safetypolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cover_days", None), ("normal_units__gte", 0)),
                    models.Q(("cover_days__range", (0, 365)), ("normal_units", None)),
                    _connector="OR",
                ),
                name="inventory_safetypolicy_normal",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetypolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("emergency_percent", 0), ("emergency_percent__range", (10, 20)), _connector="OR"),
                    models.Q(("supplier_risk_percent", 0), ("supplier_risk_percent__range", (20, 50)), _connector="OR"),
                ),
                name="inventory_safetypolicy_extras",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetypolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("daily_average_qty__gte", 0), ("released_qty__gte", 0), ("target_qty__gte", 0)),
                name="inventory_safetypolicy_not_negative",
            ),
        ),
        migrations.AddIndex(
            model_name="safetyrelease",
            index=models.Index(
                condition=models.Q(("until__isnull", False)), fields=["until"], name="inventory_safety_until"
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("moved_qty__gte", 0), ("quantity__gt", 0), ("quantity__gte", models.F("moved_qty"))
                ),
                name="inventory_safetyrelease_units",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("release", None), ("step", 1)),
                    models.Q(("release__isnull", False), ("step", 2), ("until", None)),
                    _connector="OR",
                ),
                name="inventory_safetyrelease_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyreview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", 1)), fields=("policy",), name="inventory_safetyreview_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("current_target_qty__gte", 0),
                    ("period_to__gte", models.F("period_from")),
                    ("proposed_days__range", (0, 365)),
                    ("proposed_target_qty__gte", 0),
                ),
                name="inventory_safetyreview_figures",
            ),
        ),
        *append_only("inventory_safetyrelease"),
    ]
