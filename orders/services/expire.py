"""``expire_order``: an order that was not paid in time gives its goods back."""

from inventory.services import release
from orders import locks
from orders.choices import CancelReason, OrderFulfilment, OrderStatus
from orders.models import Order
from orders.services.moves import move
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.events.catalogue import OrderCancelled
from vmi.events.services import record


@command
def expire_order(*, order_id: int, actor: Actor) -> bool:
    """Close the order if it is still open, unpaid and past its deadline; tells whether it did (C-08).

    The caller may have read the order long ago: everything is looked at again under the lock, so a payment
    that won the race is respected.
    """
    order = locks.lock_order(order_id)
    now = clock.now()
    if not order.is_overdue_at(now):
        return False

    release(source=order.source, actor=actor, reason=CancelReason.EXPIRED.value)
    drop(order, to=OrderStatus.EXPIRED, reason=CancelReason.EXPIRED.value, paid=False, actor=actor)

    return True


def drop(order: Order, *, to: OrderStatus, reason: str, paid: bool, actor: Actor) -> None:
    """Close a locked order that will not be shipped and tell everybody."""
    move(
        order,
        to={"status": to, "fulfilment_status": OrderFulfilment.NOTHING_TO_SHIP},
        now=clock.now(),
        actor=actor,
        closed_reason=reason,
        awaits_goods=False,
        promised_on=None,
    )
    record(OrderCancelled(order.pk, order.sn, reason, paid), subject=order.source.subject, actor=actor)
