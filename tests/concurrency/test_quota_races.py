"""Two people moving the same quota, and buyers while it moves; with a control that shows the race."""

import threading
from typing import Any

from django.db import connection, transaction

from inventory.choices import Purpose
from inventory.exceptions import InsufficientStock, QuotaInsufficient
from inventory.models import ChannelStock
from inventory.services.quota import QuotaLine, QuotaMove, grant_quota, move_quota
from inventory.services.quota_lines import Target
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.quota import pools, quotas, unassign
from vmi.core.actors import system_actor

ACTOR = system_actor()


def _naive_move(bucket_id: int, units: int, gate: threading.Barrier) -> bool:
    """Read what is open, decide, then write down what was taken."""
    with transaction.atomic():
        enough = ChannelStock.objects.get(pk=bucket_id).sellable_qty >= units
        gate.wait(300)
        if enough:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO naive_move VALUES (%s)", [units])
    return enough


def test_control_reading_before_writing_moves_the_same_units_twice(in_threads: Any) -> None:
    stock = make_stock(100)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_move (units int)")
    shared, gate = stock.bucket.pk, threading.Barrier(2)

    in_threads(*[lambda: _naive_move(shared, 70, gate)] * 2)

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(units) FROM naive_move")
        assert cursor.fetchone() == (140,)


def _mover(stock: Stock, units: int, purpose: Purpose) -> Any:
    line = QuotaMove(1, stock.bucket.pk, units, Target(purpose))
    return lambda: move_quota(lines=[line], source=source("quota"), actor=ACTOR)


def test_two_people_moving_the_same_quota_have_one_winner(in_threads: Any) -> None:
    for _round in range(4):
        stock = make_stock(100)

        results = in_threads(_mover(stock, 70, Purpose.FLASH_SALE), _mover(stock, 70, Purpose.KEY_ACCOUNT))

        refused = [result for result in results if isinstance(result, QuotaInsufficient)]
        assert [(one.lines[0]["wanted"], one.lines[0]["available"]) for one in refused] == [(70, 30)], results
        assert sorted(quotas(stock).values()) == [30, 70]
        assert sum(pools(stock).values()) == 100
        assert prove_stock() == []


def test_units_of_no_pool_are_granted_once(in_threads: Any) -> None:
    stock = make_stock(100)
    unassign(stock, 50)
    line = QuotaLine(1, stock.logical.pk, Target(Purpose.STAFF), 30)

    results = in_threads(*[lambda: grant_quota(lines=[line], source=source("quota"), actor=ACTOR)] * 4)

    assert len([result for result in results if isinstance(result, QuotaInsufficient)]) == 3, results
    assert pools(stock) == {Purpose.NORMAL: 50, Purpose.STAFF: 30}
    assert prove_stock() == []


def test_the_same_document_in_parallel_moves_once(in_threads: Any) -> None:
    stock, document = make_stock(100), source("quota")
    line = QuotaMove(1, stock.bucket.pk, 20, Target(Purpose.FLASH_SALE))

    in_threads(*[lambda: move_quota(lines=[line], source=document, actor=ACTOR)] * 5)

    assert sorted(quotas(stock).values()) == [20, 80]
    assert prove_stock() == []


def test_buyers_and_a_move_never_take_the_same_unit(in_threads: Any) -> None:
    for _round in range(3):
        stock = make_stock(40)

        def buy(stock: Stock = stock) -> int:
            bought = 0
            for _unit in range(10):
                try:
                    stock.reserve(1)
                except InsufficientStock:
                    return bought
                bought += 1
            return bought

        results = in_threads(buy, buy, buy, _mover(stock, 25, Purpose.FLASH_SALE))

        moved = 0 if isinstance(results[3], QuotaInsufficient) else 25
        found = stock.bucket
        assert (found.base_quota_qty, found.held_qty) == (40 - moved, sum(results[:3])), results
        assert found.held_qty == min(30, 40 - moved)
        assert prove_stock() == []
