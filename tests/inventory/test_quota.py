"""Granting, returning and moving quotas; worked examples 2 to 5 with their figures."""

from datetime import timedelta
from typing import Any

import pytest

from inventory.choices import Purpose
from inventory.exceptions import InsufficientStock, QuotaExclusive, QuotaInsufficient, SourceConflict
from inventory.models import AllocationPool, ChannelStock, LedgerEntry
from inventory.services import ReserveLine, allocate, reserve
from inventory.services.internal import AllocateLine
from inventory.services.quota import (
    QuotaLine,
    QuotaMove,
    QuotaReturn,
    follow_pools,
    grant_quota,
    move_quota,
    return_quota,
)
from inventory.services.quota_lines import Target
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.factories.quota import bucket, grant, make_channel, move, open_share, pools, quotas, unassign
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.events.models import Event

ACTOR = system_actor()
N, FLASH, KEY = Purpose.NORMAL, Purpose.FLASH_SALE, Purpose.KEY_ACCOUNT


def _buy(stock: Stock, channel_id: int, units: int) -> None:
    reserve(
        channel_id=channel_id,
        lines=[ReserveLine(1, stock.sku_id, units)],
        source=source(),
        expires_at=clock.now() + timedelta(minutes=15),
        actor=ACTOR,
    )


def _short(stock: Stock, channel_id: int, units: int) -> int:
    """The units that a refused purchase was told to be available."""
    with pytest.raises(InsufficientStock) as refusal:
        _buy(stock, channel_id, units)
    return refusal.value.lines[0]["available"]


# Example 2: the ceiling of pools.


def test_a_pool_total_of_1200_on_a_base_of_1000_is_refused_with_the_figures() -> None:
    stock = make_stock(1000)
    unassign(stock)
    lines = [QuotaLine(1, stock.logical.pk, Target(FLASH), 700), QuotaLine(2, stock.logical.pk, Target(N), 500)]

    with pytest.raises(QuotaInsufficient) as refusal:
        grant_quota(lines=lines, source=source("quota"), actor=ACTOR)

    assert refusal.value.lines == [
        {
            "line": 2,
            "sku": stock.sku,
            "warehouse": stock.logical.warehouse.code,
            "wanted": 500,
            "available": 300,
            "ceiling": 1000,
            "pools": 0,
        }
    ]


def test_a_refused_grant_changes_nothing() -> None:
    stock = make_stock(1000)
    before = LedgerEntry.objects.count()

    with pytest.raises(QuotaInsufficient):
        grant(stock, 200, FLASH)

    assert quotas(stock) == {(N, None): 1000}
    assert LedgerEntry.objects.count() == before
    assert prove_stock() == []


# Example 3: the flash sale sells out, the normal shop still sells 500.


def test_a_flash_sale_and_the_normal_shop_do_not_take_from_each_other() -> None:
    stock = make_stock(1000)
    flash = make_channel(stock, "FLASH")
    move(stock, 500, FLASH, flash.pk)
    _buy(stock, flash.pk, 500)

    assert pools(stock) == {N: 500, FLASH: 500}
    assert bucket(stock, flash.pk, FLASH).sellable_qty == 0
    assert stock.bucket.sellable_qty == 500
    assert _short(stock, stock.channel_id, 501) == 500
    _buy(stock, stock.channel_id, 500)
    assert prove_stock() == []


def test_the_shared_bucket_of_a_flash_sale_sells_only_to_channels_with_a_share() -> None:
    stock = make_stock(1000)
    flash = make_channel(stock, "FLASH")
    move(stock, 500, FLASH)
    open_share(stock, FLASH, flash.pk)
    _buy(stock, flash.pk, 500)
    _buy(stock, flash.pk, 500)

    assert _short(stock, stock.channel_id, 1) == 0
    assert bucket(stock, None, FLASH).held_qty + stock.bucket.held_qty == 1000
    assert prove_stock() == []


# Example 4: the counter's 30 are the counter's.


def test_an_online_buyer_cannot_take_the_30_of_the_counter() -> None:
    stock = make_stock(100)
    counter = make_channel(stock, "COUNTER")
    move(stock, 30, N, counter.pk)

    assert _short(stock, stock.channel_id, 71) == 70
    _buy(stock, stock.channel_id, 70)
    assert _short(stock, stock.channel_id, 1) == 0
    _buy(stock, counter.pk, 30)
    assert (bucket(stock, counter.pk).held_qty, stock.bucket.held_qty) == (30, 70)
    assert prove_stock() == []


