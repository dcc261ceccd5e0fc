"""Refunds of goods that will not come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("cancelled", "Order cancelled"),
                    ("returned", "Goods returned"),
                    ("unavailable", "Goods will not come"),
                    ("orphaned", "The order could not take the payment"),
                ],
                max_length=16,
                verbose_name="reason",
            ),
        ),
    ]
