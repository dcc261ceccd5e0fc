"""System checks: enumerations, seed list and table must say the same."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connection

from vmi.core.choices import StatusEnum
from vmi.core.states import all_machines
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace
from vmi.statuses.fields import StatusField
from vmi.statuses.models import Status, enum_values
from vmi.statuses.seeds import SEEDS, StatusRow


def used_enums() -> Iterator[type[StatusEnum]]:
    """Every enumeration a machine or a status column speaks of, once."""
    fields = (field for model in apps.get_models() for field in model._meta.concrete_fields)
    by_field = [field.enum for field in fields if isinstance(field, StatusField) and field.enum is not None]
    by_machine = [machine.enum for machine in all_machines()]
    yield from dict.fromkeys([*by_field, *by_machine])


def check_enums(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Offline: an enumeration's values are seeded, of one kind, and cover that kind."""
    seeded = {row.value: row.kind for row in SEEDS}
    messages: list[checks.CheckMessage] = []
    for enum in used_enums():
        values = enum_values(enum)
        kinds = {value // 100 for value in values}
        expected = [value for value, kind in seeded.items() if kind in kinds]
        if len(kinds) != 1 or values != sorted(expected):
            messages.append(
                checks.Error(
                    f"{enum.__module__}.{enum.__name__} has the values {values}, the seeds have {sorted(expected)}.",
                    hint="Add the missing rows with seed_statuses() in a migration and to SEEDS.",
                    id="statuses.E001",
                )
            )
    return messages


def check_table(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """With a database (``check --database default``): the table holds exactly the seed rows."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    with run_in_namespace(PUBLIC_SCHEMA):
        if Status._meta.db_table not in connection.introspection.table_names():
            return []
        stored = {StatusRow(row.value, row.kind, row.name, row.name_en) for row in Status.objects.all()}
    differing = sorted({row.value for row in stored ^ set(SEEDS)})
    if not differing:
        return []
    return [
        checks.Error(
            f"The status table differs from the seeds for the values {differing}.",
            hint="Run the migrations of the shared schema.",
            id="statuses.E002",
        )
    ]


def register_all() -> None:
    """Hand both checks to Django."""
    checks.register(check_enums, checks.Tags.models)
    checks.register(check_table, checks.Tags.database)
