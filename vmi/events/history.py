"""What the log says about one object, for the back office's history page."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.text import capfirst

from vmi.core.admin.history import HistoryRow
from vmi.events.models import Event
from vmi.events.payloads import UnknownEventType, payload_class

ROWS_MAX = 200
"""Most steps shown; the list of events has the rest."""


def rows_of(subjects: Sequence[str], model: type[Model]) -> list[HistoryRow]:
    """The latest events of these subjects, newest first."""
    events = Event.objects.filter(subject__in=subjects).order_by("-id")[:ROWS_MAX]
    return [HistoryRow(event.at, title_of(event.type), event.actor_label, _changes(event, model)) for event in events]


def title_of(event_type: str) -> str:
    """What people read instead of ``order.paid``; the bare type if the code no longer knows it."""
    try:
        return str(payload_class(event_type).title)
    except UnknownEventType:
        return event_type


def _changes(event: Event, model: type[Model]) -> list[tuple[str, str]]:
    found: dict[str, Any] = event.changes or event.payload.get("changes") or {}
    return [(_label(model, name), _arrow(value)) for name, value in found.items() if name != "creater_id"]


def _label(model: type[Model], name: str) -> str:
    """A column's name in the reader's language."""
    try:
        return capfirst(str(getattr(model._meta.get_field(name.removesuffix("_id")), "verbose_name", name)))
    except FieldDoesNotExist:
        return name


def _arrow(value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        before, after = ("–" if part in (None, "") else str(part) for part in value)
        return after if before == "–" else f"{before} → {after}"
    return str(value)
