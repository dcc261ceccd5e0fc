"""Where a line is served from: windows, own and shared quota, caps, choice of warehouse, splitting (S001-29)."""

from datetime import timedelta
from typing import Any

import pytest

from inventory.choices import Purpose, WarehouseChoice
from inventory.exceptions import InsufficientStock
from inventory.models import Channel, ChannelShare, ChannelSource, ChannelStock, LedgerEntry, Reservation
from inventory.services import (
    Hold,
    ReserveLine,
    add_channel_source,
    cancel_paid,
    confirm_outbound,
    issue_ship_notice,
    post_payment,
    release,
    reserve,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.quota import bucket, grant, make_channel, move, open_share, unassign
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()
FLASH = Purpose.FLASH_SALE


def buy(channel_id: int, *wanted: tuple[int, int], document: Source | None = None, **more: Any) -> list[Hold]:
    """Reserve (sku, units) lines through a channel."""
    return reserve(
        channel_id=channel_id,
        lines=[ReserveLine(number, sku, units, **more) for number, (sku, units) in enumerate(wanted, 1)],
        source=document or source(),
        expires_at=clock.now() + timedelta(minutes=15),
        actor=ACTOR,
    )


def available(channel_id: int, sku_id: int) -> int:
    """The most one line could have, as a refusal tells."""
    with pytest.raises(InsufficientStock) as refusal:
        buy(channel_id, (sku_id, 1_000_000))
    return refusal.value.lines[0]["available"]


def taken(holds: list[Hold]) -> list[tuple[int, int]]:
    """What lies where: (bucket, units)."""
    return [(hold.bucket_id, hold.quantity) for hold in holds]


def second_warehouse(stock: Stock, units: int, *, priority: int = 1, sku_id: int | None = None) -> Stock:
    """Another warehouse, with ``units`` of the same SKU, that the stock's channel sells from too."""
    other = make_stock()
    other.sku_id = sku_id or stock.sku_id
    other.receive(units)
    add_channel_source(
        channel_id=stock.channel_id,
        warehouse_id=other.warehouse_id,
        owner_id=other.owner_id,
        priority=priority,
        actor=ACTOR,
    )
    return other


def prefer(stock: Stock, **rules: Any) -> None:
    """Set rules of the stock's channel."""
    Channel.objects.filter(pk=stock.channel_id).update(**rules)


# Own and shared quota.


def test_own_quota_goes_first_then_one_line_takes_from_both() -> None:
    stock = make_stock(10)
    move(stock, 4, channel_id=stock.channel_id)
    own = bucket(stock, stock.channel_id)

    assert taken(buy(stock.channel_id, (stock.sku_id, 3))) == [(own.pk, 3)]
    assert taken(buy(stock.channel_id, (stock.sku_id, 4))) == [(stock.bucket.pk, 4)], "whole from one bucket if it can"
    assert taken(buy(stock.channel_id, (stock.sku_id, 3))) == [(own.pk, 1), (stock.bucket.pk, 2)]
    assert available(stock.channel_id, stock.sku_id) == 0
    assert prove_stock() == []


def test_a_channel_that_may_not_borrow_keeps_to_its_own() -> None:
    stock = make_stock(10)
    move(stock, 4, channel_id=stock.channel_id)
    ChannelStock.objects.filter(channel=stock.channel_id).update(may_borrow=False)
    other = make_channel(stock, "OTHER")

    assert available(stock.channel_id, stock.sku_id) == 4
    assert available(other.pk, stock.sku_id) == 6


def test_a_campaign_pool_is_shared_by_those_it_names() -> None:
    stock = make_stock(100)
    move(stock, 40, FLASH)
    other = make_channel(stock, "OTHER")
    open_share(stock, FLASH, stock.channel_id)
    shared = bucket(stock, None, FLASH)

    assert taken(buy(stock.channel_id, (stock.sku_id, 30))) == [(shared.pk, 30)]
    assert available(stock.channel_id, stock.sku_id) == 70
    assert available(other.pk, stock.sku_id) == 60
    assert prove_stock() == []


@pytest.mark.parametrize(("hours", "units"), [(-1, 6), (0, 10), (1, 10), (2, 6)])
def test_a_bucket_sells_inside_its_window_only(frozen_clock: FrozenClock, hours: int, units: int) -> None:
    stock = make_stock(10)
    move(stock, 4, channel_id=stock.channel_id)
    start = frozen_clock.now
    ChannelStock.objects.filter(channel=stock.channel_id).update(
        effective_from=start, effective_to=start + timedelta(hours=2)
    )

    frozen_clock.set(start + timedelta(hours=hours))
    assert available(stock.channel_id, stock.sku_id) == units


def test_outside_its_window_an_own_bucket_does_not_close_the_shared_one(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    move(stock, 4, channel_id=stock.channel_id)
    ChannelStock.objects.filter(channel=stock.channel_id).update(
        may_borrow=False, effective_to=frozen_clock.now + timedelta(hours=1)
    )

    assert available(stock.channel_id, stock.sku_id) == 4
    frozen_clock.advance(hours=1)
    assert available(stock.channel_id, stock.sku_id) == 6


# Caps inside a shared bucket.


def test_a_cap_counts_what_is_held_sold_and_not_shipped() -> None:
    stock = make_stock(20)
    share = ChannelShare.objects.create(bucket=stock.bucket, channel_id=stock.channel_id, cap_qty=5)
    other = make_channel(stock, "OTHER")

    def used() -> int:
        share.refresh_from_db()
        return share.used_qty

    first, second = source(), source()
    buy(stock.channel_id, (stock.sku_id, 3), document=first)
    assert (used(), available(stock.channel_id, stock.sku_id), available(other.pk, stock.sku_id)) == (3, 2, 17)
    buy(stock.channel_id, (stock.sku_id, 2), document=second)
    post_payment(source=second, actor=ACTOR)
    assert (used(), available(stock.channel_id, stock.sku_id)) == (5, 0)
    release(source=first, actor=ACTOR)
    assert used() == 2
    buy(stock.channel_id, (stock.sku_id, 1), document=(third := source()))
    post_payment(source=third, actor=ACTOR)
    cancel_paid(source=third, actor=ACTOR)
    assert used() == 2
    issue_ship_notice(source=second, actor=ACTOR)
    confirm_outbound(source=second, actor=ACTOR)
    assert used() == 0
    assert [
        (entry.delta, entry.balance_after) for entry in LedgerEntry.objects.filter(layer=5).order_by("version")
    ] == [
        (3, 3),
        (2, 5),
        (-3, 2),
        (1, 3),
        (-1, 2),
        (-2, 0),
    ]
    assert prove_stock() == []


def test_a_campaign_under_a_cap_goes_before_the_default_pool_while_the_cap_has_room() -> None:
    stock = make_stock(20)
    move(stock, 10, FLASH)
    share = open_share(stock, FLASH, stock.channel_id)
    ChannelShare.objects.filter(pk=share.pk).update(cap_qty=5)
    campaign, default = bucket(stock, None, FLASH).pk, stock.bucket.pk

    for units, taken_from in ((3, campaign), (3, default), (2, campaign), (1, default)):
        assert taken(buy(stock.channel_id, (stock.sku_id, units))) == [(taken_from, units)]

    share.refresh_from_db()
    assert share.used_qty == 5
    assert prove_stock() == []


def test_an_expired_hold_gives_its_cap_back_and_a_late_payment_takes_it_again(frozen_clock: FrozenClock) -> None:
    stock = make_stock(20)
    ChannelShare.objects.create(bucket=stock.bucket, channel_id=stock.channel_id, cap_qty=5)
    late, other = source(), source()
    buy(stock.channel_id, (stock.sku_id, 5), document=late)
    frozen_clock.advance(minutes=16)
    buy(stock.channel_id, (stock.sku_id, 4), document=other)

    with pytest.raises(InsufficientStock) as refusal:
        post_payment(source=late, actor=ACTOR)
    assert refusal.value.lines[0]["available"] == 1
    release(source=other, actor=ACTOR)
    assert post_payment(source=late, actor=ACTOR) == 5
    assert ChannelShare.objects.get().used_qty == 5
    assert prove_stock() == []


# Warehouses.


def test_a_line_is_split_over_warehouses_only_where_the_channel_allows_it() -> None:
    stock = make_stock(5)
    other = second_warehouse(stock, 4)

    assert available(stock.channel_id, stock.sku_id) == 5
    prefer(stock, may_split=True)
    assert available(stock.channel_id, stock.sku_id) == 9
    document = source()
    assert taken(buy(stock.channel_id, (stock.sku_id, 7), document=document)) == [
        (stock.bucket.pk, 5),
        (other.bucket.pk, 2),
    ]
    assert post_payment(source=document, actor=ACTOR) == 7
    assert sorted(pick.quantity for pick in issue_ship_notice(source=document, actor=ACTOR)) == [2, 5]
    assert confirm_outbound(source=document, actor=ACTOR)
    assert prove_stock() == []


def test_a_named_warehouse_is_never_left() -> None:
    stock = make_stock(5)
    second_warehouse(stock, 4)
    prefer(stock, may_split=True)

    with pytest.raises(InsufficientStock) as refusal:
        buy(stock.channel_id, (stock.sku_id, 6), warehouse_id=stock.warehouse_id)
    assert refusal.value.lines[0]["available"] == 5


@pytest.mark.parametrize(("choice", "first"), [(WarehouseChoice.PRIORITY, True), (WarehouseChoice.MOST_STOCK, False)])
def test_the_channel_chooses_by_priority_or_by_most_stock(choice: WarehouseChoice, first: bool) -> None:
    stock = make_stock(5)
    other = second_warehouse(stock, 8)
    prefer(stock, warehouse_choice=choice)

    assert taken(buy(stock.channel_id, (stock.sku_id, 2))) == [((stock if first else other).bucket.pk, 2)]


def test_fewest_parcels_takes_the_warehouse_that_serves_most_lines() -> None:
    """Three SKUs: the first warehouse has one of them, the second has them all."""
    stock = make_stock(9)
    other = second_warehouse(stock, 9)
    skus = [stock.sku_id]
    for _number in range(2):
        more = make_stock()
        skus.append(more.sku_id)
        other.sku_id = more.sku_id
        other.receive(9)
    wanted = [(sku, 2) for sku in skus]

    by_priority = buy(stock.channel_id, *wanted)
    prefer(stock, warehouse_choice=WarehouseChoice.FEWEST_PARCELS)
    fewest = buy(stock.channel_id, *wanted)

    assert _warehouses(by_priority) == [stock.warehouse_id, other.warehouse_id, other.warehouse_id]
    assert _warehouses(fewest) == [other.warehouse_id] * 3
    assert prove_stock() == []


def _warehouses(holds: list[Hold]) -> list[int]:
    places = dict(
        ChannelStock.objects.filter(pk__in=[hold.bucket_id for hold in holds]).values_list(
            "pk", "pool__logical__warehouse_id"
        )
    )
    return [places[hold.bucket_id] for hold in sorted(holds, key=lambda hold: hold.line_no)]


def test_a_split_line_is_refused_as_a_whole() -> None:
    stock = make_stock(5)
    second_warehouse(stock, 4)
    prefer(stock, may_split=True)

    with pytest.raises(InsufficientStock):
        buy(stock.channel_id, (stock.sku_id, 10))
    assert not Reservation.objects.exists()
    assert not LedgerEntry.objects.filter(command=1).exists()


def test_an_exclusive_pool_of_nobody_else() -> None:
    """Worked example 3 and 4: what a flash sale or a counter owns, nobody else sells."""
    stock = make_stock(1000)
    unassign(stock)
    counter = make_channel(stock, "COUNTER")
    grant(stock, 500, FLASH, stock.channel_id)
    grant(stock, 500, Purpose.NORMAL, counter.pk)

    assert available(stock.channel_id, stock.sku_id) == 500
    assert available(counter.pk, stock.sku_id) == 500
    buy(stock.channel_id, (stock.sku_id, 500))
    assert available(stock.channel_id, stock.sku_id) == 0
    assert available(counter.pk, stock.sku_id) == 500
    assert ChannelSource.objects.filter(warehouse_id=stock.warehouse_id).count() == 2
