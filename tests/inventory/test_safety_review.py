"""Reviews of safety stock: the facts of a period, the back-test, the proposal and its acceptance (S001-23, S001-24)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventory.choices import ReviewState, SafetyVerdict, SupplyKind, SupplyState
from inventory.exceptions import ReviewDecided, SafetyLocked
from inventory.models import SafetyPolicy, SafetyReview, SupplyLine
from inventory.selectors.safety_facts import safety_facts
from inventory.services import (
    SafetyTerms,
    accept_review,
    confirm_outbound,
    issue_ship_notice,
    lock_safety,
    post_payment,
    rearm_safety,
    reject_review,
    release_safety,
    review_safety,
    set_safety,
)
from inventory.services.reconcile import prove_stock
from inventory.services.safety_backtest import Replay, replay
from inventory.tasks import review_safety_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.support.sql import statements
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import SYSTEM_USER_ID, system_actor
from vmi.core.exceptions import NotFound
from vmi.events.models import Event

ACTOR = system_actor()


def ship(stock: Stock, units: int) -> None:
    """Sell ``units`` and let them leave."""
    document = source()
    stock.reserve(units, document=document)
    post_payment(source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)
    confirm_outbound(source=document, actor=ACTOR)


def withhold(stock: Stock, **terms: Any) -> None:
    """Set the safety stock."""
    set_safety(logical_id=stock.logical.pk, terms=SafetyTerms(**terms), source=source("safety"), actor=ACTOR)


def deliver(stock: Stock, *, lead: int, late: int) -> None:
    """A supply line that took ``lead`` days and arrived ``late`` days after its first day."""
    now = clock.now()
    SupplyLine.objects.create(
        kind=SupplyKind.PURCHASE,
        source_type="purchase",
        source_sn=source("purchase").sn,
        line_no=1,
        logical=stock.logical,
        expected_qty=10,
        received_qty=10,
        state=SupplyState.RECEIVED,
        first_due_on=clock.local_date(now) - timedelta(days=late),
        due_on=clock.local_date(now),
        creater_id=SYSTEM_USER_ID,
        create_time=now - timedelta(days=lead),
        modify_time=now,
    )


def sales_week(stock: Stock, frozen_clock: FrozenClock, *units: int) -> None:
    """One day after the other."""
    for amount in units:
        if amount:
            ship(stock, amount)
        frozen_clock.advance(days=1)


def test_a_replay_of_steady_days_needs_no_safety() -> None:
    assert replay([5] * 20, target=0, lead_days=3) == Replay(0, 0, 0, Decimal("0.0"))


def test_a_replay_of_a_peak_runs_out_without_safety_and_not_with_it() -> None:
    days = [5] * 9 + [80] + [5] * 10

    assert replay(days, target=0, lead_days=3) == Replay(0, 3, 47, Decimal("0.0"))
    assert replay(days, target=60, lead_days=3).stock_out_days == 0


def test_a_replay_of_nothing_is_nothing() -> None:
    assert replay([], target=10, lead_days=3) == Replay(10, 0, 0, Decimal(0))
    assert replay([0, 0], target=10, lead_days=3) == Replay(10, 0, 0, Decimal("10.0"))


def test_the_facts_of_a_week(frozen_clock: FrozenClock) -> None:
    stock = make_stock(100)
    withhold(stock, normal_units=20)
    sales_week(stock, frozen_clock, 10, 0, 70)
    release_safety(logical_id=stock.logical.pk, quantity=15, reason="热卖", source=source("safety"), actor=ACTOR)
    sales_week(stock, frozen_clock, 5, 0)
    rearm_safety(logical_id=stock.logical.pk, reason="到货", source=source("safety"), actor=ACTOR)
    stock.receive(50)
    sales_week(stock, frozen_clock, 0, 8)
    deliver(stock, lead=6, late=2)
    deliver(stock, lead=3, late=-1)
    today = clock.local_date(clock.now())

    found = safety_facts([stock.logical.pk], since=today - timedelta(days=30), until=today)[stock.logical.pk]

    assert [day.outbound for day in found.days] == [10, 0, 70, 5, 0, 0, 8]
    assert [day.least for day in found.days] == [70, 70, 0, 0, 10, 0, 42]
    assert [day.stock_outs for day in found.days] == [0, 0, 1, 0, 0, 0, 0]
    assert [day.releases for day in found.days] == [0, 0, 0, 1, 0, 0, 0]
    assert [day.is_idle for day in found.days] == [True, True, False, False, False, False, True]
    assert found.supply.lines == 2
    assert (found.supply.late_lines, found.supply.late_days, found.supply.lead_days) == (
        1,
        Decimal("1.0"),
        Decimal("4.5"),
    )


def test_facts_cost_the_same_for_many_rows(frozen_clock: FrozenClock) -> None:
    stocks = [make_stock(10) for _number in range(3)]
    for stock in stocks:
        withhold(stock, normal_units=2)
    frozen_clock.advance(days=2)
    today = clock.local_date(clock.now())

    ids = [stock.logical.pk for stock in stocks]

    with statements() as one:
        safety_facts(ids[:1], since=today - timedelta(days=9), until=today)
    with statements() as many:
        found = safety_facts(ids, since=today - timedelta(days=9), until=today)

    assert len(one) == len(many) == 4
    assert [len(found[key].days) for key in ids] == [2, 2, 2]


def test_a_stock_that_ran_out_is_too_low_and_acceptance_raises_it(frozen_clock: FrozenClock) -> None:
    stock = make_stock(70)
    withhold(stock, cover_days=3)
    sales_week(stock, frozen_clock, 4, 4, 4, 4, 4, 4, 46)
    stock.receive(200)

    (review,) = review_safety(logical_ids=[stock.logical.pk], actor=ACTOR)

    assert (review.verdict, review.state) == (SafetyVerdict.TOO_LOW, ReviewState.PROPOSED)
    assert (review.current_days, review.current_target_qty) == (Decimal(3), 0)
    figures = review.evidence
    assert (figures["days"], figures["stock_outs"], figures["releases"], figures["idle_days"]) == (7, 1, 0, 6)
    assert (figures["average_outbound"], figures["variance"]) == ("10.0", "216.0")
    assert figures["supply"] == {
        "lines": 0,
        "late_lines": 0,
        "late_days": "0",
        "lead_days": 7,
        "is_assumed": True,
    }
    assert figures["backtest"]["days"] == 7
    assert Event.objects.filter(type="safety.reviewed").count() == 1

    effect = accept_review(review_id=review.pk, source=source("safety"), actor=ACTOR)

    policy = SafetyPolicy.objects.get()
    assert (policy.cover_days, policy.target_qty) == (review.proposed_days, review.proposed_target_qty)
    assert (effect.withheld, effect.deficit) == (review.proposed_target_qty, 0)
    review.refresh_from_db()
    assert (review.state, review.decided_by_id) == (ReviewState.ACCEPTED, ACTOR.user_id)
    for decide in (accept_review, reject_review):
        kwargs: dict[str, Any] = {"source": source("safety")} if decide is accept_review else {}
        with pytest.raises(ReviewDecided):
            decide(review_id=review.pk, actor=ACTOR, **kwargs)
    assert prove_stock() == []


def test_a_stock_nobody_needed_is_too_high(frozen_clock: FrozenClock) -> None:
    stock = make_stock(500)
    sales_week(stock, frozen_clock, *[10] * 20)
    withhold(stock, cover_days=5)
    sales_week(stock, frozen_clock, *[10] * 7)

    (review,) = review_safety(logical_ids=[stock.logical.pk], actor=ACTOR)

    assert (review.verdict, review.current_target_qty) == (SafetyVerdict.TOO_HIGH, 50)
    assert (review.proposed_days, review.proposed_target_qty) == (0, 0)
    backtest = review.evidence["backtest"]
    assert (backtest["days"], backtest["current"]["average_idle_units"]) == (27, "50.0")
    assert backtest["proposed"] == {
        "target": 0,
        "stock_out_days": 0,
        "unserved_units": 0,
        "average_idle_units": "0.0",
    }
    lock_safety(logical_id=stock.logical.pk, reason="旺季", actor=ACTOR)
    with pytest.raises(SafetyLocked):
        accept_review(review_id=review.pk, source=source("safety"), actor=ACTOR)


def test_a_stock_that_fits_proposes_nothing(frozen_clock: FrozenClock) -> None:
    stock = make_stock(500)
    sales_week(stock, frozen_clock, *[10] * 8)
    withhold(stock, normal_units=0)
    sales_week(stock, frozen_clock, *[10] * 7)

    (review,) = review_safety(logical_ids=[stock.logical.pk], actor=ACTOR)

    assert (review.verdict, review.state) == (SafetyVerdict.FITS, ReviewState.NOTHING_TO_DO)
    assert (review.proposed_days, review.proposed_target_qty) == (0, 0)
    with pytest.raises(ReviewDecided):
        reject_review(review_id=review.pk, actor=ACTOR)
    with pytest.raises(NotFound):
        reject_review(review_id=987_654, actor=ACTOR)


def test_the_task_reviews_when_the_week_is_over_and_replaces_old_proposals(frozen_clock: FrozenClock) -> None:
    stock = make_stock(500)
    withhold(stock, normal_units=50)
    sales_week(stock, frozen_clock, *[10] * 6)
    assert review_safety_stock() == 0

    frozen_clock.advance(days=1)
    assert (review_safety_stock(), review_safety_stock()) == (1, 0)
    frozen_clock.advance(days=7)
    assert review_safety_stock() == 1

    states = list(SafetyReview.objects.order_by("pk").values_list("state", flat=True))
    assert states == [ReviewState.REPLACED, ReviewState.PROPOSED]


def test_a_row_of_today_is_left_out() -> None:
    stock = make_stock(5)
    withhold(stock, normal_units=1)

    assert review_safety(logical_ids=[stock.logical.pk], actor=ACTOR) == []
