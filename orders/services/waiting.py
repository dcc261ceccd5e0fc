"""Orders whose goods are still on their way: they wait, and are told a new day (S001-35, S001-36)."""

from datetime import datetime
from typing import Any

from django.db.models import Sum

from inventory.selectors import Waiting, waiting_of
from orders import locks
from orders.choices import OrderStatus
from orders.models import Order
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.events.catalogue import OrderPostponed
from vmi.events.services import record


def due_columns(waiting: Waiting, *, refunded: int = 0) -> dict[str, Any]:
    """What an order says of the goods it waits for; ``refunded`` of the lost units are off the order already."""
    awaits = waiting.units > 0 or waiting.lost > refunded
    return {"awaits_goods": awaits, "promised_on": waiting.promised_on if waiting.units else None}


def due_of(order: Order) -> dict[str, Any]:
    """What an order waits for now."""
    waiting = waiting_of(order.source)
    refunded = order.items.aggregate(units=Sum("cancelled_count"))["units"] if waiting.lost else 0
    return due_columns(waiting, refunded=refunded or 0)


def note_due(order: Order, at: datetime) -> None:
    """Write on a locked order what it waits for, if that is news."""
    columns = due_of(order)
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
    if order.status_id == OrderStatus.OPEN:
        note_due(order, clock.now())
    return not due_of(order)["awaits_goods"]


@command
def postpone_order(*, order_sn: str, sku: str, old_date: str, new_date: str, actor: Actor) -> None:
    """Tell the buyer that goods of an open order are expected on another day (ISO 8601, empty: not known)."""
    order = locks.lock_order_by_sn(order_sn)
    if order.status_id != OrderStatus.OPEN:
        return
    follow_goods(order_sn=order_sn, actor=actor)
    payload = OrderPostponed(order_id=order.pk, sn=order.sn, sku=sku, old_date=old_date, new_date=new_date)
    record(payload, subject=order.source.subject, actor=actor)
