"""What the stock core does when news arrives from below."""

from inventory.selectors.noticed import require_booked
from inventory.services import ShippedLine, confirm_cancel, confirm_outbound
from inventory.services.internal import is_internal
from vmi.core.sources import Source
from vmi.events.catalogue import WmsCancelConfirmed, WmsOutboundConfirmed
from vmi.events.registry import DeliveredEvent, subscribe


@subscribe(WmsCancelConfirmed, name="inventory.confirm_cancel")
def on_cancel_confirmed(event: DeliveredEvent[WmsCancelConfirmed]) -> None:
    """The warehouse held goods of a sale back: they may be sold again; orders and stores follow StockCancelled.

    A document of our own decides for itself what becomes of its goods.
    """
    payload = event.payload
    source = Source(payload.source_type, payload.source_sn)
    if is_internal(source):
        return
    require_booked(source)
    confirm_cancel(
        source=source,
        warehouse_id=payload.warehouse_id,
        reference=payload.notice_sn,
        actor=event.actor,
    )


@subscribe(WmsOutboundConfirmed, name="inventory.confirm_outbound")
def on_outbound_confirmed(event: DeliveredEvent[WmsOutboundConfirmed]) -> None:
    """Inventory applies what the warehouse says left; orders and stores follow its StockShipped (C-68)."""
    payload = event.payload
    confirm_outbound(
        source=Source(payload.source_type, payload.source_sn),
        lines=[
            ShippedLine(line["line_no"], line["quantity"], line.get("taken_location", ""), line.get("taken_batch", ""))
            for line in payload.lines
        ],
        reference=f"{payload.notice_sn}/{payload.message_id}",
        company=payload.company,
        tracking_no=payload.tracking_no,
        actor=event.actor,
    )
