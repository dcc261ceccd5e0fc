"""What this app does when others report: goods that left close their stock-out documents."""

from stores.services import cancel_sales_stockouts, close_stockouts
from stores.services.call_off import settle_called_off
from vmi.core.sources import Source
from vmi.events.catalogue import StockCancelled, StockShipped, WmsCancelConfirmed
from vmi.events.registry import DeliveredEvent, subscribe


@subscribe(StockShipped, name="stores.close_stockouts")
def close_shipped_stockouts(event: DeliveredEvent[StockShipped]) -> None:
    """Close the documents of an order or of an internal stock-out once all of it left (C-68)."""
    if event.payload.complete:
        close_stockouts(source=Source(type=event.payload.source_type, sn=event.payload.source_sn), actor=event.actor)


@subscribe(WmsCancelConfirmed, name="stores.settle_called_off")
def settle_held_back_stockout(event: DeliveredEvent[WmsCancelConfirmed]) -> None:
    """A warehouse held a stock-out of ours back: its goods go back where they came from."""
    if event.payload.source_type == "stockout":
        settle_called_off(stockout_sn=event.payload.source_sn, actor=event.actor)


@subscribe(StockCancelled, name="stores.cancel_stockouts")
def cancel_held_back_stockouts(event: DeliveredEvent[StockCancelled]) -> None:
    """A warehouse held a sale back: its documents are cancelled, or done if a part of it had left before."""
    cancelled = event.payload
    source = Source(type=cancelled.source_type, sn=cancelled.source_sn)
    if cancelled.shipped_here == 0:
        cancel_sales_stockouts(source=source, warehouse_id=cancelled.warehouse_id, actor=event.actor)
    if cancelled.complete and cancelled.shipped:
        close_stockouts(source=source, actor=event.actor)
