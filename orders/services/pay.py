"""``mark_paid`` and ``mark_refunded``: what a settled payment or refund does to its order."""

from decimal import Decimal
from typing import Any

from inventory.selectors import waiting_of
from inventory.services import post_payment
from orders import locks
from orders.choices import OrderFulfilment, OrderPayment, OrderStatus
from orders.exceptions import AmountMismatch
from orders.models import Order
from orders.services.moves import move, state_conflict
from orders.services.waiting import due_columns
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.events.catalogue import OrderPaid
from vmi.events.services import record


@command
def mark_paid(*, order_id: int, payment_sn: str, amount: Decimal, actor: Actor) -> Order:
    """The money for the order is there: held units become sold and are allocated (S001-25, C-03).

    An order with units on their way waits for them. Repeating it with the same payment changes nothing. A payment
    after the deadline takes the goods again if they are still there. Raises AmountMismatch, OrderStateConflict
    (cancelled, or paid by another payment), or InsufficientStock when the goods are gone; the caller then gives the
    money back.
    """
    order = locks.lock_order(order_id)

    if order.payment_sn == payment_sn and order.payment_status_id != OrderPayment.UNPAID:
        return order
    if order.payment_status_id != OrderPayment.UNPAID or order.status_id == OrderStatus.CANCELLED:
        raise state_conflict(order)
    if amount != order.cost:
        raise AmountMismatch(details={"sn": order.sn, "amount": str(amount), "cost": str(order.cost)})

    now = clock.now()
    post_payment(source=order.source, actor=actor)
    to: dict[str, int] = {"payment_status": OrderPayment.PAID}
    reopened: dict[str, Any] = {}
    if order.status_id == OrderStatus.EXPIRED:
        to |= {"status": OrderStatus.OPEN, "fulfilment_status": OrderFulfilment.UNFULFILLED}
        reopened = {"closed_reason": ""}
    promised_more = order.awaits_goods or order.status_id == OrderStatus.EXPIRED
    due = due_columns(waiting_of(order.source)) if promised_more else {}
    columns = {"paid_amount": amount, "payment_sn": payment_sn, "paid_at": now}
    move(order, to=to, now=now, actor=actor, **columns, **due, **reopened)

    record(OrderPaid(order.pk, order.sn, str(amount), payment_sn), subject=order.source.subject, actor=actor)
    return order


@command
def mark_refunded(*, order_id: int, amount: Decimal, actor: Actor) -> Order:
    """``amount`` of the order's payment went back to the buyer; goods are not touched (C-47).

    Called once per settled refund, in its transaction. Raises InvalidTransition for an order without money.
    """
    order = locks.lock_order(order_id)

    now = clock.now()
    refunded = order.refunded_amount + amount
    whole = refunded >= order.paid_amount
    to = OrderPayment.REFUNDED if whole else OrderPayment.PARTLY_REFUNDED
    move(order, to={"payment_status": to}, now=now, actor=actor, refunded_amount=refunded)

    return order
