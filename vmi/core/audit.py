"""Where changes of master data are reported: a port, because the event log lies above the kernel.

``vmi.events`` registers the sink that records ``ObjectChanged``; the back office calls :func:`audit`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from django.db import connection, models

from vmi.core.actors import Actor
from vmi.core.tenancy import PUBLIC_SCHEMA


class AuditSink(Protocol):
    """Writes one change: the values before and after, of the changed columns only."""

    def __call__(
        self, instance: models.Model, before: Mapping[str, Any], after: Mapping[str, Any], *, actor: Actor
    ) -> None:
        """Record the change in the transaction that makes it."""


_sinks: list[AuditSink] = []


def register_audit_sink(sink: AuditSink) -> None:
    """Name the function that records changes; naming it twice is harmless."""
    if sink not in _sinks:
        _sinks.append(sink)


def snapshot(instance: models.Model) -> dict[str, Any]:
    """The stored columns of a row as plain values, except the password."""
    columns = [field for field in instance._meta.concrete_fields if field.name != "password"]
    return {field.attname: field.value_from_object(instance) for field in columns}


def audit(instance: models.Model, before: Mapping[str, Any], after: Mapping[str, Any], *, actor: Actor) -> None:
    """Report the columns that differ; nothing is written when none does.

    The platform's schema has no event log; its back office keeps Django's own history.
    """
    if connection.schema_name == PUBLIC_SCHEMA:
        return
    changed = [name for name in after if name != "modify_time" and before.get(name) != after[name]]
    if not changed:
        return
    for sink in _sinks:
        sink(
            instance,
            {name: before[name] for name in changed if name in before},
            {name: after[name] for name in changed},
            actor=actor,
        )
