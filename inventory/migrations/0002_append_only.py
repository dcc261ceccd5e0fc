"""The ledger refuses UPDATE, DELETE and TRUNCATE in the database itself (I8)."""

from django.db import migrations

from vmi.core.db import append_only


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]

    operations = append_only("inventory_ledgerentry")
