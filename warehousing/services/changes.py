"""Changing master data: only the named columns, with the old and new values in the event log (S000-34)."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.models import TrackedModel

Row = TypeVar("Row", bound=TrackedModel)


def apply_changes(row: Row, changes: Mapping[str, Any], *, allowed: Iterable[str], actor: Actor) -> Row:
    """Write the values that differ and record them; raises KeyError for a column that may not change."""
    fixed = set(changes) - set(allowed)
    if fixed:
        raise KeyError(f"columns that may not change: {sorted(fixed)}")
    after = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not after:
        return row
    before = {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    row.modify_time = clock.now()
    row.save(update_fields=[*after, "modify_time"])
    audit(row, before, after, actor=actor)
    return row
