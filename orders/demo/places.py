"""The chapter of places: warehouses with their racks and systems, and the owners of what lies there.

A warehouse belongs to nobody in particular: whose goods lie in it is said by the owner of each unit (C-58).
"""

import base64
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.crypto import salted_hmac

from vmi.core.actors import Actor
from vmi.core.signing import SECRET_PREFIX
from vmi.core.tenancy import current_schema
from warehousing.choices import CapacityRule, OwnerType, SettlementCycle, SkuMixing, ZoneKind
from warehousing.services import (
    connect_wms,
    create_warehouse,
    create_zone,
    disable_owner,
    open_rack,
    register_owner,
)

LEVELS: Final = 4
SLOTS: Final = 5
RACK_CAPACITY: Final = 2_000


@dataclass(frozen=True, slots=True)
class Depot:
    """A warehouse; ``racks`` names, for each rack of the storage zone in order, who keeps goods on it."""

    code: str
    number: int
    name: str
    address: str
    contact: str
    phone: str
    racks: tuple[str, ...] = field(default=())


DEPOTS: Final = (
    Depot("BJ", 1, "北京中心仓", "北京市大兴区物流园 1 号", "赵大勇", "01060000001", ("APPLE", "NIKE", "OWN")),
    Depot("SH", 2, "上海分仓", "上海市嘉定区仓储路 2 号", "钱师傅", "02160000002", ("APPLE", "SAMSUNG", "NIKE", "OWN")),
    Depot("GZ", 3, "广州分仓", "广州市白云区机场路 3 号", "何主管", "02060000003", ("SAMSUNG", "NIKE")),
)

ZONES: Final = (
    ("ST", "存储区", ZoneKind.STORAGE),
    ("PI", "拣货区", ZoneKind.PICKING),
    ("SH", "发货暂存区", ZoneKind.SHIPPING),
    ("RT", "退货区", ZoneKind.RETURNS),
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose goods lie in the warehouses."""

    code: str
    name: str
    type: str
    contact: str
    phone: str
    cycle: str = SettlementCycle.MONTHLY
    storage_fee: str = "0.50"
    handling_fee: str = "1.20"


HOLDERS: Final = (
    Holder("APPLE", "苹果官方旗舰店", OwnerType.EXTERNAL, "张经理", "13900000101"),
    Holder("SAMSUNG", "三星官方旗舰店", OwnerType.EXTERNAL, "李经理", "13900000201"),
    Holder("NIKE", "耐克官方旗舰店", OwnerType.EXTERNAL, "王经理", "13900000301", SettlementCycle.QUARTERLY),
    Holder("OWN", "云谷自营", OwnerType.OWN, "陈志远", "13900000002", SettlementCycle.NONE, "0", "0"),
    Holder("SUPPLIER", "华东数码供应链", OwnerType.SUPPLIER, "许采购", "13900000501", SettlementCycle.WEEKLY),
    Holder("LEFT", "晨光文具专营店", OwnerType.EXTERNAL, "周店长", "13900000502"),
)

HOLDER_THAT_LEFT: Final = "LEFT"
"""An owner whose contract has ended."""


def rack_code(depot: str, zone: str, rack: int) -> str:
    """The shelf's own code."""
    return f"{depot}-{zone}-{rack:02d}"


def location_codes(number: int, zone: str, rack: int) -> list[str]:
    """Every place of a rack, lowest level first."""
    return [
        f"{number}-{zone}-{rack:02d}-{level:02d}-{slot:02d}"
        for level in range(1, LEVELS + 1)
        for slot in range(1, SLOTS + 1)
    ]


def connection_code(depot: str) -> str:
    """How a warehouse's system is called in the address of its webhook."""
    return f"{depot.lower()}-wms"


def webhook_secret(depot: str) -> str:
    """What a warehouse's system signs with: another one in each installation and namespace."""
    digest = salted_hmac("orders.demo.wms", f"{current_schema()}:{depot}", algorithm="sha256").digest()
    return SECRET_PREFIX + base64.b64encode(digest).decode()


def load_places(actor: Actor) -> None:
    """Warehouses, zones, racks with all their locations, connections, owners."""
    for depot in DEPOTS:
        warehouse = create_warehouse(
            name=depot.name,
            code=depot.code,
            number=depot.number,
            address=depot.address,
            contact=depot.contact,
            phone=depot.phone,
            actor=actor,
        )
        _zones(depot, int(warehouse.pk), actor)
        # By hand: a notice counts as told at once, and either a person or a signed message confirms it.
        connect_wms(
            warehouse_id=warehouse.pk,
            code=connection_code(depot.code),
            secret=webhook_secret(depot.code),
            actor=actor,
        )
    for holder in HOLDERS:
        _owner(holder, actor)


def _zones(depot: Depot, warehouse_id: int, actor: Actor) -> None:
    for code, name, kind in ZONES:
        zone = create_zone(
            warehouse_id=warehouse_id,
            code=code,
            name=name,
            kind=kind,
            sku_mixing=SkuMixing.MIXED,
            capacity_rule=CapacityRule.SOFT,
            actor=actor,
        )
        for rack in range(1, (len(depot.racks) if code == "ST" else 1) + 1):
            open_rack(
                warehouse_id=warehouse_id,
                zone_id=zone.pk,
                rack=str(rack),
                levels=LEVELS,
                slots=SLOTS,
                capacity=RACK_CAPACITY,
                description=f"{depot.name}{name} {rack} 号货架",
                code=rack_code(depot.code, code, rack),
                actor=actor,
            )


def _owner(holder: Holder, actor: Actor) -> None:
    owner = register_owner(
        name=holder.name,
        type=holder.type,
        code=holder.code,
        contact=holder.contact,
        phone=holder.phone,
        email=f"{holder.code.lower()}@example.com",
        settlement_cycle=holder.cycle,
        settlement_terms="每期结束后十日内对账付款" if holder.cycle != SettlementCycle.NONE else "",
        storage_fee=Decimal(holder.storage_fee),
        handling_fee=Decimal(holder.handling_fee),
        actor=actor,
    )
    if holder.code == HOLDER_THAT_LEFT:
        disable_owner(owner_id=owner.pk, actor=actor)
