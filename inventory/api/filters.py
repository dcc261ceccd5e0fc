"""Filters of the lists of the inventory centre."""

from inventory.models import (
    AllocationPool,
    Channel,
    ChannelStock,
    LedgerEntry,
    LogicalStock,
    PhysicalStock,
    RefusedDemand,
    Reservation,
)
from vmi.api.filters import CamelFilterSet, IdFilter, IntegerFilter, TextFilter


class ChannelFilter(CamelFilterSet):
    """Channels by code or part of the name."""

    name = TextFilter(lookup_expr="icontains")

    class Meta:
        """Exact filters."""

        model = Channel
        fields = ("code", "name")


class LogicalStockFilter(CamelFilterSet):
    """Logical rows by SKU, warehouse and owner."""

    sku_code = TextFilter(field_name="sku__sku")
    available_qty_lte = IntegerFilter(field_name="available_qty", lookup_expr="lte")
    available_qty_gte = IntegerFilter(field_name="available_qty", lookup_expr="gte")

    class Meta:
        """Exact filters."""

        model = LogicalStock
        fields = ("sku", "warehouse", "owner")


class PoolFilter(CamelFilterSet):
    """Pools by logical row, SKU and purpose."""

    sku_id = IdFilter(field_name="logical__sku_id")

    class Meta:
        """Exact filters."""

        model = AllocationPool
        fields = ("logical", "purpose")


class ChannelStockFilter(CamelFilterSet):
    """Buckets by pool, channel, SKU and warehouse."""

    sku_id = IdFilter(field_name="pool__logical__sku_id")
    warehouse_id = IdFilter(field_name="pool__logical__warehouse_id")

    class Meta:
        """Exact filters."""

        model = ChannelStock
        fields = ("pool", "channel")


class PhysicalStockFilter(CamelFilterSet):
    """Physical rows by SKU, owner, location, warehouse and quality."""

    warehouse_id = IdFilter(field_name="logical__warehouse_id")

    class Meta:
        """Exact filters."""

        model = PhysicalStock
        fields = ("sku", "owner", "location", "quality")


class ReservationFilter(CamelFilterSet):
    """Reservations by document, state, kind, channel, bucket, SKU and member."""

    partner_id = IdFilter(field_name="partner_id")
    sku_id = IdFilter(field_name="bucket__pool__logical__sku_id")

    class Meta:
        """Exact filters."""

        model = Reservation
        fields = ("source_type", "source_sn", "state", "kind", "channel", "bucket")


class RefusedDemandFilter(CamelFilterSet):
    """Refused demand by row, SKU, warehouse, channel, buyer and days."""

    sku_id = IdFilter(field_name="logical__sku_id")
    sku_code = TextFilter(field_name="logical__sku__sku")
    warehouse_id = IdFilter(field_name="logical__warehouse_id")

    class Meta:
        """Exact filters and a span of days."""

        model = RefusedDemand
        fields = {"logical": ["exact"], "channel": ["exact"], "asker": ["exact"], "day": ["exact", "gte", "lt"]}


class LedgerFilter(CamelFilterSet):
    """Ledger entries by row, counter, document, command, person and time."""

    class Meta:
        """Exact filters and a span of time."""

        model = LedgerEntry
        fields = {
            "layer": ["exact"],
            "row_id": ["exact"],
            "counter": ["exact"],
            "command": ["exact"],
            "source_type": ["exact"],
            "source_sn": ["exact"],
            "actor_id": ["exact"],
            "at": ["gte", "lt"],
        }


class TransactionFilter(CamelFilterSet):
    """Entries of one row by counter, document, command, person and time."""

    class Meta:
        """Exact filters and a span of time."""

        model = LedgerEntry
        fields = {
            "counter": ["exact"],
            "command": ["exact"],
            "source_type": ["exact"],
            "source_sn": ["exact"],
            "actor_id": ["exact"],
            "at": ["gte", "lt"],
        }
