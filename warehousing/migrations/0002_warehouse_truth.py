"""Limits of differences, polling of stock, cancellation of ship notices."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("statuses", "0002_seed_statuses"),
        ("warehousing", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="shipnotice",
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("confirm_shipnotice", "Can confirm that a ship notice has left the warehouse"),
                    ("send_shipnotice", "Can send a ship notice again at once"),
                    ("cancel_shipnotice", "Can say whether a ship notice was held back"),
                ],
                "verbose_name": "ship notice",
                "verbose_name_plural": "ship notices",
            },
        ),
        migrations.AddField(
            model_name="shipnotice",
            name="cancel_attempts",
            field=models.IntegerField(default=0, verbose_name="attempts to cancel"),
        ),
        migrations.AddField(
            model_name="shipnotice",
            name="cancel_next_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="next attempt to cancel at"),
        ),
        migrations.AddField(
            model_name="shipnotice",
            name="cancel_requested_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="cancellation requested at"),
        ),
        migrations.AddField(
            model_name="shipnotice",
            name="cancel_state",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "No cancellation"),
                    ("requested", "Cancellation requested"),
                    ("confirmed", "Cancellation confirmed"),
                    ("refused", "Had already shipped"),
                ],
                default="",
                max_length=16,
                verbose_name="cancellation",
            ),
        ),
        migrations.AddField(
            model_name="warehouse",
            name="difference_limit",
            field=models.IntegerField(
                db_default=100,
                default=100,
                help_text="A count that differs by more units per place waits for another person.",
                verbose_name="limit of a difference",
            ),
        ),
        migrations.AddField(
            model_name="wmsconnection",
            name="figures",
            field=models.CharField(
                choices=[("gross", "Everything on hand"), ("net", "Without picked and defective units")],
                default="gross",
                max_length=8,
                verbose_name="stock figures",
            ),
        ),
        migrations.AddField(
            model_name="wmsconnection",
            name="next_poll_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="next question at"),
        ),
        migrations.AddField(
            model_name="wmsconnection",
            name="poll_error",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=500, verbose_name="last error of asking"
            ),
        ),
        migrations.AddField(
            model_name="wmsconnection",
            name="poll_minutes",
            field=models.IntegerField(default=60, verbose_name="ask every (minutes)"),
        ),
        migrations.AddField(
            model_name="wmsconnection",
            name="stock_url",
            field=models.URLField(blank=True, default="", max_length=500, verbose_name="address of the stock list"),
        ),
        migrations.AddIndex(
            model_name="shipnotice",
            index=models.Index(
                condition=models.Q(("cancel_state", "requested")),
                fields=["cancel_next_at"],
                name="warehousing_cancel_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancel_attempts__gte", 0), ("cancel_state__in", ["", "requested", "confirmed", "refused"])
                ),
                name="warehousing_shipnotice_cancel",
            ),
        ),
        migrations.AddConstraint(
            model_name="warehouse",
            constraint=models.CheckConstraint(
                condition=models.Q(("difference_limit__gte", 0)), name="warehousing_warehouse_difference_limit"
            ),
        ),
        migrations.AddConstraint(
            model_name="wmsconnection",
            constraint=models.CheckConstraint(
                condition=models.Q(("figures__in", ["gross", "net"]), ("poll_minutes__range", (5, 1440))),
                name="warehousing_wmsconnection_polling",
            ),
        ),
    ]
