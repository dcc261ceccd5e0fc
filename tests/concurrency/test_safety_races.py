"""Two people at one safety stock, each with a control that shows the race exists without the lock."""

import threading
from typing import Any

from django.db import connection, transaction

from inventory.exceptions import InsufficientStock, SafetyShort
from inventory.models import SafetyPolicy, SafetyRelease
from inventory.services import SafetyTerms, post_payment, rearm_safety, release_safety, set_safety
from inventory.services.quota import grant_quota
from inventory.services.quota_lines import QuotaLine, Target
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor

ACTOR = system_actor()


def _withheld(units: int) -> Stock:
    stock = make_stock(units)
    set_safety(logical_id=stock.logical.pk, terms=SafetyTerms(normal_units=units), source=source("safety"), actor=ACTOR)
    return stock


def _naive_release(logical_id: int, gate: threading.Barrier) -> bool:
    """Read, decide, write."""
    with transaction.atomic():
        policy = SafetyPolicy.objects.get(logical_id=logical_id)
        enough = policy.target_qty - policy.released_qty >= 60
        gate.wait(300)
        if enough:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO naive_release DEFAULT VALUES")
    return enough


def test_control_reading_before_writing_releases_120_of_100(in_threads: Any) -> None:
    stock = _withheld(100)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_release (id bigint GENERATED ALWAYS AS IDENTITY)")
    logical_id, gate = stock.logical.pk, threading.Barrier(2)

    released = in_threads(*[lambda: _naive_release(logical_id, gate)] * 2)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM naive_release")
        (count,) = cursor.fetchone()
    assert (released, count) == ([True, True], 2)


def _release(stock: Stock, units: int) -> Any:
    logical_id, document = stock.logical.pk, source("safety")
    return lambda: (
        release_safety(logical_id=logical_id, quantity=units, reason="抢购", source=document, actor=ACTOR).withheld
    )


def test_two_operators_release_60_of_100_and_one_is_refused(in_threads: Any) -> None:
    stock = _withheld(100)

    results = in_threads(_release(stock, 60), _release(stock, 60))

    (refusal,) = [result for result in results if isinstance(result, SafetyShort)]
    assert (refusal.details["wanted"], refusal.details["available"]) == (60, 40)
    assert 40 in results
    assert (stock.logical.safety_qty, stock.bucket.sellable_qty) == (40, 60)
    assert SafetyRelease.objects.count() == 1
    assert prove_stock() == []


def test_the_same_release_sent_twice_at_once_runs_once(in_threads: Any) -> None:
    stock = _withheld(100)
    release = _release(stock, 60)

    results = in_threads(release, release, release)

    assert results == [40, 40, 40]
    assert stock.logical.safety_qty == 40
    assert prove_stock() == []


def test_buyers_and_rearming_share_the_released_units(in_threads: Any) -> None:
    stock = _withheld(100)
    _release(stock, 50)()
    logical_id, document = stock.logical.pk, source("safety")

    def buy() -> int:
        sold = 0
        for _round in range(10):
            order = source()
            try:
                stock.reserve(1, document=order)
            except InsufficientStock:
                break
            post_payment(source=order, actor=ACTOR)
            sold += 1
        return sold

    *sold, effect = in_threads(
        *[buy] * 4,
        lambda: rearm_safety(logical_id=logical_id, reason="到货", source=document, actor=ACTOR),
    )

    row = stock.logical
    assert sum(sold) + effect.moved <= 50
    assert (row.allocated_qty, row.safety_qty) == (sum(sold), 50 + effect.moved)
    assert effect.deficit == 50 - effect.moved
    assert prove_stock() == []


def test_releases_and_payments_of_two_buckets_never_deadlock(in_threads: Any) -> None:
    stock = _withheld(200)
    grant_quota(
        lines=[QuotaLine(1, stock.logical.pk, Target(channel_id=stock.channel_id), percent=50)],
        source=source("quota"),
        actor=ACTOR,
    )
    _release(stock, 100)()

    def buy() -> int:
        for _round in range(15):
            order = source()
            stock.reserve(1, document=order)
            post_payment(source=order, actor=ACTOR)
        return 15

    def release() -> int:
        for _round in range(10):
            _release(stock, 5)()
        return 10

    results = in_threads(buy, buy, release, release)

    assert results == [15, 15, 10, 10]
    assert (stock.logical.safety_qty, stock.logical.allocated_qty) == (0, 30)
    assert prove_stock() == []