# Example 5: shared, and exclusive 40/60.


def test_a_shared_bucket_lowers_for_both_and_exclusive_ones_for_their_channel() -> None:
    stock = make_stock(100)
    tmall, douyin = make_channel(stock, "TMALL"), make_channel(stock, "DOUYIN")
    _buy(stock, tmall.pk, 1)
    assert stock.bucket.sellable_qty == 99
    assert _short(stock, douyin.pk, 100) == 99

    other = make_stock(100)
    tmall, douyin = make_channel(other, "TMALL"), make_channel(other, "DOUYIN")
    move(other, 40, N, tmall.pk)
    move(other, 60, N, douyin.pk)
    _buy(other, tmall.pk, 1)
    assert bucket(other, tmall.pk).sellable_qty == 39
    assert bucket(other, douyin.pk).sellable_qty == 60
    assert _short(other, douyin.pk, 61) == 60
    assert prove_stock() == []


# The commands.


def test_a_grant_writes_bucket_pool_and_ledger_once() -> None:
    stock, document = make_stock(100), source("quota")
    unassign(stock)
    line = QuotaLine(1, stock.logical.pk, Target(KEY, stock.channel_id), 40, priority=7)

    first = grant_quota(lines=[line], source=document, actor=ACTOR)
    again = grant_quota(lines=[line], source=document, actor=ACTOR)

    target = bucket(stock, stock.channel_id, KEY)
    assert [(one.bucket_id, one.quota_before, one.quota_after, one.sellable_after) for one in first] == [
        (target.pk, 0, 40, 40)
    ]
    assert again == []
    assert entries(document) == [("BASE_QUOTA", 40, 40), ("QUOTA", 40, 40)]
    assert AllocationPool.objects.get(pk=target.pool_id).priority == 7
    with pytest.raises(SourceConflict):
        grant_quota(lines=[QuotaLine(1, stock.logical.pk, Target(KEY), 41)], source=document, actor=ACTOR)


def test_a_dry_run_tells_the_effect_and_leaves_nothing() -> None:
    stock = make_stock(100)
    line = QuotaMove(1, stock.bucket.pk, 30, Target(FLASH))

    effects = move_quota(lines=[line], source=source("quota"), actor=ACTOR, dry_run=True)

    assert [(one.purpose, one.quota_before, one.quota_after) for one in effects] == [(N, 100, 70), (FLASH, 0, 30)]
    assert quotas(stock) == {(N, None): 100}
    assert not AllocationPool.objects.filter(logical=stock.logical, purpose=FLASH).exists()


def test_moving_records_the_quotas_of_each_channel_before_and_after() -> None:
    stock = make_stock(100)
    move(stock, 30, N, stock.channel_id)

    event = Event.objects.filter(type="quota.moved").latest("pk")
    code = bucket(stock, stock.channel_id).channel
    assert code is not None
    assert event.payload["sku"] == stock.sku
    assert event.payload["changes"] == [
        {"channel": None, "purpose": 1, "before": 100, "after": 70, "sellable": 70},
        {"channel": code.code, "purpose": 1, "before": 0, "after": 30, "sellable": 30},
    ]


def test_only_open_units_move() -> None:
    stock = make_stock(100)
    stock.reserve(60)

    with pytest.raises(QuotaInsufficient) as refusal:
        move(stock, 41, FLASH)

    assert (refusal.value.lines[0]["wanted"], refusal.value.lines[0]["available"]) == (41, 40)
    assert len(move(stock, 40, FLASH)) == 2
    assert prove_stock() == []


def test_an_expired_hold_does_not_stand_in_the_way() -> None:
    stock = make_stock(100)
    stock.reserve(60, minutes=-1)

    move(stock, 100, FLASH)

    assert quotas(stock) == {(FLASH, None): 100}
    assert prove_stock() == []


