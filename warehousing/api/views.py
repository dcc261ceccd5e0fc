"""Endpoints of the layout and of owners."""

from typing import Any, ClassVar

from django.db import models

from vmi.api.viewsets import CrudViewSet, command
from warehousing import ports, services
from warehousing.api import filters
from warehousing.api import serializers as wire
from warehousing.models import Location, Owner, Shelf, Warehouse, Zone


class ServiceViewSet(CrudViewSet):
    """A resource whose changes take another serializer, because some columns are fixed after creation."""

    update_serializer_class: Any = None

    def get_serializer_class(self) -> Any:
        """The update serializer for changes."""
        if self.action in ("update", "partial_update") and self.update_serializer_class is not None:
            return self.update_serializer_class
        return super().get_serializer_class()


class WarehouseViewSet(ServiceViewSet):
    """Warehouses."""

    queryset = Warehouse.objects.order_by("-id")
    serializer_class = wire.WarehouseSerializer
    update_serializer_class = wire.WarehouseUpdateSerializer
    filterset_class = filters.WarehouseFilter
    ordering = ("-id",)
    ordering_fields = ("id", "code", "number", "name")

    def create_object(self, data: dict[str, Any]) -> models.Model:
        """Through the service, which gives code and number."""
        return services.create_warehouse(actor=self.actor, **data)

    def update_object(self, instance: models.Model, data: dict[str, Any]) -> models.Model:
        """Through the service."""
        return services.update_warehouse(warehouse_id=instance.pk, changes=data, actor=self.actor)


class ZoneViewSet(ServiceViewSet):
    """Zones."""

    queryset = Zone.objects.order_by("-id")
    serializer_class = wire.ZoneSerializer
    update_serializer_class = wire.ZoneUpdateSerializer
    filterset_class = filters.ZoneFilter
    ordering = ("-id",)
    ordering_fields = ("id", "code")

    def create_object(self, data: dict[str, Any]) -> models.Model:
        """Through the service, which normalises the code."""
        return services.create_zone(warehouse_id=data.pop("warehouse").pk, actor=self.actor, **data)

    def update_object(self, instance: models.Model, data: dict[str, Any]) -> models.Model:
        """Through the service."""
        return services.update_zone(zone_id=instance.pk, changes=data, actor=self.actor)


class ShelfViewSet(ServiceViewSet):
    """Shelves; ``open-rack`` creates one with all its locations."""

    queryset = Shelf.objects.order_by("-id")
    serializer_class = wire.ShelfSerializer
    update_serializer_class = wire.ShelfUpdateSerializer
    filterset_class = filters.ShelfFilter
    ordering = ("-id",)
    ordering_fields = ("id", "code")

    def paginate_queryset(self, queryset: Any) -> Any:
        """Ask for the units on all shelves of the page at once."""
        page = super().paginate_queryset(queryset)
        usage = ports.shelf_usage([shelf.pk for shelf in page or ()])
        for shelf in page or ():
            shelf.used_units = usage[shelf.pk]
        return page

    def create_object(self, data: dict[str, Any]) -> models.Model:
        """The plain way of S000-23: the next free rack, one location."""
        zone = data.pop("zone", None)
        return services.create_shelf(
            warehouse_id=data.pop("warehouse").pk, zone_id=zone.pk if zone else None, actor=self.actor, **data
        )

    def update_object(self, instance: models.Model, data: dict[str, Any]) -> models.Model:
        """Through the service."""
        return services.update_shelf(shelf_id=instance.pk, changes=data, actor=self.actor)

    @command(detail=False, permission="warehousing.open_rack", request=wire.RackInput, status=201)
    def open_rack(self, data: dict[str, Any]) -> Shelf:
        """A whole rack of locations in one action; refused as a whole when any of them exists."""
        warehouse_id, zone_id = data.pop("warehouse"), data.pop("zone")
        return services.open_rack(warehouse_id=warehouse_id, zone_id=zone_id, actor=self.actor, **data)


class LocationViewSet(ServiceViewSet):
    """Locations: read and added, never changed, for labels carry their codes."""

    queryset = Location.objects.order_by("-id")
    serializer_class = wire.LocationSerializer
    filterset_class = filters.LocationFilter
    ordering = ("-id",)
    ordering_fields = ("id", "code")
    http_method_names: ClassVar[list[str]] = ["get", "post", "head"]  # type: ignore[misc]

    def create_object(self, data: dict[str, Any]) -> models.Model:
        """Through the service, which makes the code."""
        return services.add_location(shelf_id=data.pop("shelf").pk, actor=self.actor, **data)


class OwnerViewSet(ServiceViewSet):
    """Goods owners."""

    queryset = Owner.objects.order_by("-id")
    serializer_class = wire.OwnerSerializer
    update_serializer_class = wire.OwnerUpdateSerializer
    filterset_class = filters.OwnerFilter
    ordering = ("-id",)
    ordering_fields = ("id", "code", "name")

    def create_object(self, data: dict[str, Any]) -> models.Model:
        """Through the service, which gives the code."""
        return services.register_owner(actor=self.actor, **data)

    def update_object(self, instance: models.Model, data: dict[str, Any]) -> models.Model:
        """Through the service."""
        return services.update_owner(owner_id=instance.pk, changes=data, actor=self.actor)

    @command(permission="warehousing.change_owner")
    def disable(self, obj: Owner, data: dict[str, Any]) -> Owner:
        """No new business with this owner (S001-1)."""
        return services.disable_owner(owner_id=obj.pk, actor=self.actor)

    @command(permission="warehousing.change_owner")
    def enable(self, obj: Owner, data: dict[str, Any]) -> Owner:
        """New business again."""
        return services.enable_owner(owner_id=obj.pk, actor=self.actor)


__all__ = [
    "LocationViewSet",
    "OwnerViewSet",
    "ServiceViewSet",
    "ShelfViewSet",
    "WarehouseViewSet",
    "ZoneViewSet",
]
