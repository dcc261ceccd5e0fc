"""The inbox: WMS events are stored first and acted on afterwards, each at most once (house rule 26)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from vmi.core import clock
from vmi.core.actors import Actor, wms_actor
from warehousing.choices import CancelState, EventAnswer, MessageState
from warehousing.exceptions import MessageNotFound, MessageNotQuarantined
from warehousing.locks import lock_lines, lock_message, lock_notice
from warehousing.models import ShipNotice, WmsConnection, WmsMessage
from warehousing.services.cancel_notice import confirm_requested
from warehousing.services.confirm import (
    Parcel,
    ShippedQuantity,
    check_notice_open,
    everything_open,
    fingerprint,
    ship,
)
from warehousing.services.unappliable import Unappliable
from warehousing.wms.base import CANCEL_CONFIRMED, CANCEL_REFUSED, InboundEvent
from warehousing.wms.inbound import BadEventError, event_id_of, parse_event

logger = logging.getLogger(__name__)

LEFTOVER_AGE = timedelta(minutes=1)
"""A stored message not acted on after this was left by a crash; the sweep takes it."""

SWEEP_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer for one event; ``reason`` is a code, ``param`` the unreadable field."""

    event_id: str
    answer: EventAnswer
    reason: str = ""
    param: str = ""


def _content(event: InboundEvent) -> dict[str, Any]:
    """What the event says, without the id under which it says it."""
    return {name: value for name, value in event.raw.items() if name != "eventId"}


def _read(raw_events: Sequence[Any]) -> tuple[dict[str, InboundEvent], list[Receipt | str]]:
    """Parse a batch: the readable events by id, and for every position its id or its refusal."""
    events: dict[str, InboundEvent] = {}
    positions: list[Receipt | str] = []
    for raw in raw_events:
        try:
            event = parse_event(raw)
        except BadEventError as bad:
            positions.append(Receipt(event_id_of(raw), EventAnswer.REJECTED, bad.reason, bad.param))
            continue
        first = events.setdefault(event.event_id, event)
        if first is event:
            positions.append(event.event_id)
        elif _content(first) == _content(event):
            positions.append(Receipt(event.event_id, EventAnswer.DUPLICATE))
        else:
            positions.append(Receipt(event.event_id, EventAnswer.REJECTED, "event_id_reused", "eventId"))
    return events, positions


@transaction.atomic
def _store(
    connection: WmsConnection, events: dict[str, InboundEvent], now: datetime, actor: Actor
) -> tuple[dict[str, Receipt], list[int]]:
    """Write the new events; returns the answers by event id and the ids of the rows to act on."""
    known_rows = WmsMessage.objects.filter(connection=connection, event_id__in=events)
    known = dict(known_rows.values_list("event_id", "fingerprint"))
    prints = {event_id: fingerprint(_content(event)) for event_id, event in events.items()}
    repeated = [event_id for event_id, stored in known.items() if stored == prints[event_id]]
    known_rows.filter(event_id__in=repeated).update(repeats=F("repeats") + 1)

    fresh = [event for event_id, event in events.items() if event_id not in known]
    # Conflicts are ignored for the same batch arriving twice at once: the other call has stored the row.
    WmsMessage.objects.bulk_create(
        (_row(connection, event, prints[event.event_id], now, actor) for event in fresh), ignore_conflicts=True
    )
    waiting = WmsMessage.objects.filter(
        connection=connection, event_id__in=[event.event_id for event in fresh], state=MessageState.RECEIVED
    )
    receipts = {event.event_id: Receipt(event.event_id, EventAnswer.ACCEPTED) for event in fresh}
    for event_id, stored in known.items():
        is_same = stored == prints[event_id]
        receipts[event_id] = (
            Receipt(event_id, EventAnswer.DUPLICATE)
            if is_same
            else Receipt(event_id, EventAnswer.REJECTED, "event_id_reused", "eventId")
        )
    return receipts, list(waiting.order_by("pk").values_list("pk", flat=True))


def _row(connection: WmsConnection, event: InboundEvent, mark: str, now: datetime, actor: Actor) -> WmsMessage:
    return WmsMessage(
        connection=connection,
        event_id=event.event_id,
        type=event.type,
        occurred_at=event.occurred_at,
        seq=event.seq,
        notice_sn=event.notice_sn,
        payload=event.raw,
        fingerprint=mark,
        state=MessageState.RECEIVED,
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )


