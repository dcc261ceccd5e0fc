"""Ship notices: opened with the picks of a document, closed when everything left, cancelled while nothing did."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import InvalidRequest
from vmi.core.rows import insert, load
from vmi.core.sources import Source
from vmi.numbering.services import next_number
from vmi.statuses.machine import transition
from warehousing.choices import SHIP_NOTICE_MACHINE, CancelState, ShipNoticeStatus, WmsMode
from warehousing.exceptions import NoticeAlreadySent, NoticeAlreadyShipped, NoticeContradiction
from warehousing.locks import lock_notices_of
from warehousing.models import ShipNotice, ShipNoticeLine, WmsConnection

LINES_MAX = 5_000
"""Picks of one notice: the longest order, its lines spread over a few places."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One pick: units of a SKU of an owner, from one location and batch (empty: no batch), for a document line."""

    line_no: int
    sku: str
    owner: str
    location: str
    batch: str
    quantity: int


def has_http_wms(warehouse_id: int) -> bool:
    """Whether notices of the warehouse have to be posted to a warehouse system."""
    return bool(load(WmsConnection, warehouse_id=warehouse_id, mode=WmsMode.HTTP.value, is_enabled=True))


def _check_lines(lines: Sequence[NoticeLine]) -> None:
    if not 1 <= len(lines) <= LINES_MAX:
        raise InvalidRequest(code="invalid_lines", param="lines", details={"lines": len(lines), "max": LINES_MAX})
    for index, line in enumerate(lines):
        if line.quantity < 1:
            raise InvalidRequest(code="invalid_quantity", param=f"lines[{index}].quantity")


def _same_notice(found: ShipNotice, lines: Sequence[NoticeLine]) -> ShipNotice:
    """The stored notice of a repeated call; raises NoticeContradiction when the lines differ."""
    columns = ("line_no", "sku", "owner", "location", "batch", "quantity")
    stored = sorted(ShipNoticeLine.objects.filter(notice=found).values_list(*columns))
    if stored != sorted(astuple(line) for line in lines):
        raise NoticeContradiction(param="source", details={"shipNotice": found.sn})
    return found


@command
def open_ship_notice(
    *,
    warehouse_id: int,
    source: Source,
    lines: Sequence[NoticeLine],
    consignee: Mapping[str, Any],
    actor: Actor,
) -> ShipNotice:
    """Ask a warehouse to ship picks; once per document and warehouse, a repeated call answers the first notice.

    Without a warehouse system the notice counts as sent at once; otherwise the sweep
    ``warehousing.send_notices`` sends it. Raises InvalidRequest, NoticeContradiction.
    """
    _check_lines(lines)
    found = load(ShipNotice, source_type=source.type, source_sn=source.sn, warehouse_id=warehouse_id)
    if found:
        return _same_notice(found[0], lines)

    waits = has_http_wms(warehouse_id)
    now = clock.now()
    notice = ShipNotice(
        sn=next_number("shipNotice", on=now),
        warehouse_id=warehouse_id,
        source_type=source.type,
        source_sn=source.sn,
        status_id=ShipNoticeStatus.TO_SEND if waits else ShipNoticeStatus.SENT,
        consignee=dict(consignee),
        next_attempt_at=now if waits else None,
        sent_at=None if waits else now,
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )
    insert([notice])
    insert([ShipNoticeLine(notice=notice, **asdict(line)) for line in lines])
    return notice


def finish(notice: ShipNotice, *, company: str, tracking_no: str, now: datetime, actor: Actor) -> None:
    """Mark a locked notice as shipped."""
    extra: dict[str, Any] = {
        "company": company or notice.company,
        "tracking_no": tracking_no or notice.tracking_no,
        "done_at": now,
        "next_attempt_at": None,
        "modify_time": now,
    }
    if notice.cancel_state == CancelState.REQUESTED:
        extra |= {"cancel_state": CancelState.REFUSED.value, "cancel_next_at": None}
    transition(notice, ShipNoticeStatus.DONE, machine=SHIP_NOTICE_MACHINE, actor=actor, extra=extra)


@command
def close_ship_notice(*, source: Source, company: str = "", tracking_no: str = "", actor: Actor) -> list[ShipNotice]:
    """Mark the notices of a document as shipped in full, for callers that confirmed the goods themselves.

    Finished and cancelled notices are left alone, so a repeated call changes nothing.
    """
    open_states = SHIP_NOTICE_MACHINE.group("open")
    closed = [notice for notice in lock_notices_of(source.type, source.sn) if notice.status_id in open_states]
    if not closed:
        return []
    now = clock.now()
    ShipNoticeLine.objects.filter(notice__in=closed).update(shipped_quantity=F("quantity"))
    for notice in closed:
        finish(notice, company=company, tracking_no=tracking_no, now=now, actor=actor)
    return closed


def _check_cancellable(notice: ShipNotice) -> None:
    is_shipped = notice.status_id == ShipNoticeStatus.DONE or notice.lines.filter(shipped_quantity__gt=0).exists()
    if is_shipped:
        raise NoticeAlreadyShipped(details={"shipNotice": notice.sn})
    # An attempt whose answer never came may have arrived, so a notice once tried counts as sent.
    is_tried = notice.status_id == ShipNoticeStatus.SENT or notice.attempts > 0
    if is_tried and has_http_wms(notice.warehouse_id):
        raise NoticeAlreadySent(details={"shipNotice": notice.sn})


@command
def cancel_ship_notice(*, source: Source, actor: Actor) -> list[ShipNotice]:
    """Take back the notices of a document, all or none; already cancelled ones stay as they are.

    Raises NoticeAlreadyShipped when units have left, NoticeAlreadySent when a warehouse system may be picking.
    """
    notices = [
        notice for notice in lock_notices_of(source.type, source.sn) if notice.status_id != ShipNoticeStatus.CANCELLED
    ]
    for notice in notices:
        _check_cancellable(notice)
    now = clock.now()
    extra = {"next_attempt_at": None, "modify_time": now}
    for notice in notices:
        transition(notice, ShipNoticeStatus.CANCELLED, machine=SHIP_NOTICE_MACHINE, actor=actor, extra=extra)
    return notices
