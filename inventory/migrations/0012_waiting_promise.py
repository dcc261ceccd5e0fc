"""The promise queue as a page of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    """A view of reservations; no column changes."""

    dependencies = [("inventory", "0011_quota_permissions")]

    operations = [
        migrations.CreateModel(
            name="WaitingPromise",
            fields=[],
            options={
                "verbose_name": "waiting promise",
                "verbose_name_plural": "waiting promises",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("inventory.reservation",),
        ),
    ]
