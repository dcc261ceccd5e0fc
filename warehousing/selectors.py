"""Named reads of warehousing; the rows they answer are plain values, so that no model leaves the app."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from partners.choices import PartnerStatus
from vmi.core.db import fetch_all
from vmi.core.rows import load
from vmi.core.sources import Source
from warehousing.choices import CancelState, CapacityRule, MessageState, ShipNoticeStatus, SkuMixing, ZoneKind
from warehousing.exceptions import LocationNotFound, OwnerDisabled, OwnerNotFound, WarehouseNotFound
from warehousing.models import Location, Owner, Shelf, ShipNotice, ShipNoticeLine, Warehouse


@dataclass(frozen=True, slots=True)
class WarehouseRow:
    """A warehouse as other apps see it."""

    id: int
    code: str
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A location as other apps see it."""

    id: int
    code: str
    warehouse_id: int
    zone_id: int
    shelf_id: int


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """An owner as other apps see it."""

    id: int
    code: str
    name: str
    type: str
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class PlacementRule:
    """What the zone and the shelf of a location allow (S001-4, C-51); ``capacity`` in units, None is no limit."""

    location_id: int
    shelf_id: int
    capacity: int | None
    is_capacity_hard: bool
    is_single_sku: bool


_LOCATION_COLUMNS = ("id", "code", "warehouse_id", "zone_id", "shelf_id")


def _owner_row(owner: Owner) -> OwnerRow:
    return OwnerRow(owner.pk, owner.code, owner.name, owner.type, owner.status_id == PartnerStatus.ENABLED)


def warehouses_by_id(ids: Iterable[int]) -> dict[int, WarehouseRow]:
    """Warehouses by id; unknown ids are left out."""
    rows = Warehouse.objects.filter(pk__in=set(ids)).values_list("id", "code", "name", "number")
    return {row[0]: WarehouseRow(*row) for row in rows}


def warehouses_by_code(codes: Iterable[str]) -> dict[str, WarehouseRow]:
    """Warehouses by code; unknown codes are left out."""
    rows = Warehouse.objects.filter(code__in=set(codes)).values_list("id", "code", "name", "number")
    return {row[1]: WarehouseRow(*row) for row in rows}


def get_warehouse(warehouse_id: int) -> WarehouseRow:
    """One warehouse; raises WarehouseNotFound."""
    found = warehouses_by_id([warehouse_id])
    if not found:
        raise WarehouseNotFound(param="warehouse")
    return found[warehouse_id]


def difference_limit(warehouse_id: int) -> int:
    """Units by which one place may differ before another person has to look (C-43); raises WarehouseNotFound."""
    found = Warehouse.objects.filter(pk=warehouse_id).values_list("difference_limit", flat=True).first()
    if found is None:
        raise WarehouseNotFound(param="warehouse")
    return found


def owners_by_id(ids: Iterable[int]) -> dict[int, OwnerRow]:
    """Owners by id; unknown ids are left out."""
    return {owner.pk: _owner_row(owner) for owner in Owner.objects.filter(pk__in=set(ids))}


def owners_by_code(codes: Iterable[str]) -> dict[str, OwnerRow]:
    """Owners by code; unknown codes are left out."""
    return {owner.code: _owner_row(owner) for owner in Owner.objects.filter(code__in=set(codes))}


def require_enabled_owner(owner_id: int) -> OwnerRow:
    """The owner, if new business may begin with it (S001-1); raises OwnerNotFound, OwnerDisabled."""
    owner = owners_by_id([owner_id]).get(owner_id)
    if owner is None:
        raise OwnerNotFound(param="owner")
    if not owner.is_enabled:
        raise OwnerDisabled(param="owner", details={"owner": owner.code})
    return owner


def locations_by_id(ids: Iterable[int]) -> dict[int, LocationRow]:
    """Locations by id; unknown ids are left out."""
    rows = Location.objects.filter(pk__in=set(ids)).values_list(*_LOCATION_COLUMNS)
    return {row[0]: LocationRow(*row) for row in rows}


def locations_by_code(codes: Iterable[str]) -> dict[str, LocationRow]:
    """Locations by code; unknown codes are left out."""
    rows = Location.objects.filter(code__in=set(codes)).values_list(*_LOCATION_COLUMNS)
    return {row[1]: LocationRow(*row) for row in rows}


