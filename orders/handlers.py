"""What orders do when others report: goods that left every warehouse ship the order (C-68)."""

from orders.models.order import SOURCE_TYPE
from orders.services import follow_goods, give_up_order, postpone_order, record_shipment, settle_cancellation
from vmi.events.catalogue import PromiseLost, PromiseRescheduled, PromiseServed, StockCancelled, StockShipped
from vmi.events.registry import DeliveredEvent, subscribe


@subscribe(StockShipped, name="orders.record_shipment")
def ship_order(event: DeliveredEvent[StockShipped]) -> None:
    """Mark the order as shipped once nothing of it is left to ship."""
    shipped = event.payload
    if shipped.source_type == SOURCE_TYPE and shipped.complete:
        record_shipment(
            order_sn=shipped.source_sn,
            company=shipped.company,
            tracking_no=shipped.tracking_no,
            actor=event.actor,
        )
        settle_cancellation(order_sn=shipped.source_sn, actor=event.actor)


@subscribe(StockCancelled, name="orders.settle_cancellation")
def close_called_off(event: DeliveredEvent[StockCancelled]) -> None:
    """Cancel the order, or send it to after-sales, once no warehouse has anything of it to ship."""
    cancelled = event.payload
    if cancelled.source_type == SOURCE_TYPE and cancelled.complete:
        settle_cancellation(order_sn=cancelled.source_sn, actor=event.actor)


@subscribe(PromiseServed, name="orders.follow_goods")
def follow_goods_of_order(event: DeliveredEvent[PromiseServed]) -> None:
    """Waiting units got goods: the order may be complete now."""
    if event.payload.source_type == SOURCE_TYPE:
        follow_goods(order_sn=event.payload.source_sn, actor=event.actor)


@subscribe(PromiseRescheduled, name="orders.postpone_order")
def postpone_waiting_order(event: DeliveredEvent[PromiseRescheduled]) -> None:
    """The buyer learns the new day (S001-36)."""
    moved = event.payload
    if moved.source_type == SOURCE_TYPE:
        postpone_order(
            order_sn=moved.source_sn,
            sku=moved.sku,
            old_date=moved.old_date,
            new_date=moved.new_date,
            actor=event.actor,
        )


@subscribe(PromiseLost, name="orders.give_up_order")
def give_up_waiting_order(event: DeliveredEvent[PromiseLost]) -> None:
    """Nothing covers a line any more: the order is called off and refunded (S001-36)."""
    if event.payload.source_type == SOURCE_TYPE:
        give_up_order(order_sn=event.payload.source_sn, actor=event.actor)


def load() -> None:
    """Importing this module subscribed its handlers; called by the app's configuration."""
