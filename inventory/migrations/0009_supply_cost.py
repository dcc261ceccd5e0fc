"""What expected goods cost, and who may act on them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a database default and the permissions of supply lines."""

    dependencies = [("inventory", "0008_assignment_rules")]

    operations = [
        migrations.AddField(
            model_name="supplyline",
            name="unit_cost",
            field=models.DecimalField(
                db_default=0, decimal_places=4, default=0, max_digits=16, verbose_name="unit cost"
            ),
        ),
        migrations.AlterModelOptions(
            name="supplyline",
            options={
                "ordering": ("-pk",),
                "permissions": [
                    ("presell_supplyline", "Can open and close the presale of expected goods"),
                    ("receive_supplyline", "Can receive expected goods"),
                    ("reschedule_supplyline", "Can change the day goods are expected"),
                    ("close_supplyline", "Can close a supply line short"),
                ],
                "verbose_name": "supply line",
                "verbose_name_plural": "supply lines",
            },
        ),
    ]
