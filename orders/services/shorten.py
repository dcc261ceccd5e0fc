"""``shorten_order``: some goods of a paid order will not come; it goes on without them (S001-36)."""

from decimal import Decimal

from django.db.models import F

from inventory.selectors import promised_by_line
from orders.models import GoodsItem, Order
from orders.services.waiting import note_due
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.events.catalogue import OrderShortened
from vmi.events.services import record


def lost_units(order: Order) -> dict[int, int]:
    """Units of a paid, not yet noticed order that nothing promises any more, by line; what was refunded is not lost."""
    promised = promised_by_line(order.source)
    lost = {item.line_no: item.kept_count - promised.get(item.line_no, 0) for item in order.items.all()}
    return {line_no: units for line_no, units in lost.items() if units > 0}


def shorten(order: Order, lost: dict[int, int], actor: Actor) -> None:
    """Take the lost units off a locked order and tell everybody; their value is refunded by the payments app.

    ``refund_ref`` of the event names this step once: what the order had lost in all, in units.
    """
    amount = Decimal(0)
    for item in order.items.filter(line_no__in=lost):
        amount += item.price * lost[item.line_no]
        GoodsItem.objects.filter(pk=item.pk).update(cancelled_count=F("cancelled_count") + lost[item.line_no])
    order.lost_amount += amount
    Order.objects.filter(pk=order.pk).update(lost_amount=order.lost_amount)
    items = list(order.items.order_by("line_no"))
    total = sum(item.cancelled_count for item in items)
    record(
        OrderShortened(
            order_id=order.pk,
            sn=order.sn,
            amount=str(amount),
            refund_ref=f"{order.sn}/{total}",
            lines=[
                {"line_no": item.line_no, "sku": item.sku, "quantity": lost[item.line_no]}
                for item in items
                if item.line_no in lost
            ],
        ),
        subject=order.source.subject,
        actor=actor,
    )
    note_due(order, clock.now())
