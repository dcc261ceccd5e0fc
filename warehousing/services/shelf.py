"""Shelves (racks) and their locations."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.fields import QUANTITY_MAX
from vmi.core.integrity import refusing
from vmi.numbering.services import next_number
from warehousing.choices import ZoneKind
from warehousing.exceptions import (
    InvalidNumber,
    LocationExists,
    RackTooLarge,
    ShelfNotFound,
    WarehouseNotFound,
    ZoneNotFound,
)
from warehousing.models import Location, Shelf, Warehouse, Zone
from warehousing.services.changes import apply_changes
from warehousing.services.layout import create_zone
from warehousing.services.texts import clean_code, clean_columns, location_part, taken

LEVELS_MAX = 99
SLOTS_MAX = 99
"""Two digits each: what the printed code ``1-ST-03-02-05`` has room for."""

SHELF_CHANGEABLE = ("description", "capacity")


def location_code(number: int, zone: str, rack: str, level: int, slot: int) -> str:
    """``1-ST-03-02-05``: warehouse, zone, rack, level from below, slot (S001-3)."""
    return f"{number}-{zone}-{rack}-{level:02d}-{slot:02d}"


def _rack_part(rack: str) -> str:
    part = location_part(rack, param="rack")
    return part.zfill(2) if part.isdigit() else part


def _check_part(value: int, *, limit: int, param: str) -> None:
    if not 1 <= value <= limit:
        raise RackTooLarge(param=param, details={param: value, "max": limit})


def _check_capacity(capacity: int | None) -> None:
    if capacity is not None and not 1 <= capacity <= QUANTITY_MAX:
        raise InvalidNumber(param="capacity", details={"capacity": capacity, "max": QUANTITY_MAX})


def _zone_of(warehouse_id: int, zone_id: int) -> Zone:
    zone = Zone.objects.select_related("warehouse").filter(pk=zone_id, warehouse_id=warehouse_id).first()
    if zone is None:
        raise ZoneNotFound(param="zone")
    return zone


def open_rack(
    *,
    warehouse_id: int,
    zone_id: int,
    rack: str,
    levels: int,
    slots: int,
    capacity: int | None = None,
    description: str = "",
    code: str | None = None,
    actor: Actor,
) -> Shelf:
    """Create a shelf and every location of it in one action (S001-3).

    All or nothing: raises ZoneNotFound, RackTooLarge, LocationExists when the rack or one of its
    locations is there already, CodeTaken.
    """
    _check_part(levels, limit=LEVELS_MAX, param="levels")
    _check_part(slots, limit=SLOTS_MAX, param="slots")
    _check_capacity(capacity)
    texts = clean_columns(Shelf, {"description": description})
    zone = _zone_of(warehouse_id, zone_id)
    part = _rack_part(rack)
    now = clock.now()
    code = clean_code(code, param="code") if code else next_number("shelf", on=now)
    prefix = f"{zone.warehouse.number}-{zone.code}-{part}"
    refusals = {
        "warehousing_shelf_rack": lambda: LocationExists(param="rack", details={"rack": prefix}),
        "warehousing_location_code": lambda: LocationExists(param="rack", details={"rack": prefix}),
        "warehousing_shelf_code": lambda: taken("code", code),
    }
    tracked = {"creater_id": actor.user_id, "create_time": now, "modify_time": now}
    with refusing(refusals), transaction.atomic():
        shelf = Shelf.objects.create(
            code=code,
            warehouse_id=warehouse_id,
            zone=zone,
            rack=part,
            capacity=capacity,
            **texts,
            **tracked,
        )
        Location.objects.bulk_create(
            Location(
                code=location_code(zone.warehouse.number, zone.code, part, level, slot),
                warehouse_id=warehouse_id,
                zone=zone,
                shelf=shelf,
                level=level,
                slot=slot,
                **tracked,
            )
            for level in range(1, levels + 1)
            for slot in range(1, slots + 1)
        )
    return shelf


def _storage_zone(warehouse_id: int, actor: Actor) -> Zone:
    """The first storage zone, made when the warehouse has none: 000's shelf knows no zones."""
    if not Warehouse.objects.filter(pk=warehouse_id).exists():
        raise WarehouseNotFound(param="warehouse")
    found = Zone.objects.filter(warehouse_id=warehouse_id, kind=ZoneKind.STORAGE).order_by("pk").first()
    return found or create_zone(warehouse_id=warehouse_id, code="ST", name="Storage", actor=actor)


def _next_rack(zone: Zone) -> str:
    racks = Shelf.objects.filter(zone=zone).values_list("rack", flat=True)
    return str(max((int(rack) for rack in racks if rack.isdigit()), default=0) + 1)


@transaction.atomic
def create_shelf(
    *,
    warehouse_id: int,
    description: str = "",
    capacity: int | None = None,
    zone_id: int | None = None,
    code: str | None = None,
    actor: Actor,
) -> Shelf:
    """Add a shelf the plain way (S000-23): the next free rack of the zone, with one location.

    Without ``zone_id`` the first storage zone is taken. Raises WarehouseNotFound, ZoneNotFound, CodeTaken.
    """
    zone = _zone_of(warehouse_id, zone_id) if zone_id else _storage_zone(warehouse_id, actor)
    return open_rack(
        warehouse_id=warehouse_id,
        zone_id=zone.pk,
        rack=_next_rack(zone),
        levels=1,
        slots=1,
        capacity=capacity,
        description=description,
        code=code,
        actor=actor,
    )


@transaction.atomic
def update_shelf(*, shelf_id: int, changes: Mapping[str, Any], actor: Actor) -> Shelf:
    """Change description or capacity; the warehouse is fixed (S000-23)."""
    shelf = Shelf.objects.filter(pk=shelf_id).first()
    if shelf is None:
        raise ShelfNotFound(param="shelf")
    _check_capacity(changes.get("capacity"))
    return apply_changes(shelf, clean_columns(Shelf, changes), allowed=SHELF_CHANGEABLE, actor=actor)


def add_location(*, shelf_id: int, level: int, slot: int, actor: Actor) -> Location:
    """Add one more location to a rack; raises ShelfNotFound, RackTooLarge, LocationExists."""
    _check_part(level, limit=LEVELS_MAX, param="level")
    _check_part(slot, limit=SLOTS_MAX, param="slot")
    shelf = Shelf.objects.select_related("zone", "warehouse").filter(pk=shelf_id).first()
    if shelf is None:
        raise ShelfNotFound(param="shelf")
    code = location_code(shelf.warehouse.number, shelf.zone.code, shelf.rack, level, slot)
    now = clock.now()
    exists = {"warehousing_location": lambda: LocationExists(param="slot", details={"location": code})}
    with refusing(exists), transaction.atomic():
        return Location.objects.create(
            code=code,
            warehouse_id=shelf.warehouse_id,
            zone_id=shelf.zone_id,
            shelf=shelf,
            level=level,
            slot=slot,
            creater_id=actor.user_id,
            create_time=now,
            modify_time=now,
        )
