"""Cart holds: adding, changing, giving back; deadlines, limits, figures, and what a refusal leaves behind."""

from datetime import timedelta
from typing import Any

import pytest

from inventory.choices import HoldState
from inventory.exceptions import HoldLimitExceeded, InsufficientStock
from inventory.models import Channel, LedgerEntry, Reservation
from inventory.selectors.holds import HoldRow, holds_of_member
from inventory.services import (
    CartItem,
    add_channel_source,
    add_to_cart,
    cart_source,
    change_cart,
    take_from_cart,
)
from inventory.services.reconcile import prove_stock
from tests.factories.catalog import make_sku
from tests.factories.inventory import Stock, make_stock
from tests.inventory.reading import held_entries
from tests.support.sql import statements
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest, NotFound

ACTOR = system_actor()
MEMBER = 7


def add(stock: Stock, *quantities: int, skus: tuple[int, ...] = (), member: int | None = MEMBER) -> list[HoldRow]:
    """Put the stock's SKU (or ``skus``) into the member's cart."""
    ids = skus or (stock.sku_id,)
    items = [CartItem(sku, quantity) for sku, quantity in zip(ids, quantities, strict=True)]
    return add_to_cart(channel_id=stock.channel_id, items=items, partner_id=member, actor=ACTOR)


def change(stock: Stock, quantity: int, member: int | None = MEMBER, **more: Any) -> list[HoldRow]:
    """Make the member's cart hold ``quantity`` of the stock's SKU."""
    items = [CartItem(stock.sku_id, quantity)]
    return change_cart(channel_id=stock.channel_id, items=items, partner_id=member, actor=ACTOR, **more)


