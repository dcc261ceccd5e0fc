"""The two policies every namespace starts with: welcome credits, and credits for completed orders."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SYSTEM_USER_ID = 1
POLICIES = (
    ("welcome", "注册送积分", {"version": 1, "trigger": "register", "points": 100}),
    ("orderCredit", "订单完成后按金额送积分", {"version": 1, "trigger": "order", "rate": "1", "rounding": "floor"}),
)


def seed_policies(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Insert the policies."""
    policy = apps.get_model("credits", "RewardPolicy")
    policy.objects.bulk_create(
        policy(name=name, description=description, policy=rule, creater_id=SYSTEM_USER_ID)
        for name, description, rule in POLICIES
    )


def remove_policies(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Take the policies away again."""
    apps.get_model("credits", "RewardPolicy").objects.filter(name__in=[row[0] for row in POLICIES]).delete()


class Migration(migrations.Migration):
    dependencies = [("credits", "0002_append_only"), ("accounts", "0002_system_user")]

    operations = [migrations.RunPython(seed_policies, remove_policies)]
