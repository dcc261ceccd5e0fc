"""Outbound confirmations: which units of a notice have left, by message or by hand."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.rows import insert, update
from vmi.core.sources import Source
from vmi.events.catalogue import WmsOutboundConfirmed
from vmi.events.services import record
from warehousing.choices import MessageState, ShipNoticeStatus
from warehousing.exceptions import ShipNoticeNotFound, WarehouseHasWms
from warehousing.locks import lock_lines, lock_notice_by_id
from warehousing.models import Location, ShipNotice, ShipNoticeLine, WmsMessage
from warehousing.services.ship_notice import finish, has_http_wms
from warehousing.services.unappliable import Unappliable
from warehousing.wms.base import OUTBOUND_CONFIRMED


@dataclass(frozen=True, slots=True)
class ShippedQuantity:
    """Units of a notice line that left; the SKU must match when given, the place may be another than was picked."""

    line_no: int
    quantity: int
    sku: str = ""
    location: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Units of one pick, and the place the warehouse says they were taken from."""

    line: ShipNoticeLine
    units: int
    location: str
    batch: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """Who carries it, and under which number."""

    company: str
    tracking_no: str


def fingerprint(content: dict[str, Any]) -> str:
    """A hash of what a message says, whatever the order of its keys."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _candidates(lines: Sequence[ShipNoticeLine], wanted: ShippedQuantity) -> list[ShipNoticeLine]:
    """The picks a confirmation speaks of, those of the named place first; raises Unappliable naming what is unknown."""
    found = [line for line in lines if line.line_no == wanted.line_no]
    if not found:
        raise Unappliable("unknown_line", line_no=wanted.line_no)
    if wanted.sku and any(line.sku != wanted.sku for line in found):
        raise Unappliable("unknown_sku", line_no=wanted.line_no, sku=wanted.sku)
    if wanted.location:
        found.sort(key=lambda line: line.location != wanted.location or wanted.batch not in ("", line.batch))
    return found


def _check_places(notice: ShipNotice, lines: Sequence[ShipNoticeLine], shipped: Sequence[ShippedQuantity]) -> None:
    """Raises Unappliable for a place that is neither picked from nor in this warehouse."""
    told = {wanted.location: wanted.line_no for wanted in shipped if wanted.location}
    strange = told.keys() - {line.location for line in lines}
    if not strange:
        return
    known = Location.objects.filter(warehouse_id=notice.warehouse_id, code__in=strange).values_list("code", flat=True)
    for location in sorted(strange - set(known)):
        raise Unappliable("unknown_location", line_no=told[location], location=location)


def spread_over_picks(lines: Sequence[ShipNoticeLine], shipped: Sequence[ShippedQuantity]) -> list[Taken]:
    """Which pick gives how many units from which place, in picking order; pure, writes nothing.

    Raises Unappliable when a line is unknown or more units are confirmed than are open.
    """
    open_units = {line.pk: line.open_quantity for line in lines}
    taken: dict[tuple[int, str, str], int] = {}
    by_id = {line.pk: line for line in lines}
    for wanted in shipped:
        rest = wanted.quantity
        for line in _candidates(lines, wanted):
            units = min(rest, open_units[line.pk])
            open_units[line.pk] -= units
            key = (line.pk, wanted.location or line.location, wanted.batch or line.batch)
            taken[key] = taken.get(key, 0) + units
            rest -= units
        if rest:
            raise Unappliable("over_quantity", line_no=wanted.line_no, over=rest)
    order = {line.pk: number for number, line in enumerate(lines)}
    return [
        Taken(by_id[pk], units, location, batch)
        for (pk, location, batch), units in sorted(taken.items(), key=lambda item: order[item[0][0]])
        if units
    ]


def check_notice_open(notice: ShipNotice) -> None:
    """Raises Unappliable for a cancelled notice; a finished one is found out by its quantities."""
    if notice.status_id == ShipNoticeStatus.CANCELLED:
        raise Unappliable("notice_cancelled", notice=notice.sn)


def ship(
    notice: ShipNotice,
    message: WmsMessage,
    shipped: Sequence[ShippedQuantity],
    *,
    parcel: Parcel,
    now: datetime,
    actor: Actor,
    lines: Sequence[ShipNoticeLine] | None = None,
) -> None:
    """Write what left: lines, message, notice, and the event the stock core acts on (S001-25, C-68).

    The notice is locked by the caller and brought up to date, and so are its ``lines`` if it has read them.
    Raises Unappliable before anything is written.
    """
    check_notice_open(notice)
    lines = lock_lines(notice.pk) if lines is None else lines
    _check_places(notice, lines, shipped)
    picks = spread_over_picks(lines, shipped)

    for taken in picks:
        taken.line.shipped_quantity += taken.units
    left = {taken.line.pk: taken.line.shipped_quantity for taken in picks}
    fetch_prepared(_SHIP_LINES, {"ids": list(left), "units": list(left.values())})
    if message.state != MessageState.APPLIED:
        applied = {"state": MessageState.APPLIED, "reason": "", "notice_id": notice.pk, "processed_at": now}
        update(WmsMessage, {"pk": message.pk}, {**applied, "modify_time": now})
    if all(line.open_quantity == 0 for line in lines):
        finish(notice, company=parcel.company, tracking_no=parcel.tracking_no, now=now, actor=actor)
    else:
        tracking = {"company": parcel.company, "tracking_no": parcel.tracking_no, "modify_time": now}
        ShipNotice.objects.filter(pk=notice.pk).update(**tracking)
        notice.company, notice.tracking_no, notice.modify_time = parcel.company, parcel.tracking_no, now
    record(
        WmsOutboundConfirmed(
            message_id=str(message.pk),
            notice_sn=notice.sn,
            source_type=notice.source_type,
            source_sn=notice.source_sn,
            lines=[_event_line(taken, lines) for taken in picks],
            company=parcel.company,
            tracking_no=parcel.tracking_no,
        ),
        subject=Source(notice.source_type, notice.source_sn).subject,
        actor=actor,
    )


def _event_line(taken: Taken, lines: Sequence[ShipNoticeLine]) -> dict[str, Any]:
    """What left of one pick; its place is told where it is not the only one the line was picked from."""
    line = taken.line
    is_other = (taken.location, taken.batch) != (line.location, line.batch)
    is_split = sum(1 for other in lines if other.line_no == line.line_no) > 1
    place = {"taken_location": taken.location, "taken_batch": taken.batch} if is_other or is_split else {}
    return {
        "line_no": line.line_no,
        "sku": line.sku,
        "owner": line.owner,
        "location": line.location,
        "batch": line.batch,
        "quantity": taken.units,
        **place,
    }


def _manual_message(
    notice: ShipNotice, shipped: Sequence[ShippedQuantity], parcel: Parcel, now: datetime, actor: Actor
) -> WmsMessage:
    """The inbox row of a confirmation by hand, applied with it, so that one list shows everything that left."""
    before = fetch_prepared("SELECT count(*) AS n FROM warehousing_wmsmessage WHERE notice_id = %s", [notice.pk])
    number = before[0]["n"] + 1
    content = {
        "noticeSn": notice.sn,
        "company": parcel.company,
        "trackingNo": parcel.tracking_no,
        "lines": [{"lineNo": line.line_no, "quantity": line.quantity} for line in shipped],
    }
    message = WmsMessage(
        connection=None,
        event_id=f"manual:{notice.sn}:{number}",
        type=OUTBOUND_CONFIRMED,
        occurred_at=now,
        notice_sn=notice.sn,
        notice=notice,
        payload=content,
        fingerprint=fingerprint(content),
        state=MessageState.APPLIED,
        processed_at=now,
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )
    return insert([message])[0]


@command
def confirm_manually(
    *,
    notice_id: int,
    company: str,
    tracking_no: str,
    lines: Sequence[ShippedQuantity] | None = None,
    actor: Actor,
) -> ShipNotice:
    """Staff say what left a warehouse that has no system; everything still open unless ``lines`` say otherwise.

    Repeating it for a finished notice with the same parcel changes nothing. Raises ShipNoticeNotFound,
    WarehouseHasWms, Unappliable (unknown line, more than is open, cancelled).
    """
    notice = lock_notice_by_id(notice_id)
    if notice is None:
        raise ShipNoticeNotFound(param="shipNotice")
    if has_http_wms(notice.warehouse_id):
        raise WarehouseHasWms(details={"shipNotice": notice.sn})
    parcel = Parcel(company=company, tracking_no=tracking_no)
    is_repeat = lines is None and (notice.company, notice.tracking_no) == (company, tracking_no)
    if notice.status_id == ShipNoticeStatus.DONE and is_repeat:
        return notice
    ship_by_hand(notice, parcel, lines=lines, actor=actor)
    return notice


def ship_by_hand(
    notice: ShipNotice, parcel: Parcel, *, lines: Sequence[ShippedQuantity] | None = None, actor: Actor
) -> None:
    """Write what a person says left of a locked notice, everything open unless ``lines`` say otherwise.

    Raises Unappliable (unknown line, more than is open, nothing open, cancelled).
    """
    picks = lock_lines(notice.pk)
    shipped = lines if lines is not None else everything_open(notice, picks)
    now = clock.now()
    message = _manual_message(notice, shipped, parcel, now, actor)
    ship(notice, message, shipped, parcel=parcel, now=now, actor=actor, lines=picks)


def everything_open(notice: ShipNotice, lines: Sequence[ShipNoticeLine]) -> list[ShippedQuantity]:
    """All that has not left yet, line by line; raises Unappliable when nothing is open."""
    rest = [line for line in lines if line.open_quantity]
    if not rest:
        raise Unappliable("nothing_open", notice=notice.sn)
    return [ShippedQuantity(line.line_no, line.open_quantity, line.sku, line.location, line.batch) for line in rest]


_SHIP_LINES = """
    UPDATE warehousing_shipnoticeline l SET shipped_quantity = w.units
    FROM unnest(%(ids)s::bigint[], %(units)s::int[]) AS w(id, units)
    WHERE l.id = w.id
"""
