"""The chapter of goods on their way: purchases and a transfer, presale, a late line and one that will not come."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from inventory.choices import SupplyKind
from inventory.selectors.supply import ExpectedRow, expected_of
from inventory.services import (
    ArrivalLine,
    ExpectLine,
    close_supply,
    expect_supply,
    open_presale,
    receive_supply,
    reschedule_supply,
)
from orders.demo.catalogue_data import variants
from orders.demo.members import consignee_of
from orders.demo.money import pay
from orders.demo.places import DEPOTS, location_codes
from orders.demo.world import World
from orders.services import OrderItemInput, place_order
from stores.choices import StockOutType
from stores.services import DocumentLine, approve_stockout, confirm_stockout, create_stockout, submit_stockout
from vmi.core import clock
from vmi.core.sources import Source
from warehousing.selectors import locations_by_code

PRESOLD_SKU: Final = "AP-MBA-512-SLV"
LATE_SKU: Final = "AP-AW9-45-STA"
LOST_SKU: Final = "AP-IPA-256-WF"
MOVED_SKU: Final = "AP-CHG-20W"

PURCHASES: Final = (("PO-DEMO-201", PRESOLD_SKU, 20), ("PO-DEMO-202", LATE_SKU, 30), ("PO-DEMO-203", LOST_SKU, 15))
"""Number of the supplier's order, SKU, units; all of Apple's goods to Beijing."""

PRESALE_UNITS: Final = 12
ARRIVED_UNITS: Final = 10
MOVED_UNITS: Final = 10
DUE_DAYS: Final = 3
LATE_DAYS: Final = 7
WAITING_ORDERS: Final = ((0, 1), (3, 2))
"""Members by their index who bought what is still on its way, and how many."""


def load_supply(anchor: datetime, world: World) -> None:
    """What is on its way to Beijing, and from Beijing to Shanghai, when the demo ends."""
    with clock.at(anchor):
        today = clock.local_date(anchor)
        for number, sku, units in PURCHASES:
            _announce(number, sku, units, today + timedelta(days=DUE_DAYS), world)
        _presell(world)
        _arrive_late(today, world)
        _give_up(world)
        _transfer(today, world)


def _announce(number: str, sku: str, units: int, due_on: date, world: World) -> None:
    cost = Decimal(variants()[sku].cost)
    expect_supply(
        warehouse_id=world.warehouses["BJ"],
        owner_id=world.owners["APPLE"],
        lines=[ExpectLine(1, world.skus[sku], units, due_on, cost)],
        source=Source("purchase", number),
        actor=world.actors["clerk"],
    )


def _line(number: str, world: World) -> ExpectedRow:
    (found,) = expected_of(
        kind=SupplyKind.PURCHASE,
        source_sn=number,
        warehouse_id=world.warehouses["BJ"],
        owner_id=world.owners["APPLE"],
    )
    return found


def _presell(world: World) -> None:
    """Sold out everywhere, twenty are on their way: two members buy some of them before they come."""
    open_presale(
        line_id=_line(PURCHASES[0][0], world).id,
        quantity=PRESALE_UNITS,
        source=Source("supply", "DEMO-PRESALE"),
        actor=world.actors["manager"],
    )
    for buyer, units in WAITING_ORDERS:
        order = place_order(
            store_id=world.stores["APPLE"],
            partner_id=world.members[buyer],
            items=[OrderItemInput(PRESOLD_SKU, units)],
            consignee=consignee_of(buyer),
            memo="预售，到货后发货",
            actor=world.buyer(buyer),
        )
        pay(order, cash=True, world=world)


def _arrive_late(today: date, world: World) -> None:
    """A part came, the rest slips."""
    line = _line(PURCHASES[1][0], world)
    number = next(depot.number for depot in DEPOTS if depot.code == "BJ")
    code = location_codes(number, "ST", 1)[0]
    arrival = ArrivalLine(1, line.id, locations_by_code([code])[code].id, "", ARRIVED_UNITS)
    receive_supply(lines=[arrival], source=Source("supply", "DEMO-ARRIVAL"), actor=world.actors["warehouse"])
    reschedule_supply(line_id=line.id, due_on=today + timedelta(days=LATE_DAYS), actor=world.actors["clerk"])


def _give_up(world: World) -> None:
    close_supply(
        line_id=_line(PURCHASES[2][0], world).id,
        reason="供应商停产，取消剩余数量",
        source=Source("supply", "DEMO-CLOSED"),
        actor=world.actors["manager"],
    )


def _transfer(today: date, world: World) -> None:
    """Chargers leave Beijing for Shanghai and may be sold there before they arrive."""
    document = create_stockout(
        warehouse_id=world.warehouses["BJ"],
        owner_id=world.owners["APPLE"],
        type=StockOutType.TRANSFER,
        lines=[DocumentLine(world.skus[MOVED_SKU], MOVED_UNITS)],
        description="北京调拨上海",
        source_ref="TR-DEMO-1",
        destination_id=world.warehouses["SH"],
        due_on=today + timedelta(days=DUE_DAYS),
        opens_presale=True,
        actor=world.actors["clerk"],
    )
    submit_stockout(stockout_id=document.pk, actor=world.actors["clerk"])
    approve_stockout(stockout_id=document.pk, actor=world.actors["manager"])
    confirm_stockout(stockout_id=document.pk, company="顺丰速运", actor=world.actors["warehouse"])
