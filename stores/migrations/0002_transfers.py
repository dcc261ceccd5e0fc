"""Transfers know where they go, when they are due there, and whether they are sold before they arrive."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns that may be empty, and the sentence that binds them to transfers."""

    dependencies = [("stores", "0001_initial"), ("warehousing", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="stockout",
            name="destination",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="warehousing.warehouse",
                verbose_name="destination",
            ),
        ),
        migrations.AddField(
            model_name="stockout",
            name="due_on",
            field=models.DateField(blank=True, null=True, verbose_name="due on"),
        ),
        migrations.AddField(
            model_name="stockout",
            name="opens_presale",
            field=models.BooleanField(db_default=False, default=False, verbose_name="sell before it arrives"),
        ),
        migrations.AddConstraint(
            model_name="stockout",
            constraint=models.CheckConstraint(
                condition=models.Q(destination__isnull=True, due_on__isnull=True, opens_presale=False)
                | (models.Q(type="transfer", destination__isnull=False) & ~models.Q(destination=models.F("warehouse"))),
                name="stores_stockout_destination",
            ),
        ),
    ]
