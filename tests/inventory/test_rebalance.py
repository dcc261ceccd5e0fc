"""Quotas follow the goods: trims by priority, shortages that are reported, goods that cover them first (I4, I5)."""

from collections.abc import Mapping

import pytest

from inventory.choices import Command, Counter, Layer, Purpose
from inventory.exceptions import UnitsPromised
from inventory.models import AllocationPool, Channel, ChannelStock, LogicalStock, PhysicalStock
from inventory.services import confirm_outbound, issue_ship_notice, post_payment
from inventory.services.movement import Change, Context, move
from inventory.services.rebalance import Trim, cover_shortage, lower_shortage, make_room, settle_shortages
from inventory.services.reconcile import prove_stock
from inventory.services.release import release
from tests.factories.inventory import Stock, make_stock, source
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def _context(command: Command = Command.APPLY_STOCKTAKE) -> Context:
    return Context(command, source("stocktake"), ACTOR, clock.now())


def _carve(stock: Stock, purpose: Purpose, units: int, *, priority: int = 0, channel_id: int | None = None) -> int:
    """Move ``units`` of the default pool's shared bucket into a pool; returns its bucket."""
    context, shared = _context(Command.MOVE_QUOTA), stock.bucket
    pool, _created = AllocationPool.objects.get_or_create(
        logical=stock.logical, purpose=purpose, defaults={"priority": priority}
    )
    channel = Channel.objects.get(pk=channel_id) if channel_id else None
    bucket, _created = ChannelStock.objects.get_or_create(pool=pool, channel=channel)
    quota, counter = Counter.BASE_QUOTA, Counter.QUOTA
    move(Layer.CHANNEL, [Change(shared.pk, 1, {quota: -units}), Change(bucket.pk, 1, {quota: units})], context)
    move(Layer.POOL, [Change(shared.pool_id, 1, {counter: -units}), Change(pool.pk, 1, {counter: units})], context)
    return bucket.pk


def _unassign(stock: Stock, units: int) -> None:
    context, shared = _context(Command.RETURN_QUOTA), stock.bucket
    move(Layer.CHANNEL, [Change(shared.pk, 1, {Counter.BASE_QUOTA: -units})], context)
    move(Layer.POOL, [Change(shared.pool_id, 1, {Counter.QUOTA: -units})], context)


def _change_base(stock: Stock, units: int, context: Context) -> None:
    """What a stocktake moves below the quotas."""
    place = PhysicalStock.objects.get(logical=stock.logical)
    move(Layer.LOGICAL, [Change(stock.logical.pk, 1, {Counter.BASE: units})], context)
    move(Layer.PHYSICAL, [Change(place.pk, 1, {Counter.QUANTITY: units})], context)


def _lose(stock: Stock, units: int) -> list[Trim]:
    context = _context()
    trims = make_room(units={stock.logical.pk: units}, context=context, allow_shortage=True)
    _change_base(stock, -units, context)
    return trims


def _find(stock: Stock, units: int) -> Mapping[int, int]:
    context = _context(Command.RECEIVE)
    offered = cover_shortage(arriving={stock.logical.pk: units}, context=context)
    _change_base(stock, units, context)
    lower_shortage(logical_ids=[stock.logical.pk], context=context)
    return offered


def _bucket(pk: int) -> tuple[int, int, int, int]:
    row = ChannelStock.objects.get(pk=pk)
    return row.base_quota_qty, row.held_qty + row.sold_qty, row.shortage_qty, row.sellable_qty


def _quotas(stock: Stock) -> dict[int, int]:
    return dict(
        AllocationPool.objects.filter(logical=stock.logical, quota_qty__gt=0).values_list("purpose", "quota_qty")
    )


def test_a_base_of_750_under_pools_of_800_trims_50_by_priority() -> None:
    stock = make_stock(1000)
    flash = _carve(stock, Purpose.FLASH_SALE, 300, priority=5)
    _unassign(stock, 200)

    trims = _lose(stock, 250)

    shared = stock.bucket
    assert trims == [Trim(stock.logical.pk, shared.pool_id, shared.pk, None, 50, 0, 450)]
    assert _quotas(stock) == {Purpose.NORMAL: 450, Purpose.FLASH_SALE: 300}
    assert _bucket(flash) == (300, 0, 0, 300)
    assert stock.logical.available_qty == 750
    assert prove_stock() == []


