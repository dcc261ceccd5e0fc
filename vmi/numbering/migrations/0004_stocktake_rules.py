"""The numbers of stocktakes and of stock locks."""

from typing import Final

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PREFIXES: Final = {"stocktake": "STK", "stockLock": "LCK"}


def add_rules(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Insert the rules."""
    model = apps.get_model("numbering", "NumberRule")
    model.objects.bulk_create(
        model(kind=kind, prefix=prefix, period="day", width=6) for kind, prefix in PREFIXES.items()
    )


def remove_rules(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the rules away again."""
    apps.get_model("numbering", "NumberRule").objects.filter(kind__in=PREFIXES).delete()


class Migration(migrations.Migration):
    dependencies = [("numbering", "0003_safety_rule")]

    operations = [migrations.RunPython(add_rules, remove_rules)]
