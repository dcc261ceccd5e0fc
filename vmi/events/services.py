"""Recording events: the audit trail and the outbox, written in the command's own transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.rows import insert
from vmi.core.tenancy import on_commit_in_namespace
from vmi.events.catalogue import ObjectChanged
from vmi.events.choices import DeliveryState
from vmi.events.delivery import call_handler, nudge
from vmi.events.exceptions import DeliveryNotParked
from vmi.events.models import LABEL_LENGTH_MAX, SUBJECT_LENGTH_MAX, Delivery, Event
from vmi.events.payloads import EventPayload
from vmi.events.registry import subscribers_of

__all__ = ["Entry", "audit", "deliver_inline", "record", "record_many", "retry_delivery"]


@dataclass(slots=True)
class _Inline:
    """A ``deliver_inline`` block; one that gathers keeps events ``waiting`` while nobody listens to them.

    Only events of the savepoint the block began in (``level``) wait: a deeper one may still be rolled back alone.
    """

    gather: bool
    level: tuple[str, ...]
    waiting: list[Event] = field(default_factory=list)

    def keeps(self, events: Sequence[Event]) -> bool:
        """Whether these may be written later."""
        return self.is_at_level() and not any(subscribers_of(event.type) for event in events)

    def is_at_level(self) -> bool:
        """Whether the block gathers and no savepoint was opened inside it; the instant must not be the database's."""
        return self.gather and self.level == _savepoints() and clock.fixed_instant() is not None

    def take(self) -> list[Event]:
        """The waiting events, which the caller writes."""
        taken, self.waiting = self.waiting, []
        return taken


def _savepoints() -> tuple[str, ...]:
    return tuple(name for name in connection.savepoint_ids if name)


_inline: ContextVar[_Inline | None] = ContextVar("vmi_events_inline", default=None)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to record: what happened and to what (``order:ORD-20261122-000001``)."""

    payload: EventPayload
    subject: str
    changes: Mapping[str, Any] | None = None


@contextmanager
def deliver_inline(*, gather: bool = False) -> Iterator[None]:
    """Run handlers at once, inside the transaction that records the event.

    For replays and imports that commit many commands together. Delivery rows are written as done, so
    the log is complete; a failing handler fails the command. Without it handlers run after the commit.

    ``gather`` writes events nobody listens to together with the next one somebody does, in their order; the
    savepoint around the block must end with it. Such an event has its key only afterwards.
    """
    block = _Inline(gather, _savepoints())
    token = _inline.set(block)
    try:
        yield
        insert(block.take())
    finally:
        _inline.reset(token)


def record(payload: EventPayload, *, subject: str, actor: Actor, changes: Mapping[str, Any] | None = None) -> Event:
    """Write an event and one delivery per subscriber in the caller's transaction; two statements at most."""
    return record_many([Entry(payload, subject, changes)], actor=actor)[0]


@transaction.atomic(savepoint=False)
def record_many(entries: Sequence[Entry], *, actor: Actor) -> list[Event]:
    """Write many events of one actor at the cost of one: one INSERT of events, one of deliveries."""
    events = _events(entries, actor)
    block = _inline.get()
    if block is not None and block.keeps(events):
        block.waiting += events
        return events
    insert([*(block.take() if block is not None and block.is_at_level() else ()), *events])
    inline = block is not None
    deliveries = [
        _delivery(event, subscription.name, inline) for event in events for subscription in subscribers_of(event.type)
    ]
    if deliveries:
        insert(deliveries)
        _hand_over(deliveries, inline)
    return events


def _events(entries: Sequence[Entry], actor: Actor) -> list[Event]:
    at = _instant(entries)
    return [
        Event(
            type=entry.payload.type,
            subject=entry.subject[:SUBJECT_LENGTH_MAX],
            actor_id=actor.user_id,
            actor_kind=str(actor.kind),
            actor_label=actor.label[:LABEL_LENGTH_MAX],
            payload=entry.payload.as_json(),
            changes=dict(entry.changes) if entry.changes is not None else None,
            **({"at": at} if at is not None else {}),
        )
        for entry in entries
    ]


def _instant(entries: Sequence[Entry]) -> datetime | None:
    """When it happened; None leaves it to the column's default, the database's own time at no extra statement.

    Handlers that run at once read the instant, so for them it is asked beforehand.
    """
    fixed = clock.fixed_instant()
    if fixed is None and _inline.get() is not None and any(subscribers_of(entry.payload.type) for entry in entries):
        return clock.now()
    return fixed


def _delivery(event: Event, handler: str, inline: bool) -> Delivery:
    fixed = clock.fixed_instant()
    due: dict[str, Any] = {"next_at": fixed} if fixed is not None else {}
    if inline:
        return Delivery(event=event, handler=handler, state=DeliveryState.DONE, attempts=1, **due)
    return Delivery(event=event, handler=handler, **due)


def _hand_over(deliveries: list[Delivery], inline: bool) -> None:
    if inline:
        for delivery in deliveries:
            call_handler(delivery)
        return
    ids = [delivery.pk for delivery in deliveries]
    on_commit_in_namespace(lambda: nudge(ids))


def audit(instance: models.Model, before: Mapping[str, Any], after: Mapping[str, Any], *, actor: Actor) -> None:
    """Log what changed on a record of master data (S000-34); nothing changed, nothing logged.

    ``before`` is empty for a new record. Dates and amounts are stored as text.
    """
    changes = {
        name: [_plain(before.get(name)), _plain(value)]
        for name, value in after.items()
        if name not in before or before[name] != value
    }
    if not changes:
        return
    label = instance._meta.label_lower
    payload = ObjectChanged(model=label, pk=int(instance.pk), changes=changes)
    record(payload, subject=f"{label}:{instance.pk}", actor=actor)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


@transaction.atomic
def retry_delivery(*, delivery_id: int, actor: Actor) -> None:
    """Put a parked delivery back into the queue with a fresh count of attempts.

    Idempotent for whoever comes second: raises DeliveryNotParked. ``actor`` is logged.
    """
    now = clock.now()
    moved = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.PARKED).update(
        state=DeliveryState.PENDING, attempts=0, next_at=now
    )
    if not moved:
        raise DeliveryNotParked(details={"delivery": delivery_id})

    record(
        ObjectChanged(
            model="events.delivery", pk=delivery_id, changes={"state": [DeliveryState.PARKED, DeliveryState.PENDING]}
        ),
        subject=f"events.delivery:{delivery_id}",
        actor=actor,
    )
    on_commit_in_namespace(lambda: nudge([delivery_id]))
