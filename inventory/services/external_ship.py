"""Shipping what was sold to orders kept elsewhere: their warehouses are told, and asked to say what left."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from inventory.exceptions import HoldNotOpen, SourceConflict
from inventory.selectors.holds import EXTERNAL_ORDER, ORDER, holds_of_document
from inventory.services.ship import Pick, issue_ship_notice
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import NotFound
from vmi.core.sources import Source
from warehousing.choices import SHIP_NOTICE_MACHINE
from warehousing.selectors import notices_of_source
from warehousing.services import NoticeLine, confirm_manually, open_ship_notice


@command
def ship_order(
    *, order_no: str, consignee: Mapping[str, Any] | None = None, actor: Actor, dry_run: bool = False
) -> list[Pick]:
    """Choose the goods of a paid order kept elsewhere (FEFO, then FIFO), hold them, tell their warehouses (S001-25).

    Again: the same picks and the same notices. Raises NotFound for an unknown number, SourceConflict for an order of
    the house, HoldNotOpen for one that is not paid, PromisesWaiting while goods of it are on their way, PhysicalShort.
    """
    source = _source(order_no)
    picks = issue_ship_notice(source=source, actor=actor)
    by_warehouse = attrgetter("warehouse_id")
    for warehouse_id, group in groupby(sorted(picks, key=by_warehouse), key=by_warehouse):
        lines = [
            NoticeLine(pick.line_no, pick.sku, pick.owner, pick.location, pick.batch, pick.quantity) for pick in group
        ]
        open_ship_notice(
            warehouse_id=warehouse_id, source=source, lines=lines, consignee=dict(consignee or {}), actor=actor
        )
    return picks


@command
def confirm_order_shipped(
    *, order_no: str, company: str, tracking_no: str, actor: Actor, dry_run: bool = False
) -> Sequence[str]:
    """Everything of an order kept elsewhere left its warehouses; returns the numbers of the notices this closed.

    For warehouses without a warehouse system, notice by notice as ``confirm_manually``; the stock follows the event.
    Again: none. Raises NotFound, SourceConflict, HoldNotOpen when no warehouse was told, WarehouseHasWms.
    """
    source = _source(order_no)
    notices = notices_of_source(source)
    if not notices:
        raise HoldNotOpen(param="orderNo", details={"source": source.subject})
    waiting = [notice for notice in notices if notice.status_id in SHIP_NOTICE_MACHINE.group("open")]
    for notice in waiting:
        confirm_manually(notice_id=notice.pk, company=company, tracking_no=tracking_no, actor=actor)
    return [notice.sn for notice in waiting]


def _source(order_no: str) -> Source:
    """The document an order number of elsewhere stands for here."""
    source = Source(EXTERNAL_ORDER, order_no)
    if not holds_of_document(source):
        if holds_of_document(Source(ORDER, order_no)):
            raise SourceConflict(param="orderNo", details={"source": f"{ORDER}:{order_no}"})
        raise NotFound(param="orderNo")
    return source
