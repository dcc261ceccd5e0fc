"""The numbers of documents about goods on their way."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def add_rule(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Insert the rule."""
    apps.get_model("numbering", "NumberRule").objects.create(kind="supply", prefix="SUP", period="day", width=6)


def remove_rule(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the rule away again."""
    apps.get_model("numbering", "NumberRule").objects.filter(kind="supply").delete()


class Migration(migrations.Migration):
    dependencies = [("numbering", "0005_quota_rule")]

    operations = [migrations.RunPython(add_rule, remove_rule)]
