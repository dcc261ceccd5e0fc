"""The worked examples of the inventory contract, with its numbers, through public commands (1 to 6)."""

from datetime import timedelta
from typing import Any

import pytest

from inventory.choices import HoldKind, LockReason, Purpose
from inventory.exceptions import InsufficientStock, QuotaInsufficient
from inventory.models import ChannelStock
from inventory.selectors.availability import sellable
from inventory.services import (
    CountLine,
    Hold,
    ReserveLine,
    SafetyTerms,
    add_channel_source,
    approve_stocktake,
    count,
    lock_units,
    open_channel,
    open_stocktake,
    post_payment,
    release_expired,
    reserve,
    set_safety,
    submit_stocktake,
)
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.quota import grant_quota, move_quota, return_quota
from inventory.services.quota_lines import QuotaLine, QuotaMove, QuotaReturn, Target
from inventory.services.reconcile import prove_stock
from inventory.services.shares import set_share
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.promises import promised
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor, user_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def beside(stock: Stock, name: str) -> Stock:
    """Another channel that sells the same goods."""
    channel = open_channel(code=f"{name}-{stock.channel_id}", name=name, actor=ACTOR)
    add_channel_source(channel_id=channel.pk, warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=ACTOR)
    return Stock(**{**stock.__dict__, "channel_id": channel.pk})


def seen(stock: Stock) -> int:
    """What the channel can sell."""
    return sellable(stock.channel_id, [stock.sku_id])[stock.sku_id]


def refused(stock: Stock, quantity: int) -> int:
    """The units left, as the refusal of ``quantity`` more tells them."""
    with pytest.raises(InsufficientStock) as short:
        stock.reserve(quantity)
    return short.value.lines[0]["available"]


def give(stock: Stock, channel: Stock, units: int) -> None:
    """Give a channel units of the shared quota for itself."""
    line = QuotaMove(1, stock.bucket.pk, units, Target(Purpose.NORMAL, channel.channel_id))
    move_quota(lines=[line], source=source("quota"), actor=ACTOR)


def test_1_safety_and_availability() -> None:
    stock = make_stock(1000)
    set_safety(logical_id=stock.logical.pk, terms=SafetyTerms(normal_units=100), source=source("safety"), actor=ACTOR)
    lock_units(sn="LOCK-1", logical_id=stock.logical.pk, quantity=30, reason=LockReason.QUALITY, actor=ACTOR)
    (hold,) = stock.reserve(120, document=(order := source()))
    post_payment(source=order, actor=ACTOR)

    row = stock.logical
    assert (row.physical_base_qty, row.allocated_qty, row.locked_qty, row.safety_qty) == (1000, 120, 30, 100)
    assert row.available_qty == 750
    assert hold.quantity == 120
    assert prove_stock() == []


def test_2_ceiling(staff: Any) -> None:
    stock = make_stock(1000)
    logical_id = stock.logical.pk
    return_quota(lines=[QuotaReturn(1, stock.bucket.pk, unassign=True)], source=source("quota"), actor=ACTOR)

    def grant(normal: int, flash: int) -> None:
        lines = [
            QuotaLine(1, logical_id, Target(Purpose.NORMAL), units=normal),
            QuotaLine(2, logical_id, Target(Purpose.FLASH_SALE), units=flash, priority=5),
        ]
        grant_quota(lines=lines, source=source("quota"), actor=ACTOR)

    with pytest.raises(QuotaInsufficient) as ceiling:
        grant(500, 700)
    figures = ceiling.value.lines[0]
    assert (figures["wanted"], figures["available"], figures["ceiling"]) == (700, 500, 1000)
    assert stock.numbers() == {"logical.physical_base_qty": 1000, "physical1.quantity": 1000}

    grant(300, 500)
    counter, *approvers = (user_actor(staff("manager")) for _person in range(3))
    document = open_stocktake(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=counter)
    count(stocktake_id=document.pk, lines=[CountLine(stock.sku_id, stock.location_id, 750)], actor=counter)
    submit_stocktake(stocktake_id=document.pk, actor=counter)
    for approver in approvers:  # 250 units are a difference that two people approve
        approve_stocktake(stocktake_id=document.pk, actor=approver)

    assert stock.logical.physical_base_qty == 750
    pools = ChannelStock.objects.filter(pool__logical=stock.logical).values_list("pool__purpose", "base_quota_qty")
    assert dict(pools) == {Purpose.NORMAL: 250, Purpose.FLASH_SALE: 500}, "the pool of the smaller number gave 50"
    assert seen(stock) == 250
    assert prove_stock() == []


