"""Races over several kinds of promise and several buckets of one line: nothing above a limit, nobody waits for ever."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from inventory.exceptions import InsufficientStock
from inventory.models import Channel, ChannelShare, Reservation
from inventory.services import (
    ReserveLine,
    add_channel_source,
    cancel_paid,
    post_payment,
    release,
    release_expired,
    reserve,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.promises import allow_oversell, promised
from tests.factories.quota import make_channel, move
from tests.factories.supply import expect
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def _buy(channel_id: int, *wanted: tuple[int, int], document: Source | None = None) -> Any:
    return reserve(
        channel_id=channel_id,
        lines=[ReserveLine(number, sku, units) for number, (sku, units) in enumerate(wanted, 1)],
        source=document or source(),
        expires_at=clock.now() + timedelta(minutes=15),
        actor=ACTOR,
    )


def _outcome(results: list[Any]) -> tuple[int, int]:
    """How many were served and how many refused; nothing else may happen."""
    served = sum(1 for result in results if isinstance(result, list))
    refused = sum(1 for result in results if isinstance(result, InsufficientStock))
    assert served + refused == len(results), results
    return served, refused


@pytest.mark.parametrize("combined", [True, False])
def test_every_kind_is_sold_to_its_limit_and_no_further(in_threads: Any, settings: Any, combined: bool) -> None:
    settings.RESERVE_COMBINER = combined
    stock = make_stock(7)
    allow_oversell(stock, 5)
    expect(stock, 9, presale=4)

    results = in_threads(*[lambda: stock.reserve(2)] * 14)

    assert _outcome(results) == (8, 6)
    bucket = stock.bucket
    assert (bucket.held_qty, bucket.presale_held_qty, bucket.oversold_held_qty) == (7, 4, 5)
    assert prove_stock() == []


def test_split_lines_in_opposite_orders_never_deadlock(in_threads: Any) -> None:
    first, second = make_stock(30), make_stock(30)
    skus = (first.sku_id, second.sku_id)
    for stock, sku_id in ((first, second.sku_id), (second, first.sku_id)):
        stock.receive(30, sku_id=sku_id)
    add_channel_source(
        channel_id=first.channel_id, warehouse_id=second.warehouse_id, owner_id=second.owner_id, actor=ACTOR
    )
    Channel.objects.filter(pk=first.channel_id).update(may_split=True)

    def buy(order: tuple[int, int]) -> Any:
        return [_buy(first.channel_id, (order[0], 7), (order[1], 7)) for _round in range(2)]

    results = in_threads(*[lambda: buy(skus), lambda: buy(skus[::-1])] * 2)

    assert _outcome(results) == (4, 0)
    assert _held(first, skus) + _held(second, skus) == 4 * 2 * 14
    assert prove_stock() == []


def _held(stock: Stock, skus: tuple[int, int]) -> int:
    units = 0
    for sku_id in skus:
        stock.sku_id = sku_id
        units += stock.bucket.held_qty
    return units


def test_a_cap_holds_against_eight_buyers(in_threads: Any) -> None:
    stock = make_stock(100)
    move(stock, 10, channel_id=stock.channel_id)
    other = make_channel(stock, "OTHER")
    share = ChannelShare.objects.create(bucket=stock.bucket, channel_id=other.pk, cap_qty=5)

    results = in_threads(*[lambda: _buy(other.pk, (stock.sku_id, 1))] * 8)

    assert _outcome(results) == (5, 3)
    share.refresh_from_db()
    assert (share.used_qty, stock.bucket.held_qty) == (5, 5)
    assert prove_stock() == []


@pytest.mark.parametrize("frees", ["release", "cancel", "expire"])
def test_nobody_waits_while_goods_are_free(in_threads: Any, frees: str) -> None:
    """A unit is freed while an oversold unit is being paid: whoever comes second sees the other."""
    for _round in range(5):
        stock, holding, waiting = make_stock(1), source(), source()
        allow_oversell(stock, 1)
        stock.reserve(1, document=holding)
        if frees == "cancel":
            post_payment(source=holding, actor=ACTOR)
        stock.reserve(1, document=waiting)
        if frees == "expire":
            Reservation.objects.filter(source_sn=holding.sn).update(expires_at=clock.now())

        results = in_threads(partial(_free, frees, holding), partial(post_payment, source=waiting, actor=ACTOR))

        assert results == [1, 1]
        assert promised(waiting) == [("SPOT", "SOLD", 1)]
        assert (stock.bucket.sold_qty, stock.bucket.oversold_sold_qty, stock.logical.allocated_qty) == (1, 0, 1)
    assert prove_stock() == []


def _free(how: str, document: Source) -> int:
    if how == "expire":
        return release_expired()
    return (cancel_paid if how == "cancel" else release)(source=document, actor=ACTOR)
