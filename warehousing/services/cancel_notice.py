"""Holding a ship notice back: the warehouse is asked, and says whether the goods were still there (S002-32)."""

from datetime import datetime

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import NotFound
from vmi.core.rows import update
from vmi.core.sources import Source
from vmi.events.catalogue import WmsCancelConfirmed
from vmi.events.services import record
from vmi.statuses.machine import transition
from warehousing.choices import SHIP_NOTICE_MACHINE, CancelState, ShipNoticeStatus
from warehousing.exceptions import CancelNotRequested, NoticeAlreadyShipped, ShipNoticeNotFound, WarehouseHasWms
from warehousing.locks import lock_notice_by_id, lock_notices_of
from warehousing.models import ShipNotice
from warehousing.services.confirm import confirm_manually
from warehousing.services.ship_notice import has_http_wms
from warehousing.services.unappliable import Unappliable


@command
def request_notice_cancel(*, source: Source, actor: Actor) -> list[ShipNotice]:
    """Ask every warehouse with an open notice of the document to hold it back; asking again changes nothing.

    A notice no warehouse system has heard of is held back at once. Raises NotFound without any notice, and
    NoticeAlreadyShipped when everything has left.
    """
    notices = lock_notices_of(source.type, source.sn)
    if not notices:
        raise NotFound(param="source")
    open_ones = [notice for notice in notices if notice.status_id in SHIP_NOTICE_MACHINE.group("open")]
    if not open_ones:
        raise NoticeAlreadyShipped(details={"shipNotice": notices[0].sn})
    now = clock.now()
    for notice in open_ones:
        if notice.cancel_state == CancelState.NONE:
            _ask(notice, now, actor)
    return open_ones


def _ask(notice: ShipNotice, now: datetime, actor: Actor) -> None:
    """Hold an unsent notice back at once; otherwise the sweep asks its system, or staff read it."""
    by_http = has_http_wms(notice.warehouse_id)
    if by_http and notice.status_id == ShipNoticeStatus.TO_SEND and notice.attempts == 0:
        hold_back(notice, now, actor)
        return
    _write(
        notice,
        cancel_state=CancelState.REQUESTED.value,
        cancel_requested_at=now,
        cancel_next_at=now if by_http else None,
        modify_time=now,
    )


def hold_back(notice: ShipNotice, now: datetime, actor: Actor) -> None:
    """The locked notice will not be shipped: cancelled, and everybody is told."""
    extra = {
        "cancel_state": CancelState.CONFIRMED.value,
        "cancel_requested_at": notice.cancel_requested_at or now,
        "cancel_next_at": None,
        "next_attempt_at": None,
        "modify_time": now,
    }
    transition(notice, ShipNoticeStatus.CANCELLED, machine=SHIP_NOTICE_MACHINE, actor=actor, extra=extra)
    source = Source(notice.source_type, notice.source_sn)
    record(
        WmsCancelConfirmed(
            notice_sn=notice.sn, source_type=source.type, source_sn=source.sn, warehouse_id=notice.warehouse_id
        ),
        subject=source.subject,
        actor=actor,
    )


def confirm_requested(notice: ShipNotice, now: datetime, actor: Actor) -> None:
    """The warehouse confirms a cancellation; Unappliable unless it was asked for one."""
    if notice.cancel_state == CancelState.CONFIRMED:
        return
    if notice.cancel_state != CancelState.REQUESTED:
        raise Unappliable("cancel_not_requested", notice=notice.sn)
    hold_back(notice, now, actor)


@command
def confirm_cancel_manually(*, notice_id: int, actor: Actor) -> ShipNotice:
    """Staff of a warehouse without a system held the goods back; saying so again changes nothing.

    Raises ShipNoticeNotFound, WarehouseHasWms, CancelNotRequested.
    """
    notice = _manual(notice_id)
    if notice.cancel_state == CancelState.CONFIRMED:
        return notice
    if notice.cancel_state != CancelState.REQUESTED:
        raise CancelNotRequested(details={"shipNotice": notice.sn})
    hold_back(notice, clock.now(), actor)
    return notice


@command
def refuse_cancel_manually(*, notice_id: int, company: str, tracking_no: str, actor: Actor) -> ShipNotice:
    """Staff of a warehouse without a system say that the goods had left already, with this parcel.

    Raises ShipNoticeNotFound, WarehouseHasWms, CancelNotRequested, Unappliable.
    """
    notice = _manual(notice_id)
    if notice.cancel_state not in (CancelState.REQUESTED, CancelState.REFUSED):
        raise CancelNotRequested(details={"shipNotice": notice.sn})
    return confirm_manually(notice_id=notice_id, company=company, tracking_no=tracking_no, actor=actor)


def _manual(notice_id: int) -> ShipNotice:
    """The locked notice of a warehouse without a system."""
    notice = lock_notice_by_id(notice_id)
    if notice is None:
        raise ShipNoticeNotFound(param="shipNotice")
    if has_http_wms(notice.warehouse_id):
        raise WarehouseHasWms(details={"shipNotice": notice.sn})
    return notice


def _write(notice: ShipNotice, **values: object) -> None:
    update(ShipNotice, {"pk": notice.pk}, values)
    for name, value in values.items():
        setattr(notice, name, value)