def location_ids_of_shelves(shelf_ids: Iterable[int]) -> dict[int, list[int]]:
    """The locations of each shelf, lowest level first; every asked shelf has a key."""
    wanted = list(dict.fromkeys(shelf_ids))
    found: dict[int, list[int]] = defaultdict(list)
    rows = Location.objects.filter(shelf_id__in=wanted).order_by("shelf_id", "level", "slot")
    for shelf_id, location_id in rows.values_list("shelf_id", "id"):
        found[shelf_id].append(location_id)
    return {shelf_id: found[shelf_id] for shelf_id in wanted}


def shelves_by_id(ids: Iterable[int]) -> dict[int, str]:
    """Codes of shelves by id; unknown ids are left out."""
    return dict(Shelf.objects.filter(pk__in=set(ids)).values_list("id", "code"))


def notice_ids_of_source(source: Source) -> list[int]:
    """The ship notices of a document, oldest first, cancelled ones left out."""
    found = load(ShipNotice, source_type=source.type, source_sn=source.sn)
    return [notice.pk for notice in found if notice.status_id != ShipNoticeStatus.CANCELLED]


def shipped_units(source: Source) -> int:
    """Units of a document that its warehouses say have left, whether they are off the books by now or not."""
    lines = ShipNoticeLine.objects.filter(notice__source_type=source.type, notice__source_sn=source.sn)
    return lines.aggregate(units=Sum("shipped_quantity"))["units"] or 0


def notices_of_source(source: Source) -> list[ShipNotice]:
    """The ship notices of a document with their warehouses, oldest first, for showing."""
    rows = ShipNotice.objects.filter(source_type=source.type, source_sn=source.sn)
    return list(rows.select_related("warehouse").order_by("id"))


def default_location(warehouse_id: int) -> LocationRow:
    """Where goods go when nobody says: the first storage location, else any; raises LocationNotFound."""
    inside = Location.objects.filter(warehouse_id=warehouse_id).order_by("id")
    row = inside.filter(zone__kind=ZoneKind.STORAGE).values_list(*_LOCATION_COLUMNS).first()
    row = row or inside.values_list(*_LOCATION_COLUMNS).first()
    if row is None:
        raise LocationNotFound(param="location", details={"warehouse": warehouse_id})
    return LocationRow(*row)


def placement_rules(location_ids: Sequence[int]) -> dict[int, PlacementRule]:
    """What may be put where, by location id; unknown ids are left out."""
    rows = Location.objects.filter(pk__in=set(location_ids)).values_list(
        "id", "shelf_id", "shelf__capacity", "zone__capacity_rule", "zone__sku_mixing"
    )
    return {
        row[0]: PlacementRule(row[0], row[1], row[2], row[3] == CapacityRule.HARD, row[4] == SkuMixing.SINGLE)
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class WarehouseCounts:
    """Ship notices to be sent (and how many of them failed before), sent and unanswered, messages put aside.

    ``called_off`` of the notices wait for their warehouse to say whether the goods were held back.
    """

    to_send: int
    failing: int
    sent: int
    called_off: int
    quarantined: int


_COUNTS = f"""
    SELECT count(*) FILTER (WHERE status_id = {ShipNoticeStatus.TO_SEND}) AS to_send,
           count(*) FILTER (WHERE status_id = {ShipNoticeStatus.TO_SEND} AND attempts > 0) AS failing,
           count(*) FILTER (WHERE status_id = {ShipNoticeStatus.SENT}) AS sent,
           count(*) FILTER (WHERE cancel_state = '{CancelState.REQUESTED}') AS called_off,
           (SELECT count(*) FROM warehousing_wmsmessage WHERE state = '{MessageState.QUARANTINED}') AS quarantined
      FROM warehousing_shipnotice WHERE status_id IN ({ShipNoticeStatus.TO_SEND}, {ShipNoticeStatus.SENT})
"""  # noqa: S608 - built from fixed names only


def warehouse_counts() -> WarehouseCounts:
    """What waits between us and the warehouses, in one statement."""
    (row,) = fetch_all(_COUNTS)
    return WarehouseCounts(**row)
