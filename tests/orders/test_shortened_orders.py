"""Goods of a paid order will not come: it goes on without them, and their value is refunded (S001-36)."""

from decimal import Decimal

import pytest

from inventory.models import SupplyLine
from inventory.services.reconcile import reconcile
from inventory.services.supply import ExpectLine, expect_supply, open_presale
from inventory.services.supply_close import close_supply
from orders.choices import CancelReason, OrderAfterSale, OrderFulfilment, OrderPayment, OrderStatus
from orders.exceptions import NothingToReturn
from orders.models import GoodsItem, Order
from orders.payments.choices import RefundReason
from orders.payments.models import Refund
from orders.payments.services import confirm_refund
from orders.services import ReturnItemInput, cancel_order, complete_order, give_up_order, request_return
from orders.tasks import release_paid
from tests.factories.inventory import source
from tests.factories.orders import Shop, again, make_shop, pay, ship
from tests.factories.supply import IN_THREE_DAYS
from vmi.core.actors import system_actor
from vmi.events import deliver_inline
from vmi.events.choices import DeliveryState
from vmi.events.delivery import deliver_due
from vmi.events.models import Delivery, Event

ACTOR = system_actor()


def _expect(shop: Shop, quantity: int, sku: str) -> SupplyLine:
    """Units on their way, all of them on sale."""
    document = source("purchase")
    expect_supply(
        warehouse_id=shop.warehouse_id,
        owner_id=shop.owner_id,
        lines=[ExpectLine(1, shop.sku_ids[sku], quantity, IN_THREE_DAYS, Decimal("6.00"))],
        source=document,
        actor=ACTOR,
    )
    line = SupplyLine.objects.get(source_sn=document.sn)
    open_presale(line_id=line.pk, quantity=quantity, source=source("presale"), actor=ACTOR)
    return line


def _lose(line: SupplyLine) -> None:
    with deliver_inline():
        close_supply(line_id=line.pk, reason="sunk", source=source("close"), actor=ACTOR)


def _shop() -> tuple[Shop, SupplyLine]:
    """Ten of the first SKU on the shelf at 10.00, ten of the second on their way at 25.00."""
    shop = make_shop(stock=10, price="10.00")
    second = shop.add(price="25.00", stock=0)
    return shop, _expect(shop, 10, second)


def _shortened(*quantities: int) -> tuple[Shop, Order]:
    shop, line = _shop()
    order = shop.place(*quantities)
    pay(order)
    _lose(line)
    return shop, again(order)


def _refunds(order: Order) -> list[tuple[Decimal, str]]:
    rows = Refund.objects.filter(payment__order=order).order_by("id")
    return [(row.amount, row.reason) for row in rows]


def _pay_out() -> None:
    for refund in Refund.objects.filter(state_id=1300):
        confirm_refund(refund_id=refund.pk, reference=f"R{refund.pk}", actor=ACTOR)


def test_only_the_lost_line_is_taken_off_and_refunded() -> None:
    shop, order = _shortened(3, 4)

    assert (order.status_id, order.fulfilment_status_id) == (OrderStatus.OPEN, OrderFulfilment.UNFULFILLED)
    assert (order.awaits_goods, order.cost, order.lost_amount) == (False, Decimal("130.00"), Decimal("100.00"))
    assert list(order.items.order_by("line_no").values_list("count", "cancelled_count")) == [(3, 0), (4, 4)]
    assert _refunds(order) == [(Decimal("100.00"), RefundReason.UNAVAILABLE)]
    told = Event.objects.get(type="order.shortened", subject=order.source.subject)
    assert told.payload == {
        "order_id": order.pk,
        "sn": order.sn,
        "amount": "100.00",
        "refund_ref": f"{order.sn}/4",
        "lines": [{"line_no": 2, "sku": shop.skus[1], "quantity": 4}],
    }
    assert reconcile().count == 0


def test_being_told_twice_takes_nothing_off_twice() -> None:
    _home, order = _shortened(3, 4)

    assert give_up_order(order_sn=order.sn, actor=ACTOR) is False

    assert len(_refunds(order)) == 1
    assert GoodsItem.objects.get(order=order, line_no=2).cancelled_count == 4


