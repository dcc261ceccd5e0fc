"""The ledger of credits and the list of rewards refuse UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

from vmi.core.db import append_only


class Migration(migrations.Migration):
    dependencies = [("credits", "0001_initial")]

    operations = [*append_only("credits_credit"), *append_only("credits_creditreward")]
