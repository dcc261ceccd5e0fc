"""Hold minutes and limits of channels; the memory of low-stock warnings; the index of what a member holds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0002_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="cart_hold_minutes",
            field=models.IntegerField(blank=True, null=True, verbose_name="cart hold (minutes)"),
        ),
        migrations.AddField(
            model_name="channel",
            name="hold_share_max",
            field=models.IntegerField(
                blank=True,
                help_text="Largest share of a SKU's sellable units a member may hold at a time; at least one unit.",
                null=True,
                verbose_name="share per member and SKU (%)",
            ),
        ),
        migrations.AddField(
            model_name="channel",
            name="hold_units_max",
            field=models.IntegerField(
                blank=True,
                help_text="Most units of one SKU a member may hold at a time, cart and unpaid orders together.",
                null=True,
                verbose_name="units per member and SKU",
            ),
        ),
        migrations.AddField(
            model_name="channel",
            name="order_hold_minutes",
            field=models.IntegerField(blank=True, null=True, verbose_name="order hold (minutes)"),
        ),
        migrations.AddField(
            model_name="logicalstock",
            name="low_since",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="low since"),
        ),
        migrations.AddIndex(
            model_name="logicalstock",
            index=models.Index(
                condition=models.Q(("alert_threshold__gt", 0)), fields=["id"], name="inventory_logical_watched"
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("partner_id__isnull", False), ("state", 1)),
                fields=["partner_id"],
                name="inventory_reservation_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cart_hold_minutes", None), ("cart_hold_minutes__range", (1, 10080)), _connector="OR"),
                    models.Q(("order_hold_minutes", None), ("order_hold_minutes__range", (1, 10080)), _connector="OR"),
                ),
                name="inventory_channel_hold_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hold_units_max", None), ("hold_units_max__gte", 1), _connector="OR"),
                    models.Q(("hold_share_max", None), ("hold_share_max__range", (1, 100)), _connector="OR"),
                ),
                name="inventory_channel_hold_limits",
            ),
        ),
        migrations.AddConstraint(
            model_name="logicalstock",
            constraint=models.CheckConstraint(
                condition=models.Q(("alert_threshold__gte", 0)), name="inventory_logicalstock_threshold"
            ),
        ),
    ]
