"""Carts and orders that were promised more than there is: growing, giving back, handing over, minutes to pay (C-08)."""

from datetime import timedelta
from typing import Any

import pytest

from inventory.choices import HoldState
from inventory.exceptions import InsufficientStock
from inventory.models import Channel, ChannelStock, Reservation
from inventory.services import (
    CartItem,
    add_to_cart,
    cart_source,
    change_cart,
    deduct,
    extend_hold,
    post_payment,
    reserve_order,
    take_from_cart,
)
from inventory.services.demand import ReserveLine
from inventory.services.reconcile import prove_stock
from orders.models import Order
from orders.services import OrderItemInput, place_order
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.orders import Shop, again, make_shop
from tests.factories.partners import make_partner
from tests.factories.promises import allow_oversell, promised
from tests.support.time import FrozenClock
from vmi.core.actors import system_actor
from vmi.core.tenancy import current_namespace

ACTOR = system_actor()
MEMBER = 7
CART = cart_source(partner_id=MEMBER, user_id=1)


def add(stock: Stock, quantity: int) -> None:
    """Put units into the member's cart."""
    items = [CartItem(stock.sku_id, quantity)]
    add_to_cart(channel_id=stock.channel_id, items=items, partner_id=MEMBER, actor=ACTOR)


def change(stock: Stock, quantity: int) -> None:
    """Make the cart hold exactly these units."""
    items = [CartItem(stock.sku_id, quantity)]
    change_cart(channel_id=stock.channel_id, items=items, partner_id=MEMBER, actor=ACTOR)


def held() -> list[tuple[str, int]]:
    """The live holds of the cart: (kind, units)."""
    return [(kind, units) for kind, state, units in promised(CART) if state == HoldState.HELD.name]


def sold_out(units: int, oversell: int) -> tuple[Shop, ChannelStock]:
    """A shop with goods and an oversell rule."""
    shop = make_shop(stock=units)
    bucket = shop.bucket()
    stock = Stock(shop.sku_ids[shop.skus[0]], shop.skus[0], 0, 0, 0, 0, shop.channel_id)
    allow_oversell(stock, oversell, bucket)
    return shop, bucket


def place(shop: Shop, units: int, *, member: int | None = None) -> Order:
    """Order units of the shop's first SKU."""
    return place_order(
        store_id=shop.store_id, partner_id=member, items=[OrderItemInput(shop.skus[0], units)], actor=ACTOR
    )


def test_a_cart_grows_over_the_goods_and_keeps_its_deadline(frozen_clock: FrozenClock) -> None:
    stock = make_stock(5)
    allow_oversell(stock, 5)
    add(stock, 4)
    deadline = frozen_clock.now + timedelta(minutes=30)
    frozen_clock.advance(minutes=10)

    add(stock, 3)
    assert held() == [("SPOT", 5), ("OVERSOLD", 2)]
    add(stock, 1)
    assert held() == [("SPOT", 5), ("OVERSOLD", 3)]
    assert set(Reservation.objects.filter(state=HoldState.HELD).values_list("expires_at", flat=True)) == {deadline}
    with pytest.raises(InsufficientStock) as refusal:
        change(stock, 11)
    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "wanted": 11, "available": 10}]
    assert held() == [("SPOT", 5), ("OVERSOLD", 3)]
    assert prove_stock() == []


def test_a_cart_gives_oversold_units_back_first() -> None:
    stock = make_stock(5)
    allow_oversell(stock, 5)
    add(stock, 8)

    change(stock, 7)
    assert held() == [("SPOT", 5), ("OVERSOLD", 2)]
    assert take_from_cart(units={stock.sku_id: 3}, partner_id=MEMBER, actor=ACTOR) == 3
    assert held() == [("SPOT", 4)]
    assert take_from_cart(partner_id=MEMBER, actor=ACTOR) == 4
    assert (stock.bucket.held_qty, stock.bucket.oversold_held_qty) == (0, 0)
    assert prove_stock() == []


