"""What the log says about one object, for the back office's history page."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from vmi.core.admin.history import HistoryRow
from vmi.events.models import Event
from vmi.events.payloads import title_of
from vmi.statuses.fields import StatusField
from vmi.statuses.models import status_label

ROWS_MAX = 200
"""Most steps shown; the list of events has the rest."""


def rows_of(subjects: Sequence[str], model: type[Model]) -> list[HistoryRow]:
    """The latest events of these subjects, newest first."""
    events = Event.objects.filter(subject__in=subjects).order_by("-id")[:ROWS_MAX]
    return [HistoryRow(event.at, title_of(event.type), event.actor_label, _changes(event, model)) for event in events]


def _changes(event: Event, model: type[Model]) -> list[tuple[str, str]]:
    found: dict[str, Any] = event.changes or event.payload.get("changes") or {}
    return [
        (capfirst(str(LABELS.get(name, _label(model, name)))), _arrow(value, _names(model, name)))
        for name, value in found.items()
        if name != "creater_id"
    ]


LABELS = {"action": _("step"), "sn": _("number"), "channel_source": _("channel source")}
STEPS = {
    "created": _("created"),
    "edited": _("edited"),
    "submitted": _("submitted"),
    "approved": _("approved"),
    "rejected": _("rejected"),
    "cancelled": _("cancelled"),
    "requested": _("requested"),
    "received": _("received"),
    "settled": _("settled by hand"),
    "cancel_requested": _("cancellation requested"),
}
"""What documents call the steps they write into the log."""


def _field(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name.removesuffix("_id"))
    except FieldDoesNotExist:
        return None


def _label(model: type[Model], name: str) -> str:
    """A column's name in the reader's language."""
    return str(getattr(_field(model, name), "verbose_name", name))


def _names(model: type[Model], name: str) -> Callable[[object], str]:
    """How a column's values read: states and choices by their names."""
    field = _field(model, name)
    if name == "action":
        return lambda value: str(STEPS.get(str(value), value))
    if isinstance(field, StatusField):
        return lambda value: status_label(value) if isinstance(value, int) else str(value)
    choices = dict(getattr(field, "flatchoices", ()))
    return lambda value: str(choices.get(value, value) if isinstance(value, str | int) else value)


def _arrow(value: object, name: Callable[[object], str]) -> str:
    if isinstance(value, list) and len(value) == 2:
        before, after = ("–" if part in (None, "") else name(part) for part in value)
        return after if before == "–" else f"{before} → {after}"
    return name(value)
