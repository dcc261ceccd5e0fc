"""The log refuses UPDATE, DELETE and TRUNCATE (I8)."""

from django.db import migrations

from vmi.core.db import append_only


class Migration(migrations.Migration):
    """Guard the event table."""

    dependencies = [("events", "0001_initial")]

    operations = append_only("events_event")