def test_the_rest_is_shipped_and_earns_what_it_was_worth() -> None:
    shop, order = _shortened(3, 4)
    _pay_out()
    assert again(order).payment_status_id == OrderPayment.PARTLY_REFUNDED

    assert release_paid() == 1
    shipped = ship(order)
    complete_order(order_id=order.pk, actor=ACTOR)

    assert shipped.fulfilment_status_id == OrderFulfilment.SHIPPED
    assert shop.counts() == (0, 0, 0, 7, 7)
    done = Event.objects.get(type="order.completed", subject=order.source.subject)
    assert done.payload["amount"] == "30.00"
    assert reconcile().count == 0


def test_what_never_came_is_not_returned() -> None:
    _home, order = _shortened(3, 4)
    ship(order)

    with pytest.raises(NothingToReturn) as refusal:
        request_return(order_id=order.pk, lines=[ReturnItemInput(2, 1)], actor=ACTOR)
    assert refusal.value.details["lines"] == [{"line": 2, "wanted": 1, "available": 0}]
    request_return(order_id=order.pk, lines=[ReturnItemInput(1, 3)], actor=ACTOR)
    assert again(order).after_sale_status_id == OrderAfterSale.RETURNING


def test_a_shortened_order_that_is_called_off_is_refunded_once_in_all() -> None:
    shop, order = _shortened(3, 4)
    with deliver_inline():
        cancel_order(order_id=order.pk, actor=ACTOR)
    _pay_out()

    assert [amount for amount, _reason in _refunds(order)] == [Decimal("100.00"), Decimal("30.00")]
    found = again(order)
    assert (found.payment_status_id, found.refunded_amount) == (OrderPayment.REFUNDED, Decimal("130.00"))
    assert shop.counts() == (0, 0, 0, 10, 10)
    assert reconcile().count == 0


def test_news_of_lost_goods_that_comes_after_the_whole_refund_changes_nothing() -> None:
    shop, line = _shop()
    order = shop.place(3, 4)
    pay(order)
    close_supply(line_id=line.pk, reason="sunk", source=source("close"), actor=ACTOR)
    give_up_order(order_sn=order.sn, actor=ACTOR)
    with deliver_inline():
        cancel_order(order_id=order.pk, actor=ACTOR)

    deliver_due()

    assert _refunds(order) == [(Decimal("130.00"), RefundReason.CANCELLED)]
    assert not Delivery.objects.exclude(state=DeliveryState.DONE).exists()
    assert reconcile().count == 0


def test_a_free_gift_alone_is_not_sent() -> None:
    shop = make_shop(stock=10, price="0.00")
    line = _expect(shop, 10, shop.add(price="25.00", stock=0))
    order = shop.place(1, 2)
    pay(order)

    _lose(line)
    _pay_out()

    found = again(order)
    assert (found.status_id, found.closed_reason) == (OrderStatus.CANCELLED, CancelReason.UNAVAILABLE.value)
    assert (found.payment_status_id, _refunds(order)) == (
        OrderPayment.REFUNDED,
        [(Decimal("50.00"), RefundReason.CANCELLED)],
    )
    assert shop.counts() == (0, 0, 0, 10, 10)
    assert reconcile().count == 0


def test_without_anything_left_the_order_is_called_off() -> None:
    _home, order = _shortened(0, 4)

    assert (order.status_id, order.closed_reason) == (OrderStatus.CANCELLED, CancelReason.UNAVAILABLE.value)
    assert _refunds(order) == [(Decimal("100.00"), RefundReason.CANCELLED)]
    assert reconcile().count == 0


def test_an_order_that_waits_for_several_arrivals_loses_them_one_by_one() -> None:
    shop, line = _shop()
    third = shop.add(price="7.00", stock=0)
    other = _expect(shop, 5, third)
    order = shop.place(1, 2, 3)
    pay(order)

    _lose(line)
    assert (again(order).awaits_goods, again(order).promised_on) == (True, IN_THREE_DAYS)
    _lose(other)

    assert again(order).awaits_goods is False
    assert [amount for amount, _reason in _refunds(order)] == [Decimal("50.00"), Decimal("21.00")]
    assert list(order.items.order_by("line_no").values_list("cancelled_count", flat=True)) == [0, 2, 3]
    assert reconcile().count == 0
