"""``give_up_order``: goods an order was promised will not come; it is shortened or called off (S001-36)."""

from orders import locks
from orders.choices import CancelReason, OrderFulfilment, OrderPayment, OrderStatus
from orders.services.cancel import cancel_order
from orders.services.expire import expire_order
from orders.services.shorten import lost_units, shorten
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command


@command
def give_up_order(*, order_sn: str, actor: Actor) -> bool:
    """Goods of an order will not come; tells whether this changed it. Told twice it changes nothing.

    A paid order goes on with what is left of it: the value of the lost units is refunded by the payments app
    (``OrderShortened``), and the rest is shipped when it is there. With nothing of value left, or before payment, when
    the buyer still decides, it is called off: what else it holds is freed, and what was paid is refunded.
    """
    order = locks.lock_order_by_sn(order_sn)
    if order.status_id != OrderStatus.OPEN or order.fulfilment_status_id != OrderFulfilment.UNFULFILLED:
        return False
    if order.is_overdue_at(clock.now()):
        return expire_order(order_id=order.pk, actor=actor)
    lost = lost_units(order)
    if not lost:
        return False
    left = sum(item.price * (item.kept_count - lost.get(item.line_no, 0)) for item in order.items.all())
    if order.payment_status_id == OrderPayment.UNPAID or not left:
        cancel_order(order_id=order.pk, reason=CancelReason.UNAVAILABLE.value, actor=actor)
    else:
        shorten(order, lost, actor)
    return True