def test_3_split() -> None:
    stock = make_stock(1000)
    flash = beside(stock, "flash")
    line = QuotaMove(1, stock.bucket.pk, 500, Target(Purpose.FLASH_SALE))
    move_quota(lines=[line], source=source("quota"), actor=ACTOR)
    bucket = ChannelStock.objects.get(pool__logical=stock.logical, pool__purpose=Purpose.FLASH_SALE)
    set_share(bucket_id=bucket.pk, channel_id=flash.channel_id, source=source("share"), actor=ACTOR)

    for _order in range(5):
        (hold,) = flash.reserve(100)
        assert hold.bucket_id == bucket.pk
    assert seen(stock) == 500
    stock.reserve(500)
    assert (refused(stock, 1), refused(flash, 1)) == (0, 0)
    assert prove_stock() == []


def test_4_shop_and_online() -> None:
    online = make_stock(100)
    counter = beside(online, "counter")
    give(online, counter, 30)

    assert seen(online) == 70
    assert refused(online, 71) == 70
    online.reserve(70)
    assert refused(online, 1) == 0
    assert counter.reserve(30)[0].quantity == 30
    assert prove_stock() == []


def test_5_shared() -> None:
    tmall = make_stock(100)
    douyin = beside(tmall, "douyin")

    tmall.reserve(1)

    assert (seen(tmall), seen(douyin)) == (99, 99)


def test_5_exclusive() -> None:
    tmall = make_stock(100)
    douyin = beside(tmall, "douyin")
    give(tmall, tmall, 40)
    give(tmall, douyin, 60)

    assert (seen(tmall), seen(douyin)) == (40, 60)
    tmall.reserve(1)
    assert (seen(tmall), seen(douyin)) == (39, 60)
    assert (refused(tmall, 40), refused(douyin, 61)) == (39, 60)
    assert prove_stock() == []


def oversold(stock: Stock) -> tuple[int, int]:
    """Units promised beyond the goods: unpaid, paid."""
    return stock.bucket.oversold_held_qty, stock.bucket.oversold_sold_qty


def ordered(stock: Stock, quantity: int, document: Source) -> list[Hold]:
    """Place an order that has two hours if it does not oversell."""
    now = clock.now()
    return reserve(
        channel_id=stock.channel_id,
        lines=[ReserveLine(1, stock.sku_id, quantity)],
        source=document,
        expires_at=now + timedelta(hours=2),
        placed_at=now,
        actor=ACTOR,
    )


def test_6_oversell(frozen_clock: FrozenClock) -> None:
    stock = make_stock(500)
    rule = OversellRule(enabled=True, percent=10, minutes=5)
    assert set_oversell(bucket_id=stock.bucket.pk, rule=rule, source=source("rule"), actor=ACTOR) == 50

    for _order in range(50):
        stock.reserve(10, minutes=120)
    first, second = source(), source()
    (hold,) = ordered(stock, 20, first)
    ordered(stock, 30, second)
    assert (hold.kind, hold.expires_at - frozen_clock.now) == (HoldKind.OVERSOLD, timedelta(minutes=5))
    assert (stock.bucket.held_qty, oversold(stock)) == (500, (50, 0))
    assert refused(stock, 1) == 0, "the 551st"

    post_payment(source=first, actor=ACTOR)
    frozen_clock.advance(minutes=6)
    release_expired()
    assert oversold(stock) == (0, 20), "an oversold order that was not paid in its minutes is gone"

    stock.receive(25)
    assert (oversold(stock), stock.bucket.sold_qty, stock.logical.allocated_qty) == ((0, 0), 20, 20)
    assert seen(stock) == 5, "the oldest paid promises were served before the goods became sellable"
    assert promised(first) == [("SPOT", "SOLD", 20)]
    assert prove_stock() == []
