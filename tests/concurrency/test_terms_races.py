"""Races of time: windows that end while they are prolonged, holds that end while they are paid; each with a control."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from inventory.choices import HoldState
from inventory.exceptions import InsufficientStock
from inventory.models import ChannelStock, Reservation
from inventory.services import post_payment, release_expired, windows
from inventory.services.quota import grant_quota
from inventory.services.quota_lines import QuotaLine, Target
from inventory.services.reconcile import prove_stock
from inventory.services.windows import return_expired_quotas, set_window
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.quota import bucket, make_channel, move
from tests.support.threads import until_somebody_waits
from vmi.core import clock
from vmi.core.actors import system_actor

ACTOR = system_actor()
InThreads = Callable[..., list[Any]]

# --- the window of a quota ---


def _own_quota(stock: Stock, units: int, ends: datetime) -> ChannelStock:
    """A quota of the channel alone until an instant."""
    move(stock, units, channel_id=stock.channel_id)
    own = bucket(stock, stock.channel_id)
    return set_window(bucket_id=own.pk, effective_from=None, effective_to=ends, actor=ACTOR)


def _prolong_while_returned(stock: Stock, in_threads: InThreads) -> list[Any]:
    """Somebody prolongs a window that just ended, in the moment in which its rest is to go back."""
    own, prolonged = _own_quota(stock, 10, clock.now()), threading.Event()

    def prolong() -> None:
        with transaction.atomic():
            ends = clock.now() + timedelta(days=1)
            set_window(bucket_id=own.pk, effective_from=None, effective_to=ends, actor=ACTOR)
            prolonged.set()
            until_somebody_waits()  # the return, for the row

    def give_back() -> int:
        prolonged.wait(300)
        return return_expired_quotas(actor=ACTOR)

    return in_threads(prolong, give_back)


def test_control_one_look_at_the_window_takes_a_prolonged_quota_away(
    in_threads: InThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "still_ended", lambda rows, _now: rows)
    stock = make_stock(30)

    assert _prolong_while_returned(stock, in_threads) == [None, 1]
    assert bucket(stock, stock.channel_id).base_quota_qty == 0


def test_a_window_prolonged_in_the_last_moment_keeps_its_quota(in_threads: InThreads) -> None:
    stock = make_stock(30)

    assert _prolong_while_returned(stock, in_threads) == [None, 0]
    assert bucket(stock, stock.channel_id).base_quota_qty == 10
    assert stock.bucket.base_quota_qty == 20
    assert prove_stock() == []


def test_a_quota_goes_back_while_late_buyers_pay(in_threads: InThreads) -> None:
    for _round in range(4):
        stock, orders = make_stock(20), [source() for _number in range(4)]
        own = _own_quota(stock, 10, clock.now() + timedelta(hours=1))
        for order in orders:
            stock.reserve(2, document=order)
        set_window(bucket_id=own.pk, effective_from=None, effective_to=clock.now(), actor=ACTOR)

        results = in_threads(
            return_expired_quotas,
            return_expired_quotas,
            *[lambda order=order: post_payment(source=order, actor=ACTOR) for order in orders],
            lambda stock=stock: stock.reserve(5),
        )

        assert results[2:6] == [2, 2, 2, 2], results
        own.refresh_from_db()
        assert (own.base_quota_qty, own.sold_qty, stock.bucket.base_quota_qty) == (8, 8, 12)
        assert prove_stock() == []


# --- the percentage of a quota ---


def test_percentages_follow_while_goods_arrive_and_are_bought(in_threads: InThreads) -> None:
    stock = make_stock(100)
    others = [make_channel(stock, name).pk for name in ("FIRST", "SECOND")]

    def follow(channel_id: int) -> Callable[[], int]:
        def run() -> int:
            for percent in (10, 30, 20):
                line = QuotaLine(1, stock.logical.pk, Target(channel_id=channel_id), percent=percent)
                grant_quota(lines=[line], source=source("quota"), actor=ACTOR)
            return 3

        return run

    def buy() -> int:
        for _unit in range(10):
            order = source()
            stock.reserve(1, document=order)
            post_payment(source=order, actor=ACTOR)
        return 10

    def receive() -> int:
        for _parcel in range(5):
            stock.receive(20)
        return 5

    assert in_threads(*map(follow, others), buy, buy, receive) == [3, 3, 10, 10, 5]
    quotas = [bucket(stock, channel_id).base_quota_qty for channel_id in others]
    assert (quotas, stock.bucket.base_quota_qty, stock.bucket.sold_qty) == ([40, 40], 120, 20)
    assert prove_stock() == []


# --- the end of a hold ---


def _judge(order: str, to: HoldState, bucket_id: int, gate: threading.Barrier) -> bool:
    """Read the state, decide, write state and counter: expiry and payment without a lock on the hold."""
    with transaction.atomic():
        is_held = Reservation.objects.get(source_sn=order).state == HoldState.HELD
        gate.wait(10)
        if is_held:
            Reservation.objects.filter(source_sn=order).update(state=to)
            found = ChannelStock.objects.select_for_update().get(pk=bucket_id)
            ChannelStock.objects.filter(pk=bucket_id).update(held_qty=found.held_qty - 1, version=found.version + 1)
    return is_held


def test_control_expiry_and_payment_both_take_the_unit_off_the_hold(in_threads: InThreads) -> None:
    stock, order, gate = make_stock(2), source(), threading.Barrier(2)
    stock.reserve(1, document=order)
    stock.reserve(1)
    sides = [lambda to=to: _judge(order.sn, to, stock.bucket.pk, gate) for to in (HoldState.EXPIRED, HoldState.SOLD)]

    assert in_threads(*sides) == [True, True]
    assert stock.bucket.held_qty == 0, "the hold of somebody else lost its unit"
    assert prove_stock() != []


def test_a_sweep_takes_no_unit_off_a_hold_that_is_being_paid(in_threads: InThreads) -> None:
    for _round in range(4):
        stock, order = make_stock(2), source()
        stock.reserve(1, document=order, minutes=-1)
        stock.reserve(1)

        paid, swept = in_threads(lambda order=order: post_payment(source=order, actor=ACTOR), release_expired)

        assert paid == 1
        assert swept in (0, 1), "swept first, the payment takes the goods again"
        assert (stock.bucket.held_qty, stock.bucket.sold_qty) == (1, 1)
        assert prove_stock() == []


# --- one pool, two channels ---


def test_control_two_channels_that_read_before_they_write_sell_the_pool_twice(in_threads: InThreads) -> None:
    stock, gate = make_stock(1), threading.Barrier(2)

    def sell() -> bool:
        with transaction.atomic():
            found = ChannelStock.objects.get(pk=stock.bucket.pk)
            gate.wait(10)
            if found.sellable_qty >= 1:
                ChannelStock.objects.filter(pk=found.pk).update(held_qty=found.held_qty + 1, version=found.version + 1)
        return found.sellable_qty >= 1

    assert in_threads(sell, sell) == [True, True]
    assert stock.bucket.held_qty == 1, "two buyers, one unit held"


def test_two_channels_want_the_last_unit_of_a_pool(in_threads: InThreads) -> None:
    for _round in range(4):
        stock = make_stock(1)
        beside = Stock(**{**stock.__dict__, "channel_id": make_channel(stock, "BESIDE").pk})

        results = in_threads(lambda stock=stock: stock.reserve(1), lambda beside=beside: beside.reserve(1))

        assert sum(isinstance(result, InsufficientStock) for result in results) == 1, results
        assert stock.bucket.held_qty == 1
    assert prove_stock() == []
