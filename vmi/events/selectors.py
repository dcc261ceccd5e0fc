"""Named reads of the event log."""

from collections.abc import Iterator
from typing import TypeVar

from vmi.events.models import Event
from vmi.events.payloads import EventPayload

P = TypeVar("P", bound=EventPayload)


def payloads_of(payload: type[P]) -> Iterator[P]:
    """What all events of a type carry, oldest first."""
    rows = Event.objects.filter(type=payload.type).order_by("id").values_list("payload", flat=True)
    return (payload.from_json(stored) for stored in rows.iterator())
