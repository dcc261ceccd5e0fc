"""Races of arriving goods with cancellations, payments and other receipts, over real connections."""

import threading
from typing import Any

import pytest
from django.db import transaction

from inventory.choices import HoldKind, HoldState
from inventory.exceptions import SupplyExceeded
from inventory.models import Reservation
from inventory.services import cancel as cancelling
from inventory.services import cancel_paid, post_payment
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock
from tests.factories.promises import allow_oversell, promise, promised
from tests.factories.supply import arrive, expect
from tests.support.threads import until_somebody_waits
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()
PRESALE = HoldKind.PRESALE


def _cancel_while_served(stock: Stock, document: Source, in_threads: Any) -> None:
    """Cancel a sale in the moment in which some of its waiting units get goods that are not committed yet."""
    served = threading.Event()

    def receive() -> None:
        with transaction.atomic():
            stock.receive(3)
            served.set()
            until_somebody_waits()  # the cancellation, for the row

    def cancel() -> int:
        served.wait(300)
        return cancel_paid(source=document, actor=ACTOR)

    in_threads(receive, cancel)


def test_control_one_look_at_the_rows_leaves_the_served_units_sold(
    in_threads: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancelling, "waiting_buckets", lambda _rows: set())
    stock = make_stock(1)
    allow_oversell(stock, 10)
    document = promise(stock, 10)
    _cancel_while_served(stock, document, in_threads)
    assert promised(document) == [("SPOT", "SOLD", 4), ("OVERSOLD", "RELEASED", 6)]


def test_a_sale_cancelled_while_it_is_served_keeps_nothing(in_threads: Any) -> None:
    stock = make_stock(1)
    allow_oversell(stock, 10)
    document = promise(stock, 10)
    _cancel_while_served(stock, document, in_threads)
    assert promised(document) == [("SPOT", "RELEASED", 4), ("OVERSOLD", "RELEASED", 6)]
    assert (stock.bucket.sold_qty, stock.bucket.oversold_sold_qty, stock.bucket.sellable_qty) == (0, 0, 4)
    assert prove_stock() == []


def test_receipts_and_cancellations_at_once(in_threads: Any) -> None:
    for _round in range(3):
        stock = make_stock(1)
        allow_oversell(stock, 40)
        documents = [promise(stock, 10) for _number in range(4)]
        in_threads(
            lambda: stock.receive(13),  # noqa: B023 - the threads end within the round
            lambda: stock.receive(12),  # noqa: B023
            *[lambda document=document: cancel_paid(source=document, actor=ACTOR) for document in documents[:2]],
        )
        bucket = stock.bucket
        assert bucket.base_quota_qty == 26
        # What is left waiting is what the goods do not reach: nobody may buy while somebody waits.
        assert (bucket.sold_qty, bucket.oversold_sold_qty, bucket.sellable_qty) == (20, 0, 6)
        assert prove_stock() == []


def test_presold_orders_are_paid_while_their_goods_arrive(in_threads: Any) -> None:
    for _round in range(3):
        stock = make_stock()
        line = expect(stock, 40, presale=40)
        documents = [promise(stock, 6, kind=PRESALE, paid=False) for _number in range(5)]
        results = in_threads(
            lambda: arrive(stock, line, [13]),  # noqa: B023 - the threads end within the round
            lambda: arrive(stock, line, [14]),  # noqa: B023
            *[lambda document=document: post_payment(source=document, actor=ACTOR) for document in documents[:3]],
        )
        assert not [result for result in results if isinstance(result, Exception)]
        bucket = stock.bucket
        assert (bucket.base_quota_qty, bucket.held_qty + bucket.sold_qty, bucket.presale_qty) == (27, 27, 13)
        assert bucket.presale_held_qty + bucket.presale_sold_qty == 3
        paid = Reservation.objects.filter(bucket=bucket, state=HoldState.SOLD).values_list("quantity", flat=True)
        assert sum(paid) == 18
        assert prove_stock() == []


def test_two_receipts_never_bring_more_than_is_expected(in_threads: Any) -> None:
    stock = make_stock()
    line = expect(stock, 100, presale=100)
    promise(stock, 30, kind=PRESALE)

    results = in_threads(lambda: arrive(stock, line, [60]), lambda: arrive(stock, line, [60]))

    assert sum(isinstance(result, SupplyExceeded) for result in results) == 1
    line.refresh_from_db()
    assert (line.received_qty, line.open_qty, stock.bucket.sellable_qty) == (60, 40, 30)
    assert prove_stock() == []
