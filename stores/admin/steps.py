"""The steps of a document's life below its page."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from stores.models import StockDocument, StockIn
from stores.services.documents import document_source
from vmi.events.models import Event
from vmi.events.payloads import payload_class

HISTORY_ROWS_MAX = 50
"""Most steps shown below a document; the event log has the rest."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a document's life as its page shows it."""

    at: datetime
    step: str
    by: str
    details: str


STEP_NAMES = {
    "created": _("created"),
    "edited": _("edited"),
    "submitted": _("submitted"),
    "approved": _("approved"),
    "rejected": _("rejected"),
    "cancelled": _("cancelled"),
    "cancel_requested": _("cancellation requested"),
}


def history_of(document: StockDocument) -> list[Step]:
    """The latest steps of a document, newest first."""
    events = Event.objects.filter(subject=document_source(document).subject).order_by("-id")
    return [_step(event) for event in events[:HISTORY_ROWS_MAX]]


def _step(event: Event) -> Step:
    changes = dict(event.payload.get("changes") or {})
    action = changes.pop("action", None)
    changes.pop("sn", None)
    name = STEP_NAMES.get(action, action) if action else payload_class(event.type).title
    details = ", ".join(f"{_label(key)}: {_arrow(value)}" for key, value in changes.items())
    return Step(at=event.at, step=str(name), by=event.actor_label, details=details)


def _label(name: str) -> str:
    """A column's name in the reader's language."""
    labels = {field.attname: field.verbose_name for field in StockIn._meta.concrete_fields}
    return str(labels.get(name, name))


def _arrow(value: object) -> str:
    return " → ".join(str(part) for part in value) if isinstance(value, list) else str(value)
