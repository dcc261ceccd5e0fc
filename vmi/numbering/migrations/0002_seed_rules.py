"""The rules of the first release, one per kind of number (S000-6)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

WIDTH = 6

RULES = [
    ("partner", "MEM", "none"),
    ("credit", "CRD", "day"),
    ("creditReport", "CRP", "none"),
    ("creditReward", "CRW", "day"),
    ("order", "ORD", "day"),
    ("store", "STO", "none"),
    ("stockin", "IN", "day"),
    ("stockout", "OUT", "day"),
    ("warehouse", "WH", "none"),
    ("shelf", "SH", "none"),
    ("owner", "OWN", "none"),
    ("payment", "PAY", "day"),
    ("refund", "REF", "day"),
    ("returnOrder", "RET", "day"),
    ("shipNotice", "SN", "day"),
    ("product", "PRD", "none"),
    ("adjustment", "ADJ", "day"),
]


def add_rules(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Insert one rule per kind."""
    model = apps.get_model("numbering", "NumberRule")
    model.objects.bulk_create(
        model(kind=kind, prefix=prefix, period=period, width=WIDTH) for kind, prefix, period in RULES
    )


def remove_rules(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the rules away again."""
    apps.get_model("numbering", "NumberRule").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("numbering", "0001_initial")]

    operations = [migrations.RunPython(add_rules, remove_rules)]
