"""Quotas for a time, what a simulation tells, and the sweep that returns what was not sold (S001-29)."""

from datetime import timedelta

import pytest

from inventory.choices import DisplayRule, Purpose
from inventory.exceptions import InsufficientStock, QuotaInsufficient
from inventory.models import Channel, LedgerEntry
from inventory.services import ReserveLine, reserve
from inventory.services.quota import QuotaLine, QuotaMove, grant_quota
from inventory.services.quota_lines import Target
from inventory.services.reconcile import prove_stock
from inventory.services.simulate import simulate
from inventory.services.windows import return_expired_quotas, set_window
from inventory.tasks import return_expired
from tests.factories.inventory import make_stock, source
from tests.factories.quota import bucket, make_channel, move, quotas
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest

ACTOR = system_actor()
N, FLASH = Purpose.NORMAL, Purpose.FLASH_SALE


def test_a_window_that_ended_sells_nothing_and_the_sweep_returns_the_rest() -> None:
    stock, now = make_stock(100), clock.now()
    flash = make_channel(stock, "FLASH")
    line = QuotaLine(
        1,
        stock.logical.pk,
        Target(FLASH, flash.pk),
        60,
        from_bucket_id=stock.bucket.pk,
        effective_from=now - timedelta(hours=2),
        effective_to=now + timedelta(hours=1),
    )
    grant_quota(lines=[line], source=source("quota"), actor=ACTOR)
    reserve(
        channel_id=flash.pk,
        lines=[ReserveLine(1, stock.sku_id, 25)],
        source=source(),
        expires_at=now + timedelta(days=1),
        actor=ACTOR,
    )
    assert return_expired_quotas() == 0

    with clock.at(now + timedelta(hours=2)):
        with pytest.raises(InsufficientStock) as refusal:
            reserve(
                channel_id=flash.pk,
                lines=[ReserveLine(1, stock.sku_id, 41)],
                source=source(),
                expires_at=now + timedelta(days=1),
                actor=ACTOR,
            )
        assert refusal.value.lines[0]["available"] == 40
        assert return_expired() == 1
        assert return_expired() == 0

    assert quotas(stock) == {(N, None): 75, (FLASH, flash.pk): 25}
    assert bucket(stock, flash.pk, FLASH).sellable_qty == 0
    assert prove_stock() == []


def test_only_a_channels_own_quota_has_a_window() -> None:
    stock, now = make_stock(10), clock.now()
    with pytest.raises(InvalidRequest) as refusal:
        set_window(bucket_id=stock.bucket.pk, effective_from=None, effective_to=now, actor=ACTOR)
    assert refusal.value.code == "window_shared"

    move(stock, 4, N, stock.channel_id)
    mine = bucket(stock, stock.channel_id)
    with pytest.raises(InvalidRequest):
        set_window(bucket_id=mine.pk, effective_from=now, effective_to=now, actor=ACTOR)
    found = set_window(bucket_id=mine.pk, effective_from=now, effective_to=None, may_borrow=False, actor=ACTOR)
    assert (found.effective_from, found.effective_to, found.may_borrow) == (now, None, False)


def test_a_simulation_tells_what_each_channel_would_show_and_changes_nothing() -> None:
    stock = make_stock(100)
    flash = make_channel(stock, "FLASH")
    Channel.objects.filter(pk=stock.channel_id).update(display_rule=DisplayRule.CAPPED, display_units=50)
    entries = LedgerEntry.objects.count()

    found = simulate(lines=[QuotaMove(1, stock.bucket.pk, 70, Target(FLASH, flash.pk))], actor=ACTOR)

    told = {
        one.before.channel_id: (
            one.before.sellable,
            str(one.before.shown.text),
            one.after.sellable,
            str(one.after.shown.text),
        )
        for one in found.channels
    }
    assert told == {stock.channel_id: (100, "50+", 30, "30"), flash.pk: (100, "100", 100, "100")}
    assert [(one.quota_before, one.quota_after) for one in found.buckets] == [(100, 30), (0, 70)]
    assert (quotas(stock), LedgerEntry.objects.count()) == ({(N, None): 100}, entries)


def test_a_simulation_is_refused_like_the_move_itself() -> None:
    stock = make_stock(10)

    with pytest.raises(QuotaInsufficient):
        simulate(lines=[QuotaMove(1, stock.bucket.pk, 11, Target(FLASH))], actor=ACTOR)
