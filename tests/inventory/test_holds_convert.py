"""A cart's goods become an order's goods: same hold, no gap, nothing twice, and no cost for those without a cart."""

from datetime import timedelta

import pytest

from inventory.choices import HoldState
from inventory.exceptions import HoldLimitExceeded, InsufficientStock
from inventory.models import Channel, ChannelStock, Reservation
from inventory.services import CartItem, add_channel_source, add_to_cart, release_order, take_from_cart
from inventory.services.reconcile import prove_stock
from orders.choices import OrderStatus
from orders.models import Order
from orders.payments.gateways.development import CODE
from orders.payments.services import open_payment
from orders.services import OrderItemInput, place_order
from tests.factories.inventory import make_stock
from tests.factories.orders import Shop, make_shop
from tests.factories.partners import make_partner
from tests.support.sql import statements
from tests.support.time import FrozenClock
from vmi.core.actors import system_actor
from vmi.core.exceptions import NotFound

ACTOR = system_actor()


def cart(shop: Shop, partner_id: int, *quantities: int) -> None:
    """Put units of the shop's SKUs, in their order, into a member's cart."""
    items = [CartItem(shop.sku_ids[sku], units) for sku, units in zip(shop.skus, quantities, strict=False) if units]
    add_to_cart(channel_id=shop.channel_id, items=items, partner_id=partner_id, actor=ACTOR)


def order(shop: Shop, partner_id: int | None, *quantities: int, source_ref: str = "") -> Order:
    """Order units of the shop's SKUs."""
    items = [OrderItemInput(sku, units) for sku, units in zip(shop.skus, quantities, strict=False) if units]
    return place_order(store_id=shop.store_id, partner_id=partner_id, items=items, source_ref=source_ref, actor=ACTOR)


def bucket_of(shop: Shop) -> ChannelStock:
    """The bucket of the first SKU."""
    return ChannelStock.objects.get(pool__logical__sku_id=shop.sku_ids[shop.skus[0]], channel=None)


def test_an_own_hold_never_blocks_its_owner(frozen_clock: FrozenClock) -> None:
    shop, member = make_shop(stock=4), make_partner().pk
    cart(shop, member, 4)
    hold, version = Reservation.objects.get(), bucket_of(shop).version

    with pytest.raises(InsufficientStock):
        order(shop, make_partner().pk, 1)
    placed = order(shop, member, 4)

    taken = Reservation.objects.get()
    assert (taken.pk, taken.bucket_id, taken.quantity) == (hold.pk, hold.bucket_id, 4)
    assert (taken.source_type, taken.source_sn, taken.line_no) == ("order", placed.sn, 1)
    assert taken.expires_at == placed.expires_at == frozen_clock.now + timedelta(minutes=15)
    assert bucket_of(shop).version == version
    assert bucket_of(shop).held_qty == 4
    assert take_from_cart(partner_id=member, actor=ACTOR) == 0
    assert prove_stock() == []


@pytest.mark.parametrize(("in_cart", "ordered"), [(4, 2), (2, 4), (6, 6)])
def test_another_quantity_is_adjusted_first(in_cart: int, ordered: int) -> None:
    shop, member = make_shop(stock=6), make_partner().pk
    cart(shop, member, in_cart)
    order(shop, member, ordered)

    assert bucket_of(shop).held_qty == ordered
    assert [row.quantity for row in Reservation.objects.filter(state=HoldState.HELD)] == [ordered]
    assert prove_stock() == []


def test_what_is_not_in_the_cart_is_reserved_and_what_is_not_ordered_stays() -> None:
    shop, member = make_shop(stock=10), make_partner().pk
    shop.add(stock=10)
    shop.add(stock=10)
    cart(shop, member, 3, 2, 0)
    placed = order(shop, member, 3, 0, 5)

    rows = Reservation.objects.filter(state=HoldState.HELD).order_by("source_type", "line_no")
    assert [(row.source_type, row.line_no, row.quantity) for row in rows] == [
        ("cart", 2, 2),
        ("order", 1, 3),
        ("order", 2, 5),
    ]
    assert {row.source_sn for row in rows if row.source_type == "order"} == {placed.sn}
    assert prove_stock() == []


