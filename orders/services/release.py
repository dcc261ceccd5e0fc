"""``release_to_warehouse``: a paid order becomes a stock-out document and one ship notice per warehouse."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from inventory.selectors import waiting_of
from inventory.services import Pick, issue_ship_notice
from orders import locks
from orders.choices import PAYMENT_MACHINE, OrderFulfilment, OrderStatus
from orders.exceptions import GoodsAwaited
from orders.models import Order
from orders.services.moves import move, state_conflict
from orders.services.waiting import due_of
from stores.services import open_sales_stockout
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.events.catalogue import OrderNoticed
from vmi.events.services import record
from warehousing.services import NoticeLine, open_ship_notice


@command
def release_to_warehouse(*, order_id: int, actor: Actor) -> Order:
    """Choose batches and locations (FEFO, then FIFO), hold them, open the documents (S001-25).

    An order the warehouse already knows is returned unchanged. Raises GoodsAwaited while some of its goods are on
    their way, OrderStateConflict for one that is not open and paid; what lacks goods on the shelves raises the
    inventory's own refusal and stays to be released.
    """
    order = locks.lock_order(order_id)

    if order.status_id == OrderStatus.OPEN and order.fulfilment_status_id not in (
        OrderFulfilment.UNFULFILLED,
        OrderFulfilment.NOTHING_TO_SHIP,
    ):
        return order
    if order.status_id != OrderStatus.OPEN or order.payment_status_id not in PAYMENT_MACHINE.group("settled"):
        raise state_conflict(order)

    _refuse_waiting(order)
    now = clock.now()
    picks = issue_ship_notice(source=order.source, actor=actor)
    open_sales_stockout(source=order.source, store_id=order.store_id, picks=picks, actor=actor)
    _notify_warehouses(order, picks, actor)
    to = {"fulfilment_status": OrderFulfilment.NOTICED}
    move(order, to=to, now=now, actor=actor, noticed_at=now, awaits_goods=False, promised_on=None)

    record(OrderNoticed(order.pk, order.sn), subject=order.source.subject, actor=actor)
    return order


def _refuse_waiting(order: Order) -> None:
    """Raise GoodsAwaited for an order with units on their way, or with units that will not come and are refunded."""
    if not order.awaits_goods:
        return
    if due_of(order)["awaits_goods"]:
        waiting = waiting_of(order.source)
        day = waiting.promised_on.isoformat() if waiting.promised_on else None
        raise GoodsAwaited(details={"sn": order.sn, "units": waiting.units, "promised_on": day})


def _notify_warehouses(order: Order, picks: Sequence[Pick], actor: Actor) -> None:
    by_warehouse = attrgetter("warehouse_id")
    for warehouse_id, group in groupby(sorted(picks, key=by_warehouse), key=by_warehouse):
        open_ship_notice(
            warehouse_id=warehouse_id,
            source=order.source,
            lines=[_notice_line(pick) for pick in group],
            consignee=order.consignee_dict(),
            actor=actor,
        )


def _notice_line(pick: Pick) -> NoticeLine:
    return NoticeLine(
        line_no=pick.line_no,
        sku=pick.sku,
        owner=pick.owner,
        location=pick.location,
        batch=pick.batch,
        quantity=pick.quantity,
    )