def test_what_a_cart_gives_back_serves_a_paid_promise() -> None:
    stock = make_stock(5)
    allow_oversell(stock, 5)
    add(stock, 5)
    stock.reserve(2, document=(waiting := source()))
    post_payment(source=waiting, actor=ACTOR)

    change(stock, 4)

    assert promised(waiting) == [("SPOT", "SOLD", 1), ("OVERSOLD", "SOLD", 1)]
    assert (stock.bucket.held_qty, stock.bucket.sold_qty, stock.bucket.oversold_sold_qty) == (4, 1, 1)
    assert prove_stock() == []


@pytest.mark.parametrize(
    ("units", "kinds"),
    [
        (8, [("SPOT", "HELD", 5), ("OVERSOLD", "HELD", 3)]),
        (6, [("SPOT", "HELD", 5), ("OVERSOLD", "HELD", 1)]),
        (5, [("SPOT", "HELD", 5)]),
        (9, [("SPOT", "HELD", 5), ("OVERSOLD", "HELD", 4)]),
    ],
)
def test_an_order_takes_a_cart_of_two_kinds_over(units: int, kinds: list[tuple[str, str, int]]) -> None:
    shop, bucket = sold_out(5, 5)
    member = make_partner().pk
    items = [CartItem(shop.sku_ids[shop.skus[0]], 8)]
    add_to_cart(channel_id=shop.channel_id, items=items, partner_id=member, actor=ACTOR)

    order = place(shop, units, member=member)

    assert promised(order.source) == kinds
    bucket.refresh_from_db()
    assert (bucket.held_qty, bucket.oversold_held_qty) == (5, units - 5)
    assert prove_stock() == []


@pytest.mark.parametrize(("of_bucket", "of_channel", "minutes"), [(7, 9, 7), (None, 9, 9), (None, None, 30)])
@pytest.mark.parametrize("from_cart", [True, False])
def test_an_oversold_order_has_minutes_of_its_own(
    frozen_clock: FrozenClock, of_bucket: int | None, of_channel: int | None, minutes: int, from_cart: bool
) -> None:
    shop, bucket = sold_out(1, 5)
    ChannelStock.objects.filter(pk=bucket.pk).update(oversell_minutes=of_bucket)
    Channel.objects.filter(pk=shop.channel_id).update(oversell_hold_minutes=of_channel)
    member = make_partner().pk
    if from_cart:
        items = [CartItem(shop.sku_ids[shop.skus[0]], 2)]
        add_to_cart(channel_id=shop.channel_id, items=items, partner_id=member, actor=ACTOR)
        frozen_clock.advance(minutes=3)

    order = place(shop, 2, member=member)

    deadline = frozen_clock.now + timedelta(minutes=minutes)
    assert order.expires_at == again(order).expires_at == deadline
    assert set(Reservation.objects.filter(source_sn=order.sn).values_list("expires_at", flat=True)) == {deadline}
    assert extend_hold(source=order.source, minutes=60, actor=ACTOR) == deadline


def test_an_order_of_goods_only_keeps_the_minutes_of_its_store(frozen_clock: FrozenClock) -> None:
    shop, _bucket = sold_out(5, 5)
    assert place(shop, 5).expires_at == frozen_clock.now + timedelta(minutes=15)


def test_the_namespace_decides_last(frozen_clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_namespace(), "oversell_hold_minutes", 12)
    shop, _bucket = sold_out(1, 5)
    assert place(shop, 2).expires_at == frozen_clock.now + timedelta(minutes=12)


def test_an_order_kept_elsewhere_is_promised_and_paid_by_kinds() -> None:
    stock = make_stock(2)
    allow_oversell(stock, 3)
    lines = [ReserveLine(1, stock.sku_id, 4)]
    order: dict[str, Any] = {
        "channel_id": stock.channel_id,
        "order_no": "EXT-1",
        "lines": lines,
        "partner_id": None,
        "actor": ACTOR,
    }

    held_rows = reserve_order(**order)
    assert [(row.promise.name, row.quantity) for row in held_rows] == [("SPOT", 2), ("OVERSOLD", 2)]
    assert reserve_order(**order) == held_rows
    assert deduct(order_no="EXT-1", actor=ACTOR) == 4
    bucket = stock.bucket
    assert (bucket.sold_qty, bucket.oversold_sold_qty, stock.logical.allocated_qty) == (2, 2, 2)
    assert prove_stock() == []
