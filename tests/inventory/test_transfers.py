"""Goods between two warehouses of ours: on their way from the moment they leave, at what they cost (S001-33)."""

from decimal import Decimal

import pytest

from inventory.choices import HoldKind, SupplyKind
from inventory.hooks import Route
from inventory.models import SupplyLine
from inventory.services import AllocateLine, ShippedLine, allocate, confirm_outbound, issue_ship_notice
from inventory.services.dispatch import dispatch_transfer
from inventory.services.reconcile import prove_stock
from inventory.services.supply_receive import ArrivalLine, receive_transfer
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.factories.promises import promise, promised
from tests.factories.supply import IN_THREE_DAYS, expect
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source

ACTOR = system_actor()


def _noticed(stock: Stock, quantity: int) -> Source:
    """An approved transfer whose goods wait on their locations."""
    document = source("stockout")
    allocate(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[AllocateLine(1, stock.sku_id, quantity)],
        source=document,
        actor=ACTOR,
    )
    issue_ship_notice(source=document, actor=ACTOR)
    return document


def _beside(stock: Stock) -> Stock:
    """Another warehouse for the same SKU and owner."""
    other = make_stock()
    other.sku_id, other.sku, other.owner_id = stock.sku_id, stock.sku, stock.owner_id
    return other


def test_a_transfer_is_on_its_way_when_it_leaves_and_counts_once_when_it_arrives() -> None:
    """Example 7 with its warehouses: A has 0, a transfer of 100 from B, C buys 20, all arrive."""
    b = make_stock()
    b.receive(150, cost="12.00")
    a = _beside(b)
    document = _noticed(b, 100)

    route = Route(a.warehouse_id, a.owner_id, IN_THREE_DAYS, presale=True)
    assert dispatch_transfer(source=document, route=route, actor=ACTOR) is True

    line = SupplyLine.objects.get()
    assert (line.kind, line.expected_qty, line.presale_qty, line.due_on) == (
        SupplyKind.TRANSFER, 100, 100, IN_THREE_DAYS
    )  # fmt: skip
    assert b.numbers() == {
        "channel.base_quota_qty": 50,
        "pool1.quota_qty": 50,
        "logical.physical_base_qty": 50,
        "physical1.quantity": 50,
    }
    assert (a.logical.in_transit_qty, a.bucket.open_presale_qty, a.bucket.sellable_qty) == (100, 100, 0)
    assert [row for row in entries(document) if row[0] in ("PRESALE", "IN_TRANSIT")] == [
        ("PRESALE", 100, 100),
        ("IN_TRANSIT", 100, 100),
    ]
    assert prove_stock() == []

    bought = promise(a, 20, kind=HoldKind.PRESALE)
    receive_transfer(lines=[ArrivalLine(1, line.pk, a.location_id, "", 100)], source=source("stockin"), actor=ACTOR)

    assert a.numbers() == {
        "channel.base_quota_qty": 100,
        "channel.sold_qty": 20,
        "pool1.quota_qty": 100,
        "logical.physical_base_qty": 100,
        "logical.allocated_qty": 20,
        "physical1.quantity": 100,
    }
    assert (a.logical.in_transit_qty, a.bucket.sellable_qty, a.bucket.presale_qty) == (0, 80, 0)
    assert a.logical.unit_cost == Decimal("12.0000")
    assert promised(bought) == [("SPOT", "SOLD", 20)]
    assert prove_stock() == []


def test_a_transfer_that_leaves_in_parts_raises_its_line() -> None:
    b = make_stock(100)
    a = _beside(b)
    document = _noticed(b, 60)
    route = Route(a.warehouse_id, a.owner_id)

    for reference, units, complete in (("m1", 25, False), ("m1", 25, False), ("m2", 35, True)):
        done = dispatch_transfer(
            source=document, route=route, lines=[ShippedLine(1, units)], reference=reference, actor=ACTOR
        )
        assert done is complete

    line = SupplyLine.objects.get()
    assert (line.expected_qty, line.presale_qty, line.due_on) == (60, 0, None)
    assert (a.logical.in_transit_qty, a.bucket.presale_qty) == (60, 0)
    assert prove_stock() == []


def test_goods_without_a_route_leave_the_house() -> None:
    b = make_stock(10)
    document = _noticed(b, 4)
    assert confirm_outbound(source=document, actor=ACTOR) is True
    assert not SupplyLine.objects.exists()
    assert prove_stock() == []


def test_a_purchase_is_not_received_as_a_transfer() -> None:
    stock = make_stock()
    line = expect(stock, 10)
    with pytest.raises(InvalidRequest):
        receive_transfer(
            lines=[ArrivalLine(1, line.pk, stock.location_id, "", 1)], source=source("stockin"), actor=ACTOR
        )
    assert stock.logical.in_transit_qty == 10
