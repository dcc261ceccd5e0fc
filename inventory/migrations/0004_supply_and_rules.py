"""Oversell, presale and display rules on buckets and channels; shares with caps; supply lines; kinds of promises."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_hold_terms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cap_qty", models.IntegerField(blank=True, null=True, verbose_name="cap")),
                ("cap_percent", models.SmallIntegerField(blank=True, null=True, verbose_name="cap (% of the quota)")),
                ("used_qty", models.IntegerField(db_default=0, default=0, verbose_name="used of the cap")),
                ("version", models.BigIntegerField(db_default=0, default=0, editable=False, verbose_name="version")),
            ],
            options={
                "verbose_name": "channel share",
                "verbose_name_plural": "channel shares",
                "ordering": ("bucket_id", "channel_id"),
            },
        ),
        migrations.CreateModel(
            name="SupplyLine",
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
                ("kind", models.SmallIntegerField(choices=[(1, "Transfer"), (2, "Purchase")], verbose_name="kind")),
                ("source_type", models.CharField(max_length=16, verbose_name="source type")),
                ("source_sn", models.CharField(max_length=64, verbose_name="source number")),
                ("line_no", models.IntegerField(verbose_name="line")),
                ("expected_qty", models.IntegerField(verbose_name="expected")),
                ("received_qty", models.IntegerField(db_default=0, default=0, verbose_name="received")),
                ("closed_qty", models.IntegerField(db_default=0, default=0, verbose_name="will not come")),
                ("presale_qty", models.IntegerField(db_default=0, default=0, verbose_name="open for presale")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                ("first_due_on", models.DateField(blank=True, null=True, verbose_name="first due on")),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[(1, "Open"), (2, "Received"), (3, "Closed short")], default=1, verbose_name="state"
                    ),
                ),
            ],
            options={
                "verbose_name": "supply line",
                "verbose_name_plural": "supply lines",
                "ordering": ("-pk",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="channel",
            name="inventory_channel_hold_minutes",
        ),
        migrations.RemoveConstraint(
            model_name="reservation",
            name="inventory_reservation_unique",
        ),
        migrations.AddField(
            model_name="channel",
            name="display_rule",
            field=models.SmallIntegerField(
                choices=[
                    (1, "Exact"),
                    (2, "At most “n+”"),
                    (3, "“Few left” below n"),
                    (4, "At least n, as far as overselling covers it"),
                ],
                default=1,
                verbose_name="display rule",
            ),
        ),
        migrations.AddField(
            model_name="channel",
            name="display_units",
            field=models.IntegerField(default=10, verbose_name="display units"),
        ),
        migrations.AddField(
            model_name="channel",
            name="may_split",
            field=models.BooleanField(default=False, verbose_name="split lines over warehouses"),
        ),
        migrations.AddField(
            model_name="channel",
            name="oversell_hold_minutes",
            field=models.IntegerField(blank=True, null=True, verbose_name="oversold order hold (minutes)"),
        ),
        migrations.AddField(
            model_name="channel",
            name="warehouse_choice",
            field=models.SmallIntegerField(
                choices=[(1, "By priority"), (2, "Most stock first"), (3, "Fewest parcels")],
                default=1,
                verbose_name="warehouse choice",
            ),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="display_rule",
            field=models.SmallIntegerField(
                blank=True,
                choices=[
                    (1, "Exact"),
                    (2, "At most “n+”"),
                    (3, "“Few left” below n"),
                    (4, "At least n, as far as overselling covers it"),
                ],
                null=True,
                verbose_name="display rule",
            ),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="display_units",
            field=models.IntegerField(blank=True, null=True, verbose_name="display units"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="effective_from",
            field=models.DateTimeField(blank=True, null=True, verbose_name="effective from"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="effective_to",
            field=models.DateTimeField(blank=True, null=True, verbose_name="effective to"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="may_borrow",
            field=models.BooleanField(db_default=True, default=True, verbose_name="may sell from the shared stock"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="oversell_enabled",
            field=models.BooleanField(db_default=False, default=False, verbose_name="oversell"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="oversell_limit_qty",
            field=models.IntegerField(db_default=0, default=0, verbose_name="oversell limit"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="oversell_minutes",
            field=models.IntegerField(blank=True, null=True, verbose_name="minutes to pay an oversold order"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="oversell_percent",
            field=models.SmallIntegerField(blank=True, null=True, verbose_name="oversell rule (% of quota)"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="oversell_units",
            field=models.IntegerField(blank=True, null=True, verbose_name="oversell rule (units)"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="oversold_held_qty",
            field=models.IntegerField(db_default=0, default=0, verbose_name="oversold, held"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="oversold_sold_qty",
            field=models.IntegerField(db_default=0, default=0, verbose_name="oversold, paid"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="presale_held_qty",
            field=models.IntegerField(db_default=0, default=0, verbose_name="presale, held"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="presale_qty",
            field=models.IntegerField(db_default=0, default=0, verbose_name="presale granted"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="presale_sold_qty",
            field=models.IntegerField(db_default=0, default=0, verbose_name="presale, paid"),
        ),
        migrations.AddField(
            model_name="channelstock",
            name="quota_percent",
            field=models.SmallIntegerField(blank=True, null=True, verbose_name="share of the pool (%)"),
        ),
        migrations.AddField(
            model_name="reservation",
            name="kind",
            field=models.SmallIntegerField(
                choices=[(1, "Spot"), (2, "Oversold"), (3, "Presale")], db_default=1, default=1, verbose_name="kind"
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="promised_on",
            field=models.DateField(blank=True, null=True, verbose_name="promised for"),
        ),
        migrations.AlterField(
            model_name="allocationpool",
            name="purpose",
            field=models.SmallIntegerField(
                choices=[
                    (1, "Normal sale"),
                    (2, "Flash sale"),
                    (3, "Presale campaign"),
                    (4, "Key account"),
                    (5, "Staff purchase"),
                    (9, "Internal"),
                ],
                default=1,
                verbose_name="purpose",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="command",
            field=models.SmallIntegerField(
                choices=[
                    (1, "Reserve"),
                    (2, "Release"),
                    (3, "Expire"),
                    (4, "Post payment"),
                    (5, "Cancel after payment"),
                    (6, "Issue ship notice"),
                    (7, "Confirm outbound"),
                    (8, "Receive"),
                    (9, "Receive return"),
                    (10, "Inspect return"),
                    (11, "Allocate internally"),
                    (12, "Cancel internal allocation"),
                    (13, "Adjust"),
                    (14, "Grant quota"),
                    (15, "Return quota"),
                    (16, "Move quota"),
                    (17, "Set oversell rule"),
                    (18, "Set channel share"),
                    (19, "Set safety stock"),
                    (20, "Release safety stock"),
                    (21, "Re-arm safety stock"),
                    (22, "Lock stock"),
                    (23, "Unlock stock"),
                    (24, "Expect supply"),
                    (25, "Open presale"),
                    (26, "Close presale"),
                    (27, "Dispatch transfer"),
                    (28, "Receive supply"),
                    (29, "Close supply line"),
                    (30, "Serve waiting promises"),
                    (31, "Request cancellation"),
                    (32, "Confirm cancellation"),
                    (33, "Apply stocktake"),
                    (34, "Apply WMS snapshot"),
                    (35, "Rebalance"),
                    (36, "Correct a difference"),
                ],
                verbose_name="command",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="counter",
            field=models.SmallIntegerField(
                choices=[
                    (101, "Channel base quota"),
                    (102, "Held"),
                    (103, "Sold, not shipped"),
                    (104, "Frozen"),
                    (105, "Returning"),
                    (106, "Channel shortage"),
                    (107, "Oversell limit"),
                    (108, "Oversold, held"),
                    (109, "Oversold, paid"),
                    (110, "Presale granted"),
                    (111, "Presale, held"),
                    (112, "Presale, paid"),
                    (201, "Pool quota"),
                    (301, "Physical base"),
                    (302, "Allocated"),
                    (303, "Locked"),
                    (304, "Safety stock"),
                    (305, "In transit"),
                    (306, "Shortage"),
                    (401, "Quantity on hand"),
                    (402, "Held on location"),
                    (501, "Used of the cap"),
                ],
                verbose_name="counter",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="layer",
            field=models.SmallIntegerField(
                choices=[(1, "Channel"), (2, "Pool"), (3, "Logical"), (4, "Physical"), (5, "Channel share")],
                verbose_name="layer",
            ),
        ),
        migrations.AlterField(
            model_name="stockcommand",
            name="command",
            field=models.SmallIntegerField(
                choices=[
                    (1, "Reserve"),
                    (2, "Release"),
                    (3, "Expire"),
                    (4, "Post payment"),
                    (5, "Cancel after payment"),
                    (6, "Issue ship notice"),
                    (7, "Confirm outbound"),
                    (8, "Receive"),
                    (9, "Receive return"),
                    (10, "Inspect return"),
                    (11, "Allocate internally"),
                    (12, "Cancel internal allocation"),
                    (13, "Adjust"),
                    (14, "Grant quota"),
                    (15, "Return quota"),
                    (16, "Move quota"),
                    (17, "Set oversell rule"),
                    (18, "Set channel share"),
                    (19, "Set safety stock"),
                    (20, "Release safety stock"),
                    (21, "Re-arm safety stock"),
                    (22, "Lock stock"),
                    (23, "Unlock stock"),
                    (24, "Expect supply"),
                    (25, "Open presale"),
                    (26, "Close presale"),
                    (27, "Dispatch transfer"),
                    (28, "Receive supply"),
                    (29, "Close supply line"),
                    (30, "Serve waiting promises"),
                    (31, "Request cancellation"),
                    (32, "Confirm cancellation"),
                    (33, "Apply stocktake"),
                    (34, "Apply WMS snapshot"),
                    (35, "Rebalance"),
                    (36, "Correct a difference"),
                ],
                verbose_name="command",
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cart_hold_minutes", None), ("cart_hold_minutes__range", (1, 10080)), _connector="OR"),
                    models.Q(("order_hold_minutes", None), ("order_hold_minutes__range", (1, 10080)), _connector="OR"),
                    models.Q(
                        ("oversell_hold_minutes", None), ("oversell_hold_minutes__range", (1, 10080)), _connector="OR"
                    ),
                ),
                name="inventory_channel_hold_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(("display_units__gte", 1)), name="inventory_channel_display_units"
            ),
        ),
        migrations.AddConstraint(
            model_name="channelstock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "oversell_limit_qty__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("oversold_held_qty"), "+", models.F("oversold_sold_qty")
                        ),
                    ),
                    ("oversold_held_qty__gte", 0),
                    ("oversold_sold_qty__gte", 0),
                ),
                name="inventory_channelstock_oversold_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="channelstock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("presale_held_qty__gte", 0),
                    (
                        "presale_qty__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("presale_held_qty"), "+", models.F("presale_sold_qty")
                        ),
                    ),
                    ("presale_sold_qty__gte", 0),
                ),
                name="inventory_channelstock_presold_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="channelstock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("oversell_units", None),
                        models.Q(("oversell_percent", None), ("oversell_units__gte", 0)),
                        _connector="OR",
                    ),
                    models.Q(("oversell_percent", None), ("oversell_percent__range", (0, 100)), _connector="OR"),
                    models.Q(("oversell_minutes", None), ("oversell_minutes__range", (1, 10080)), _connector="OR"),
                    models.Q(
                        ("quota_percent", None),
                        models.Q(("channel__isnull", False), ("quota_percent__range", (0, 100))),
                        _connector="OR",
                    ),
                    models.Q(("display_units", None), ("display_units__gte", 1), _connector="OR"),
                ),
                name="inventory_channelstock_rules",
            ),
        ),
        migrations.AddConstraint(
            model_name="channelstock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_from", None),
                    ("effective_to", None),
                    ("effective_to__gt", models.F("effective_from")),
                    _connector="OR",
                ),
                name="inventory_channelstock_window",
            ),
        ),
        migrations.AddField(
            model_name="channelshare",
            name="bucket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="inventory.channelstock",
                verbose_name="channel stock",
            ),
        ),
        migrations.AddField(
            model_name="channelshare",
            name="channel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="inventory.channel",
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="supplyline",
            name="bucket",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="supply_lines",
                to="inventory.channelstock",
                verbose_name="presold through",
            ),
        ),
        migrations.AddField(
            model_name="supplyline",
            name="creater",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="created by",
            ),
        ),
        migrations.AddField(
            model_name="supplyline",
            name="logical",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="supply_lines",
                to="inventory.logicalstock",
                verbose_name="logical stock",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="supply_line",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="promises",
                to="inventory.supplyline",
                verbose_name="supply line",
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("kind__gt", 1), ("state__lte", 2)),
                fields=["bucket", "id"],
                name="inventory_reservation_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("supply_line__isnull", False)),
                fields=["supply_line"],
                name="inventory_reservation_supply",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                fields=("source_type", "source_sn", "line_no", "bucket", "kind"), name="inventory_reservation_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="channelshare",
            constraint=models.UniqueConstraint(fields=("bucket", "channel"), name="inventory_channelshare_unique"),
        ),
        migrations.AddConstraint(
            model_name="channelshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cap_qty", None), ("used_qty", 0)),
                    models.Q(("cap_qty__gte", models.F("used_qty")), ("used_qty__gte", 0)),
                    _connector="OR",
                ),
                name="inventory_channelshare_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="channelshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cap_percent", None),
                    models.Q(("cap_percent__range", (0, 100)), ("cap_qty__isnull", False)),
                    _connector="OR",
                ),
                name="inventory_channelshare_percent",
            ),
        ),
        migrations.AddIndex(
            model_name="supplyline",
            index=models.Index(
                condition=models.Q(("state", 1)), fields=["logical", "due_on"], name="inventory_supplyline_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="supplyline",
            constraint=models.UniqueConstraint(
                fields=("source_type", "source_sn", "line_no"), name="inventory_supplyline_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="supplyline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_qty__gte", 0),
                    ("expected_qty__gt", 0),
                    (
                        "expected_qty__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("received_qty"), "+", models.F("closed_qty")
                            ),
                            "+",
                            models.F("presale_qty"),
                        ),
                    ),
                    ("presale_qty__gte", 0),
                    ("received_qty__gte", 0),
                ),
                name="inventory_supplyline_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplyline",
            constraint=models.CheckConstraint(
                condition=models.Q(("presale_qty", 0), ("bucket__isnull", False), _connector="OR"),
                name="inventory_supplyline_presold_through",
            ),
        ),
    ]