def receive_wms_batch(*, connection_id: int, raw_events: Sequence[Any], actor: Actor) -> list[Receipt]:
    """Store a verified batch, act on what is new, and answer for each event in order.

    Storing is one transaction, acting one per message, so a crash in between loses nothing: the
    sweep continues. An event we cannot read is refused and not stored; one that contradicts the
    notice is accepted and quarantined.
    """
    connection = WmsConnection.objects.get(pk=connection_id)
    events, positions = _read(raw_events)
    if not events:
        return [item for item in positions if isinstance(item, Receipt)]
    receipts, waiting = _store(connection, events, clock.now(), actor)
    for message_id in waiting:
        apply_message(message_id=message_id, actor=actor)
    return [receipts[item] if isinstance(item, str) else item for item in positions]


def receive_wms_message(*, connection_id: int, raw_event: Any, actor: Actor) -> Receipt:
    """One event: see ``receive_wms_batch``."""
    return receive_wms_batch(connection_id=connection_id, raw_events=[raw_event], actor=actor)[0]


@transaction.atomic
def apply_message(*, message_id: int, actor: Actor) -> MessageState:
    """Act on a stored message and return where it ended; one that is not waiting is left alone."""
    message = lock_message(message_id)
    if message is None:
        raise MessageNotFound(param="wmsMessage")
    if message.state != MessageState.RECEIVED:
        return MessageState(message.state)
    now = clock.now()
    if _is_repetition(message):
        return _put(message, MessageState.DUPLICATE, "", now)
    try:
        _act(message, now, actor)
    except Unappliable as error:
        logger.warning("WMS message %s quarantined: %s", message.event_id, error.code)
        return _put(message, MessageState.QUARANTINED, error.code, now)
    return MessageState.APPLIED


def _is_repetition(message: WmsMessage) -> bool:
    """Whether the same content was applied under another event id (a system that numbers its retries)."""
    return WmsMessage.objects.filter(
        connection=message.connection, fingerprint=message.fingerprint, state=MessageState.APPLIED
    ).exists()


def _put(message: WmsMessage, state: MessageState, reason: str, now: datetime) -> MessageState:
    WmsMessage.objects.filter(pk=message.pk).update(state=state, reason=reason, processed_at=now, modify_time=now)
    return state


def _act(message: WmsMessage, now: datetime, actor: Actor) -> None:
    """What the message says, done to its notice; raises Unappliable."""
    event = parse_event(message.payload)
    notice = lock_notice(event.notice_sn)
    connection = message.connection
    # A notice of another warehouse is as unknown to this system as one that does not exist.
    if notice is None or connection is None or notice.warehouse_id != connection.warehouse_id:
        raise Unappliable("unknown_notice", notice=event.notice_sn)
    if event.type == CANCEL_CONFIRMED:
        confirm_requested(notice, now, actor)
        _note_applied(message, notice, now)
        return
    if event.type == CANCEL_REFUSED and notice.cancel_state == CancelState.NONE:
        raise Unappliable("cancel_not_requested", notice=notice.sn)
    if event.type == CANCEL_REFUSED and notice.cancel_state == CancelState.REFUSED and not event.lines:
        # Everything is known to have left: the confirmation crossed the question, or a person answered it.
        _note_applied(message, notice, now)
        return
    check_notice_open(notice)
    shipped = [
        ShippedQuantity(line.line_no, line.quantity, line.sku, line.location, line.batch) for line in event.lines
    ]
    if not shipped:
        shipped = everything_open(notice, lock_lines(notice.pk))
    parcel = Parcel(company=event.company, tracking_no=event.tracking_no)
    ship(notice, message, shipped, parcel=parcel, now=now, actor=actor)


def _note_applied(message: WmsMessage, notice: ShipNotice, now: datetime) -> None:
    applied = {"state": MessageState.APPLIED, "reason": "", "notice": notice, "processed_at": now}
    WmsMessage.objects.filter(pk=message.pk).update(**applied, modify_time=now)


@transaction.atomic
def replay_message(*, message_id: int, actor: Actor) -> MessageState:
    """Try a quarantined message again, after its cause was removed; raises MessageNotFound, MessageNotQuarantined."""
    quarantined = WmsMessage.objects.filter(pk=message_id, state=MessageState.QUARANTINED)
    if quarantined.update(state=MessageState.RECEIVED, reason="", modify_time=clock.now()) == 0:
        if not WmsMessage.objects.filter(pk=message_id).exists():
            raise MessageNotFound(param="wmsMessage")
        raise MessageNotQuarantined(param="state")
    return apply_message(message_id=message_id, actor=actor)


def process_waiting_messages(*, limit: int = SWEEP_LIMIT) -> int:
    """Act on messages a crash left behind, oldest first; returns how many."""
    old = clock.now() - LEFTOVER_AGE
    left = WmsMessage.objects.filter(state=MessageState.RECEIVED, create_time__lt=old, connection__isnull=False)
    rows = list(left.order_by("pk").values_list("pk", "connection__code")[:limit])
    for message_id, code in rows:
        apply_message(message_id=message_id, actor=wms_actor(code))
    return len(rows)
