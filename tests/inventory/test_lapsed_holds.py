"""Expired holds are in nobody's way (C-08): corrections and internal documents take their goods, too."""

import pytest

from inventory.choices import AdjustOperation
from inventory.exceptions import InsufficientStock
from inventory.services import AllocateLine, adjust, allocate
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.promises import allow_oversell, promise, promised
from vmi.core.actors import system_actor

ACTOR = system_actor()


def correct(stock: Stock, operation: AdjustOperation, units: int) -> int:
    return adjust(
        logical_id=stock.logical.pk,
        operation=operation,
        quantity=units,
        reason="counted",
        source=source("adjust"),
        actor=ACTOR,
    )


def take(stock: Stock, units: int) -> bool:
    return allocate(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[AllocateLine(1, stock.sku_id, units)],
        source=source("transfer"),
        actor=ACTOR,
    )


def test_a_correction_takes_goods_of_expired_holds() -> None:
    stock = make_stock(10)
    stock.reserve(4, minutes=-1)

    assert correct(stock, AdjustOperation.SUBTRACT, 8) == -8

    assert (stock.bucket.base_quota_qty, stock.bucket.held_qty) == (2, 0)
    assert prove_stock() == []


def test_an_internal_document_takes_goods_of_expired_holds_and_of_no_others() -> None:
    stock = make_stock(10)
    stock.reserve(4, minutes=-1)
    stock.reserve(3)

    with pytest.raises(InsufficientStock) as short:
        take(stock, 8)
    assert short.value.lines[0]["available"] == 7
    assert take(stock, 7) is True

    assert (stock.bucket.base_quota_qty, stock.bucket.held_qty) == (3, 3)
    assert prove_stock() == []


def test_added_units_serve_paid_promises_that_wait() -> None:
    stock = make_stock(1)
    stock.reserve(1)
    allow_oversell(stock, 5)
    waiting = promise(stock, 3)

    assert correct(stock, AdjustOperation.ADD, 4) == 4

    assert promised(waiting) == [("SPOT", "SOLD", 3)]
    assert (stock.bucket.sellable_qty, stock.logical.allocated_qty) == (1, 3)
    assert prove_stock() == []
