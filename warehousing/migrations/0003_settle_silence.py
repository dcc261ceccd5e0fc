"""Who may answer for a warehouse system that stays silent."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("warehousing", "0002_warehouse_truth"),
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
                    ("settle_shipnotice", "Can answer for a warehouse system that stays silent"),
                ],
                "verbose_name": "ship notice",
                "verbose_name_plural": "ship notices",
            },
        ),
    ]
