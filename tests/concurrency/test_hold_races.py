"""Races of carts and orders over real connections; the control shows what happens without the owner's lock."""

import threading
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from inventory.choices import HoldState
from inventory.exceptions import HoldLimitExceeded, InsufficientStock
from inventory.models import Channel, Reservation
from inventory.services import (
    CartItem,
    ReserveLine,
    Taker,
    add_to_cart,
    cart_source,
    change_hold,
    hold_for_order,
    release_expired,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core import clock
from vmi.core.actors import system_actor

ACTOR = system_actor()


def add(stock: Stock, member: int, quantity: int = 1) -> Any:
    """Put units into a member's cart."""
    items = [CartItem(stock.sku_id, quantity)]
    return add_to_cart(channel_id=stock.channel_id, items=items, partner_id=member, actor=ACTOR)


def convert(stock: Stock, member: int, quantity: int) -> Any:
    """Order units out of a member's cart."""
    document = source()
    taker = Taker(stock.channel_id, document, clock.now() + timedelta(minutes=15), member, ACTOR)
    cart = cart_source(partner_id=member, user_id=1)
    return hold_for_order(taker=taker, lines=[ReserveLine(1, stock.sku_id, quantity)], cart=cart)


def _check_then_hold(stock: Stock, limit: int, gate: threading.Barrier) -> None:
    """Count what the member holds, then hold one more: what a limit without the lock does."""
    with transaction.atomic():
        held = sum(Reservation.objects.filter(partner_id=1).values_list("quantity", flat=True))
        gate.wait(300)
        if held < limit:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO naive_hold DEFAULT VALUES")


def test_control_a_limit_checked_without_the_lock_is_passed_twice(in_threads: Any) -> None:
    stock, gate = make_stock(10), threading.Barrier(2)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_hold (id bigint GENERATED ALWAYS AS IDENTITY)")

    in_threads(*[lambda: _check_then_hold(stock, 1, gate)] * 2)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM naive_hold")
        assert cursor.fetchone() == (2,)


def test_a_limit_holds_against_eight_calls_at_once(in_threads: Any) -> None:
    stock = make_stock(50)
    Channel.objects.filter(pk=stock.channel_id).update(hold_units_max=3)

    results = in_threads(*[lambda: add(stock, 1)] * 8)

    assert sum(isinstance(result, HoldLimitExceeded) for result in results) == 5
    assert Reservation.objects.get().quantity == 3
    assert stock.bucket.held_qty == 3
    assert prove_stock() == []


def test_two_carts_want_the_last_unit(in_threads: Any) -> None:
    for _round in range(4):
        stock = make_stock(1)
        results = in_threads(lambda stock=stock: add(stock, 1), lambda stock=stock: add(stock, 2))

        assert sum(isinstance(result, InsufficientStock) for result in results) == 1
        assert stock.bucket.held_qty == 1
    assert prove_stock() == []


def test_one_cart_from_two_devices_loses_nothing(in_threads: Any) -> None:
    stock = make_stock(100)

    results = in_threads(*[lambda: [add(stock, 1) for _round in range(5)]] * 4)

    assert not [result for result in results if isinstance(result, Exception)]
    assert Reservation.objects.get().quantity == 20
    assert stock.bucket.held_qty == 20
    assert prove_stock() == []


def test_growing_against_reserving(in_threads: Any) -> None:
    for _round in range(4):
        stock = make_stock(3)
        (hold,) = stock.reserve(1)
        grown, bought = in_threads(
            lambda hold=hold: change_hold(hold_id=hold.id, quantity=3, actor=ACTOR),
            lambda stock=stock: stock.reserve(2),
        )

        won = [not isinstance(result, Exception) for result in (grown, bought)]
        assert won.count(True) == 1, (grown, bought)
        assert stock.bucket.held_qty == 3
    assert prove_stock() == []


def test_converting_against_expiry_and_a_stranger(in_threads: Any) -> None:
    for _round in range(4):
        stock = make_stock(1)
        add(stock, 1)
        Reservation.objects.filter(state=HoldState.HELD, bucket=stock.bucket).update(expires_at=clock.now())

        own, _swept, stranger = in_threads(
            lambda stock=stock: convert(stock, 1, 1), release_expired, lambda stock=stock: stock.reserve(1)
        )

        won = [not isinstance(result, Exception) for result in (own, stranger)]
        assert won.count(True) == 1, (own, stranger)
        assert stock.bucket.held_qty == 1
        assert Reservation.objects.filter(bucket=stock.bucket, state=HoldState.HELD).count() == 1
    assert prove_stock() == []


def test_the_same_cart_ordered_twice_is_taken_once(in_threads: Any) -> None:
    for _round in range(4):
        stock = make_stock(2)
        add(stock, 1, 2)

        results = in_threads(*[lambda stock=stock: convert(stock, 1, 2)] * 2)

        assert sum(isinstance(result, InsufficientStock) for result in results) == 1, results
        assert stock.bucket.held_qty == 2
    assert prove_stock() == []


def test_carts_in_opposite_order_do_not_deadlock(in_threads: Any) -> None:
    first, second = make_stock(200), make_stock()
    first.receive(200, sku_id=second.sku_id)
    ways = [[first.sku_id, second.sku_id], [second.sku_id, first.sku_id]]

    def shop(member: int) -> int:
        for number in range(8):
            items = [CartItem(sku, 1) for sku in ways[(member + number) % 2]]
            add_to_cart(channel_id=first.channel_id, items=items, partner_id=member, actor=ACTOR)
        return member

    assert in_threads(*[lambda member=member: shop(member) for member in (1, 2, 3, 4)]) == [1, 2, 3, 4]
    assert first.bucket.held_qty == 32
    assert prove_stock() == []
