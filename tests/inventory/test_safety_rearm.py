"""Safety stock that is withheld again, topped up or locked (S001-20, S001-22)."""

from datetime import date, timedelta

import pytest

from inventory.choices import LockReason, SafetyStep
from inventory.exceptions import SafetyLocked, SafetyShort
from inventory.models import LogicalStock, PhysicalStock, SafetyRelease
from inventory.selectors.safety import safety_numbers
from inventory.services import (
    lock_safety,
    top_up_safety,
    unlock_safety,
)
from inventory.services.lock import LockLine, lock
from inventory.services.reconcile import prove_stock
from inventory.services.safety_rearm import due_for_rearming
from inventory.tasks import rearm_safety_stock
from tests.factories.inventory import make_stock, source
from tests.inventory.safety import events, figures, free, rearm, sell, withhold
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor

ACTOR = system_actor()


def test_rearming_takes_back_what_is_unsold_and_reports_the_rest() -> None:
    stock = make_stock(100)
    withhold(stock, 100)
    free(stock, 60)
    sell(stock, 25)

    effect = rearm(stock)

    assert (effect.withheld, effect.released, effect.deficit, effect.moved) == (75, 0, 25, 35)
    assert figures(stock) == (75, 0, 0, 0)
    step = SafetyRelease.objects.get(step=SafetyStep.REARM)
    assert (step.quantity, step.moved_qty) == (60, 35)
    assert [(found["units"], found["deficit"]) for found in events("safety.rearmed")] == [(60, 25)]
    with pytest.raises(SafetyShort):
        rearm(stock)
    assert prove_stock() == []


def test_rearming_in_parts_takes_the_oldest_release_first() -> None:
    stock = make_stock(100)
    withhold(stock, 100)
    free(stock, 20)
    free(stock, 30)

    rearm(stock, 25)

    steps = SafetyRelease.objects.filter(step=SafetyStep.REARM).order_by("release_id")
    assert [(step.quantity, step.moved_qty) for step in steps] == [(20, 20), (5, 5)]
    assert figures(stock) == (75, 25, 25, 25)
    with pytest.raises(SafetyShort) as refused:
        rearm(stock, 26)
    assert refused.value.details["available"] == 25
    assert prove_stock() == []


def test_a_release_backs_promises_that_lost_their_goods_before_it_is_sold() -> None:
    stock = make_stock(100)
    withhold(stock, 50)
    sell(stock, 50)
    place = PhysicalStock.objects.get(logical=stock.logical)
    lock(sn=source("lock").sn, lines=[LockLine(1, place.pk, 20)], reason=LockReason.QUALITY, actor=ACTOR)
    assert (stock.logical.available_qty, stock.bucket.shortage_qty) == (-20, 20)
    assert (safety_numbers().deficits, safety_numbers().missing_units) == (1, 20)
    assert prove_stock() == []

    effect = free(stock, 30)

    assert (effect.withheld, effect.released) == (20, 30)
    assert SafetyRelease.objects.get().moved_qty == 10
    assert (stock.bucket.shortage_qty, stock.bucket.sellable_qty, stock.logical.available_qty) == (0, 10, 10)
    assert top_up_safety() == 0
    assert rearm(stock).deficit == 20
    assert figures(stock) == (30, 0, 0, 0)
    assert prove_stock() == []


def test_receipts_top_up_a_deficit() -> None:
    stock = make_stock(100)
    withhold(stock, 120)
    assert figures(stock) == (100, 0, 0, 0)
    assert top_up_safety() == 0
    stock.receive(50)

    assert top_up_safety() == 20
    assert top_up_safety() == 0
    assert figures(stock) == (120, 30, 0, 30)
    assert prove_stock() == []


def test_the_task_rearms_releases_whose_day_has_come(frozen_clock: FrozenClock) -> None:
    stock, today = make_stock(100), clock.local_date(clock.now())
    withhold(stock, 100)
    free(stock, 10, until=today + timedelta(days=2))
    free(stock, 15, until=today + timedelta(days=5))
    free(stock, 5)

    assert (rearm_safety_stock(), due_for_rearming(on=today)) == (0, [])
    frozen_clock.advance(days=2)
    assert rearm_safety_stock() == 10
    assert rearm_safety_stock() == 0
    frozen_clock.advance(days=3)
    assert rearm_safety_stock() == 15
    assert figures(stock) == (95, 5, 5, 5)
    assert prove_stock() == []


def test_locked_stock_is_released_in_emergencies_only() -> None:
    stock = make_stock(100)
    withhold(stock, 40)
    lock_safety(logical_id=stock.logical.pk, reason="供应商停产", actor=ACTOR)

    for step in (lambda: free(stock, 10), lambda: withhold(stock, 39)):
        with pytest.raises(SafetyLocked) as refused:
            step()
        assert refused.value.details["reason"] == "供应商停产"
    assert figures(stock) == (40, 60, 0, 60)

    free(stock, 10, override=True, channel_id=stock.channel_id)
    assert SafetyRelease.objects.get().is_override
    assert withhold(stock, 60).withheld == 50
    unlock_safety(logical_id=stock.logical.pk, actor=ACTOR)
    free(stock, 10)
    assert prove_stock() == []


def test_a_lock_ends_with_its_day(frozen_clock: FrozenClock) -> None:
    stock = make_stock(100)
    withhold(stock, 40)
    day: date = clock.local_date(clock.now()) + timedelta(days=1)
    lock_safety(logical_id=stock.logical.pk, reason="旺季", until=day, actor=ACTOR)
    lock_safety(logical_id=stock.logical.pk, reason="旺季", until=day, actor=ACTOR)

    with pytest.raises(SafetyLocked):
        free(stock, 1)
    frozen_clock.advance(days=1)
    free(stock, 1)

    changes = [found["changes"] for found in events("object.changed") if found["model"] == "inventory.safetypolicy"]
    assert ["is_locked" in change for change in changes] == [False, True]


def test_a_policy_of_nothing_withholds_nothing() -> None:
    stock = make_stock(10)
    withhold(stock, 10)

    withhold(stock, 0)

    assert figures(stock) == (0, 10, 0, 10)
    assert LogicalStock.objects.get().safety_qty == 0