def test_unassigned_units_vanish_first_and_nobody_loses_any() -> None:
    stock = make_stock(1000)
    _unassign(stock, 200)

    assert _lose(stock, 200) == []
    assert stock.numbers()["channel.base_quota_qty"] == 800
    assert prove_stock() == []


def test_the_least_important_pool_gives_first_and_shared_before_exclusive() -> None:
    stock = make_stock(100)
    staff = _carve(stock, Purpose.STAFF, 10, priority=-1)
    mine = _carve(stock, Purpose.NORMAL, 40, channel_id=stock.channel_id)
    key = _carve(stock, Purpose.KEY_ACCOUNT, 20, priority=9)

    trims = _lose(stock, 65)

    assert [(trim.bucket_id, trim.channel_id, trim.units, trim.sellable_qty) for trim in trims] == [
        (staff, None, 10, 0),
        (stock.bucket.pk, None, 30, 0),
        (mine, stock.channel_id, 25, 15),
    ]
    assert _bucket(key) == (20, 0, 0, 20)
    assert prove_stock() == []


def test_promised_units_are_never_trimmed_but_their_shortage_is_reported() -> None:
    stock = make_stock(100)
    document = source()
    stock.reserve(70, document=document)
    post_payment(source=document, actor=ACTOR)
    stock.reserve(20)

    trims = _lose(stock, 50)

    shared = stock.bucket
    assert trims == [Trim(stock.logical.pk, shared.pool_id, shared.pk, None, 50, 40, -40)]
    assert _bucket(shared.pk) == (50, 90, 40, -40)
    logical = stock.logical
    assert (logical.physical_base_qty, logical.allocated_qty, logical.shortage_qty) == (50, 70, 20)
    assert prove_stock() == []


def test_without_a_confirmed_loss_promised_units_refuse_and_nothing_moves() -> None:
    stock = make_stock(100)
    stock.reserve(90)

    with pytest.raises(UnitsPromised) as refusal:
        make_room(units={stock.logical.pk: 15}, context=_context(Command.SET_SAFETY), allow_shortage=False)

    assert [(line["sku"], line["wanted"], line["available"]) for line in refusal.value.lines] == [(stock.sku, 15, 10)]
    assert _bucket(stock.bucket.pk) == (100, 90, 0, 10)
    assert prove_stock() == []


def test_expired_holds_are_trimmed_like_open_units() -> None:
    stock = make_stock(100)
    stock.reserve(90, minutes=-1)

    assert [trim.units for trim in _lose(stock, 60)] == [60]
    assert _bucket(stock.bucket.pk) == (40, 0, 0, 40)
    assert prove_stock() == []


def test_goods_that_come_cover_the_shortage_before_they_are_offered() -> None:
    stock = make_stock(100)
    document = source()
    stock.reserve(90, document=document)
    post_payment(source=document, actor=ACTOR)
    _lose(stock, 40)
    assert _bucket(stock.bucket.pk) == (60, 90, 30, -30)

    offered = _find(stock, 50)

    assert offered == {stock.logical.pk: 20}
    assert _bucket(stock.bucket.pk) == (90, 90, 0, 0)
    assert stock.logical.shortage_qty == 0
    assert prove_stock() == []


def _sell(stock: Stock, units: int) -> Source:
    document = source()
    stock.reserve(units, document=document)
    post_payment(source=document, actor=ACTOR)
    return document


def _ship(document: Source) -> None:
    issue_ship_notice(source=document, actor=ACTOR)
    confirm_outbound(source=document, actor=ACTOR)


