"""What documents did to supply lines, append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from vmi.core.db import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0019_channel_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SupplyStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "command",
                    models.SmallIntegerField(
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
                ("units", models.IntegerField(verbose_name="units")),
                ("source_type", models.CharField(max_length=16, verbose_name="source type")),
                ("source_sn", models.CharField(max_length=64, verbose_name="source number")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="inventory.supplyline",
                        verbose_name="supply line",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a supply line",
                "verbose_name_plural": "steps of supply lines",
                "ordering": ("pk",),
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("units__gt", 0)), name="inventory_supplystep_units")
                ],
            },
        ),
        *append_only("inventory_supplystep"),
    ]
