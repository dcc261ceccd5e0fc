"""Entries of the ledger by their instant."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0009_supply_cost"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ledgerentry",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["at"], name="inventory_ledger_at"
            ),
        ),
    ]
