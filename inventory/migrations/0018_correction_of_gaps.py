"""A reason for corrections of rows whose ledger entries are missing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0017_refused_demand"),
    ]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="rule",
            field=models.SmallIntegerField(
                choices=[
                    (1, "The database guards the ledger against changes; a counter can be overwritten."),
                    (2, "The documents and the other layers say what the ledger says."),
                    (3, "The documents and the other layers say what the counter says."),
                    (4, "The balances of the ledger itself do not follow from each other."),
                    (5, "Counter and ledger agree; the documents below them say otherwise."),
                    (6, "Entries of the row are missing: what they did is lost, where the row stands is not."),
                ],
                verbose_name="because",
            ),
        ),
    ]
