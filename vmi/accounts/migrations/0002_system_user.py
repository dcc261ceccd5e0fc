"""The user ``system`` (id 1) of every schema: the creater of what machines do (C-70)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SYSTEM_USER_ID = 1


def add_system_user(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Insert the first user of the schema; its password is unusable and it may not sign in."""
    users = apps.get_model("accounts", "User").objects
    user = users.create(username="system", display_name="System", password="!", is_active=False)  # noqa: S106 (no password at all)
    if user.pk != SYSTEM_USER_ID:
        raise RuntimeError(f"the system user must be the first of its schema, got id {user.pk}")


def remove_system_user(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the user away again."""
    apps.get_model("accounts", "User").objects.filter(username="system").delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(add_system_user, remove_system_user)]
