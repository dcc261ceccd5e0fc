"""The events of the stock core; part of the catalogue."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from vmi.events.payloads import EventPayload


@dataclass(frozen=True)
class StockReceived(EventPayload, type="stock.received", app="inventory", title=_("Stock received")):
    """Goods of a document are on hand."""

    source_type: str
    source_sn: str


@dataclass(frozen=True)
class StockShipped(EventPayload, type="stock.shipped", app="inventory", title=_("Stock shipped")):
    """Goods of a document left; ``complete`` when nothing of it is left to ship."""

    source_type: str
    source_sn: str
    complete: bool
    company: str = ""
    tracking_no: str = ""


@dataclass(frozen=True)
class PromiseServed(EventPayload, type="promise.served", app="inventory", title=_("Waiting goods arrived")):
    """Paid units of a document that waited for goods got them; ``units`` of them now."""

    source_type: str
    source_sn: str
    units: int


@dataclass(frozen=True)
class PromiseRescheduled(EventPayload, type="promise.rescheduled", app="inventory", title=_("Promised day changed")):
    """A line waits for goods whose day changed. Dates are ISO 8601; ``new_date`` empty: no day is known now."""

    source_type: str
    source_sn: str
    line_no: int
    sku: str
    quantity: int
    old_date: str
    new_date: str


@dataclass(frozen=True)
class PromiseLost(EventPayload, type="promise.lost", app="inventory", title=_("Promised goods will not come")):
    """Units of a line will not come and nothing else covers them: they are no longer held; ``paid`` or not."""

    source_type: str
    source_sn: str
    line_no: int
    sku: str
    quantity: int
    paid: bool


@dataclass(frozen=True)
class SupplyRescheduled(EventPayload, type="supply.rescheduled", app="inventory", title=_("Expected day changed")):
    """Goods on their way are expected on another day. Dates are ISO 8601, empty: not known."""

    line_id: int
    sku: str
    old_date: str
    new_date: str


@dataclass(frozen=True)
class SupplyLineClosed(EventPayload, type="supply.closed", app="inventory", title=_("Expected goods will not come")):
    """``quantity`` units of a supply line will not come; ``lost`` promised ones are covered by nothing else."""

    line_id: int
    sku: str
    quantity: int
    lost: int
    reason: str = ""


@dataclass(frozen=True)
class StockLow(EventPayload, type="stock.low", app="inventory", title=_("Stock below the warning line")):
    """A stock row fell below its threshold."""

    sku: str
    warehouse: str
    available: int
    threshold: int


@dataclass(frozen=True)
class SafetyReleased(EventPayload, type="safety.released", app="inventory", title=_("Safety stock released")):
    """Safety stock was released to sale; ``withheld`` is what is left of it, ``until`` the day it re-arms."""

    sku: str
    warehouse: str
    units: int
    withheld: int
    reason: str
    until: str = ""
    override: bool = False


@dataclass(frozen=True)
class SafetyRearmed(EventPayload, type="safety.rearmed", app="inventory", title=_("Safety stock re-armed")):
    """Safety stock is withheld again; ``deficit`` is what the goods could not back yet."""

    sku: str
    warehouse: str
    units: int
    withheld: int
    deficit: int


@dataclass(frozen=True)
class SafetyDeficit(EventPayload, type="safety.deficit", app="inventory", title=_("Safety stock not backed")):
    """Less is withheld than the policy wants, because the goods are promised or missing."""

    sku: str
    warehouse: str
    target: int
    withheld: int
    released: int
    deficit: int


@dataclass(frozen=True)
class ReplenishmentUrgent(
    EventPayload, type="replenishment.urgent", app="inventory", title=_("Urgent replenishment recommended")
):
    """Safety stock went on sale, so ``units`` should be bought at once (S001-20)."""

    sku: str
    warehouse: str
    units: int
    available: int


@dataclass(frozen=True)
class SafetyReviewed(EventPayload, type="safety.reviewed", app="inventory", title=_("Safety stock change proposed")):
    """A review proposes another safety stock; units."""

    sku: str
    warehouse: str
    verdict: str
    target: int
    proposed: int


@dataclass(frozen=True)
class QuotaMoved(EventPayload, type="quota.moved", app="inventory", title=_("Quotas changed")):
    """Quotas of a SKU in a warehouse changed; ``reason`` is the command.

    Each change names the channel's code (None: shared) and the purpose of its pool, the quota before and after, and
    what can still be sold of it; units.
    """

    sku: str
    warehouse: str
    reason: str
    changes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class StockLocked(EventPayload, type="stock.locked", app="inventory", title=_("Stock locked")):
    """Units were taken out of sale; ``shortage`` of them were promised already (S001-10)."""

    sn: str
    reason: str
    units: int
    shortage: int


@dataclass(frozen=True)
class StockUnlocked(EventPayload, type="stock.unlocked", app="inventory", title=_("Stock unlocked")):
    """Locked units may be sold again."""

    sn: str
    units: int


@dataclass(frozen=True)
class StocktakeApplied(EventPayload, type="stocktake.applied", app="inventory", title=_("Stocktake applied")):
    """The differences of a count stand in the books; ``shortage`` of the lost units were promised already."""

    sn: str
    warehouse: str
    gained: int
    lost: int
    shortage: int


@dataclass(frozen=True)
class WmsSnapshotApplied(
    EventPayload, type="wms.snapshot_applied", app="inventory", title=_("Stock of a warehouse system compared")
):
    """A warehouse system told its stock; the counts are of rows."""

    warehouse: str
    seq: int
    rows: int
    applied: int
    review: int
    unknown: int


@dataclass(frozen=True)
class StockCancelled(EventPayload, type="stock.cancelled", app="inventory", title=_("Shipment called off")):
    """Noticed goods of a document may be sold again; ``complete`` when nothing of it waits to leave any more.

    A line of ``lines``: line_no, quantity. ``shipped`` units of the document had left before, ``shipped_here`` of them
    from this warehouse.
    """

    source_type: str
    source_sn: str
    complete: bool
    shipped: int
    warehouse_id: int
    shipped_here: int
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ReconcileFailed(
    EventPayload, type="reconcile.failed", app="inventory", title=_("Reconciliation found differences")
):
    """The nightly proof found differences."""

    findings: int
