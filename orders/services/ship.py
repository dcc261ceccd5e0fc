"""``record_shipment``: the goods have left every warehouse of the order."""

from orders import locks
from orders.choices import FULFILMENT_MACHINE, OrderFulfilment
from orders.models import Order
from orders.services.moves import move
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.events.catalogue import OrderShipped
from vmi.events.services import record


@command
def record_shipment(*, order_sn: str, company: str = "", tracking_no: str = "", actor: Actor) -> Order:
    """Mark the order as shipped with its carrier and tracking number; stock was moved by inventory before (C-68).

    Told twice it changes nothing. Raises InvalidTransition for an order whose notice is not out.
    """
    order = locks.lock_order_by_sn(order_sn)

    if order.fulfilment_status_id in FULFILMENT_MACHINE.group("sent"):
        return order

    now = clock.now()
    move(
        order,
        to={"fulfilment_status": OrderFulfilment.SHIPPED},
        now=now,
        actor=actor,
        shipped_at=now,
        company=company[:100],
        tracking_no=tracking_no[:100],
    )

    record(OrderShipped(order.pk, order.sn), subject=order.source.subject, actor=actor)
    return order
