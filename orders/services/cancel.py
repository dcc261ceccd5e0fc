"""``cancel_order``: the buyer or the staff changes their mind; once the warehouse knows, it is asked first."""

from inventory.services import cancel_paid, release
from orders import locks
from orders.choices import FULFILMENT_MACHINE, CancelReason, OrderFulfilment, OrderPayment, OrderStatus
from orders.models import Order
from orders.services.cancel_noticed import ask_warehouses, too_late
from orders.services.expire import drop
from orders.services.moves import state_conflict
from vmi.core import clock
from vmi.core.actors import Actor, ActorKind
from vmi.core.commands import command
from vmi.core.sources import Source

REASON_LENGTH_MAX = 200


@command
def cancel_order(*, order_id: int, reason: str = "", actor: Actor) -> Order:
    """Call the order off: before payment its hold is released, after payment its units go back to the quota.

    Money that was paid is refunded by the payments app, which hears ``OrderCancelled``. After the ship notice the
    warehouse is asked to hold the goods back and the order stays open until it answers, see ``cancel_noticed``.
    Cancelling twice changes nothing. Raises OrderStateConflict (completed, expired) and AlreadyAtWarehouse when the
    goods have left (S002-32).
    """
    order = locks.lock_order(order_id)

    if order.status_id == OrderStatus.CANCELLED:
        return order
    if order.status_id != OrderStatus.OPEN:
        raise state_conflict(order)
    if order.is_overdue_at(clock.now()):
        raise state_conflict(order, status=OrderStatus.EXPIRED)
    if order.fulfilment_status_id == OrderFulfilment.NOTICED:
        return ask_warehouses(order, reason=_reason(reason, actor), actor=actor)
    if order.fulfilment_status_id != OrderFulfilment.UNFULFILLED:
        raise too_late(order, shipped=order.fulfilment_status_id in FULFILMENT_MACHINE.group("sent"))

    paid = order.payment_status_id != OrderPayment.UNPAID
    if paid:
        cancel_paid(source=order.source, actor=actor)
    else:
        release(source=order.source, actor=actor, reason="cancelled")
    drop(order, to=OrderStatus.CANCELLED, reason=_reason(reason, actor), paid=paid, actor=actor)

    return order


def call_off(source: Source, actor: Actor) -> None:
    """Cancel the order a hold belongs to: its holder gave the goods back (S003-14)."""
    cancel_order(order_id=locks.lock_order_by_sn(source.sn).pk, actor=actor)


def _reason(given: str, actor: Actor) -> str:
    by_customer = actor.kind is ActorKind.CUSTOMER
    default = CancelReason.CUSTOMER if by_customer else CancelReason.STAFF
    return given[:REASON_LENGTH_MAX] or default.value
