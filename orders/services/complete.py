"""``complete_order``: the customer has the goods; credits are earned from here on (C-36)."""

from orders import locks
from orders.choices import OrderFulfilment, OrderStatus
from orders.models import Order
from orders.services.moves import move, state_conflict
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.events.catalogue import OrderCompleted
from vmi.events.services import record


@command
def complete_order(*, order_id: int, actor: Actor) -> Order:
    """Close a shipped order as received. Completing twice changes nothing and earns nothing twice (R14).

    Raises OrderStateConflict for an order that is not shipped.
    """
    order = locks.lock_order(order_id)

    if order.status_id == OrderStatus.COMPLETED:
        return order
    if order.status_id != OrderStatus.OPEN or order.fulfilment_status_id != OrderFulfilment.SHIPPED:
        raise state_conflict(order)

    now = clock.now()
    to = {"status": OrderStatus.COMPLETED, "fulfilment_status": OrderFulfilment.RECEIVED}
    move(order, to=to, now=now, actor=actor, completed_at=now)

    payload = OrderCompleted(order.pk, order.sn, order.customer_id, str(order.cost - order.lost_amount))
    record(payload, subject=order.source.subject, actor=actor)
    return order