def test_a_refused_order_leaves_the_cart_as_it_was() -> None:
    shop, member = make_shop(stock=5), make_partner().pk
    shop.add(stock=1)
    cart(shop, member, 3)

    with pytest.raises(InsufficientStock) as refusal:
        order(shop, member, 4, 2)

    assert refusal.value.param == "goods[1].count"
    row = Reservation.objects.get()
    assert (row.source_type, row.quantity, row.state) == ("cart", 3, HoldState.HELD)
    assert bucket_of(shop).held_qty == 3
    assert Order.objects.count() == 0
    assert prove_stock() == []


def test_more_than_the_bucket_has_moves_to_another_warehouse() -> None:
    shop, member, far = make_shop(stock=3), make_partner().pk, make_stock()
    far.receive(10, sku_id=shop.sku_ids[shop.skus[0]])
    add_channel_source(
        channel_id=shop.channel_id, warehouse_id=far.warehouse_id, owner_id=far.owner_id, priority=9, actor=ACTOR
    )
    cart(shop, member, 3)
    placed = order(shop, member, 7)

    (row,) = Reservation.objects.filter(source_sn=placed.sn)
    assert (row.quantity, row.bucket.pool.logical.warehouse_id) == (7, far.warehouse_id)
    assert Reservation.objects.filter(source_type="cart", state=HoldState.HELD).count() == 0
    assert prove_stock() == []


def test_an_expired_cart_gives_its_goods_to_whoever_orders(frozen_clock: FrozenClock) -> None:
    shop, member = make_shop(stock=4), make_partner().pk
    cart(shop, member, 4)
    frozen_clock.advance(minutes=30)
    order(shop, make_partner().pk, 1)
    order(shop, member, 3)

    assert bucket_of(shop).held_qty == 4
    assert prove_stock() == []


def test_limits_count_orders_and_carts_together() -> None:
    shop, member = make_shop(stock=50), make_partner().pk
    Channel.objects.filter(pk=shop.channel_id).update(hold_units_max=5)
    order(shop, member, 2)
    cart(shop, member, 3)

    with pytest.raises(HoldLimitExceeded) as refusal:
        order(shop, member, 4)
    assert refusal.value.lines == [{"line": 1, "sku": shop.skus[0], "wanted": 1, "held": 5, "limit": 5}]
    assert refusal.value.param == "goods[0].count"
    order(shop, member, 3)
    order(shop, None, 40)
    assert prove_stock() == []


def test_who_has_no_cart_pays_one_statement_and_anonymous_sales_none(frozen_clock: FrozenClock) -> None:
    shop, member = make_shop(stock=50), make_partner().pk
    order(shop, member, 1)
    order(shop, None, 1)
    with statements() as anonymous:
        order(shop, None, 1)
    with statements() as imported:
        order(shop, member, 1, source_ref="R-1")
    with statements() as own:
        order(shop, member, 1)

    assert len(imported) == len(anonymous) + 2  # the look for the reference, the member
    assert len(own) == len(anonymous) + 2  # the member, the look for a cart


def test_the_channel_then_the_store_decide_the_order_minutes(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=10)
    assert order(shop, None, 1).expires_at == frozen_clock.now + timedelta(minutes=15)
    Channel.objects.filter(pk=shop.channel_id).update(order_hold_minutes=45)
    assert order(shop, None, 1).expires_at == frozen_clock.now + timedelta(minutes=45)


def test_opening_a_payment_gives_time_up_to_an_hour(frozen_clock: FrozenClock) -> None:
    shop, start = make_shop(stock=10), frozen_clock.now
    placed = order(shop, None, 1)
    for after, deadline in ((0, 15), (14, 29), (28, 43), (42, 57), (56, 60)):
        frozen_clock.set(start + timedelta(minutes=after))
        open_payment(order_id=placed.pk, provider=CODE, actor=ACTOR)
        placed.refresh_from_db()
        assert placed.expires_at == start + timedelta(minutes=deadline)
        assert Reservation.objects.get().expires_at == placed.expires_at


def test_releasing_the_hold_of_an_order_of_the_house_calls_it_off() -> None:
    shop, member = make_shop(stock=10), make_partner().pk
    placed = order(shop, member, 3)
    hold_id = Reservation.objects.get().pk

    with pytest.raises(NotFound):
        release_order(hold_id=hold_id, partner_id=member + 1, actor=ACTOR)
    assert release_order(hold_id=hold_id, partner_id=member, actor=ACTOR) == 3
    placed.refresh_from_db()
    assert placed.status_id == OrderStatus.CANCELLED
    assert bucket_of(shop).held_qty == 0
    assert prove_stock() == []
