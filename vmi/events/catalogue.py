"""Every event of the product with what it carries; nothing else may be recorded.

A new event is a new class here, one of the stock core in ``catalogue_stock``: type name, the app that records it, a
title for the back office. Fields are only ever added, with a default, because stored events outlive releases.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from vmi.events.catalogue_stock import *  # noqa: F403 - one catalogue in two files
from vmi.events.payloads import EventPayload


@dataclass(frozen=True)
class PartnerRegistered(EventPayload, type="partner.registered", app="partners", title=_("Member registered")):
    """A member joined (S000-27)."""

    partner_id: int
    code: str


@dataclass(frozen=True)
class StockInApproved(EventPayload, type="stockin.approved", app="stores", title=_("Stock-in approved")):
    """A stock-in document passed its review."""

    sn: str
    warehouse_code: str


@dataclass(frozen=True)
class StockOutDone(EventPayload, type="stockout.done", app="stores", title=_("Stock-out done")):
    """A stock-out document was carried out."""

    sn: str


@dataclass(frozen=True)
class OrderPlaced(EventPayload, type="order.placed", app="orders", title=_("Order placed")):
    """An order exists and holds its stock until it is paid or expires."""

    order_id: int
    sn: str
    amount: str


@dataclass(frozen=True)
class OrderPaid(EventPayload, type="order.paid", app="orders", title=_("Order paid")):
    """An order was paid in full."""

    order_id: int
    sn: str
    amount: str
    payment_sn: str


@dataclass(frozen=True)
class OrderNoticed(EventPayload, type="order.noticed", app="orders", title=_("Warehouse notified")):
    """The warehouse was told to ship an order."""

    order_id: int
    sn: str


@dataclass(frozen=True)
class OrderPostponed(EventPayload, type="order.postponed", app="orders", title=_("Delivery of an order postponed")):
    """Goods of an order are expected on another day. Dates are ISO 8601; ``new_date`` empty: not known now."""

    order_id: int
    sn: str
    sku: str
    old_date: str
    new_date: str


@dataclass(frozen=True)
class OrderShipped(EventPayload, type="order.shipped", app="orders", title=_("Order shipped")):
    """Everything an order has to ship has left."""

    order_id: int
    sn: str


@dataclass(frozen=True)
class OrderCompleted(EventPayload, type="order.completed", app="orders", title=_("Order completed")):
    """An order is finished; ``partner_id`` is None for an anonymous sale."""

    order_id: int
    sn: str
    partner_id: int | None
    amount: str


@dataclass(frozen=True)
class OrderCancelled(EventPayload, type="order.cancelled", app="orders", title=_("Order cancelled")):
    """An order was cancelled or expired; ``paid`` tells whether money has to go back."""

    order_id: int
    sn: str
    reason: str
    paid: bool


@dataclass(frozen=True)
class OrderReturned(EventPayload, type="order.returned", app="orders", title=_("Goods returned")):
    """Goods of an order came back; ``amount`` is the value of what came back."""

    order_id: int
    sn: str
    return_sn: str
    partner_id: int | None
    amount: str


@dataclass(frozen=True)
class SaleRefused(EventPayload, type="sale.refused", app="orders", title=_("Imported sale refused")):
    """A sale or write-off of an import was refused; ``lines`` holds the figures of the short lines."""

    reference: str
    reason: str
    is_write_off: bool = False
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class PaymentSettled(EventPayload, type="payment.settled", app="payments", title=_("Payment received")):
    """Money of a payment arrived."""

    payment_id: int
    sn: str
    order_sn: str
    amount: str


@dataclass(frozen=True)
class PaymentOrphaned(EventPayload, type="payment.orphaned", app="payments", title=_("Payment without an open order")):
    """Money arrived for an order that can no longer take it; a person looks at it."""

    payment_sn: str
    order_sn: str
    amount: str


@dataclass(frozen=True)
class RefundSettled(EventPayload, type="refund.settled", app="payments", title=_("Refund paid")):
    """Money of a refund went back."""

    refund_sn: str
    order_sn: str
    amount: str


@dataclass(frozen=True)
class CreditAccrued(EventPayload, type="credit.accrued", app="credits", title=_("Credits granted")):
    """A member earned credits."""

    partner_id: int
    sn: str
    credit: int
    trigger: str


@dataclass(frozen=True)
class WmsOutboundConfirmed(
    EventPayload, type="wms.outbound_confirmed", app="warehousing", title=_("Outbound confirmed by the warehouse")
):
    """The warehouse says what left. A line: line_no, sku, owner, location, batch, quantity."""

    message_id: str
    notice_sn: str
    source_type: str
    source_sn: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    company: str = ""
    tracking_no: str = ""


@dataclass(frozen=True)
class WmsCancelConfirmed(
    EventPayload, type="wms.cancel_confirmed", app="warehousing", title=_("Warehouse held a shipment back")
):
    """The warehouse will not ship what is still open of a notice."""

    notice_sn: str
    source_type: str
    source_sn: str
    warehouse_id: int


@dataclass(frozen=True)
class OrderCancelRequested(
    EventPayload, type="order.cancel_requested", app="orders", title=_("Order cancellation requested")
):
    """An order the warehouse knows was called off; the warehouse was asked to hold it back."""

    order_id: int
    sn: str
    reason: str


@dataclass(frozen=True)
class OrderPartlyCancelled(
    EventPayload, type="order.partly_cancelled", app="orders", title=_("Rest of an order cancelled")
):
    """Some of a called off order had left, the rest was held back; ``amount`` is the value of the rest."""

    order_id: int
    sn: str
    amount: str


@dataclass(frozen=True)
class OrderShortened(EventPayload, type="order.shortened", app="orders", title=_("Goods of an order will not come")):
    """A paid order goes on without units nothing will bring (``line_no``, ``sku``, ``quantity`` each).

    ``amount`` is their value, to be refunded once for this ``refund_ref``.
    """

    order_id: int
    sn: str
    amount: str
    refund_ref: str
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class OrderCancelRefused(EventPayload, type="order.cancel_refused", app="orders", title=_("Order had already shipped")):
    """A called off order had left the warehouse; the buyer may return it."""

    order_id: int
    sn: str


@dataclass(frozen=True)
class ObjectChanged(EventPayload, type="object.changed", app="events", title=_("Record changed")):
    """Master data was added or changed (S000-34). ``changes`` maps a field to its value before and after."""

    model: str
    pk: int
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class WebhookRejected(EventPayload, type="webhook.rejected", app="warehousing", title=_("Webhook refused")):
    """A webhook with a bad signature or an unreadable body was refused."""

    connection: str
    reason: str


@dataclass(frozen=True)
class NamespaceOpened(EventPayload, type="namespace.opened", app="namespaces", title=_("Namespace opened")):
    """A namespace is ready to work."""

    schema: str


@dataclass(frozen=True)
class DemoLoaded(EventPayload, type="demo.loaded", app="orders", title=_("Demo data loaded")):
    """A chapter of the demo data is complete. ``anchor`` is the instant (ISO 8601) all its days count back from."""

    chapter: str
    anchor: str
