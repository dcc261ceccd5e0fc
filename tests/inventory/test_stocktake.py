"""Counting the shelves: only differences are booked, four eyes agree, promised goods that are gone are reported."""

from typing import Any

import pytest

from inventory.choices import Quality, StocktakeState
from inventory.exceptions import CountedBySelf, PhysicalShort, StocktakeClosed
from inventory.models import Stocktake
from inventory.services import (
    CountLine,
    approve_stocktake,
    confirm_outbound,
    count,
    issue_ship_notice,
    open_stocktake,
    post_payment,
    reject_stocktake,
    submit_stocktake,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.factories.orders import failing
from vmi.core.actors import Actor, system_actor, user_actor
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source
from warehousing.services import update_warehouse

ACTOR = system_actor()


@pytest.fixture
def people(staff: Any) -> tuple[Actor, Actor, Actor]:
    """Who counts, who approves, who approves large differences."""
    one, two, three = (user_actor(staff("manager")) for _number in range(3))
    return one, two, three


def _counted(stock: Stock, counter: Actor, *lines: CountLine) -> Stocktake:
    document = open_stocktake(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=counter)
    assert count(stocktake_id=document.pk, lines=lines, actor=counter) == len(lines)
    return submit_stocktake(stocktake_id=document.pk, actor=counter)


def _line(stock: Stock, counted: int, **more: Any) -> CountLine:
    return CountLine(stock.sku_id, more.pop("location_id", stock.location_id), counted, **more)


def test_a_loss_leaves_every_layer(people: tuple[Actor, Actor, Actor]) -> None:
    stock = make_stock(20)

    document = _counted(stock, people[0], _line(stock, 17))
    document = approve_stocktake(stocktake_id=document.pk, actor=people[1])

    assert document.state == StocktakeState.APPLIED
    assert stock.numbers() == {
        "channel.base_quota_qty": 17,
        "pool1.quota_qty": 17,
        "logical.physical_base_qty": 17,
        "physical1.quantity": 17,
    }
    assert entries(Source("stocktake", document.sn)) == [
        ("BASE_QUOTA", -3, 17),
        ("QUOTA", -3, 17),
        ("BASE", -3, 17),
        ("QUANTITY", -3, 17),
    ]
    assert prove_stock() == []


def test_found_goods_on_an_unknown_place_are_sold(people: tuple[Actor, Actor, Actor]) -> None:
    stock = make_stock(20)

    line = _line(stock, 4, location_id=stock.other_location_id, batch="FOUND")
    document = _counted(stock, people[0], line)
    approve_stocktake(stocktake_id=document.pk, actor=people[1])

    assert stock.numbers() == {
        "channel.base_quota_qty": 24,
        "pool1.quota_qty": 24,
        "logical.physical_base_qty": 24,
        "physical1.quantity": 24,
    }
    assert prove_stock() == []


def test_broken_goods_found_are_on_hand_and_locked(people: tuple[Actor, Actor, Actor]) -> None:
    stock = make_stock(20)

    document = _counted(stock, people[0], _line(stock, 18), _line(stock, 2, quality=Quality.LOCKED))
    approve_stocktake(stocktake_id=document.pk, actor=people[1])

    assert stock.numbers() == {
        "channel.base_quota_qty": 18,
        "pool1.quota_qty": 18,
        "logical.physical_base_qty": 20,
        "logical.locked_qty": 2,
        "physical1.quantity": 18,
        "physical3.quantity": 2,
    }
    assert prove_stock() == []


def test_what_leaves_between_count_and_approval_is_not_undone(people: tuple[Actor, Actor, Actor]) -> None:
    stock, order = make_stock(20), source()
    stock.reserve(5, document=order)
    post_payment(source=order, actor=ACTOR)
    document = _counted(stock, people[0], _line(stock, 19))
    issue_ship_notice(source=order, actor=ACTOR)
    confirm_outbound(source=order, actor=ACTOR)
    stock.receive(3)

    approve_stocktake(stocktake_id=document.pk, actor=people[1])

    assert stock.logical.physical_base_qty == 20 - 1 - 5 + 3
    assert prove_stock() == []


def test_promised_goods_that_are_gone_raise_the_shortage(people: tuple[Actor, Actor, Actor]) -> None:
    stock, order = make_stock(10), source()
    stock.reserve(9, document=order)
    post_payment(source=order, actor=ACTOR)

    document = _counted(stock, people[0], _line(stock, 6))
    approve_stocktake(stocktake_id=document.pk, actor=people[1])

    bucket, logical = stock.bucket, stock.logical
    assert (bucket.base_quota_qty, bucket.sold_qty, bucket.shortage_qty) == (6, 9, 3)
    assert (logical.physical_base_qty, logical.allocated_qty, logical.shortage_qty) == (6, 9, 3)
    assert prove_stock() == []


def test_missing_goods_that_wait_to_leave_are_refused_by_name(people: tuple[Actor, Actor, Actor]) -> None:
    stock, order = make_stock(10), source()
    stock.reserve(9, document=order)
    post_payment(source=order, actor=ACTOR)
    issue_ship_notice(source=order, actor=ACTOR)
    document = _counted(stock, people[0], _line(stock, 6))
    before = stock.numbers()

    refusal = failing(lambda: approve_stocktake(stocktake_id=document.pk, actor=people[1]), PhysicalShort)

    assert isinstance(refusal, PhysicalShort)
    (line,) = refusal.details["lines"]
    assert (line["line"], line["sku"], line["wanted"], line["available"]) == (1, stock.sku, 4, 1)
    assert stock.numbers() == before
    assert Stocktake.objects.get(pk=document.pk).state == StocktakeState.SUBMITTED


def test_who_counted_does_not_approve(people: tuple[Actor, Actor, Actor]) -> None:
    stock = make_stock(10)
    document = _counted(stock, people[0], _line(stock, 9))

    failing(lambda: approve_stocktake(stocktake_id=document.pk, actor=people[0]), CountedBySelf)

    assert stock.logical.physical_base_qty == 10


def test_a_large_difference_needs_a_second_person(people: tuple[Actor, Actor, Actor]) -> None:
    stock = make_stock(50)
    update_warehouse(warehouse_id=stock.warehouse_id, changes={"difference_limit": 10}, actor=ACTOR)
    document = _counted(stock, people[0], _line(stock, 39))

    document = approve_stocktake(stocktake_id=document.pk, actor=people[1])
    assert document.state == StocktakeState.SECOND
    assert stock.logical.physical_base_qty == 50
    failing(lambda: approve_stocktake(stocktake_id=document.pk, actor=people[1]), CountedBySelf)

    document = approve_stocktake(stocktake_id=document.pk, actor=people[2])
    assert (document.state, document.approved_by_id, document.second_by_id) == (
        StocktakeState.APPLIED,
        people[1].user_id,
        people[2].user_id,
    )
    assert stock.logical.physical_base_qty == 39
    assert prove_stock() == []


def test_counting_a_place_again_replaces_count_and_expectation(people: tuple[Actor, Actor, Actor]) -> None:
    stock = make_stock(10)
    document = open_stocktake(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=people[0])
    count(stocktake_id=document.pk, lines=[_line(stock, 7)], actor=people[0])
    stock.receive(5)

    assert count(stocktake_id=document.pk, lines=[_line(stock, 14)], actor=people[0]) == 1

    (line,) = document.lines.all()
    assert (line.line_no, line.expected_qty, line.counted_qty, line.difference) == (1, 15, 14, -1)


def test_a_rejected_count_books_nothing_and_stays_closed(people: tuple[Actor, Actor, Actor]) -> None:
    stock = make_stock(10)
    document = _counted(stock, people[0], _line(stock, 2))

    reject_stocktake(stocktake_id=document.pk, reason="count again", actor=people[1])

    failing(lambda: approve_stocktake(stocktake_id=document.pk, actor=people[1]), StocktakeClosed)
    failing(lambda: count(stocktake_id=document.pk, lines=[_line(stock, 3)], actor=people[0]), StocktakeClosed)
    assert stock.logical.physical_base_qty == 10


def test_a_place_of_another_warehouse_is_refused_by_name(people: tuple[Actor, Actor, Actor]) -> None:
    stock, elsewhere = make_stock(10), make_stock(1)
    document = open_stocktake(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=people[0])
    line = _line(stock, 3, location_id=elsewhere.location_id)

    refusal = failing(lambda: count(stocktake_id=document.pk, lines=[line], actor=people[0]), InvalidRequest)

    assert isinstance(refusal, InvalidRequest)
    assert (refusal.code, refusal.param) == ("invalid_location", "lines[0].location")
