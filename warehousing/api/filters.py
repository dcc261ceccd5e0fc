"""Filters of the lists of warehousing."""

from django_filters import filters

from vmi.api.filters import CamelFilterSet
from warehousing.models import Location, Owner, Shelf, ShipNotice, Warehouse, WmsConnection, WmsMessage, Zone


class WarehouseFilter(CamelFilterSet):
    """Warehouses by code, number or part of the name."""

    name = filters.CharFilter(lookup_expr="icontains", max_length=100)

    class Meta:
        """Exact filters."""

        model = Warehouse
        fields = ("code", "number", "name")


class ZoneFilter(CamelFilterSet):
    """Zones of a warehouse, of a kind."""

    class Meta:
        """Exact filters."""

        model = Zone
        fields = ("warehouse", "code", "kind")


class ShelfFilter(CamelFilterSet):
    """Shelves of a warehouse or zone."""

    class Meta:
        """Exact filters."""

        model = Shelf
        fields = ("warehouse", "zone", "code", "rack")


class LocationFilter(CamelFilterSet):
    """Locations of a warehouse, zone or shelf, or by the beginning of the code."""

    code_prefix = filters.CharFilter(field_name="code", lookup_expr="startswith", max_length=64)

    class Meta:
        """Exact filters."""

        model = Location
        fields = ("warehouse", "zone", "shelf", "code", "level", "slot", "code_prefix")


class OwnerFilter(CamelFilterSet):
    """Owners by type, status, code or part of the name."""

    name = filters.CharFilter(lookup_expr="icontains", max_length=100)

    class Meta:
        """Exact filters."""

        model = Owner
        fields = ("code", "type", "status", "name")


class ShipNoticeFilter(CamelFilterSet):
    """Notices by document, warehouse, status or parcel."""

    class Meta:
        """Exact filters and a span of time."""

        model = ShipNotice
        fields = {
            "sn": ["exact"],
            "warehouse": ["exact"],
            "status": ["exact"],
            "source_type": ["exact"],
            "source_sn": ["exact"],
            "tracking_no": ["exact"],
            "create_time": ["gte", "lt"],
        }


class WmsConnectionFilter(CamelFilterSet):
    """Connections by warehouse and mode."""

    class Meta:
        """Exact filters."""

        model = WmsConnection
        fields = ("code", "warehouse", "mode", "is_enabled")


class WmsMessageFilter(CamelFilterSet):
    """Messages by connection, notice, state or reason."""

    class Meta:
        """Exact filters and a span of time."""

        model = WmsMessage
        fields = {
            "connection": ["exact"],
            "event_id": ["exact"],
            "notice_sn": ["exact"],
            "state": ["exact"],
            "reason": ["exact"],
            "occurred_at": ["gte", "lt"],
        }
