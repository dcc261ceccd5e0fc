"""Warehouses and zones."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.integrity import refusing
from vmi.numbering.services import next_number
from warehousing.choices import CapacityRule, SkuMixing, ZoneKind
from warehousing.exceptions import InvalidNumber, WarehouseNotFound, ZoneNotFound
from warehousing.models import Warehouse, Zone
from warehousing.services.changes import apply_changes
from warehousing.services.texts import clean_code, clean_columns, location_part, taken

WAREHOUSE_CHANGEABLE = ("name", "description", "address", "contact", "phone", "difference_limit")
NUMBER_MAX = 9999
"""Four digits keep a location code short enough for a label."""

ZONE_CHANGEABLE = ("name", "kind", "sku_mixing", "capacity_rule")


def create_warehouse(
    *,
    name: str,
    code: str | None = None,
    number: int | None = None,
    description: str = "",
    address: str = "",
    contact: str = "",
    phone: str = "",
    actor: Actor,
) -> Warehouse:
    """Add a warehouse (S000-22); code and number are given by the system unless named.

    Raises CodeTaken; two at once without a number may collide, the loser may simply repeat.
    """
    texts = {"name": name, "description": description, "address": address, "contact": contact, "phone": phone}
    texts = clean_columns(Warehouse, texts)
    now = clock.now()
    code = clean_code(code, param="code") if code else next_number("warehouse", on=now)
    if number is not None and not 1 <= number <= NUMBER_MAX:
        raise InvalidNumber(param="number", details={"number": number, "max": NUMBER_MAX})
    number = number or (Warehouse.objects.aggregate(top=Max("number"))["top"] or 0) + 1
    refusals = {
        "warehousing_warehouse_code": lambda: taken("code", code),
        "warehousing_warehouse_number": lambda: taken("number", number),
    }
    with refusing(refusals), transaction.atomic():
        return Warehouse.objects.create(
            code=code,
            number=number,
            **texts,
            creater_id=actor.user_id,
            create_time=now,
            modify_time=now,
        )


@transaction.atomic
def update_warehouse(*, warehouse_id: int, changes: Mapping[str, Any], actor: Actor) -> Warehouse:
    """Change name, description or address; code and number stay, labels carry them."""
    warehouse = Warehouse.objects.filter(pk=warehouse_id).first()
    if warehouse is None:
        raise WarehouseNotFound(param="warehouse")
    return apply_changes(warehouse, clean_columns(Warehouse, changes), allowed=WAREHOUSE_CHANGEABLE, actor=actor)


def create_zone(
    *,
    warehouse_id: int,
    code: str,
    name: str,
    kind: str = ZoneKind.STORAGE,
    sku_mixing: str = SkuMixing.MIXED,
    capacity_rule: str = CapacityRule.SOFT,
    actor: Actor,
) -> Zone:
    """Add an area to a warehouse (S001-3); raises WarehouseNotFound, CodeTaken, InvalidRequest for the code."""
    part = location_part(code, param="code")
    texts = {"name": name, "kind": kind, "sku_mixing": sku_mixing, "capacity_rule": capacity_rule}
    texts = clean_columns(Zone, texts)
    if not Warehouse.objects.filter(pk=warehouse_id).exists():
        raise WarehouseNotFound(param="warehouse")
    now = clock.now()
    with refusing({"warehousing_zone_code": lambda: taken("code", part)}), transaction.atomic():
        return Zone.objects.create(
            warehouse_id=warehouse_id,
            code=part,
            **texts,
            creater_id=actor.user_id,
            create_time=now,
            modify_time=now,
        )


@transaction.atomic
def update_zone(*, zone_id: int, changes: Mapping[str, Any], actor: Actor) -> Zone:
    """Change name, kind or policies; the code stays, location codes carry it."""
    zone = Zone.objects.filter(pk=zone_id).first()
    if zone is None:
        raise ZoneNotFound(param="zone")
    return apply_changes(zone, clean_columns(Zone, changes), allowed=ZONE_CHANGEABLE, actor=actor)
