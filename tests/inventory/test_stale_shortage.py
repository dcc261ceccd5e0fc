"""A shortage backs the promises it was reported for and no others (I5): what ended since is not promised again."""

from typing import Any

import pytest

from inventory.choices import AdjustOperation, LockReason
from inventory.exceptions import InsufficientStock
from inventory.models import Reservation
from inventory.services import (
    AllocateLine,
    CartItem,
    add_to_cart,
    adjust,
    allocate,
    lock_units,
    post_payment,
    release,
    release_expired,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor

ACTOR = system_actor()


def lock_five(stock: Stock) -> None:
    lock_units(sn="LOCK-S", logical_id=stock.logical.pk, quantity=5, reason=LockReason.QUALITY, actor=ACTOR)
    assert (stock.bucket.base_quota_qty, stock.bucket.shortage_qty) == (5, 5)


def test_late_payments_never_sell_what_was_locked(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    orders = [source() for _order in range(5)]
    for order in orders:
        stock.reserve(2, document=order)
    lock_five(stock)
    frozen_clock.advance(minutes=20)
    release_expired()

    for order in orders[:2]:
        assert post_payment(source=order, actor=ACTOR) == 2
    for order in orders[2:]:
        with pytest.raises(InsufficientStock):
            post_payment(source=order, actor=ACTOR)

    assert (stock.bucket.sold_qty, stock.bucket.base_quota_qty) == (4, 5)
    assert prove_stock() == []


def test_a_cart_does_not_grow_into_what_was_locked() -> None:
    stock, other = make_stock(10), source()
    items = [CartItem(stock.sku_id, 2)]
    add_to_cart(channel_id=stock.channel_id, items=items, partner_id=1, actor=ACTOR)
    stock.reserve(8, document=other)
    lock_five(stock)
    release(source=other, actor=ACTOR)

    with pytest.raises(InsufficientStock):
        add_to_cart(channel_id=stock.channel_id, items=[CartItem(stock.sku_id, 4)], partner_id=1, actor=ACTOR)
    add_to_cart(channel_id=stock.channel_id, items=[CartItem(stock.sku_id, 3)], partner_id=1, actor=ACTOR)

    assert stock.bucket.held_qty == 5
    assert prove_stock() == []


def ended_beside_a_hold() -> Stock:
    """Five units are left of ten, four of them held; the report of five that lacked was never taken back."""
    stock, other = make_stock(10), source()
    stock.reserve(4)
    stock.reserve(6, document=other, minutes=15)
    lock_five(stock)
    Reservation.objects.filter(source_sn=other.sn).update(expires_at=clock.now())
    return stock


def test_a_correction_does_not_take_what_is_held() -> None:
    stock = ended_beside_a_hold()
    place: dict[str, Any] = {"logical_id": stock.logical.pk, "reason": "counted", "actor": ACTOR}

    with pytest.raises(InsufficientStock) as refusal:
        adjust(operation=AdjustOperation.SUBTRACT, quantity=2, source=source("adjust"), **place)
    assert refusal.value.lines[0]["available"] == 1
    assert adjust(operation=AdjustOperation.SUBTRACT, quantity=1, source=source("adjust"), **place) == -1

    assert (stock.bucket.base_quota_qty, stock.bucket.held_qty) == (4, 4)
    assert prove_stock() == []


def test_an_internal_outbound_does_not_take_what_is_held() -> None:
    stock = ended_beside_a_hold()

    def take(units: int) -> bool:
        return allocate(
            warehouse_id=stock.warehouse_id,
            owner_id=stock.owner_id,
            lines=[AllocateLine(1, stock.sku_id, units)],
            source=source("transfer"),
            actor=ACTOR,
        )

    with pytest.raises(InsufficientStock) as refusal:
        take(2)
    assert refusal.value.lines[0]["available"] == 1
    assert take(1)

    assert (stock.bucket.base_quota_qty, stock.bucket.held_qty) == (4, 4)
    assert prove_stock() == []


def test_an_internal_outbound_of_a_short_bucket_finds_nothing_not_less() -> None:
    stock = make_stock(10)
    stock.reserve(10)
    lock_five(stock)

    with pytest.raises(InsufficientStock) as refusal:
        allocate(
            warehouse_id=stock.warehouse_id,
            owner_id=stock.owner_id,
            lines=[AllocateLine(1, stock.sku_id, 1)],
            source=source("transfer"),
            actor=ACTOR,
        )
    assert refusal.value.lines[0]["available"] == 0
