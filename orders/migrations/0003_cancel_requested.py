"""Orders called off after the warehouse was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_order_created_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="cancel_reason",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="reason of cancelling"),
        ),
        migrations.AddField(
            model_name="order",
            name="cancel_requested_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="cancellation requested at"),
        ),
    ]
