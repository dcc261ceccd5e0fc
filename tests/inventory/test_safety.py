"""Safety stock: what is withheld of a row, in units (S001-8, S001-18, S001-19, S001-21)."""

from decimal import Decimal
from typing import Any

import pytest

from inventory.choices import Command
from inventory.exceptions import SourceConflict
from inventory.models import LedgerEntry, SafetyPolicy
from inventory.services import (
    SafetyItem,
    SafetyTerms,
    set_safeties,
    set_safety,
)
from inventory.services.reconcile import prove_stock
from inventory.services.safety_terms import daily_averages
from tests.factories.inventory import entries, make_stock, source
from tests.inventory.safety import events, figures, receive_locked, sell, ship, withhold
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest, NotFound

ACTOR = system_actor()


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
