"""Races over several layers on real connections: shared pools, caps, limits, carts, cancellations.

The controls do the same without the guard and show that the race would happen.
"""

import threading
from typing import Any

import psycopg.errors
from django.db import OperationalError, transaction

from inventory.choices import HoldState
from inventory.exceptions import HoldNotOpen, InsufficientStock
from inventory.models import ChannelStock, Reservation
from inventory.services import (
    add_channel_source,
    open_channel,
    post_payment,
    release,
)
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.quota import move_quota
from inventory.services.quota_lines import QuotaMove, Target
from inventory.services.reconcile import prove_stock
from inventory.services.shares import set_share
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def beside(stock: Stock, name: str) -> Stock:
    """Another channel that sells the same goods."""
    channel = open_channel(code=f"{name}-{stock.channel_id}", name=name, actor=ACTOR)
    add_channel_source(channel_id=channel.pk, warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=ACTOR)
    return Stock(**{**stock.__dict__, "channel_id": channel.pk})


def sold(results: list[Any]) -> int:
    """How many got their units; the others must have been refused for want of stock."""
    done = [result for result in results if not isinstance(result, Exception)]
    refused = [result for result in results if isinstance(result, InsufficientStock)]
    assert len(done) + len(refused) == len(results), results
    return len(done)


# --- one pool, two channels ---


def test_two_channels_share_ten_units(in_threads: Any) -> None:
    tmall = make_stock(10)
    douyin = beside(tmall, "douyin")

    results = in_threads(*[lambda: tmall.reserve(1), lambda: douyin.reserve(1)] * 8)

    assert sold(results) == 10
    assert tmall.bucket.held_qty == 10
    assert prove_stock() == []


def test_exclusive_parts_never_cross(in_threads: Any) -> None:
    tmall = make_stock(10)
    douyin = beside(tmall, "douyin")
    for channel, units in ((tmall, 6), (douyin, 4)):
        line = QuotaMove(1, tmall.bucket.pk, units, Target(channel_id=channel.channel_id))
        move_quota(lines=[line], source=source("quota"), actor=ACTOR)

    results = in_threads(*[lambda: tmall.reserve(1), lambda: douyin.reserve(1)] * 8)

    assert (sold(results[::2]), sold(results[1::2])) == (6, 4)
    assert prove_stock() == []


def test_a_cap_in_a_shared_pool_holds(in_threads: Any) -> None:
    stock = make_stock(20)
    set_share(bucket_id=stock.bucket.pk, channel_id=stock.channel_id, cap_units=4, source=source("share"), actor=ACTOR)

    results = in_threads(*[lambda: stock.reserve(1)] * 10)

    assert sold(results) == 4
    assert stock.bucket.held_qty == 4
    assert prove_stock() == []


def test_the_oversell_limit_holds_against_thirty_buyers(in_threads: Any) -> None:
    stock = make_stock(5)
    rule = OversellRule(enabled=True, units=5)
    set_oversell(bucket_id=stock.bucket.pk, rule=rule, source=source("rule"), actor=ACTOR)

    results = in_threads(*[lambda: stock.reserve(1)] * 30)

    assert sold(results) == 10
    assert (stock.bucket.held_qty, stock.bucket.oversold_held_qty) == (5, 5)
    assert prove_stock() == []


# --- two carts, opposite order ---


def _lock_as_they_come(ids: list[int], gate: threading.Barrier) -> None:
    """Lock the rows of a cart in the cart's order."""
    with transaction.atomic():
        ChannelStock.objects.select_for_update().get(pk=ids[0])
        gate.wait(300)
        ChannelStock.objects.select_for_update().get(pk=ids[1])


def test_control_carts_locked_in_their_own_order_deadlock(in_threads: Any) -> None:
    ids, gate = [make_stock(5).bucket.pk, make_stock(5).bucket.pk], threading.Barrier(2)

    results = in_threads(lambda: _lock_as_they_come(ids, gate), lambda: _lock_as_they_come(ids[::-1], gate))

    failed = [result for result in results if isinstance(result, OperationalError)]
    assert [type(failure.__cause__) for failure in failed] == [psycopg.errors.DeadlockDetected]


# --- cancellation against payment ---


def _naive_step(document: Source, to: HoldState, gate: threading.Barrier) -> bool:
    """Read the state, decide, write."""
    with transaction.atomic():
        held = Reservation.objects.get(source_sn=document.sn).state == HoldState.HELD
        gate.wait(300)
        if held:
            Reservation.objects.filter(source_sn=document.sn).update(state=to)
    return held


def test_control_both_cancel_and_payment_believe_to_have_won(in_threads: Any) -> None:
    stock, document, gate = make_stock(1), source(), threading.Barrier(2)
    stock.reserve(1, document=document)

    results = in_threads(
        lambda: _naive_step(document, HoldState.RELEASED, gate), lambda: _naive_step(document, HoldState.SOLD, gate)
    )

    assert results == [True, True]


def test_cancel_against_payment_has_one_winner(in_threads: Any) -> None:
    for _round in range(6):
        stock, document = make_stock(1), source()
        stock.reserve(1, document=document)

        freed, paid = in_threads(
            lambda document=document: release(source=document, actor=ACTOR),
            lambda document=document: post_payment(source=document, actor=ACTOR),
        )

        assert (freed, paid) == (0, 1) or (freed == 1 and isinstance(paid, HoldNotOpen)), (freed, paid)
        assert (stock.bucket.held_qty, stock.bucket.sold_qty) == (0, 1 - freed)
    assert prove_stock() == []
