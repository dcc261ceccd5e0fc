"""Calling an order off after the warehouse was told: held back, already gone, or some of each (S002-32)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from inventory.models import PhysicalHold
from inventory.services.reconcile import prove_stock, reconcile
from orders.choices import OrderAfterSale, OrderFulfilment, OrderPayment, OrderStatus, ReturnStatus
from orders.exceptions import AlreadyAtWarehouse
from orders.models import Order, ReturnOrder
from orders.payments.models import Refund
from orders.services import cancel_order, complete_order, inspect_return, receive_return, release_to_warehouse
from stores.choices import DocumentStatus
from stores.models import StockOut
from tests.factories.orders import Shop, again, failing, make_shop, pay, ship
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.events import deliver_inline
from vmi.events.choices import DeliveryState
from vmi.events.delivery import deliver_due, deliver_now
from vmi.events.models import Delivery, Event
from warehousing.choices import CancelState, ShipNoticeStatus
from warehousing.exceptions import CancelNotRequested
from warehousing.models import ShipNotice
from warehousing.services import ShippedQuantity, confirm_cancel_manually, confirm_manually, refuse_cancel_manually

ACTOR = system_actor()


def _noticed(shop: Shop, *quantities: int) -> tuple[Order, ShipNotice]:
    order = shop.place(*quantities)
    pay(order)
    release_to_warehouse(order_id=order.pk, actor=ACTOR)
    return again(order), ShipNotice.objects.get(source_sn=order.sn)


def _frozen(shop: Shop) -> tuple[int, int, int, int]:
    bucket, logical = shop.bucket(), shop.logical()
    held = sum(PhysicalHold.objects.filter(state=1).values_list("quantity", flat=True))
    return bucket.sold_qty, bucket.frozen_qty, logical.allocated_qty, held


def test_the_goods_are_frozen_until_the_warehouse_answers() -> None:
    shop = make_shop(stock=10)
    order, notice = _noticed(shop, 4)

    asked = cancel_order(order_id=order.pk, reason="不想要了", actor=ACTOR)

    assert (asked.status_id, asked.fulfilment_status_id) == (OrderStatus.OPEN, OrderFulfilment.NOTICED)
    assert asked.cancel_requested_at is not None
    assert _frozen(shop) == (0, 4, 4, 4)
    assert ShipNotice.objects.get(pk=notice.pk).cancel_state == CancelState.REQUESTED
    assert Event.objects.filter(type="order.cancel_requested").count() == 1
    assert prove_stock() == []

    cancel_order(order_id=order.pk, actor=ACTOR)
    assert Event.objects.filter(type="order.cancel_requested").count() == 1


def test_held_back_means_cancelled_refunded_and_sellable_again() -> None:
    shop = make_shop(stock=10)
    order, notice = _noticed(shop, 4)
    with deliver_inline():
        cancel_order(order_id=order.pk, reason="不想要了", actor=ACTOR)
        confirm_cancel_manually(notice_id=notice.pk, actor=ACTOR)
        confirm_cancel_manually(notice_id=notice.pk, actor=ACTOR)

    found = again(order)
    assert (found.status_id, found.fulfilment_status_id) == (OrderStatus.CANCELLED, OrderFulfilment.NOTHING_TO_SHIP)
    assert found.closed_reason == "不想要了"
    assert shop.counts() == (0, 0, 0, 10, 10)
    assert _frozen(shop) == (0, 0, 0, 0)
    assert ShipNotice.objects.get(pk=notice.pk).status_id == ShipNoticeStatus.CANCELLED
    assert Refund.objects.get(payment__order=order).amount == order.cost
    assert [document.status_id for document in StockOut.objects.all()] == [DocumentStatus.CANCELLED]
    assert reconcile().count == 0


def test_already_gone_means_shipped_and_on_its_way_back() -> None:
    shop = make_shop(stock=10)
    order, notice = _noticed(shop, 4)
    with deliver_inline():
        cancel_order(order_id=order.pk, reason="太晚了", actor=ACTOR)
        refuse_cancel_manually(notice_id=notice.pk, company="顺丰", tracking_no="SF1", actor=ACTOR)

    found = again(order)
    assert (found.status_id, found.fulfilment_status_id) == (OrderStatus.OPEN, OrderFulfilment.SHIPPED)
    assert found.after_sale_status_id == OrderAfterSale.RETURNING
    assert shop.counts() == (0, 0, 0, 6, 6)
    assert _frozen(shop)[:3] == (0, 0, 0)
    assert ShipNotice.objects.get(pk=notice.pk).cancel_state == CancelState.REFUSED
    returned = ReturnOrder.objects.get(order=order)
    assert (returned.status_id, sum(line.quantity for line in returned.lines.all())) == (ReturnStatus.REQUESTED, 4)
    assert not Refund.objects.exists()
    assert reconcile().count == 0


def test_a_confirmation_that_crossed_the_question_counts_as_gone() -> None:
    shop = make_shop(stock=10)
    order, notice = _noticed(shop, 4)
    with deliver_inline():
        cancel_order(order_id=order.pk, actor=ACTOR)
        confirm_manually(notice_id=notice.pk, company="顺丰", tracking_no="SF1", actor=ACTOR)

    assert again(order).fulfilment_status_id == OrderFulfilment.SHIPPED
    assert shop.counts() == (0, 0, 0, 6, 6)
    assert prove_stock() == []


def test_a_part_gone_and_a_part_held_back() -> None:
    shop = make_shop(stock=10, price="10.00")
    order, notice = _noticed(shop, 5)
    with deliver_inline():
        confirm_manually(
            notice_id=notice.pk, company="顺丰", tracking_no="SF1", lines=[ShippedQuantity(1, 2)], actor=ACTOR
        )
        cancel_order(order_id=order.pk, actor=ACTOR)
        assert _frozen(shop)[:3] == (0, 3, 3)
        confirm_cancel_manually(notice_id=notice.pk, actor=ACTOR)

    found = again(order)
    assert (found.fulfilment_status_id, found.after_sale_status_id) == (
        OrderFulfilment.SHIPPED,
        OrderAfterSale.RETURNING,
    )
    assert shop.counts() == (0, 0, 0, 8, 8)
    assert str(Refund.objects.get(payment__order=order).amount) == "30.00"
    assert sum(line.quantity for line in ReturnOrder.objects.get(order=order).lines.all()) == 2
    assert found.payment_status_id == OrderPayment.PAID
    assert reconcile().count == 0


def test_what_was_held_back_earns_nothing_and_is_not_waited_for_in_returns() -> None:
    shop = make_shop(stock=10, price="10.00")
    order, notice = _noticed(shop, 5)
    with deliver_inline():
        confirm_manually(
            notice_id=notice.pk, company="顺丰", tracking_no="SF1", lines=[ShippedQuantity(1, 2)], actor=ACTOR
        )
        cancel_order(order_id=order.pk, actor=ACTOR)
        confirm_cancel_manually(notice_id=notice.pk, actor=ACTOR)
        returned = receive_return(return_id=ReturnOrder.objects.get(order=order).pk, actor=ACTOR)
        inspect_return(return_id=returned.pk, actor=ACTOR)
        complete_order(order_id=order.pk, actor=ACTOR)

    found = again(order)
    assert (found.cost, found.lost_amount, found.items.get().cancelled_count) == (Decimal(50), Decimal(30), 3)
    assert found.after_sale_status_id == OrderAfterSale.RETURNED
    done = Event.objects.get(type="order.completed", subject=order.source.subject)
    assert done.payload["amount"] == "20.00"
    assert reconcile().count == 0


def test_goods_that_left_are_booked_before_the_rest_counts_as_held_back() -> None:
    """The two messages of a warehouse are delivered in any order: nothing that left is sold again."""
    shop = make_shop(stock=10, price="10.00")
    order, notice = _noticed(shop, 5)
    confirm_manually(notice_id=notice.pk, company="顺丰", tracking_no="SF1", lines=[ShippedQuantity(1, 2)], actor=ACTOR)
    cancel_order(order_id=order.pk, actor=ACTOR)
    confirm_cancel_manually(notice_id=notice.pk, actor=ACTOR)
    first = Delivery.objects.filter(event__type="wms.cancel_confirmed", state=DeliveryState.PENDING)
    deliver_now(list(first.values_list("pk", flat=True)))

    for minutes in range(5):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            deliver_due()

    assert shop.counts() == (0, 0, 0, 8, 8)
    assert again(order).fulfilment_status_id == OrderFulfilment.SHIPPED
    assert not Delivery.objects.exclude(state=DeliveryState.DONE).exists()
    assert reconcile().count == 0


def test_an_order_that_has_left_is_not_called_off() -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    pay(order)
    ship(order)
    before = shop.counts()

    refusal = failing(lambda: cancel_order(order_id=order.pk, actor=ACTOR), AlreadyAtWarehouse)

    assert getattr(refusal, "details", {})["shipped"] is True
    assert shop.counts() == before


def test_nobody_confirms_what_nobody_asked_for() -> None:
    shop = make_shop(stock=10)
    _order, notice = _noticed(shop, 4)

    failing(lambda: confirm_cancel_manually(notice_id=notice.pk, actor=ACTOR), CancelNotRequested)

    assert _frozen(shop) == (4, 0, 4, 4)


def test_a_customer_calls_off_by_the_api(api_for: Any, member: Any) -> None:
    user, partner = member()
    shop = make_shop(stock=10)
    order = shop.place(4, partner_id=partner.pk)
    pay(order)
    release_to_warehouse(order_id=order.pk, actor=ACTOR)

    answer = api_for(user).post(f"/api/v1/vmi/order/{order.pk}/cancel/", {"reason": "不想要了"}, format="json")

    assert answer.status_code == 200
    assert answer.json()["cancelRequestedAt"] is not None
    assert _frozen(shop)[1] == 4