def test_whoever_ships_first_after_a_loss_leaves_the_shortage_to_the_others() -> None:
    stock = make_stock(120)
    own = _carve(stock, Purpose.NORMAL, 60, channel_id=stock.channel_id)
    first, second = _sell(stock, 50), _sell(stock, 55)
    _lose(stock, 20)
    assert (_bucket(own), _bucket(stock.bucket.pk)) == ((50, 50, 0, 0), (50, 55, 5, -5))

    _ship(second)

    assert (_bucket(own), _bucket(stock.bucket.pk)) == ((45, 50, 5, -5), (0, 0, 0, 0))
    assert stock.logical.shortage_qty == 5
    assert prove_stock() == []
    assert _find(stock, 5) == {stock.logical.pk: 0}
    _ship(first)
    assert stock.numbers() == {}
    assert prove_stock() == []


def test_goods_withheld_as_safety_stock_still_ship_to_whoever_paid() -> None:
    stock = make_stock(100)
    context = _context(Command.SET_SAFETY)
    make_room(units={stock.logical.pk: 20}, context=context, allow_shortage=False)
    move(Layer.LOGICAL, [Change(stock.logical.pk, 1, {Counter.SAFETY: 20})], context)
    document = _sell(stock, 80)
    _lose(stock, 10)
    assert _bucket(stock.bucket.pk) == (70, 80, 10, -10)

    _ship(document)

    assert _bucket(stock.bucket.pk) == (0, 0, 0, 0)
    assert (stock.logical.physical_base_qty, stock.logical.allocated_qty, stock.logical.shortage_qty) == (10, 0, 0)
    assert prove_stock() == []


def test_a_sweep_covers_what_is_short_from_units_of_no_pool_and_lowers_old_reports() -> None:
    stock, document = make_stock(100), source()
    other = _carve(stock, Purpose.FLASH_SALE, 40, priority=9)
    stock.reserve(20)
    stock.reserve(40, document=document)
    _lose(stock, 100 - 40)
    assert (_bucket(other), _bucket(stock.bucket.pk)) == ((0, 0, 0, 0), (40, 60, 20, -20))
    release(source=document, actor=ACTOR)

    assert settle_shortages() == 1
    assert settle_shortages() == 0
    assert _bucket(stock.bucket.pk) == (40, 20, 0, 20)
    assert prove_stock() == []


def test_a_shortage_goes_down_when_promises_end() -> None:
    stock, document = make_stock(100), source()
    stock.reserve(60)
    stock.reserve(40, document=document)
    _lose(stock, 30)
    assert _bucket(stock.bucket.pk) == (70, 100, 30, -30)

    release(source=document, actor=ACTOR)
    lowered = lower_shortage(logical_ids=[stock.logical.pk], context=_context(Command.RELEASE))

    assert lowered == 30
    assert _bucket(stock.bucket.pk) == (70, 60, 0, 10)
    assert prove_stock() == []


def test_a_loss_beyond_every_quota_leaves_safety_under_water() -> None:
    stock = make_stock(100)
    context = _context(Command.SET_SAFETY)
    make_room(units={stock.logical.pk: 20}, context=context, allow_shortage=False)
    move(Layer.LOGICAL, [Change(stock.logical.pk, 1, {Counter.SAFETY: 20})], context)

    trims = _lose(stock, 90)

    assert [trim.units for trim in trims] == [80]
    assert LogicalStock.objects.get(pk=stock.logical.pk).available_qty == -10
    assert _find(stock, 15) == {stock.logical.pk: 5}
    assert prove_stock() == []


def test_a_bucket_that_is_short_oversells_nothing_until_it_is_covered() -> None:
    stock, document = make_stock(100), source()
    stock.reserve(100, document=document)
    ChannelStock.objects.filter(pk=stock.bucket.pk).update(oversell_enabled=True, oversell_percent=10)
    move(Layer.CHANNEL, [Change(stock.bucket.pk, 1, {Counter.OVERSELL_LIMIT: 10})], _context(Command.SET_OVERSELL))

    _lose(stock, 20)
    assert stock.bucket.oversell_limit_qty == 0

    _find(stock, 20)
    assert (stock.bucket.oversell_limit_qty, stock.bucket.shortage_qty) == (10, 0)
    assert prove_stock() == []
