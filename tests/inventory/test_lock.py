"""Locking and unlocking units: quality, near expiry, after-sale, legal (S001-10, worked example 10)."""

from collections.abc import Sequence
from datetime import date

import pytest

from inventory.choices import LockReason, LockState, Quality
from inventory.exceptions import InsufficientStock, OverConfirmed, PhysicalShort
from inventory.models import LogicalStock, PhysicalStock, StockLock
from inventory.services import (
    LockLine,
    UnlockLine,
    allocate,
    date_batch,
    issue_ship_notice,
    lock,
    lock_units,
    post_payment,
    unlock,
)
from inventory.services.internal import AllocateLine
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.factories.orders import failing
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from warehousing.services import register_owner

ACTOR = system_actor()


def _rows(stock: Stock, quality: Quality = Quality.QUALIFIED) -> Sequence[PhysicalStock]:
    return list(PhysicalStock.objects.filter(logical=stock.logical, quality=quality).order_by("pk"))


def _lock(stock: Stock, quantity: int, *, sn: str = "LCK-1") -> StockLock:
    line = LockLine(1, _rows(stock)[0].pk, quantity)
    return lock(sn=sn, lines=[line], reason=LockReason.QUALITY, note="dented", actor=ACTOR)


def test_locked_units_lie_where_they_were_and_are_not_sold() -> None:
    stock = make_stock(20)

    document = _lock(stock, 5)

    assert stock.numbers() == {
        "channel.base_quota_qty": 15,
        "pool1.quota_qty": 15,
        "logical.physical_base_qty": 20,
        "logical.locked_qty": 5,
        "physical1.quantity": 15,
        "physical3.quantity": 5,
    }
    assert entries(Source("lock", "LCK-1")) == [
        ("BASE_QUOTA", -5, 15),
        ("QUOTA", -5, 15),
        ("LOCKED", 5, 5),
        ("QUANTITY", 5, 5),
        ("QUANTITY", -5, 15),
    ]
    assert (document.state, document.reason, document.note) == (LockState.OPEN, LockReason.QUALITY, "dented")
    assert prove_stock() == []


def test_the_same_number_again_locks_nothing_more() -> None:
    stock = make_stock(20)

    assert _lock(stock, 5).pk == _lock(stock, 5).pk

    assert stock.logical.locked_qty == 5


def test_unlocking_a_part_then_the_rest_gives_the_quota_back() -> None:
    stock = make_stock(20)
    _lock(stock, 5)

    assert unlock(sn="LCK-1", lines=[UnlockLine(1, 2)], reference="first", actor=ACTOR) == 2
    assert unlock(sn="LCK-1", lines=[UnlockLine(1, 2)], reference="first", actor=ACTOR) == 0
    assert (stock.bucket.base_quota_qty, stock.logical.locked_qty) == (17, 3)
    assert StockLock.objects.get().state == LockState.OPEN

    assert unlock(sn="LCK-1", actor=ACTOR) == 3
    assert stock.numbers() == {
        "channel.base_quota_qty": 20,
        "pool1.quota_qty": 20,
        "logical.physical_base_qty": 20,
        "physical1.quantity": 20,
    }
    assert StockLock.objects.get().state == LockState.CLOSED
    assert unlock(sn="LCK-1", reference="again", actor=ACTOR) == 0
    assert prove_stock() == []


def test_unlocking_more_than_is_locked_names_the_line_and_changes_nothing() -> None:
    stock = make_stock(20)
    _lock(stock, 5)
    before = stock.numbers()

    refusal = failing(lambda: unlock(sn="LCK-1", lines=[UnlockLine(1, 6)], actor=ACTOR), OverConfirmed)

    assert isinstance(refusal, OverConfirmed)
    assert refusal.details == {"line": 1, "confirmed": 6, "open": 5}
    assert stock.numbers() == before


