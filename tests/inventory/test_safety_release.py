"""Safety stock that is released to sale (S001-20)."""

from datetime import timedelta

import pytest

from inventory.choices import SafetyStep
from inventory.exceptions import SafetyShort
from inventory.models import ChannelStock, SafetyRelease
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.quota import grant_quota
from inventory.services.quota_lines import QuotaLine, Target
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import entries, make_stock, source
from tests.inventory.safety import events, figures, free, sell, withhold
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest, NotFound

ACTOR = system_actor()


def test_a_release_is_sold_at_once_and_asks_for_goods() -> None:
    stock, document = make_stock(100), source("safety")
    withhold(stock, 100)

    effect = free(stock, 60, source=document, until=clock.local_date(clock.now()) + timedelta(days=3))

    assert (effect.withheld, effect.released, effect.deficit, effect.moved) == (40, 60, 0, -60)
    assert figures(stock) == (40, 60, 60, 60)
    assert entries(document) == [("BASE_QUOTA", 60, 60), ("QUOTA", 60, 60), ("SAFETY", -60, 40)]
    sell(stock, 60)
    record = SafetyRelease.objects.get()
    assert (record.step, record.quantity, record.moved_qty, record.reason) == (SafetyStep.RELEASE, 60, 60, "双十一")
    code = stock.logical.warehouse.code
    assert [(found["units"], found["withheld"]) for found in events("safety.released")] == [(60, 40)]
    assert events("replenishment.urgent") == [{"sku": stock.sku, "warehouse": code, "units": 60, "available": 60}]
    assert prove_stock() == []


def test_more_than_is_withheld_is_refused_with_both_figures() -> None:
    stock = make_stock(100)
    withhold(stock, 100)
    free(stock, 60)

    with pytest.raises(SafetyShort) as refused:
        free(stock, 60)

    assert (refused.value.details["wanted"], refused.value.details["available"]) == (60, 40)
    assert figures(stock) == (40, 60, 60, 60)
    assert SafetyRelease.objects.count() == 1


def test_everything_may_be_released_and_then_nothing_is_left() -> None:
    stock = make_stock(30)
    withhold(stock, 30)

    assert free(stock, None).moved == -30
    with pytest.raises(SafetyShort):
        free(stock, None)
    assert prove_stock() == []


def test_a_release_to_one_channel_is_nobody_elses() -> None:
    stock = make_stock(100)
    withhold(stock, 100)

    free(stock, 25, channel_id=stock.channel_id)

    own = ChannelStock.objects.get(channel_id=stock.channel_id)
    assert (own.base_quota_qty, stock.bucket.base_quota_qty) == (25, 0)
    elsewhere = make_stock()
    for channel_id in (987_654, elsewhere.channel_id):
        with pytest.raises(NotFound):
            free(stock, 1, channel_id=channel_id)
    assert prove_stock() == []


def test_a_release_serves_paid_orders_that_wait_for_goods() -> None:
    stock = make_stock(100)
    withhold(stock, 100)
    set_oversell(
        bucket_id=stock.bucket.pk, rule=OversellRule(enabled=True, units=5), source=source("oversell"), actor=ACTOR
    )
    sell(stock, 3)

    free(stock, 10)

    bucket = stock.bucket
    assert (bucket.oversold_sold_qty, bucket.sold_qty, bucket.sellable_qty) == (0, 3, 7)
    assert stock.logical.allocated_qty == 3
    assert prove_stock() == []


def test_percentages_follow_a_release() -> None:
    stock = make_stock(100)
    withhold(stock, 100)
    grant_quota(
        lines=[QuotaLine(1, stock.logical.pk, Target(channel_id=stock.channel_id), percent=40)],
        source=source("quota"),
        actor=ACTOR,
    )

    free(stock, 50)

    own = ChannelStock.objects.get(channel_id=stock.channel_id)
    assert (own.base_quota_qty, stock.bucket.base_quota_qty) == (20, 30)
    assert prove_stock() == []


def test_a_day_in_the_past_and_an_empty_reason_are_refused() -> None:
    stock = make_stock(10)
    withhold(stock, 10)

    for fields in ({"until": clock.local_date(clock.now())}, {"reason": " "}):
        with pytest.raises(InvalidRequest):
            free(stock, 1, **fields)
    assert figures(stock) == (10, 0, 0, 0)
