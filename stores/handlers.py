"""What this app does when others report: goods that left close their stock-out documents."""

from stores.services import close_stockouts
from vmi.core.sources import Source
from vmi.events.catalogue import StockShipped
from vmi.events.registry import DeliveredEvent, subscribe


@subscribe(StockShipped, name="stores.close_stockouts")
def close_shipped_stockouts(event: DeliveredEvent[StockShipped]) -> None:
    """Close the documents of an order or of an internal stock-out once all of it left (C-68)."""
    if event.payload.complete:
        close_stockouts(source=Source(type=event.payload.source_type, sn=event.payload.source_sn), actor=event.actor)