def test_a_cart_holds_for_thirty_minutes(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    (hold,) = add(stock, 3)

    assert (hold.sku, hold.quantity, hold.partner_id) == (stock.sku, 3, MEMBER)
    assert hold.expires_at == frozen_clock.now + timedelta(minutes=30)
    assert (hold.source_type, hold.source_sn) == ("cart", "M7")
    assert stock.bucket.sellable_qty == 7
    assert held_entries(cart_source(partner_id=MEMBER, user_id=1)) == [(3, 3)]


def test_the_channel_decides_how_long(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    Channel.objects.filter(pk=stock.channel_id).update(cart_hold_minutes=5)

    assert add(stock, 1)[0].expires_at == frozen_clock.now + timedelta(minutes=5)


def test_adding_again_raises_the_one_hold_and_keeps_its_deadline(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    (first,) = add(stock, 3)
    frozen_clock.advance(minutes=10)
    (second,) = add(stock, 2)

    assert (second.id, second.quantity, second.expires_at) == (first.id, 5, first.expires_at)
    assert stock.bucket.held_qty == 5
    assert prove_stock() == []


def test_an_expired_cart_does_not_count_and_begins_anew(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    (first,) = add(stock, 8)
    frozen_clock.advance(minutes=31)
    assert holds_of_member(MEMBER, at=clock.now()) == []
    (second,) = add(stock, 9)

    assert second.id != first.id
    assert (second.quantity, second.expires_at) == (9, frozen_clock.now + timedelta(minutes=30))
    assert Reservation.objects.get(pk=first.id).state == HoldState.EXPIRED
    assert stock.bucket.held_qty == 9
    assert prove_stock() == []


@pytest.mark.parametrize(("to", "held"), [(1, 1), (3, 3), (10, 10), (0, 0)])
def test_changing_the_quantity(to: int, held: int) -> None:
    stock = make_stock(10)
    (before,) = add(stock, 3)
    rows = change(stock, to)

    expected = [(before.id, to, before.expires_at)] if to else []
    assert [(row.id, row.quantity, row.expires_at) for row in rows] == expected
    assert stock.bucket.held_qty == held
    assert prove_stock() == []


def test_changing_twice_changes_once() -> None:
    stock = make_stock(10)
    add(stock, 3)
    change(stock, 5)
    version = stock.bucket.version
    change(stock, 5)

    assert (stock.bucket.version, stock.bucket.held_qty) == (version, 5)


def test_changing_what_is_not_in_the_cart_puts_it_there() -> None:
    stock = make_stock(10)

    assert [row.quantity for row in change(stock, 4)] == [4]


def test_a_dry_run_tells_the_effect_and_writes_nothing() -> None:
    stock = make_stock(10)
    add(stock, 3)
    before = LedgerEntry.objects.count()

    assert [row.quantity for row in change(stock, 5, dry_run=True)] == [5]
    assert (stock.bucket.held_qty, LedgerEntry.objects.count()) == (3, before)


def test_too_many_are_refused_with_the_figures_and_nothing_changes() -> None:
    stock = make_stock(10)
    add(stock, 4)
    add(stock, 5, member=8)

    with pytest.raises(InsufficientStock) as refusal:
        change(stock, 6)

    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "wanted": 6, "available": 5}]
    assert refusal.value.param == "items[0].quantity"
    assert stock.bucket.held_qty == 9
    assert prove_stock() == []


def test_a_refused_line_leaves_the_other_lines_alone() -> None:
    rich, poor = make_stock(10), make_stock()
    rich.receive(1, sku_id=poor.sku_id)
    add(rich, 2)

    with pytest.raises(InsufficientStock) as refusal:
        add(rich, 3, 2, skus=(rich.sku_id, poor.sku_id))

    assert refusal.value.lines == [{"line": 2, "sku": poor.sku, "wanted": 2, "available": 1}]
    assert rich.bucket.held_qty == 2
    assert prove_stock() == []


def test_growth_reclaims_expired_holds(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    stock.reserve(6, minutes=5)
    add(stock, 3)
    frozen_clock.advance(minutes=6)

    assert change(stock, 9)[0].quantity == 9
    assert stock.bucket.held_qty == 9
    assert prove_stock() == []


def _second_warehouse(near: Stock) -> Stock:
    """Ten more units of the same SKU in another warehouse the channel asks second."""
    far = make_stock()
    far.receive(10, sku_id=near.sku_id)
    add_channel_source(
        channel_id=near.channel_id, warehouse_id=far.warehouse_id, owner_id=far.owner_id, priority=5, actor=ACTOR
    )
    return far


def test_growth_moves_to_another_warehouse_and_keeps_the_deadline(frozen_clock: FrozenClock) -> None:
    near = make_stock(3)
    far = _second_warehouse(near)
    (before,) = add(near, 3)
    frozen_clock.advance(minutes=10)
    (after,) = change(near, 8)

    assert (before.warehouse_id, after.warehouse_id) == (near.warehouse_id, far.warehouse_id)
    assert (after.quantity, after.expires_at) == (8, before.expires_at)
    assert near.bucket.held_qty == 0
    assert prove_stock() == []


def test_a_named_warehouse_is_kept_to() -> None:
    near = make_stock(3)
    far = _second_warehouse(near)
    items = [CartItem(near.sku_id, 2, far.warehouse_id)]
    (hold,) = add_to_cart(channel_id=near.channel_id, items=items, partner_id=MEMBER, actor=ACTOR)
    assert hold.warehouse_id == far.warehouse_id

    items = [CartItem(near.sku_id, 4, near.warehouse_id)]
    with pytest.raises(InsufficientStock) as refusal:
        add_to_cart(channel_id=near.channel_id, items=items, partner_id=MEMBER, actor=ACTOR)
    assert refusal.value.lines[0]["available"] == 3


@pytest.mark.parametrize("quantity", [-1, 0, 2**31])
def test_senseless_quantities(quantity: int) -> None:
    with pytest.raises(InvalidRequest):
        add(make_stock(1), quantity)


def test_a_sku_named_twice_and_an_unknown_channel() -> None:
    stock = make_stock(5)
    with pytest.raises(InvalidRequest) as refusal:
        add(stock, 1, 1, skus=(stock.sku_id, stock.sku_id))
    assert refusal.value.param == "items[1].sku"

    with pytest.raises(NotFound) as unknown:
        add_to_cart(channel_id=10**9, items=[CartItem(stock.sku_id, 1)], partner_id=1, actor=ACTOR)
    assert unknown.value.param == "channel"


def test_giving_back_some_units_one_sku_or_everything() -> None:
    stock, other = make_stock(10), make_stock()
    stock.receive(10, sku_id=other.sku_id)
    add(stock, 6, 4, skus=(stock.sku_id, other.sku_id))

    assert take_from_cart(units={stock.sku_id: 2}, partner_id=MEMBER, actor=ACTOR) == 2
    assert stock.bucket.held_qty == 4
    assert take_from_cart(units={other.sku_id: 0}, partner_id=MEMBER, actor=ACTOR) == 4
    assert take_from_cart(partner_id=MEMBER, actor=ACTOR) == 4
    assert take_from_cart(partner_id=MEMBER, actor=ACTOR) == 0
    assert stock.bucket.held_qty == 0
    assert prove_stock() == []


def test_nobody_takes_from_another_cart() -> None:
    stock = make_stock(10)
    add(stock, 6)

    assert take_from_cart(partner_id=8, actor=ACTOR) == 0
    assert take_from_cart(partner_id=None, actor=ACTOR) == 0
    assert stock.bucket.held_qty == 6


def test_a_member_may_hold_so_many_units(frozen_clock: FrozenClock) -> None:
    stock = make_stock(100)
    Channel.objects.filter(pk=stock.channel_id).update(hold_units_max=5)
    add(stock, 4)

    with pytest.raises(HoldLimitExceeded) as refusal:
        add(stock, 2)
    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "wanted": 2, "held": 4, "limit": 5}]
    assert refusal.value.param == "items[0].quantity"
    assert change(stock, 5)[0].quantity == 5
    assert add(stock, 5, member=8)[0].quantity == 5
    assert add(stock, 50, member=None)[0].quantity == 50

    frozen_clock.advance(minutes=31)
    assert add(stock, 5)[0].quantity == 5


def test_lowering_is_always_allowed() -> None:
    stock = make_stock(100)
    add(stock, 40)
    Channel.objects.filter(pk=stock.channel_id).update(hold_units_max=5)

    assert change(stock, 30)[0].quantity == 30


def test_a_member_may_hold_a_share_of_what_is_sellable() -> None:
    stock = make_stock(40)
    Channel.objects.filter(pk=stock.channel_id).update(hold_share_max=25)
    add(stock, 8)

    with pytest.raises(HoldLimitExceeded) as refusal:
        change(stock, 11)
    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "wanted": 3, "held": 8, "limit": 10}]
    assert change(stock, 10)[0].quantity == 10


def test_the_share_allows_one_unit_at_least() -> None:
    stock = make_stock(2)
    Channel.objects.filter(pk=stock.channel_id).update(hold_share_max=10)

    assert add(stock, 1)[0].quantity == 1


def test_a_cart_of_many_lines_costs_as_many_statements_as_one(frozen_clock: FrozenClock) -> None:
    stock = make_stock(50)
    others = [make_sku().pk for _number in range(20)]
    for sku_id in others:
        stock.receive(5, sku_id=sku_id)
    add(stock, 1, member=1)
    with statements() as one:
        add(stock, 1, member=2)
    with statements() as many:
        add(stock, *[2] * 20, skus=tuple(others), member=3)

    assert len(many) == len(one) == 6
    assert prove_stock() == []
