"""Reserving by kinds of promise: goods on hand, goods on their way, units beyond the goods (S001-30, S001-32)."""

from typing import Any

import pytest

from inventory.choices import HoldKind
from inventory.exceptions import InsufficientStock, PromisesWaiting, SourceConflict
from inventory.models import ChannelStock, Reservation
from inventory.services import (
    ReserveLine,
    cancel_paid,
    change_hold,
    issue_ship_notice,
    post_payment,
    release,
    release_expired,
    reserve,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.factories.promises import allow_oversell, promised
from tests.factories.supply import IN_THREE_DAYS, expect
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def _short(stock: Stock, units: int) -> list[tuple[int, int]]:
    with pytest.raises(InsufficientStock) as refusal:
        stock.reserve(units)
    return [(line["wanted"], line["available"]) for line in refusal.value.lines]


def _counters(stock: Stock) -> dict[str, int]:
    bucket = stock.bucket
    names = (
        "held_qty",
        "sold_qty",
        "oversold_held_qty",
        "oversold_sold_qty",
        "presale_held_qty",
        "presale_sold_qty",
    )
    found = {name.removesuffix("_qty"): getattr(bucket, name) for name in names}
    return {name: units for name, units in {**found, "allocated": stock.logical.allocated_qty}.items() if units}


def _buy(stock: Stock, units: int, *, paid: bool = False) -> Source:
    document = source()
    stock.reserve(units, document=document)
    if paid:
        post_payment(source=document, actor=ACTOR)
    return document


def test_five_hundred_and_fifty_are_accepted_and_the_next_is_refused() -> None:
    """Worked example 6: base quota 500, oversell limit 50; one line over the border is split over both kinds."""
    stock = make_stock(500)
    allow_oversell(stock, 50)
    first, border = _buy(stock, 490), _buy(stock, 30)

    assert promised(first) == [("SPOT", "HELD", 490)]
    assert promised(border) == [("SPOT", "HELD", 10), ("OVERSOLD", "HELD", 20)]
    assert entries(border) == [("HELD", 10, 500), ("OVERSOLD_HELD", 20, 20)]
    assert _short(stock, 31) == [(31, 30)]
    assert promised(_buy(stock, 30)) == [("OVERSOLD", "HELD", 30)]
    assert _short(stock, 1) == [(1, 0)]
    assert _counters(stock) == {"held": 500, "oversold_held": 50}
    assert prove_stock() == []


def test_goods_first_then_goods_on_their_way_then_oversold_units() -> None:
    stock = make_stock(3)
    allow_oversell(stock, 2)
    line = expect(stock, 10, presale=4)

    document = _buy(stock, 9)

    assert promised(document) == [("SPOT", "HELD", 3), ("OVERSOLD", "HELD", 2), ("PRESALE", "HELD", 4)]
    presold = Reservation.objects.get(source_sn=document.sn, kind=HoldKind.PRESALE)
    assert (presold.supply_line_id, presold.promised_on) == (line.pk, IN_THREE_DAYS)
    assert _short(stock, 1) == [(1, 0)]
    assert prove_stock() == []


def test_a_refusal_names_every_short_line_and_changes_nothing() -> None:
    first, second = make_stock(5), make_stock()
    first.receive(2, sku_id=second.sku_id)
    allow_oversell(first, 3)
    lines = [ReserveLine(1, first.sku_id, 9), ReserveLine(2, second.sku_id, 2), ReserveLine(3, second.sku_id, 1)]

    with pytest.raises(InsufficientStock) as refusal:
        reserve(channel_id=first.channel_id, lines=lines, source=source(), expires_at=clock.now(), actor=ACTOR)

    short = [(line["line"], line["wanted"], line["available"]) for line in refusal.value.lines]
    assert short == [(1, 9, 8), (3, 1, 0)]
    assert not Reservation.objects.exists()
    assert _counters(first) == {}
    assert prove_stock() == []


def test_the_same_document_gets_the_same_split_again() -> None:
    stock, document = make_stock(5), source()
    allow_oversell(stock, 5)
    held = stock.reserve(7, document=document)

    assert stock.reserve(7, document=document) == held
    assert [(hold.kind, hold.quantity) for hold in held] == [(HoldKind.SPOT, 5), (HoldKind.OVERSOLD, 2)]
    with pytest.raises(SourceConflict):
        stock.reserve(8, document=document)
    assert _counters(stock) == {"held": 5, "oversold_held": 2}


def test_paid_oversold_units_are_not_allocated_and_cannot_be_shipped() -> None:
    stock = make_stock(5)
    allow_oversell(stock, 5)
    document = _buy(stock, 7, paid=True)

    assert _counters(stock) == {"sold": 5, "oversold_sold": 2, "allocated": 5}
    with pytest.raises(PromisesWaiting) as refusal:
        issue_ship_notice(source=document, actor=ACTOR)
    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "waiting": 2, "promised_on": None}]

    stock.receive(2)
    assert _counters(stock) == {"sold": 7, "allocated": 7}
    assert [pick.quantity for pick in issue_ship_notice(source=document, actor=ACTOR)] == [7]
    assert prove_stock() == []


