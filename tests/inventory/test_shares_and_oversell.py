"""Caps of channels in a shared bucket, the rule of overselling, and what minimum displays need (S001-30, C-37)."""

from datetime import timedelta

import pytest

from inventory.choices import DisplayRule, HoldKind, Purpose
from inventory.exceptions import InsufficientStock, ShareInUse
from inventory.models import ChannelShare, Reservation
from inventory.services import ReserveLine, confirm_outbound, issue_ship_notice, post_payment, reserve
from inventory.services.display_rules import set_display
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.reconcile import prove_stock
from inventory.services.release import release
from inventory.services.shares import drop_share, set_share
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.factories.quota import bucket, grant, make_channel, move, unassign
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.sources import Source
from vmi.events.models import Event

ACTOR = system_actor()


def _share(stock: Stock, channel_id: int, cap_units: int | None = None, cap_percent: int | None = None) -> ChannelShare:
    return set_share(
        bucket_id=stock.bucket.pk,
        channel_id=channel_id,
        cap_units=cap_units,
        cap_percent=cap_percent,
        source=source("quota"),
        actor=ACTOR,
    )


def _oversell(stock: Stock, **rule: int) -> int:
    return set_oversell(bucket_id=stock.bucket.pk, rule=OversellRule(True, **rule), source=source("quota"), actor=ACTOR)


def _buy(stock: Stock, channel_id: int, units: int) -> Source:
    document = source()
    reserve(
        channel_id=channel_id,
        lines=[ReserveLine(1, stock.sku_id, units)],
        source=document,
        expires_at=clock.now() + timedelta(minutes=15),
        actor=ACTOR,
    )
    return document


def test_a_cap_counts_what_the_channel_has_already_and_bounds_the_rest() -> None:
    stock = make_stock(100)
    other = make_channel(stock, "OTHER")
    _buy(stock, stock.channel_id, 30)
    _buy(stock, other.pk, 5)

    share = _share(stock, stock.channel_id, cap_units=40)

    assert (share.cap_qty, share.used_qty) == (40, 30)
    with pytest.raises(InsufficientStock) as refusal:
        _buy(stock, stock.channel_id, 11)
    assert refusal.value.lines[0]["available"] == 10
    _buy(stock, stock.channel_id, 10)
    _buy(stock, other.pk, 55)
    share.refresh_from_db()
    assert (share.used_qty, stock.bucket.held_qty) == (40, 100)
    assert prove_stock() == []


def test_a_cap_below_what_is_in_use_is_refused_with_both_figures() -> None:
    stock = make_stock(100)
    _buy(stock, stock.channel_id, 30)

    with pytest.raises(ShareInUse) as refusal:
        _share(stock, stock.channel_id, cap_units=29)

    assert refusal.value.details == {"sku": stock.sku, "cap": 29, "used": 30}
    assert prove_stock() == []


def test_a_cap_in_percent_follows_grants_and_not_shipping() -> None:
    stock = make_stock(100)
    share = _share(stock, stock.channel_id, cap_percent=40)
    assert share.cap_qty == 40
    document = _buy(stock, stock.channel_id, 20)
    post_payment(source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)
    confirm_outbound(source=document, actor=ACTOR)
    share.refresh_from_db()
    assert (share.cap_qty, share.used_qty, stock.bucket.base_quota_qty) == (40, 0, 80)

    unassign(stock, 30)

    share.refresh_from_db()
    assert share.cap_qty == 20
    assert prove_stock() == []


def test_a_cap_is_dropped_and_set_again_and_its_counter_stays_proved() -> None:
    stock = make_stock(100)
    _share(stock, stock.channel_id, cap_units=40)
    document = _buy(stock, stock.channel_id, 10)

    uncapped = _share(stock, stock.channel_id)
    assert (uncapped.cap_qty, uncapped.used_qty) == (None, 0)
    again = _share(stock, stock.channel_id, cap_units=15)
    assert (again.cap_qty, again.used_qty) == (15, 10)
    assert prove_stock() == []

    assert drop_share(bucket_id=stock.bucket.pk, channel_id=stock.channel_id, source=source("quota"), actor=ACTOR)
    release(source=document, actor=ACTOR)
    assert not ChannelShare.objects.exists()
    assert stock.bucket.sellable_qty == 100
    assert prove_stock() == []


