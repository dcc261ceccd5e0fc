"""Calling an internal document off after the warehouse was told."""

import pytest

from inventory.exceptions import HoldNotOpen
from inventory.services import AllocateLine, ShippedLine, allocate, cancel_internal, confirm_outbound, issue_ship_notice
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def noticed(stock: Stock, units: int) -> Source:
    """An internal document the warehouse was told of."""
    document = source("transfer")
    lines = [AllocateLine(1, stock.sku_id, units)]
    allocate(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, lines=lines, source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)
    return document


def test_a_withdrawn_notice_gives_shelf_and_quota_back() -> None:
    stock = make_stock(10)
    document = noticed(stock, 6)

    assert cancel_internal(source=document, notice_withdrawn=True, actor=ACTOR) == 6

    assert stock.numbers() == {
        "channel.base_quota_qty": 10,
        "pool1.quota_qty": 10,
        "logical.physical_base_qty": 10,
        "physical1.quantity": 10,
    }
    assert prove_stock() == []


@pytest.mark.parametrize("shipped", [2, 3])
def test_nothing_is_called_off_when_the_goods_of_one_place_have_left(shipped: int) -> None:
    stock = make_stock(3)
    stock.receive(3, location_id=stock.other_location_id)
    document = noticed(stock, 6)
    confirm_outbound(source=document, lines=[ShippedLine(1, shipped)], reference="first", actor=ACTOR)
    before = stock.numbers()

    with pytest.raises(HoldNotOpen):
        cancel_internal(source=document, notice_withdrawn=True, actor=ACTOR)

    assert stock.numbers() == before
    assert prove_stock() == []
