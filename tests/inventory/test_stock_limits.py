"""How much a stock row can count: what would go beyond is refused by line, and sums over rows go further."""

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from inventory.choices import AdjustOperation
from inventory.exceptions import StockRowFull
from inventory.models import StockCommand
from inventory.selectors.availability import sellable
from inventory.services import (
    Adjustment,
    ReceiveLine,
    ReturnLine,
    add_channel_source,
    adjust,
    adjust_batch,
    receive,
    receive_return,
)
from inventory.services.reconcile import prove_stock
from inventory.services.room import STOCK_MAX
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor
from vmi.core.fields import QUANTITY_MAX

ACTOR = system_actor()


@pytest.fixture
def full() -> Stock:
    """A row with room for one unit more."""
    stock = make_stock(QUANTITY_MAX)
    stock.receive(QUANTITY_MAX - 1)
    return stock


def line(stock: Stock, number: int, units: int) -> ReceiveLine:
    return ReceiveLine(number, stock.sku_id, stock.location_id, "", units, Decimal("1.00"))


def test_a_receipt_beyond_what_a_row_counts_names_its_line(full: Stock) -> None:
    before = full.numbers()
    document = source("stockin")
    with pytest.raises(StockRowFull) as refusal:
        receive(
            warehouse_id=full.warehouse_id,
            owner_id=full.owner_id,
            lines=[line(full, 1, 1), line(full, 2, 5)],
            source=document,
            actor=ACTOR,
        )

    assert refusal.value.details == {"lines": [{"line": 2, "sku": full.sku, "wanted": 5, "available": 0}]}
    assert (refusal.value.code, refusal.value.param) == ("stock_row_full", "lines[1].quantity")
    assert full.numbers() == before
    assert not StockCommand.objects.filter(source_sn=document.sn).exists()

    full.receive(1)
    assert full.logical.physical_base_qty == STOCK_MAX
    assert prove_stock() == []


def test_returned_goods_that_do_not_fit_are_refused(full: Stock) -> None:
    before = full.numbers()
    with pytest.raises(StockRowFull):
        receive_return(
            warehouse_id=full.warehouse_id,
            owner_id=full.owner_id,
            lines=[ReturnLine(1, full.sku_id, full.location_id, "", 2)],
            source=source("return"),
            actor=ACTOR,
        )

    assert full.numbers() == before


@pytest.mark.parametrize(
    ("operation", "quantity"), [(AdjustOperation.ADD, 2), (AdjustOperation.SET, STOCK_MAX + 1)], ids=["add", "set"]
)
def test_a_correction_that_does_not_fit_is_refused(full: Stock, operation: AdjustOperation, quantity: int) -> None:
    with pytest.raises(StockRowFull) as refusal:
        adjust(
            logical_id=full.logical.pk,
            operation=operation,
            quantity=quantity,
            reason="x",
            source=source("adjust"),
            actor=ACTOR,
        )

    assert refusal.value.details == {"lines": [{"line": 1, "sku": full.sku, "wanted": 2, "available": 1}]}
    assert refusal.value.param == "quantity"
    assert full.logical.physical_base_qty == STOCK_MAX - 1


def test_a_batch_of_corrections_names_its_item(full: Stock) -> None:
    other = make_stock(3)
    items = [
        Adjustment(other.logical.pk, AdjustOperation.ADD, 1),
        Adjustment(full.logical.pk, AdjustOperation.ADD, 2),
    ]
    with pytest.raises(StockRowFull) as refusal:
        adjust_batch(items=items, reason="x", source=source("adjust"), actor=ACTOR)

    assert refusal.value.param == "items[1].quantity"
    assert refusal.value.lines[0]["line"] == 2
    assert other.logical.physical_base_qty == 3


def test_a_channel_may_sell_more_than_one_row_counts(full: Stock, staff: Callable[..., Any], api_for: Any) -> None:
    other = make_stock(1)
    other.receive(QUANTITY_MAX, sku_id=full.sku_id)
    add_channel_source(
        channel_id=full.channel_id, warehouse_id=other.warehouse_id, owner_id=other.owner_id, actor=ACTOR
    )
    whole = STOCK_MAX - 1 + QUANTITY_MAX

    assert sellable(full.channel_id, [full.sku_id]) == {full.sku_id: whole}
    body = {"skus": [full.sku], "channel": full.channel_id}
    answer = api_for(staff("manager")).post("/api/v1/inventory/batch/", body, format="json")
    assert answer.status_code == 200
    assert answer.json()["items"][0]["available"] == whole
    assert answer.json()["items"][0]["offer"]["spot"] == whole


def test_a_row_that_counts_more_than_it_may_can_be_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = make_stock(10)
    monkeypatch.setattr(sys.modules["inventory.services.adjust"], "STOCK_MAX", 5)

    lowered = adjust(
        logical_id=stock.logical.pk,
        operation=AdjustOperation.SUBTRACT,
        quantity=2,
        reason="counted",
        source=source("adjust"),
        actor=ACTOR,
    )

    assert (lowered, stock.logical.physical_base_qty) == (-2, 8)
