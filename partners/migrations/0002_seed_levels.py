"""Three levels to start with; the namespace's manager changes them."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SYSTEM_USER_ID = 1
LEVELS = (
    ("普通会员", 0, 1000, "1.00", 1),
    ("银卡会员", 1000, 5000, "0.98", 2),
    ("金卡会员", 5000, None, "0.95", 3),
)


def seed_levels(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Insert the levels."""
    level = apps.get_model("partners", "Level")
    level.objects.bulk_create(
        level(name=name, min_points=low, max_points=high, discount=discount, sort=sort, creater_id=SYSTEM_USER_ID)
        for name, low, high, discount, sort in LEVELS
    )


def remove_levels(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Take the levels away again."""
    apps.get_model("partners", "Level").objects.filter(name__in=[row[0] for row in LEVELS]).delete()


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial"), ("accounts", "0002_system_user")]

    operations = [migrations.RunPython(seed_levels, remove_levels)]
