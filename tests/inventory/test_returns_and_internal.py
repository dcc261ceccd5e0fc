"""Returns, internal outbound and corrections, with their ledger."""

from typing import Any

import pytest

from inventory.choices import AdjustOperation
from inventory.exceptions import HoldNotOpen, InsufficientStock, LocationRequired, OverConfirmed
from inventory.services import (
    AllocateLine,
    InspectLine,
    ReturnLine,
    adjust,
    allocate,
    cancel_internal,
    confirm_outbound,
    inspect_return,
    issue_ship_notice,
    receive_return,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, entries, make_stock, source
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source

ACTOR = system_actor()


def _bring_back(stock: Stock, quantity: int) -> Source:
    document = source("return")
    receive_return(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[ReturnLine(1, stock.sku_id, stock.location_id, "", quantity)],
        source=document,
        actor=ACTOR,
    )
    return document


def _take_out(stock: Stock, quantity: int) -> Source:
    document = source("stockout")
    allocate(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[AllocateLine(1, stock.sku_id, quantity)],
        source=document,
        actor=ACTOR,
    )
    return document


def test_a_return_waits_outside_the_quota_until_inspected() -> None:
    stock = make_stock(10)
    document = _bring_back(stock, 3)

    assert stock.numbers() == {
        "channel.base_quota_qty": 10,
        "channel.returning_qty": 3,
        "pool1.quota_qty": 10,
        "logical.physical_base_qty": 13,
        "logical.locked_qty": 3,
        "physical1.quantity": 10,
        "physical2.quantity": 3,
    }
    assert entries(document) == [
        ("RETURNING", 3, 3),
        ("BASE", 3, 13),
        ("LOCKED", 3, 3),
        ("QUANTITY", 3, 3),
    ]
    assert prove_stock() == []


def test_good_units_sell_again_and_bad_ones_stay_locked() -> None:
    stock = make_stock(10)
    document = _bring_back(stock, 3)

    assert inspect_return(source=document, lines=[InspectLine(1, good=2, bad=1)], actor=ACTOR) is True
    assert inspect_return(source=document, lines=[InspectLine(1, good=2, bad=1)], actor=ACTOR) is False
    assert stock.numbers() == {
        "channel.base_quota_qty": 12,
        "pool1.quota_qty": 12,
        "logical.physical_base_qty": 13,
        "logical.locked_qty": 1,
        "physical1.quantity": 12,
        "physical3.quantity": 1,
    }
    assert prove_stock() == []


def test_a_verdict_on_more_than_waits_is_refused() -> None:
    stock = make_stock(10)
    document = _bring_back(stock, 3)

    with pytest.raises(OverConfirmed) as refusal:
        inspect_return(source=document, lines=[InspectLine(1, good=3, bad=1)], actor=ACTOR)
    assert refusal.value.details == {"line": 1, "confirmed": 4, "open": 3}
    assert stock.bucket.returning_qty == 3


def test_an_internal_outbound_passes_all_layers() -> None:
    stock = make_stock(10)
    document = _take_out(stock, 4)
    assert stock.numbers() == {
        "channel.base_quota_qty": 6,
        "pool1.quota_qty": 6,
        "pool9.quota_qty": 4,
        "logical.physical_base_qty": 10,
        "logical.allocated_qty": 4,
        "physical1.quantity": 10,
    }
    assert prove_stock() == []

    issue_ship_notice(source=document, actor=ACTOR)
    assert prove_stock() == []
    assert confirm_outbound(source=document, actor=ACTOR) is True
    assert stock.numbers() == {
        "channel.base_quota_qty": 6,
        "pool1.quota_qty": 6,
        "logical.physical_base_qty": 6,
        "physical1.quantity": 6,
    }
    assert prove_stock() == []


def test_an_internal_outbound_never_takes_what_buyers_hold() -> None:
    stock = make_stock(10)
    stock.reserve(7)

    with pytest.raises(InsufficientStock) as refusal:
        _take_out(stock, 4)
    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "wanted": 4, "available": 3}]
    assert stock.logical.allocated_qty == 0


def test_a_cancelled_internal_outbound_gives_everything_back() -> None:
    stock = make_stock(10)
    before = stock.numbers()
    document = _take_out(stock, 4)

    assert cancel_internal(source=document, actor=ACTOR) == 4
    assert cancel_internal(source=document, actor=ACTOR) == 0
    assert stock.numbers() == before
    assert prove_stock() == []


def test_a_noticed_internal_outbound_cannot_be_cancelled() -> None:
    stock = make_stock(10)
    document = _take_out(stock, 4)
    issue_ship_notice(source=document, actor=ACTOR)

    with pytest.raises(HoldNotOpen):
        cancel_internal(source=document, actor=ACTOR)
    assert stock.logical.allocated_qty == 4


@pytest.mark.parametrize(
    ("operation", "quantity", "expected"),
    [(AdjustOperation.ADD, 5, 15), (AdjustOperation.SUBTRACT, 4, 6), (AdjustOperation.SET, 8, 8)],
)
def test_adjusting_moves_every_layer(operation: AdjustOperation, quantity: int, expected: int) -> None:
    stock, document = make_stock(10), source("adjust")
    for _again in range(2):
        adjust(
            logical_id=stock.logical.pk,
            operation=operation,
            quantity=quantity,
            reason="counted",
            source=document,
            actor=ACTOR,
        )

    assert stock.numbers() == {
        "channel.base_quota_qty": expected,
        "pool1.quota_qty": expected,
        "logical.physical_base_qty": expected,
        "physical1.quantity": expected,
    }
    assert prove_stock() == []


def test_adjusting_never_takes_promised_units() -> None:
    stock = make_stock(10)
    stock.reserve(7)

    with pytest.raises(InsufficientStock) as refusal:
        adjust(
            logical_id=stock.logical.pk,
            operation=AdjustOperation.SET,
            quantity=2,
            reason="counted",
            source=source("adjust"),
            actor=ACTOR,
        )
    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "wanted": 8, "available": 3}]
    assert stock.logical.physical_base_qty == 10


def test_adjusting_needs_a_reason_and_a_clear_place() -> None:
    stock = make_stock(10)
    stock.receive(5, location_id=stock.other_location_id)
    call: dict[str, Any] = {
        "logical_id": stock.logical.pk,
        "operation": AdjustOperation.ADD,
        "quantity": 1,
        "actor": ACTOR,
    }

    with pytest.raises(InvalidRequest) as refusal:
        adjust(**call, reason=" ", source=source("adjust"))
    assert refusal.value.code == "reason_required"
    with pytest.raises(LocationRequired):
        adjust(**call, reason="found", source=source("adjust"))

    adjust(**call, reason="found", location_id=stock.other_location_id, source=source("adjust"))
    assert stock.logical.physical_base_qty == 16


def test_locking_one_owner_leaves_the_other_alone() -> None:
    stock = make_stock(20)
    from warehousing.services import register_owner

    other = register_owner(name="另一货主", actor=ACTOR)
    stock.receive(15, owner_id=other.pk)
    _take_out(stock, 20)

    assert stock.logical.available_qty == 0
    from inventory.models import LogicalStock

    assert LogicalStock.objects.get(owner_id=other.pk).available_qty == 15