def test_an_exclusive_quota_gives_only_when_asked_explicitly() -> None:
    stock = make_stock(100)
    move(stock, 30, N, stock.channel_id)
    mine = bucket(stock, stock.channel_id)
    line = QuotaMove(1, mine.pk, 10, Target(FLASH))

    with pytest.raises(QuotaExclusive) as refusal:
        move_quota(lines=[line], source=source("quota"), actor=ACTOR)
    asked = QuotaMove(1, mine.pk, 10, Target(FLASH), from_exclusive=True)
    move_quota(lines=[asked], source=source("quota"), actor=ACTOR)

    assert (refusal.value.lines[0]["line"], refusal.value.lines[0]["open"]) == (1, 30)
    assert quotas(stock) == {(N, None): 70, (N, stock.channel_id): 20, (FLASH, None): 10}


def test_a_return_takes_the_unsold_rest_to_the_default_bucket_or_out_of_the_pools() -> None:
    stock = make_stock(100)
    move(stock, 40, FLASH, stock.channel_id)
    special = bucket(stock, stock.channel_id, FLASH)
    return_quota(lines=[QuotaReturn(1, special.pk, 15)], source=source("quota"), actor=ACTOR)
    assert quotas(stock) == {(N, None): 75, (FLASH, stock.channel_id): 25}

    return_quota(lines=[QuotaReturn(1, special.pk, unassign=True)], source=source("quota"), actor=ACTOR)

    assert (quotas(stock), pools(stock)) == ({(N, None): 75}, {N: 75})
    assert prove_stock() == []


def test_a_percentage_follows_the_pool_and_an_explicit_change_ends_it() -> None:
    stock = make_stock(100)
    percent = QuotaLine(1, stock.logical.pk, Target(N, stock.channel_id), percent=40)
    grant_quota(lines=[percent], source=source("quota"), actor=ACTOR)
    assert quotas(stock) == {(N, None): 60, (N, stock.channel_id): 40}

    unassign(stock, 20)
    assert quotas(stock) == {(N, None): 48, (N, stock.channel_id): 32}

    grant(stock, 20)
    assert quotas(stock) == {(N, None): 60, (N, stock.channel_id): 40}

    move(stock, 5, N, stock.channel_id)
    mine = bucket(stock, stock.channel_id)
    assert (mine.base_quota_qty, mine.quota_percent) == (45, None)
    assert prove_stock() == []


def test_pools_are_followed_after_something_else_changed_them() -> None:
    stock = make_stock(100)
    grant_quota(
        lines=[QuotaLine(1, stock.logical.pk, Target(N, stock.channel_id), percent=50)],
        source=source("quota"),
        actor=ACTOR,
    )
    lines = [AllocateLine(1, stock.sku_id, 20)]
    allocate(
        warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, lines=lines, source=source("stockout"), actor=ACTOR
    )
    from inventory.choices import Command
    from inventory.services.movement import Context

    context = Context(Command.GRANT_QUOTA, source("quota"), ACTOR, clock.now())
    effects = follow_pools(pool_ids=[stock.bucket.pool_id], context=context)

    assert [(one.channel_id, one.quota_before, one.quota_after) for one in effects] == [
        (None, 30, 40),
        (stock.channel_id, 50, 40),
    ]
    assert prove_stock() == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"units": 1, "percent": 1}, "units_or_percent"),
        ({}, "units_or_percent"),
        ({"units": 0}, "quantity_invalid"),
        ({"percent": 101, "target": Target(N, 1)}, "percent_invalid"),
        ({"percent": 10}, "percent_invalid"),
        ({"units": 1, "target": Target(Purpose.INTERNAL)}, "purpose_internal"),
    ],
)
def test_lines_that_make_no_sense_are_refused(fields: dict[str, Any], code: str) -> None:
    stock = make_stock(10)

    with pytest.raises(InvalidRequest) as refusal:
        grant_quota(lines=[QuotaLine(1, stock.logical.pk, **fields)], source=source("quota"), actor=ACTOR)

    assert refusal.value.code == code


def test_unknown_rows_are_not_found() -> None:
    stock = make_stock(10)
    channel = QuotaMove(1, stock.bucket.pk, 1, Target(N, 987_654))

    with pytest.raises(NotFound) as refusal:
        move_quota(lines=[channel], source=source("quota"), actor=ACTOR)
    assert refusal.value.param == "lines[0].channel"
    with pytest.raises(NotFound):
        return_quota(lines=[QuotaReturn(1, 987_654)], source=source("quota"), actor=ACTOR)
    assert ChannelStock.objects.filter(pool__logical=stock.logical).count() == 1
