"""Named reads of the event log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from vmi.events.choices import DeliveryState
from vmi.events.models import Delivery, Event
from vmi.events.payloads import EventPayload

P = TypeVar("P", bound=EventPayload)


def payloads_of(payload: type[P]) -> Iterator[P]:
    """What all events of a type carry, oldest first."""
    rows = Event.objects.filter(type=payload.type).order_by("id").values_list("payload", flat=True)
    return (payload.from_json(stored) for stored in rows.iterator())


def latest_event(payload: type[EventPayload]) -> Event | None:
    """The newest event of a type."""
    return Event.objects.filter(type=payload.type).order_by("-id").first()


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """Deliveries on their way, and those given up until somebody tries again."""

    pending: int
    parked: int


def delivery_counts() -> DeliveryCounts:
    """The numbers of the namespace, by the partial indexes of the two states."""
    pending = Delivery.objects.filter(state=DeliveryState.PENDING).count()
    return DeliveryCounts(pending, Delivery.objects.filter(state=DeliveryState.PARKED).count())
