"""Safety stock: what is withheld, released, re-armed and locked, in units (S001-8, S001-18 … S001-22)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventory.choices import Command, LockReason, SafetyStep
from inventory.exceptions import SafetyLocked, SafetyShort, SourceConflict
from inventory.models import ChannelStock, LedgerEntry, LogicalStock, PhysicalStock, SafetyPolicy, SafetyRelease
from inventory.selectors.safety import safety_numbers
from inventory.services import (
    ReturnLine,
    SafetyItem,
    SafetyTerms,
    confirm_outbound,
    issue_ship_notice,
    lock_safety,
    post_payment,
    rearm_safety,
    receive_return,
    release_safety,
    set_safeties,
    set_safety,
    top_up_safety,
    unlock_safety,
)
from inventory.services.lock import LockLine, lock
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.quota import grant_quota
from inventory.services.quota_lines import QuotaLine, Target
from inventory.services.reconcile import prove_stock
from inventory.services.safety_rearm import due_for_rearming
from inventory.services.safety_rows import SafetyEffect
from inventory.services.safety_terms import daily_averages
from inventory.tasks import rearm_safety_stock
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.sources import Source
from vmi.events.models import Event

ACTOR = system_actor()


def withhold(stock: Stock, units: int, **fields: Any) -> SafetyEffect:
    """Set the safety stock in units."""
    document = fields.pop("document", None) or source("safety")
    return set_safety(
        logical_id=stock.logical.pk,
        terms=SafetyTerms(normal_units=units, **fields),
        source=document,
        actor=ACTOR,
    )


def free(stock: Stock, units: int | None, **fields: Any) -> SafetyEffect:
    """Release safety stock."""
    fields = {"reason": "双十一", "source": source("safety"), **fields}
    return release_safety(logical_id=stock.logical.pk, quantity=units, actor=ACTOR, **fields)


def rearm(stock: Stock, units: int | None = None, **fields: Any) -> SafetyEffect:
    """Take released units back."""
    fields = {"reason": "到货", "source": source("safety"), **fields}
    return rearm_safety(logical_id=stock.logical.pk, quantity=units, actor=ACTOR, **fields)


def sell(stock: Stock, units: int) -> Source:
    """Hold and pay ``units``."""
    document = source()
    stock.reserve(units, document=document)
    post_payment(source=document, actor=ACTOR)
    return document


def ship(stock: Stock, units: int) -> None:
    """Sell ``units`` and let them leave."""
    document = sell(stock, units)
    issue_ship_notice(source=document, actor=ACTOR)
    confirm_outbound(source=document, actor=ACTOR)


def figures(stock: Stock) -> tuple[int, int, int, int]:
    """Withheld, available, released and what the shared bucket can still promise."""
    row = stock.logical
    released = SafetyPolicy.objects.get(logical=row).released_qty
    return row.safety_qty, row.available_qty, released, stock.bucket.sellable_qty


def events(name: str) -> list[dict[str, Any]]:
    """The payloads of one type of event, oldest first."""
    return list(Event.objects.filter(type=name).order_by("pk").values_list("payload", flat=True))


def test_base_1000_allocated_120_locked_30_safety_100_leaves_750() -> None:
    stock = make_stock(970)
    receive_locked(stock, 30)
    sell(stock, 120)

    effect = withhold(stock, 100)

    row = stock.logical
    assert (row.physical_base_qty, row.allocated_qty, row.locked_qty, row.safety_qty) == (1000, 120, 30, 100)
    assert row.available_qty == 750
    assert stock.bucket.sellable_qty == 750
    assert (effect.target, effect.withheld, effect.deficit, effect.moved) == (100, 100, 0, 100)
    assert prove_stock() == []


def receive_locked(stock: Stock, units: int) -> None:
    """Units that came back and wait for their inspection: on hand and locked."""
    receive_return(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[ReturnLine(1, stock.sku_id, stock.location_id, "", units)],
        source=source("return"),
        actor=ACTOR,
    )


def test_the_ledger_of_a_setting() -> None:
    stock, document = make_stock(100), source("safety")

    withhold(stock, 40, document=document)

    assert entries(document) == [("BASE_QUOTA", -40, 60), ("QUOTA", -40, 60), ("SAFETY", 40, 40)]
    assert {row.command for row in LedgerEntry.objects.filter(source_sn=document.sn)} == {Command.SET_SAFETY}
    assert prove_stock() == []


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({"normal_units": 100}, 100),
        ({"normal_units": 100, "emergency_percent": 10}, 110),
        ({"normal_units": 100, "emergency_percent": 20, "supplier_risk_percent": 50}, 170),
        ({"normal_units": 7, "emergency_percent": 15, "supplier_risk_percent": 20}, 10),
        ({"normal_units": 0, "supplier_risk_percent": 20}, 0),
    ],
)
def test_the_target_is_the_sum_of_its_parts_rounded_up(fields: dict[str, Any], target: int) -> None:
    assert SafetyTerms(**fields).target(Decimal(0)) == target


def test_days_of_cover_count_with_the_average_outbound(frozen_clock: FrozenClock) -> None:
    stock = make_stock(200)
    for units in (10, 20, 0, 15):
        if units:
            ship(stock, units)
        frozen_clock.advance(days=1)

    effect = set_safety(
        logical_id=stock.logical.pk,
        terms=SafetyTerms(cover_days=3, emergency_percent=10),
        source=source("safety"),
        actor=ACTOR,
    )

    policy = SafetyPolicy.objects.get()
    assert daily_averages([stock.logical.pk], at=clock.now()) == {stock.logical.pk: Decimal("11.250")}
    assert (policy.daily_average_qty, policy.normal_qty) == (Decimal("11.250"), Decimal("33.750"))
    assert (effect.target, effect.withheld) == (38, 38)


def test_an_average_looks_back_thirty_days(frozen_clock: FrozenClock) -> None:
    stock = make_stock(200)
    ship(stock, 90)
    frozen_clock.advance(days=20)
    ship(stock, 60)
    frozen_clock.advance(days=20)

    assert daily_averages([stock.logical.pk], at=clock.now()) == {stock.logical.pk: Decimal("2.000")}


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        (SafetyTerms(), "normalUnits"),
        (SafetyTerms(normal_units=1, cover_days=1), "normalUnits"),
        (SafetyTerms(normal_units=-1), "normalUnits"),
        (SafetyTerms(cover_days=366), "coverDays"),
        (SafetyTerms(normal_units=1, emergency_percent=9), "emergencyPercent"),
        (SafetyTerms(normal_units=1, emergency_percent=21), "emergencyPercent"),
        (SafetyTerms(normal_units=1, supplier_risk_percent=19), "supplierRiskPercent"),
        (SafetyTerms(normal_units=1, supplier_risk_percent=51), "supplierRiskPercent"),
    ],
)
def test_parts_out_of_bounds_are_named(terms: SafetyTerms, param: str) -> None:
    stock = make_stock(10)

    with pytest.raises(InvalidRequest) as refused:
        set_safety(logical_id=stock.logical.pk, terms=terms, source=source("safety"), actor=ACTOR)

    assert refused.value.param == param
    assert SafetyPolicy.objects.count() == 0


def test_held_and_sold_units_are_never_withheld_and_the_rest_is_a_deficit() -> None:
    stock = make_stock(100)
    stock.reserve(30)
    sell(stock, 20)

    effect = withhold(stock, 80)

    assert (effect.target, effect.withheld, effect.deficit, effect.moved) == (80, 50, 30, 50)
    assert figures(stock) == (50, 30, 0, 0)
    assert (stock.bucket.held_qty, stock.bucket.sold_qty) == (30, 20)
    assert events("safety.deficit") == [
        {
            "sku": stock.sku,
            "warehouse": stock.logical.warehouse.code,
            "target": 80,
            "withheld": 50,
            "released": 0,
            "deficit": 30,
        }
    ]
    assert prove_stock() == []


def test_expired_holds_give_way() -> None:
    stock = make_stock(100)
    stock.reserve(30, minutes=-1)

    assert withhold(stock, 100).withheld == 100
    assert prove_stock() == []


def test_a_lower_target_gives_units_back_to_sale() -> None:
    stock = make_stock(100)
    withhold(stock, 60)

    effect = withhold(stock, 25)

    assert (effect.moved, effect.withheld) == (-35, 25)
    assert figures(stock) == (25, 75, 0, 75)
    assert prove_stock() == []


def test_the_same_source_again_changes_nothing_and_other_content_is_refused() -> None:
    stock, document = make_stock(100), source("safety")
    withhold(stock, 60, document=document)

    assert withhold(stock, 60, document=document).withheld == 60
    with pytest.raises(SourceConflict):
        withhold(stock, 61, document=document)
    assert len(entries(document)) == 3


def test_a_dry_run_answers_and_leaves_nothing() -> None:
    stock = make_stock(100)

    effect = set_safety(
        logical_id=stock.logical.pk,
        terms=SafetyTerms(normal_units=30),
        source=source("safety"),
        actor=ACTOR,
        dry_run=True,
    )

    assert (effect.withheld, [trim.units for trim in effect.trims]) == (30, [30])
    assert (stock.logical.safety_qty, stock.bucket.sellable_qty, SafetyPolicy.objects.count()) == (0, 100, 0)


def test_rows_nobody_knows_are_refused() -> None:
    with pytest.raises(NotFound):
        set_safety(logical_id=987_654, terms=SafetyTerms(normal_units=1), source=source("safety"), actor=ACTOR)


def test_many_rows_are_set_all_or_none() -> None:
    first, second = make_stock(50), make_stock(5)
    items = [
        SafetyItem(second.logical.pk, SafetyTerms(normal_units=8)),
        SafetyItem(first.logical.pk, SafetyTerms(normal_units=10)),
    ]

    effects = set_safeties(items=items, source=source("safety"), actor=ACTOR)

    assert [(effect.withheld, effect.deficit) for effect in effects] == [(5, 3), (10, 0)]
    with pytest.raises(InvalidRequest) as refused:
        set_safeties(
            items=[*items[:1], SafetyItem(first.logical.pk, SafetyTerms(cover_days=-1))],
            source=source("safety"),
            actor=ACTOR,
        )
    assert refused.value.param == "items[1].coverDays"
    with pytest.raises(InvalidRequest) as refused:
        set_safeties(items=[items[0], items[0]], source=source("safety"), actor=ACTOR)
    assert refused.value.param == "items[1].id"
    with pytest.raises(NotFound) as missing:
        set_safeties(
            items=[items[0], SafetyItem(987_654, SafetyTerms(normal_units=1))], source=source("safety"), actor=ACTOR
        )
    assert missing.value.param == "items[1].id"
    assert (first.logical.safety_qty, second.logical.safety_qty) == (10, 5)
    assert prove_stock() == []


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
    with pytest.raises(NotFound):
        free(stock, 1, channel_id=987_654)
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
    document = stock.receive(50)

    assert top_up_safety(source_of_goods=document) == 20
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
