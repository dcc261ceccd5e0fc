"""Filters of locks, stocktakes, snapshots and their differences."""

from inventory.models import SnapshotDifference, StockLock, Stocktake, WmsSnapshot
from vmi.api.filters import CamelFilterSet, IdFilter


class StockLockFilter(CamelFilterSet):
    """Locks by reason, state and the row they lie under."""

    logical_id = IdFilter(field_name="lines__origin__logical_id", distinct=True)

    class Meta:
        """Exact filters and a span of days."""

        model = StockLock
        fields = {"sn": ["exact"], "reason": ["exact"], "state": ["exact"], "until": ["gte", "lt"]}


class StocktakeFilter(CamelFilterSet):
    """Counts by place and state."""

    class Meta:
        """Exact filters."""

        model = Stocktake
        fields = ("sn", "warehouse", "owner", "state")


class SnapshotFilter(CamelFilterSet):
    """Snapshots by warehouse and state."""

    class Meta:
        """Exact filters."""

        model = WmsSnapshot
        fields = ("warehouse", "seq", "state")


class DifferenceFilter(CamelFilterSet):
    """Differences by snapshot, warehouse, SKU and state."""

    warehouse_id = IdFilter(field_name="snapshot__warehouse_id")

    class Meta:
        """Exact filters."""

        model = SnapshotDifference
        fields = ("snapshot", "sku", "location", "state")