def test_locking_promised_units_raises_the_shortage_and_unlocking_lowers_it() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(8, document=document)
    post_payment(source=document, actor=ACTOR)

    _lock(stock, 6)

    assert (stock.bucket.base_quota_qty, stock.bucket.sold_qty, stock.bucket.shortage_qty) == (4, 8, 4)
    assert (stock.logical.locked_qty, stock.logical.allocated_qty, stock.logical.shortage_qty) == (6, 8, 4)
    assert prove_stock() == []

    unlock(sn="LCK-1", actor=ACTOR)

    assert (stock.bucket.base_quota_qty, stock.bucket.sold_qty, stock.bucket.shortage_qty) == (10, 8, 0)
    assert (stock.logical.locked_qty, stock.logical.shortage_qty) == (0, 0)
    assert prove_stock() == []


def test_units_that_wait_to_leave_cannot_be_locked() -> None:
    stock, document = make_stock(10), source("stockout")
    lines = [AllocateLine(1, stock.sku_id, 7)]
    allocate(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, lines=lines, source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)
    before = stock.numbers()

    refusal = failing(lambda: _lock(stock, 4), PhysicalShort)

    assert isinstance(refusal, PhysicalShort)
    assert refusal.details == {"lines": [{"line": 1, "sku": stock.sku, "wanted": 4, "available": 3}]}
    assert stock.numbers() == before
    assert not StockLock.objects.exists()


def test_a_number_of_units_is_taken_from_what_lives_longest() -> None:
    stock = make_stock()
    for code, day in (("OLD", date(2027, 1, 1)), ("NEW", date(2027, 6, 1))):
        stock.receive(10, batch=code)
        date_batch(sku_id=stock.sku_id, code=code, expires_on=day, actor=ACTOR)

    lock_units(sn="LCK-9", logical_id=stock.logical.pk, quantity=13, reason=LockReason.LEGAL, actor=ACTOR)

    left = {row.batch.code: row.quantity for row in _rows(stock)}
    assert left == {"OLD": 7, "NEW": 0}
    refusal = failing(
        lambda: lock_units(sn="LCK-10", logical_id=stock.logical.pk, quantity=8, reason=LockReason.LEGAL, actor=ACTOR),
        PhysicalShort,
    )
    assert isinstance(refusal, PhysicalShort)
    assert refusal.details == {"wanted": 8, "available": 7}
    assert prove_stock() == []


def test_example_10_locking_one_owners_units_leaves_the_others_alone() -> None:
    stock = make_stock()
    other = register_owner(name="货主乙", actor=ACTOR)
    stock.receive(20, batch="LOT")
    stock.receive(15, batch="LOT", owner_id=other.pk)
    theirs = LogicalStock.objects.get(owner_id=other.pk)

    _lock(stock, 20)

    assert (stock.logical.available_qty, stock.logical.locked_qty) == (0, 20)
    theirs.refresh_from_db()
    assert (theirs.available_qty, theirs.locked_qty, theirs.physical_base_qty) == (15, 0, 15)
    assert PhysicalStock.objects.get(logical=theirs).quantity == 15
    assert prove_stock() == []


@pytest.mark.parametrize("quantity", [5, 12])
def test_a_dry_run_locks_nothing(quantity: int) -> None:
    stock = make_stock(20)
    before = stock.numbers()

    line = LockLine(1, _rows(stock)[0].pk, quantity)
    lock(sn="LCK-1", lines=[line], reason=LockReason.AFTER_SALE, actor=ACTOR, dry_run=True)

    assert stock.numbers() == before
    assert not StockLock.objects.exists()


def test_goods_locked_while_they_were_held_cannot_be_paid() -> None:
    stock, document = make_stock(5), source()
    stock.reserve(5, document=document)
    _lock(stock, 2)

    refusal = failing(lambda: post_payment(source=document, actor=ACTOR), InsufficientStock)

    assert isinstance(refusal, InsufficientStock)
    assert refusal.lines == [{"line": 1, "sku": stock.sku, "wanted": 5, "available": 3}]
    assert (stock.bucket.held_qty, stock.bucket.sold_qty, stock.logical.allocated_qty) == (5, 0, 0)
    assert prove_stock() == []
