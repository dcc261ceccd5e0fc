"""What warehousing says and hears on the wire."""

from typing import Any, ClassVar

from rest_framework import serializers

from vmi.api.serializers import (
    CamelSerializer,
    CharField,
    IdField,
    IntegerField,
    QuantityField,
    StatusNameField,
    TrackedSerializer,
)
from warehousing import ports
from warehousing.choices import ShelfStatus
from warehousing.models import (
    Location,
    Owner,
    Shelf,
    Warehouse,
    Zone,
)


class WarehouseSerializer(TrackedSerializer):
    """A warehouse (S000-22); code and number are given by the system when left out."""

    class Meta:
        """The columns on the wire."""

        model = Warehouse
        fields = ("id", "code", "number", "name", "description", "address", "contact", "phone")
        extra_kwargs: ClassVar[dict[str, Any]] = {"code": {"required": False}, "number": {"required": False}}


class WarehouseUpdateSerializer(WarehouseSerializer):
    """A change of a warehouse: code and number stay."""

    class Meta(WarehouseSerializer.Meta):
        """The columns that may not change."""

        read_only_fields = ("code", "number")
        extra_kwargs: ClassVar[dict[str, Any]] = {}


class ZoneSerializer(TrackedSerializer):
    """A zone."""

    class Meta:
        """The columns on the wire."""

        model = Zone
        fields = ("id", "warehouse", "code", "name", "kind", "sku_mixing", "capacity_rule")


class ZoneUpdateSerializer(ZoneSerializer):
    """A change of a zone: warehouse and code stay."""

    class Meta(ZoneSerializer.Meta):
        """The columns that may not change."""

        read_only_fields = ("warehouse", "code")


class ShelfSerializer(TrackedSerializer):
    """A shelf (S000-23); ``used`` (units) and ``status`` are read from stock."""

    used = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    status_name = serializers.SerializerMethodField()
    capacity = QuantityField(required=False, allow_null=True)

    class Meta:
        """The columns on the wire."""

        model = Shelf
        fields = (
            "id",
            "code",
            "description",
            "used",
            "capacity",
            "warehouse",
            "zone",
            "rack",
            "status",
            "status_name",
        )
        read_only_fields: tuple[str, ...] = ("rack",)
        extra_kwargs: ClassVar[dict[str, Any]] = {"code": {"required": False}, "zone": {"required": False}}

    def get_used(self, shelf: Shelf) -> int:
        """Units on the shelf; lists attach them for the whole page."""
        units = getattr(shelf, "used_units", None)
        return int(ports.shelf_usage([shelf.pk])[shelf.pk] if units is None else units)

    def get_status(self, shelf: Shelf) -> int:
        """Free or in use."""
        return int(ShelfStatus.USED if self.get_used(shelf) else ShelfStatus.FREE)

    def get_status_name(self, shelf: Shelf) -> str:
        """The name of the derived status."""
        return StatusNameField().to_representation(self.get_status(shelf))


class ShelfUpdateSerializer(ShelfSerializer):
    """A change of a shelf: description and capacity only; the warehouse is fixed."""

    class Meta(ShelfSerializer.Meta):
        """The columns that may not change."""

        read_only_fields = ("code", "warehouse", "zone", "rack")
        extra_kwargs: ClassVar[dict[str, Any]] = {}


class RackInput(CamelSerializer):
    """The body of open-rack."""

    zone = IdField()
    rack = CharField(max_length=8)
    levels = IntegerField(min_value=1, max_value=99)
    slots = IntegerField(min_value=1, max_value=99)
    capacity = QuantityField(required=False, allow_null=True, default=None)
    description = CharField(required=False, allow_blank=True, default="", max_length=2000)
    warehouse = IdField()


class LocationSerializer(TrackedSerializer):
    """A location; its code follows from the shelf, level and slot."""

    level = IntegerField(min_value=1, max_value=99)
    slot = IntegerField(min_value=1, max_value=99)

    class Meta:
        """The columns on the wire."""

        model = Location
        fields = ("id", "code", "warehouse", "zone", "shelf", "level", "slot")
        read_only_fields = ("code", "warehouse", "zone")


class OwnerSerializer(TrackedSerializer):
    """An owner (S001-1); its status changes by the commands enable and disable."""

    email = CharField(max_length=254, required=False, allow_blank=True)

    class Meta:
        """The columns on the wire."""

        model = Owner
        fields = (
            "id",
            "code",
            "name",
            "type",
            "contact",
            "phone",
            "email",
            "settlement_cycle",
            "settlement_terms",
            "storage_fee",
            "handling_fee",
            "status",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {"code": {"required": False}}


class OwnerUpdateSerializer(OwnerSerializer):
    """A change of an owner: the code stays."""

    class Meta(OwnerSerializer.Meta):
        """The columns that may not change."""

        read_only_fields = ("code",)
        extra_kwargs: ClassVar[dict[str, Any]] = {}
