"""The only way a state changes: ask the machine, then compare-and-set the row."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext

from vmi.core import clock, rows
from vmi.core.actors import Actor
from vmi.core.exceptions import InvalidTransition
from vmi.core.states import Machine
from vmi.statuses.models import status_label


def transition(
    instance: models.Model,
    to: int,
    *,
    field: str = "status",
    machine: Machine,
    actor: Actor,
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Move ``instance`` to the state ``to`` by one conditional UPDATE, with ``extra`` columns in the same statement.

    ``extra`` may carry ``modify_time`` (the command's instant); otherwise the clock is read. The instance is
    brought up to date. Raises InvalidTransition, naming both states, when the machine does not
    allow the step or when somebody else moved the row first (S001-25, C-12). ``actor`` is who asks;
    the command records the event.
    """
    column = f"{field}_id"
    before = int(getattr(instance, column))
    if not machine.allows(before, int(to)):
        raise refusal(instance, before, int(to), machine)

    values: dict[str, Any] = {column: int(to), **(extra or {})}
    if "modify_time" not in values and _has_field(instance, "modify_time"):
        values["modify_time"] = clock.now()
    if rows.update(type(instance), {"pk": instance.pk, column: before}, values) == 0:
        actual = type(instance)._base_manager.filter(pk=instance.pk).values_list(column, flat=True).first()
        raise refusal(instance, before if actual is None else int(actual), int(to), machine)

    for name, value in values.items():
        setattr(instance, name, value)


def refusal(instance: models.Model, before: int, to: int, machine: Machine) -> InvalidTransition:
    """The error of a step that is not allowed, with both states by value and by name."""
    return InvalidTransition(
        lazy(_sentence, str)(before, to),
        details={
            "kind": machine.kind,
            "id": instance.pk,
            "from": before,
            "to": to,
            "from_label": status_label(before),
            "to_label": status_label(to),
        },
    )


def _sentence(before: int, to: int) -> str:
    """Built when it is shown, so that the answer's second language names the states in that language."""
    return gettext("Cannot go from “%(before)s” to “%(after)s”.") % {
        "before": status_label(before),
        "after": status_label(to),
    }


def _has_field(instance: models.Model, name: str) -> bool:
    return any(field.name == name for field in instance._meta.concrete_fields)