def test_what_a_release_frees_serves_the_oldest_paid_promise_at_once() -> None:
    stock = make_stock(5)
    allow_oversell(stock, 5)
    unpaid = _buy(stock, 5)
    waiting = _buy(stock, 2, paid=True)

    assert release(source=unpaid, actor=ACTOR) == 5

    assert promised(waiting) == [("SPOT", "SOLD", 2)]
    assert _counters(stock) == {"sold": 2, "allocated": 2}
    assert stock.bucket.sellable_qty == 3
    assert prove_stock() == []


def test_what_a_cancellation_frees_serves_too_and_each_kind_leaves_its_own_counter() -> None:
    stock = make_stock(5)
    allow_oversell(stock, 5)
    cancelled, waiting = _buy(stock, 6, paid=True), _buy(stock, 3, paid=True)
    assert _counters(stock) == {"sold": 5, "oversold_sold": 4, "allocated": 5}

    assert cancel_paid(source=cancelled, actor=ACTOR) == 6

    assert promised(waiting) == [("SPOT", "SOLD", 3)]
    assert _counters(stock) == {"sold": 3, "allocated": 3}
    assert prove_stock() == []


@pytest.mark.parametrize("sweeps", [True, False])
def test_expired_promises_of_every_kind_come_back(frozen_clock: FrozenClock, sweeps: bool) -> None:
    stock = make_stock(2)
    allow_oversell(stock, 2)
    expect(stock, 2, presale=2)
    document = _buy(stock, 6)
    frozen_clock.advance(minutes=16)

    if sweeps:
        assert release_expired() == 3
        assert _counters(stock) == {}
    again = _buy(stock, 6)

    assert promised(document) == [("SPOT", "EXPIRED", 2), ("OVERSOLD", "EXPIRED", 2), ("PRESALE", "EXPIRED", 2)]
    assert promised(again) == [("SPOT", "HELD", 2), ("OVERSOLD", "HELD", 2), ("PRESALE", "HELD", 2)]
    assert prove_stock() == []


def test_a_late_payment_takes_each_promise_again_while_it_is_open(frozen_clock: FrozenClock) -> None:
    stock = make_stock(2)
    allow_oversell(stock, 3)
    document = _buy(stock, 4)
    frozen_clock.advance(minutes=16)
    release_expired()

    assert post_payment(source=document, actor=ACTOR) == 4
    assert _counters(stock) == {"sold": 2, "oversold_sold": 2, "allocated": 2}
    assert prove_stock() == []


@pytest.mark.parametrize("why", ["taken", "switched off"])
def test_a_late_payment_is_refused_when_the_promise_is_gone(frozen_clock: FrozenClock, why: str) -> None:
    stock = make_stock(2)
    allow_oversell(stock, 3)
    document = _buy(stock, 4)
    frozen_clock.advance(minutes=16)
    release_expired()
    if why == "taken":
        _buy(stock, 4)
    else:
        ChannelStock.objects.filter(pk=stock.bucket.pk).update(oversell_enabled=False)
    before = _counters(stock)

    with pytest.raises(InsufficientStock):
        post_payment(source=document, actor=ACTOR)

    assert _counters(stock) == before
    assert prove_stock() == []


@pytest.mark.parametrize(("arrived", "spot", "oversold"), [(1, 3, 1), (5, 4, 0)])
def test_a_late_payment_takes_goods_where_it_had_a_promise(
    frozen_clock: FrozenClock, arrived: int, spot: int, oversold: int
) -> None:
    stock = make_stock(2)
    allow_oversell(stock, 2)
    document = _buy(stock, 4)
    frozen_clock.advance(minutes=16)
    release_expired()
    stock.receive(arrived)
    if not oversold:
        ChannelStock.objects.filter(pk=stock.bucket.pk).update(oversell_enabled=False)

    assert post_payment(source=document, actor=ACTOR) == 4
    assert post_payment(source=document, actor=ACTOR) == 0
    assert {name: units for name, units in _counters(stock).items() if units} == {
        "sold": spot,
        "allocated": spot,
        **({"oversold_sold": oversold} if oversold else {}),
    }
    assert promised(document) == [("SPOT", "SOLD", spot), *([("OVERSOLD", "SOLD", oversold)] if oversold else [])]
    assert prove_stock() == []


