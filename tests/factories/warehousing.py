"""Warehouses, racks, owners, connections and notices, valid by default, made by the production commands."""

import itertools
from collections.abc import Sequence
from typing import Any

from vmi.core.actors import system_actor
from vmi.core.sources import Source
from warehousing import services
from warehousing.models import Location, Owner, Shelf, ShipNotice, Warehouse, WmsConnection, Zone
from warehousing.services import NoticeLine

_numbers = itertools.count(1)

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
"""A fixed secret for signatures in tests."""


def make_warehouse(**fields: Any) -> Warehouse:
    """A warehouse named 仓库 n."""
    fields.setdefault("name", f"仓库 {next(_numbers)}")
    return services.create_warehouse(**fields, actor=system_actor())


def make_zone(warehouse: Warehouse | None = None, **fields: Any) -> Zone:
    """A storage zone ``ST``."""
    home = warehouse or make_warehouse()
    fields.setdefault("code", "ST")
    fields.setdefault("name", "存储区")
    return services.create_zone(warehouse_id=home.pk, **fields, actor=system_actor())


def make_rack(zone: Zone | None = None, **fields: Any) -> Shelf:
    """A rack of 2 levels with 3 slots each."""
    home = zone or make_zone()
    fields = {"rack": str(next(_numbers)), "levels": 2, "slots": 3, **fields}
    return services.open_rack(warehouse_id=home.warehouse_id, zone_id=home.pk, **fields, actor=system_actor())


def make_location(zone: Zone | None = None) -> Location:
    """The only location of a new rack."""
    return Location.objects.get(shelf=make_rack(zone, levels=1, slots=1))


def make_owner(**fields: Any) -> Owner:
    """Our own goods' owner."""
    fields.setdefault("name", f"货主 {next(_numbers)}")
    return services.register_owner(**fields, actor=system_actor())


def make_connection(warehouse: Warehouse | None = None, **fields: Any) -> WmsConnection:
    """A connection by hand with a secret, so that its webhook works."""
    home = warehouse or make_warehouse()
    fields = {"code": f"wms-{next(_numbers)}", "secret": SECRET, **fields}
    return services.connect_wms(warehouse_id=home.pk, **fields, actor=system_actor())


def notice_line(line_no: int = 1, *, quantity: int = 5, **fields: Any) -> NoticeLine:
    """A pick of SKU001."""
    values = {"sku": "SKU001", "owner": "OWN-1", "location": "1-ST-03-02-05", "batch": "", **fields}
    return NoticeLine(line_no=line_no, quantity=quantity, **values)


def make_notice(
    warehouse: Warehouse | None = None, *, lines: Sequence[NoticeLine] | None = None, sn: str | None = None
) -> ShipNotice:
    """A notice for an order of two lines (5 and 3 units)."""
    home = warehouse or make_warehouse()
    return services.open_ship_notice(
        warehouse_id=home.pk,
        source=Source("order", sn or f"ORD-TEST-{next(_numbers):06d}"),
        lines=lines or [notice_line(1, quantity=5), notice_line(2, quantity=3, sku="SKU002")],
        consignee={"name": "张三", "phone": "13800000000", "address": "北京市朝阳区 1 号"},
        actor=system_actor(),
    )
