"""Races on the stock core over real connections; each with a control that shows the race exists without the guard."""

import threading
from typing import Any

from django.db import connection, transaction

from inventory.exceptions import InsufficientStock
from inventory.models import ChannelStock, LedgerEntry, Reservation
from inventory.services import ReserveLine, post_payment, release_expired, reserve
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core import clock
from vmi.core.actors import system_actor

ACTOR = system_actor()


def _naive_sale(bucket_id: int, gate: threading.Barrier) -> bool:
    """Read, decide, write: what every shop that oversells does."""
    with transaction.atomic():
        bucket = ChannelStock.objects.get(pk=bucket_id)
        enough = bucket.base_quota_qty - bucket.held_qty >= 1
        gate.wait(300)
        if enough:
            ChannelStock.objects.filter(pk=bucket_id).update(version=bucket.version + 1)
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO naive_sale DEFAULT VALUES")
    return enough


def test_control_reading_before_writing_sells_the_last_unit_twice(in_threads: Any) -> None:
    stock = make_stock(1)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_sale (id bigint GENERATED ALWAYS AS IDENTITY)")
    bucket, gate = stock.bucket, threading.Barrier(2)

    sold = in_threads(*[lambda: _naive_sale(bucket.pk, gate)] * 2)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM naive_sale")
        (count,) = cursor.fetchone()
    assert (sold, count) == ([True, True], 2)


def test_eight_buyers_of_the_last_unit(in_threads: Any) -> None:
    stock = make_stock(1)

    results = in_threads(*[lambda: stock.reserve(1)] * 8)

    refusals = [result for result in results if isinstance(result, InsufficientStock)]
    assert len(refusals) == 7
    assert {refusal.lines[0]["available"] for refusal in refusals} == {0}
    assert stock.bucket.held_qty == 1
    assert Reservation.objects.count() == 1
    assert prove_stock() == []


def test_the_same_source_in_parallel_is_held_once(in_threads: Any) -> None:
    stock, document = make_stock(10), source()

    in_threads(*[lambda: stock.reserve(3, document=document)] * 6)

    assert stock.bucket.held_qty == 3
    assert Reservation.objects.filter(source_sn=document.sn).count() == 1
    assert prove_stock() == []


def _cart(channel_id: int, skus: list[int]) -> Any:
    def buy() -> int:
        done = 0
        for _round in range(12):
            lines = [ReserveLine(number, sku, 1) for number, sku in enumerate(skus, start=1)]
            reserve(channel_id=channel_id, lines=lines, source=source(), expires_at=clock.now(), actor=ACTOR)
            done += 1
        return done

    return buy


def test_two_carts_in_opposite_order_never_deadlock(in_threads: Any) -> None:
    first, second = make_stock(100), make_stock()
    first.receive(100, sku_id=second.sku_id)
    ways = [[first.sku_id, second.sku_id], [second.sku_id, first.sku_id]]

    results = in_threads(*[_cart(first.channel_id, ways[number % 2]) for number in range(4)])

    assert results == [12, 12, 12, 12]
    assert first.bucket.held_qty == 48
    assert prove_stock() == []


def _expired(stock: Stock, quantity: int) -> Any:
    document = source()
    stock.reserve(quantity, document=document, minutes=-1)
    return document


def test_expiry_against_payment_has_one_winner_and_loses_no_unit(in_threads: Any) -> None:
    for _round in range(5):
        stock = make_stock(1)
        document = _expired(stock, 1)

        paid, _swept, bought = in_threads(
            lambda document=document: post_payment(source=document, actor=ACTOR),
            release_expired,
            lambda stock=stock: stock.reserve(1),
        )

        won = [not isinstance(result, Exception) for result in (paid, bought)]
        assert won.count(True) == 1, (paid, bought)
        bucket = stock.bucket
        assert bucket.held_qty + bucket.sold_qty == 1
        assert prove_stock() == []


def test_the_ledger_of_a_hot_row_has_no_gap(in_threads: Any) -> None:
    stock = make_stock(200)

    in_threads(*[lambda: [stock.reserve(1) for _round in range(20)]] * 6)

    rows = LedgerEntry.objects.filter(row_id=stock.bucket.pk, layer=1).order_by("version")
    assert [row.version for row in rows] == list(range(1, 122))
    assert stock.bucket.held_qty == 120
