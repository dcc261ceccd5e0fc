"""What orders do when others report: goods that left every warehouse ship the order (C-68)."""

from orders.models.order import SOURCE_TYPE
from orders.services import record_shipment, settle_cancellation
from vmi.events.catalogue import StockCancelled, StockShipped
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


def load() -> None:
    """Importing this module subscribed its handlers; called by the app's configuration."""
