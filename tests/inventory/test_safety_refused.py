"""Reviews of safety stock count the demand that was refused: a row that stands empty sends nothing, yet is missed."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from inventory.choices import ReviewState, SafetyVerdict
from inventory.models import RefusedDemand, SafetyReview
from inventory.selectors.safety import review_sentence
from inventory.selectors.safety_facts import Day, safety_facts
from inventory.services import review_safety
from inventory.services.safety_judge import demand
from tests.factories.inventory import Stock, make_stock
from tests.inventory.safety import ACTOR, ship, withhold
from tests.support.time import FrozenClock
from vmi.core import clock


def refuse(stock: Stock, *buyers: int, days_ago: int = 0) -> None:
    """What so many buyers could not have of the row on a day, units each."""
    now = clock.now() - timedelta(days=days_ago)
    RefusedDemand.objects.bulk_create(
        RefusedDemand(
            logical=stock.logical,
            channel_id=stock.channel_id,
            day=clock.local_date(now),
            asker=f"M{number}",
            units=units,
            times=2,
            first_at=now,
            last_at=now,
        )
        for number, units in enumerate(buyers, start=1)
    )


def sold_out(frozen_clock: FrozenClock, *buyers: int) -> Stock:
    """20 units gone in two days, an empty shelf for ten; the buyers of each of the last seven days went away."""
    stock = make_stock(21)
    withhold(stock, 1)
    for number in range(12):
        if number < 2:
            ship(stock, 10)
        if number >= 5:
            refuse(stock, *buyers)
        frozen_clock.advance(days=1)
    return stock


def test_the_facts_of_a_day_tell_what_was_refused(frozen_clock: FrozenClock) -> None:
    stock = sold_out(frozen_clock, 2, 3)
    today = clock.local_date(clock.now())

    facts = safety_facts([stock.logical.pk], since=today - timedelta(days=30), until=today)[stock.logical.pk]

    assert [day.refused for day in facts.days] == [0] * 5 + [5] * 7
    assert [day.refused_buyers for day in facts.days] == [0] * 5 + [2] * 7
    assert [day.ran_out for day in facts.days] == [False, True] + [False] * 3 + [True] * 7


def test_an_empty_row_whose_buyers_went_away_is_too_low(frozen_clock: FrozenClock) -> None:
    stock = sold_out(frozen_clock, 2, 2, 2)

    (review,) = review_safety(logical_ids=[stock.logical.pk], actor=ACTOR)

    assert (review.verdict, review.state) == (SafetyVerdict.TOO_LOW, ReviewState.PROPOSED)
    figures = review.evidence
    assert (figures["stock_outs"], figures["refused_units"], figures["refused_buyers"]) == (0, 42, 21)
    assert figures["average_outbound"] == "0.0"
    assert review.proposed_target_qty > review.current_target_qty == 1


def test_an_empty_row_nobody_asked_for_is_not(frozen_clock: FrozenClock) -> None:
    stock = sold_out(frozen_clock)

    (review,) = review_safety(logical_ids=[stock.logical.pk], actor=ACTOR)

    assert (review.verdict, review.state) == (SafetyVerdict.FITS, ReviewState.NOTHING_TO_DO)
    assert (review.evidence["refused_units"], review.evidence["refused_buyers"]) == (0, 0)


def test_a_row_that_refused_somebody_is_not_idle(frozen_clock: FrozenClock) -> None:
    stock = make_stock(500)
    withhold(stock, 50)
    for _day in range(7):
        frozen_clock.advance(days=1)
    refuse(stock, 1, days_ago=1)
    today = clock.local_date(clock.now())

    facts = safety_facts([stock.logical.pk], since=today - timedelta(days=7), until=today)[stock.logical.pk]

    assert [day.is_idle for day in facts.days] == [True] * 6 + [False]
    assert not facts.days[-1].ran_out


def test_somebody_who_asks_for_a_million_does_not_set_the_safety_stock() -> None:
    on = date(2026, 3, 1)
    days = [
        Day(on, outbound=8),
        Day(on, outbound=2, refused=5, refused_buyers=1),
        Day(on, refused=1_000_000, refused_buyers=1),
        Day(on, refused=1_000_000, refused_buyers=30),
    ]

    assert demand(days) == [8, 7, 8, 30]


def test_people_read_what_was_refused(
    frozen_clock: FrozenClock, api_for: Callable[..., Any], staff: Callable[..., Any]
) -> None:
    stock = sold_out(frozen_clock, 2, 2, 2)
    (review,) = review_safety(logical_ids=[stock.logical.pk], actor=ACTOR)

    answer = api_for(staff("manager")).get("/api/v1/inventory/safetyReviews/").json()["results"][0]

    assert (answer["evidence"]["refusedUnits"], answer["evidence"]["refusedBuyers"]) == (42, 21)
    assert "42" in review_sentence(review)
    assert "21" in review_sentence(review)


def test_reviews_of_before_are_read_as_ever(
    frozen_clock: FrozenClock, api_for: Callable[..., Any], staff: Callable[..., Any]
) -> None:
    stock = sold_out(frozen_clock)
    (review,) = review_safety(logical_ids=[stock.logical.pk], actor=ACTOR)
    old = {name: value for name, value in review.evidence.items() if not name.startswith("refused")}
    SafetyReview.objects.filter(pk=review.pk).update(evidence=old, current_days=Decimal(1))

    answer = api_for(staff("manager")).get("/api/v1/inventory/safetyReviews/").json()["results"][0]

    assert (answer["evidence"]["refusedUnits"], answer["evidence"]["refusedBuyers"]) == (0, 0)
