"""Orders whose goods are still on their way: they wait, are told a new day, or are called off (S001-35, S001-36)."""

from datetime import datetime
from typing import Any

from inventory.selectors import Waiting, waiting_of
from orders import locks
from orders.choices import CancelReason, OrderStatus
from orders.models import Order
from orders.services.cancel import cancel_order
from orders.services.expire import expire_order
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.events.catalogue import OrderPostponed
from vmi.events.services import record


def due_columns(waiting: Waiting) -> dict[str, Any]:
    """What an order says of the goods it waits for."""
    return {"awaits_goods": not waiting.is_complete, "promised_on": waiting.promised_on if waiting.units else None}


def _note(order: Order, waiting: Waiting, at: datetime) -> None:
    """Write on a locked order what it waits for, if that is news."""
    columns = due_columns(waiting)
    if any(getattr(order, name) != value for name, value in columns.items()):
        for name, value in columns.items():
            setattr(order, name, value)
        Order.objects.filter(pk=order.pk).update(**columns, modify_time=at)


@command
def follow_goods(*, order_sn: str, actor: Actor) -> bool:
    """Goods of an order arrived or got another day; tells whether everything it was promised is there.

    An order that waits for nothing any more is on the to-do list of the release sweep again. Running it again
    changes nothing.
    """
    order = locks.lock_order_by_sn(order_sn)
    waiting = waiting_of(order.source)
    if order.status_id == OrderStatus.OPEN:
        _note(order, waiting, clock.now())
    return waiting.is_complete


@command
def postpone_order(*, order_sn: str, sku: str, old_date: str, new_date: str, actor: Actor) -> None:
    """Tell the buyer that goods of an open order are expected on another day (ISO 8601, empty: not known)."""
    order = locks.lock_order_by_sn(order_sn)
    if order.status_id != OrderStatus.OPEN:
        return
    follow_goods(order_sn=order_sn, actor=actor)
    payload = OrderPostponed(order_id=order.pk, sn=order.sn, sku=sku, old_date=old_date, new_date=new_date)
    record(payload, subject=order.source.subject, actor=actor)


@command
def give_up_order(*, order_sn: str, actor: Actor) -> bool:
    """Goods of an order will not come: call it off, paid or not; tells whether this did it.

    What else it holds is freed, what was paid is refunded by the payments app (``OrderCancelled``).
    """
    order = locks.lock_order_by_sn(order_sn)
    if order.status_id != OrderStatus.OPEN:
        return False
    if order.is_overdue_at(clock.now()):
        return expire_order(order_id=order.pk, actor=actor)
    cancel_order(order_id=order.pk, reason=CancelReason.UNAVAILABLE.value, actor=actor)
    return True
