"""Placing: the server's price, the hold, and refusals that leave nothing behind."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventory.exceptions import InsufficientStock
from inventory.models import LedgerEntry, Reservation
from orders.choices import DisplayState, OrderAfterSale, OrderFulfilment, OrderPayment, OrderStatus
from orders.exceptions import EmptyOrder, GoodsOffSale, InvalidQuantity, PriceChanged, TooManyLines, UnknownGoods
from orders.models import GoodsItem, Order
from orders.services import OrderItemInput, place_order
from partners.exceptions import PartnerDisabled, PartnerNotFound
from partners.services import disable_partner
from stores.choices import GoodsStatus
from stores.services import set_goods_status, set_price
from tests.factories.inventory import entries
from tests.factories.orders import CONSIGNEE, Shop, again, failing, make_shop
from tests.factories.partners import make_partner
from tests.support.time import FrozenClock
from vmi.core.actors import Actor, ActorKind, system_actor
from vmi.core.exceptions import NotAllowed
from vmi.events.models import Event

ACTOR = system_actor()


def _place(shop: Shop, items: list[OrderItemInput], **more: Any) -> Order:
    more.setdefault("partner_id", None)
    more.setdefault("actor", ACTOR)
    return place_order(store_id=shop.store_id, items=items, **more)


def _nothing_written(shop: Shop) -> None:
    assert Order.objects.count() == 0
    assert GoodsItem.objects.count() == 0
    assert Reservation.objects.count() == 0
    assert not Event.objects.filter(type__startswith="order.").exists()
    assert shop.bucket().held_qty == 0


def test_an_order_holds_its_goods_until_the_deadline(frozen_clock: FrozenClock) -> None:
    shop, member = make_shop(price="19.90", stock=10), make_partner()
    shop.add(price="0.05", stock=5)
    order = shop.place(3, 2, partner_id=member.pk, memo="下午送")

    assert order.sn.startswith("ORD-20261122-")
    assert (order.customer_id, order.store_id, order.memo) == (member.pk, shop.store_id, "下午送")
    assert order.cost == Decimal("59.80")
    assert order.expires_at == frozen_clock.now + timedelta(minutes=15)
    assert (order.status_id, order.payment_status_id) == (OrderStatus.OPEN, OrderPayment.UNPAID)
    assert (order.fulfilment_status_id, order.after_sale_status_id) == (
        OrderFulfilment.UNFULFILLED,
        OrderAfterSale.NONE,
    )
    assert again(order).display_state == DisplayState.TO_PAY
    assert order.consignee_dict() == {
        "name": "王小明",
        "phone": "13800000000",
        "province": "440000",
        "city": "440300",
        "district": "440305",
        "address": "科技园 1 号",
    }
    assert list(order.items.values_list("line_no", "sku", "price", "count", "amount", "returned_count")) == [
        (1, shop.skus[0], Decimal("19.90"), 3, Decimal("59.70"), 0),
        (2, shop.skus[1], Decimal("0.05"), 2, Decimal("0.10"), 0),
    ]
    assert shop.counts() == (3, 0, 0, 10, 10)
    assert sorted(entries(order.source)) == [("HELD", 2, 2), ("HELD", 3, 3)]
    assert Event.objects.get(type="order.placed").payload == {
        "order_id": order.pk,
        "sn": order.sn,
        "amount": "59.80",
    }


def test_a_store_may_grant_longer(frozen_clock: FrozenClock) -> None:
    order = make_shop(hold_minutes=45).place(1)

    assert order.expires_at == frozen_clock.now + timedelta(minutes=45)
    assert Reservation.objects.get(source_sn=order.sn).expires_at == order.expires_at


def test_the_names_and_prices_of_the_order_stay_when_the_listing_changes() -> None:
    shop = make_shop(price="10.00")
    order = shop.place(1)
    set_price(goods_id=shop.goods_ids[shop.skus[0]], price=Decimal("99.00"), actor=ACTOR)

    assert again(order).cost == Decimal("10.00")
    assert order.items.get().price == Decimal("10.00")


def test_not_enough_stock_names_every_line_and_writes_nothing() -> None:
    shop = make_shop(stock=10)
    shop.add(stock=1)
    shop.add(stock=0)
    refusal = failing(lambda: shop.place(2, 5, 3), InsufficientStock)

    assert isinstance(refusal, InsufficientStock)
    assert refusal.param == "goods[1].count"
    assert refusal.details["lines"] == [
        {"line": 2, "sku": shop.skus[1], "wanted": 5, "available": 1},
        {"line": 3, "sku": shop.skus[2], "wanted": 3, "available": 0},
    ]
    _nothing_written(shop)
    assert not LedgerEntry.objects.filter(source_type="order").exists()


def test_another_price_than_shown_is_a_conflict_with_both_prices() -> None:
    shop = make_shop(price="10.00")
    items = [OrderItemInput(shop.skus[0], 1, expected_price=Decimal("9.99"))]
    refusal = failing(lambda: _place(shop, items), PriceChanged)

    assert isinstance(refusal, PriceChanged)
    assert refusal.param == "goods[0].price"
    assert refusal.details == {"lines": [{"line": 1, "sku": shop.skus[0], "expected": "9.99", "price": "10.00"}]}
    _nothing_written(shop)


def test_another_total_than_shown_is_a_conflict() -> None:
    shop = make_shop(price="10.00")
    items = [OrderItemInput(shop.skus[0], 2)]
    refusal = failing(lambda: _place(shop, items, expected_cost=Decimal("19.99")), PriceChanged)

    assert isinstance(refusal, PriceChanged)
    assert refusal.details == {"expected": "19.99", "cost": "20.00"}
    _nothing_written(shop)


def test_the_shown_price_is_accepted_when_it_is_right() -> None:
    shop = make_shop(price="10.00")
    items = [OrderItemInput(shop.skus[0], 2, expected_price=Decimal("10.00"))]

    assert _place(shop, items, expected_cost=Decimal("20.00")).cost == Decimal("20.00")


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001])
def test_impossible_quantities_are_refused(quantity: int) -> None:
    shop = make_shop()
    refusal = failing(lambda: _place(shop, [OrderItemInput(shop.skus[0], quantity)]), InvalidQuantity)

    assert isinstance(refusal, InvalidQuantity)
    assert refusal.param == "goods[0].count"
    _nothing_written(shop)


def test_unknown_and_unlisted_goods_are_refused() -> None:
    shop, other = make_shop(), make_shop()
    for sku in ("NO-SUCH-SKU", other.skus[0]):
        refusal = failing(lambda code=sku: _place(shop, [OrderItemInput(code, 1)]), UnknownGoods)  # type: ignore[misc]
        assert isinstance(refusal, UnknownGoods)
        assert refusal.details == {"sku": sku}
    _nothing_written(shop)


def test_goods_off_sale_are_refused() -> None:
    shop = make_shop()
    set_goods_status(goods_id=shop.goods_ids[shop.skus[0]], status=GoodsStatus.OFF_SALE, actor=ACTOR)

    failing(lambda: shop.place(1), GoodsOffSale)
    _nothing_written(shop)


def test_an_order_needs_lines_money_and_bounds() -> None:
    shop = make_shop()
    failing(lambda: _place(shop, []), EmptyOrder)
    failing(lambda: _place(shop, [OrderItemInput(shop.skus[0], 1)] * 2001), TooManyLines)
    shop.add(price="0.00")
    failing(lambda: shop.place(0, 1), EmptyOrder)
    _nothing_written(shop)


def test_a_disabled_or_unknown_member_cannot_buy() -> None:
    shop, member = make_shop(), make_partner()
    disable_partner(partner_id=member.pk, actor=ACTOR)
    for partner_id, error in ((member.pk, PartnerDisabled), (10**9, PartnerNotFound)):
        refusal = failing(lambda pk=partner_id: shop.place(1, partner_id=pk), error)  # type: ignore[misc]
        assert getattr(refusal, "param", None) == "customer"
    _nothing_written(shop)


def test_an_imported_sale_keeps_its_own_price_and_is_placed_once() -> None:
    shop = make_shop(price="10.00")
    items = [OrderItemInput(shop.skus[0], 2, agreed_price=Decimal("7.55"))]
    first = _place(shop, items, source_ref="INV-536365")
    second = _place(shop, items, source_ref="INV-536365")

    assert first.pk == second.pk
    assert first.cost == Decimal("15.10")
    assert shop.bucket().held_qty == 2


def test_a_customer_cannot_agree_on_a_price() -> None:
    shop = make_shop(price="10.00")
    items = [OrderItemInput(shop.skus[0], 1, agreed_price=Decimal("0.01"))]
    customer = Actor(user_id=1, kind=ActorKind.CUSTOMER, label="customer")

    failing(lambda: _place(shop, items, actor=customer), NotAllowed)
    _nothing_written(shop)


def test_the_same_sku_may_stand_on_two_lines() -> None:
    shop = make_shop(stock=5)
    order = _place(shop, [OrderItemInput(shop.skus[0], 2), OrderItemInput(shop.skus[0], 3)], consignee=CONSIGNEE)

    assert list(order.items.values_list("line_no", "count")) == [(1, 2), (2, 3)]
    assert shop.bucket().held_qty == 5