def test_a_late_payment_takes_goods_that_were_presold_and_only_those(frozen_clock: FrozenClock) -> None:
    stock = make_stock(0)
    stock.receive(1)
    expect(stock, 2, presale=2)
    document = _buy(stock, 3)
    frozen_clock.advance(minutes=16)
    release_expired()
    stock.receive(1)
    _buy(stock, 1, paid=True)

    # One unit of goods is left for two lines' worth of promises: the other two are presold again.
    assert post_payment(source=document, actor=ACTOR) == 3
    assert promised(document) == [("SPOT", "SOLD", 1), ("PRESALE", "SOLD", 2)]
    assert _counters(stock) == {"sold": 2, "presale_sold": 2, "allocated": 2}
    assert prove_stock() == []


def test_a_late_payment_on_a_promise_alone_turns_its_own_row(frozen_clock: FrozenClock) -> None:
    stock = make_stock(0)
    stock.receive(1)
    paid_before = _buy(stock, 1, paid=True)
    expect(stock, 2, presale=2)
    document = _buy(stock, 2)
    frozen_clock.advance(minutes=16)
    release_expired()
    stock.receive(2)

    assert post_payment(source=document, actor=ACTOR) == 2
    assert promised(document) == [("SPOT", "SOLD", 2)]
    assert _counters(stock) == {"sold": 3, "allocated": 3}
    assert [promised(paid_before), stock.bucket.presale_qty] == [[("SPOT", "SOLD", 1)], 2]
    assert prove_stock() == []


def test_growing_a_hold_takes_the_kinds_in_their_order() -> None:
    stock, document = make_stock(5), source()
    allow_oversell(stock, 3)
    (hold,) = stock.reserve(4, document=document)

    assert change_hold(hold_id=hold.id, quantity=7, actor=ACTOR) == 3
    assert promised(document) == [("SPOT", "HELD", 5), ("OVERSOLD", "HELD", 2)]
    assert change_hold(hold_id=hold.id, quantity=7, actor=ACTOR) == 0
    with pytest.raises(InsufficientStock) as refusal:
        change_hold(hold_id=hold.id, quantity=9, actor=ACTOR)
    assert refusal.value.lines[0]["available"] == 8
    assert change_hold(hold_id=hold.id, quantity=6, actor=ACTOR) == -1
    assert promised(document) == [("SPOT", "HELD", 5), ("OVERSOLD", "HELD", 1)]
    assert change_hold(hold_id=hold.id, quantity=0, actor=ACTOR) == -6
    assert _counters(stock) == {}
    assert prove_stock() == []


def test_the_quantity_of_a_line_is_the_same_whichever_of_its_holds_is_named() -> None:
    stock, document = make_stock(2), source()
    allow_oversell(stock, 3)
    spot, oversold = stock.reserve(4, document=document)

    assert change_hold(hold_id=oversold.id, quantity=4, actor=ACTOR) == 0
    assert change_hold(hold_id=oversold.id, quantity=2, actor=ACTOR) == -2
    assert change_hold(hold_id=oversold.id, quantity=2, actor=ACTOR) == 0  # its own units ended, the line did not
    assert promised(document)[0] == ("SPOT", "HELD", 2)
    assert change_hold(hold_id=spot.id, quantity=1, actor=ACTOR) == -1
    assert _counters(stock) == {"held": 1}
    assert prove_stock() == []


def test_a_dry_run_promises_nothing() -> None:
    stock = make_stock(1)
    allow_oversell(stock, 3)
    holds = reserve(
        channel_id=stock.channel_id,
        lines=[ReserveLine(1, stock.sku_id, 4)],
        source=source(),
        expires_at=clock.now(),
        actor=ACTOR,
        dry_run=True,
    )

    assert [(hold.kind, hold.quantity) for hold in holds] == [(HoldKind.SPOT, 1), (HoldKind.OVERSOLD, 3)]
    assert _counters(stock) == {}


@pytest.mark.parametrize("change", [{"oversell_enabled": False}, {"shortage_qty": 1}])
def test_a_rule_switched_off_and_a_bucket_short_of_goods_oversell_nothing(change: dict[str, Any]) -> None:
    stock = make_stock(1)
    allow_oversell(stock, 3)
    ChannelStock.objects.filter(pk=stock.bucket.pk).update(**change)

    assert _short(stock, 2) == [(2, 1)]
