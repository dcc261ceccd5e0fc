"""Calling an order off after the warehouse was told: it is asked, and what it answers decides (S002-32).

Held back: the order is cancelled and refunded. Already gone: the order goes to after-sales, with a return opened for
what left. Some of each, when several warehouses ship it: both, and the value of the rest is refunded.
"""

from decimal import Decimal

from django.db import transaction

from inventory.exceptions import HoldNotOpen
from inventory.selectors.noticed import NoticedLine, noticed_lines
from inventory.services import request_cancel
from orders import locks
from orders.choices import FULFILMENT_MACHINE, OrderAfterSale, OrderFulfilment, OrderPayment, OrderStatus
from orders.exceptions import AlreadyAtWarehouse
from orders.models import Order
from orders.services.expire import drop
from orders.services.inputs import ReturnItemInput
from orders.services.moves import move, state_of
from orders.services.returns import request_return
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import NotFound
from vmi.core.rows import update
from vmi.events.catalogue import OrderCancelRefused, OrderCancelRequested, OrderPartlyCancelled, OrderShipped
from vmi.events.services import record
from warehousing.exceptions import NoticeAlreadyShipped
from warehousing.services import request_notice_cancel


def ask_warehouses(order: Order, *, reason: str, actor: Actor) -> Order:
    """Freeze the goods of a locked, noticed order and ask its warehouses to hold them back.

    Asking again changes nothing. Raises AlreadyAtWarehouse when everything has left.
    """
    if order.cancel_requested_at is not None:
        return order
    try:
        with transaction.atomic():
            request_cancel(source=order.source, actor=actor)
            request_notice_cancel(source=order.source, actor=actor)
    except (HoldNotOpen, NoticeAlreadyShipped, NotFound) as refusal:
        raise too_late(order, shipped=True) from refusal
    now = clock.now()
    values = {"cancel_requested_at": now, "cancel_reason": reason, "modify_time": now}
    update(Order, {"pk": order.pk}, values)
    for name, value in values.items():
        setattr(order, name, value)
    record(OrderCancelRequested(order.pk, order.sn, reason), subject=order.source.subject, actor=actor)
    return order


@command
def settle_cancellation(*, order_sn: str, actor: Actor) -> Order:
    """Every warehouse answered: nothing of the order waits to leave any more. Told twice it changes nothing."""
    order = locks.lock_order_by_sn(order_sn)
    if order.status_id == OrderStatus.CANCELLED or order.cancel_requested_at is None:
        return order
    lines = noticed_lines(order.source)
    if any(line.waiting for line in lines.values()):
        return order
    if not any(line.shipped for line in lines.values()):
        paid = order.payment_status_id != OrderPayment.UNPAID
        drop(order, to=OrderStatus.CANCELLED, reason=order.cancel_reason, paid=paid, actor=actor)
        return order
    if order.fulfilment_status_id not in FULFILMENT_MACHINE.group("sent"):
        now = clock.now()
        move(order, to={"fulfilment_status": OrderFulfilment.SHIPPED}, now=now, actor=actor, shipped_at=now)
        record(OrderShipped(order.pk, order.sn), subject=order.source.subject, actor=actor)
    _to_after_sales(order, lines, actor)
    return order


def _to_after_sales(order: Order, lines: dict[int, NoticedLine], actor: Actor) -> None:
    """Refund what was held back, and expect back what had left."""
    if order.after_sale_status_id != OrderAfterSale.NONE:
        return
    held_back = _take_off(order, lines)
    told = (
        OrderPartlyCancelled(order.pk, order.sn, str(held_back))
        if held_back
        else OrderCancelRefused(order.pk, order.sn)
    )
    record(told, subject=order.source.subject, actor=actor)
    request_return(
        order_id=order.pk,
        lines=[ReturnItemInput(line_no, line.shipped) for line_no, line in lines.items() if line.shipped],
        reason=order.cancel_reason,
        source_ref=f"cancel:{order.sn}",
        actor=actor,
    )


def _take_off(order: Order, lines: dict[int, NoticedLine]) -> Decimal:
    """Write on the order that what was held back never came; returns its value."""
    value = lost = Decimal(0)
    for item in order.items.all():
        if line := lines.get(item.line_no):
            item.cancelled_count = item.count - line.shipped
            item.save(update_fields=["cancelled_count"])
            value += item.price * line.cancelled
        lost += item.price * item.cancelled_count
    update(Order, {"pk": order.pk}, {"lost_amount": lost})
    order.lost_amount = lost
    return value


def too_late(order: Order, *, shipped: bool) -> AlreadyAtWarehouse:
    """The refusal of a cancellation that comes after the goods have left."""
    return AlreadyAtWarehouse(
        details={"sn": order.sn, "state": state_of(order, "fulfilment_status"), "shipped": shipped}
    )