def test_a_share_needs_a_shared_bucket_and_a_channel_that_exists() -> None:
    stock = make_stock(100)
    move(stock, 40, Purpose.NORMAL, stock.channel_id)
    mine = bucket(stock, stock.channel_id)

    with pytest.raises(InvalidRequest) as refusal:
        set_share(bucket_id=mine.pk, channel_id=stock.channel_id, source=source("quota"), actor=ACTOR)
    assert refusal.value.code == "bucket_exclusive"
    with pytest.raises(NotFound):
        _share(stock, 987_654)
    assert not ChannelShare.objects.exists()


def test_ten_percent_of_500_is_50_and_the_551st_is_refused() -> None:
    stock, document = make_stock(500), source("quota")

    rule = OversellRule(True, percent=10, minutes=5)
    assert set_oversell(bucket_id=stock.bucket.pk, rule=rule, source=document, actor=ACTOR) == 50

    assert entries(document) == [("OVERSELL_LIMIT", 50, 50)]
    _buy(stock, stock.channel_id, 500)
    _buy(stock, stock.channel_id, 50)
    with pytest.raises(InsufficientStock) as refusal:
        _buy(stock, stock.channel_id, 1)
    assert refusal.value.lines[0]["available"] == 0
    found = stock.bucket
    assert (found.held_qty, found.oversold_held_qty, found.oversell_minutes) == (500, 50, 5)
    assert Reservation.objects.filter(kind=HoldKind.OVERSOLD, bucket=found).count() == 1
    assert prove_stock() == []


def test_the_limit_follows_grants_and_not_shipping_and_keeps_what_is_promised() -> None:
    stock = make_stock(100)
    assert _oversell(stock, percent=10) == 10
    document = _buy(stock, stock.channel_id, 60)
    post_payment(source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)
    confirm_outbound(source=document, actor=ACTOR)
    assert stock.bucket.oversell_limit_qty == 10

    _buy(stock, stock.channel_id, 40)
    _buy(stock, stock.channel_id, 8)
    assert _oversell(stock, percent=1) == 8
    assert _oversell(stock, units=25) == 25
    assert prove_stock() == []


def test_granted_units_serve_whoever_waits_for_them() -> None:
    stock = make_stock(100)
    unassign(stock, 40)
    _oversell(stock, units=20)
    _buy(stock, stock.channel_id, 60)
    waiting = _buy(stock, stock.channel_id, 15)
    post_payment(source=waiting, actor=ACTOR)
    assert stock.bucket.oversold_sold_qty == 15

    grant(stock, 40)

    found = stock.bucket
    assert (found.base_quota_qty, found.held_qty, found.sold_qty, found.oversold_sold_qty) == (100, 60, 15, 0)
    assert stock.logical.allocated_qty == 15
    assert prove_stock() == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (OversellRule(True), "units_or_percent"),
        (OversellRule(True, 1, 1), "units_or_percent"),
        (OversellRule(True, units=-1), "quantity_invalid"),
        (OversellRule(True, percent=101), "percent_invalid"),
        (OversellRule(True, units=1, minutes=0), "minutes_invalid"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rule: OversellRule, code: str) -> None:
    stock = make_stock(1)

    with pytest.raises(InvalidRequest) as refusal:
        set_oversell(bucket_id=stock.bucket.pk, rule=rule, source=source("quota"), actor=ACTOR)

    assert (refusal.value.code, stock.bucket.oversell_enabled) == (code, False)


def test_a_minimum_display_needs_overselling_and_is_written_to_the_audit_log() -> None:
    stock = make_stock(5)
    with pytest.raises(InvalidRequest) as refusal:
        set_display(bucket_id=stock.bucket.pk, rule=DisplayRule.MINIMUM, units=10, actor=ACTOR)
    assert refusal.value.code == "minimum_without_oversell"
    _oversell(stock, units=20)

    set_display(bucket_id=stock.bucket.pk, rule=DisplayRule.MINIMUM, units=10, actor=ACTOR)

    event = Event.objects.filter(type="object.changed", payload__pk=stock.bucket.pk).latest("pk")
    assert event.payload["changes"]["display_rule"] == [None, 4]
    assert event.payload["changes"]["display_units"] == [None, 10]
