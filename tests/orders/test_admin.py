"""The back office: lists by four axes, the order's page, actions through the services, export."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.choices import OrderAfterSale, OrderFulfilment, OrderPayment, OrderStatus, ReturnStatus
from orders.models import Order, ReturnOrder
from orders.payments.models import Payment, Refund
from orders.services import ReturnItemInput, cancel_order, request_return
from tests.factories.orders import again, complete, make_shop, pay, ship
from tests.factories.partners import make_partner
from tests.support.time import FrozenClock
from vmi.core.actors import system_actor
from vmi.events import deliver_inline

LIST = "admin:orders_order_changelist"
PAGE = "admin:orders_order_change"
ACTOR = system_actor()


@pytest.fixture
def manager(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    return client_for(staff("manager"))


def _press(browser: Any, model: str, action: str, pk: int, **data: str) -> Any:
    return browser.post(reverse(f"admin:orders_{model}_{action}", args=[pk]), data, follow=True)


def test_the_list_shows_the_four_axes(manager: Any) -> None:
    shop = make_shop(stock=10)
    order = shop.place(2, partner_id=make_partner(name="王小明").pk)
    pay(order)
    text = manager.get(reverse(LIST)).content.decode()

    for shown in (order.sn, "王小明", "20.00", "进行中", "已付款", "未发货", "无售后"):
        assert shown in text


def test_an_overdue_order_shows_as_expired(frozen_clock: FrozenClock, manager: Any) -> None:
    shop = make_shop(stock=10)
    overdue = shop.place(1)
    frozen_clock.advance(minutes=15)
    fresh = shop.place(1)

    expired = manager.get(reverse(LIST), {"status": "103"}).content.decode()
    assert overdue.sn in expired
    assert fresh.sn not in expired
    still_open = manager.get(reverse(LIST), {"status": "100"}).content.decode()
    assert (fresh.sn in still_open, overdue.sn in still_open) == (True, False)
    assert "超时关闭" in manager.get(reverse(PAGE, args=[overdue.pk])).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"payment_status": "801"},
        {"fulfilment_status": "900"},
        {"after_sale_status": "1000"},
        {"q": "ORD-"},
        {"status": "abc"},
    ],
)
def test_filters_and_search_answer(manager: Any, query: dict[str, str]) -> None:
    order = make_shop().place(1)
    pay(order)

    response = manager.get(reverse(LIST), query)
    assert response.status_code == 200
    assert order.sn in response.content.decode()


def test_the_page_shows_everything_about_an_order(manager: Any) -> None:
    shop = make_shop(price="12.50", stock=10)
    order = shop.place(2, memo="请放门口")
    payment = pay(order, reference="SLIP-9")
    ship(order, tracking_no="SF123")
    returned = request_return(order_id=order.pk, lines=[ReturnItemInput(1, 1)], actor=ACTOR)
    text = manager.get(reverse(PAGE, args=[order.pk])).content.decode()

    for shown in (order.sn, shop.skus[0], "25.00", "请放门口", payment.sn, "SF123", returned.sn, "王小明", "科技园"):
        assert shown in text
    assert reverse("admin:payments_payment_change", args=[payment.pk]) in text
    assert 'name="_save"' not in text
    assert "(801," not in text


def test_a_page_of_orders_costs_the_same_whatever_it_holds(manager: Any) -> None:
    shop = make_shop(stock=100)
    counts = []
    for rounds in (1, 8):
        for _ in range(rounds):
            shop.place(1, partner_id=make_partner().pk)
        manager.get(reverse(LIST))
        with CaptureQueriesContext(connection) as queries:
            manager.get(reverse(LIST))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_orders_are_neither_typed_in_nor_deleted(manager: Any) -> None:
    order = make_shop().place(1)

    assert manager.get(reverse("admin:orders_order_add")).status_code == 403
    assert manager.get(reverse("admin:orders_order_delete", args=[order.pk])).status_code == 403
    manager.post(reverse(PAGE, args=[order.pk]), {"memo": "geändert", "cost": "0.01"})
    assert (again(order).memo, again(order).cost) == ("", Decimal("10.00"))


def test_cancelling_asks_first_and_says_why(manager: Any) -> None:
    shop = make_shop(stock=10)
    order = shop.place(2)
    question = manager.get(reverse("admin:orders_order_cancel", args=[order.pk]))
    assert question.status_code == 200
    assert again(order).status_id == OrderStatus.OPEN
    _press(manager, "order", "cancel", order.pk, reason="客户来电")

    assert (again(order).status_id, again(order).closed_reason) == (OrderStatus.CANCELLED, "客户来电")
    assert shop.bucket().held_qty == 0


def test_the_way_of_an_order_by_buttons(manager: Any) -> None:
    order = make_shop(price="12.50", stock=10).place(2)
    _press(manager, "order", "confirm_payment", order.pk, amount="25.00", reference="S-1")
    assert again(order).payment_status_id == OrderPayment.PAID
    _press(manager, "order", "release", order.pk)
    assert again(order).fulfilment_status_id == OrderFulfilment.NOTICED
    ship(order)
    _press(manager, "order", "complete", order.pk)

    assert again(order).status_id == OrderStatus.COMPLETED


def test_a_refused_action_is_a_message_and_changes_nothing(manager: Any) -> None:
    order = make_shop(price="12.50", stock=10).place(2)
    response = _press(manager, "order", "confirm_payment", order.pk, amount="24.00", reference="")
    assert Payment.objects.count() == 0
    assert again(order).payment_status_id == OrderPayment.UNPAID
    assert response.status_code == 200
    _press(manager, "order", "release", order.pk)
    _press(manager, "order", "complete", order.pk)

    assert again(order).fulfilment_status_id == OrderFulfilment.UNFULFILLED
    assert again(order).status_id == OrderStatus.OPEN


def test_an_action_runs_over_the_selected_orders(manager: Any) -> None:
    shop = make_shop(stock=10)
    good, bad = shop.place(1), shop.place(1)
    pay(good)
    data = {"action": "release", "_selected_action": [str(good.pk), str(bad.pk)]}
    response = manager.post(reverse(LIST), data, follow=True)
    if again(good).fulfilment_status_id == OrderFulfilment.UNFULFILLED:
        response = manager.post(reverse(LIST), {**data, "_answered": "1", "select_across": "0"}, follow=True)

    assert again(good).fulfilment_status_id == OrderFulfilment.NOTICED
    assert again(bad).fulfilment_status_id == OrderFulfilment.UNFULFILLED
    assert bad.sn in response.content.decode()


def test_export_is_safe_for_spreadsheets(manager: Any) -> None:
    order = make_shop().place(1, partner_id=make_partner(name="=cmd|1").pk)
    response = manager.post(reverse(LIST), {"action": "export_csv", "_selected_action": [str(order.pk)]})
    text = response.content.decode()

    assert response["Content-Type"].startswith("text/csv")
    assert order.sn in text
    assert ",=cmd" not in text


def test_exporting_needs_its_own_permission(staff: Callable[..., Any], client_for: Callable[..., Any]) -> None:
    order = make_shop().place(1)
    data = {"action": "export_csv", "_selected_action": [str(order.pk)]}
    kinds = {role: client_for(staff(role)).post(reverse(LIST), data)["Content-Type"] for role in ("clerk", "warehouse")}

    assert kinds["clerk"].startswith("text/csv")
    assert not kinds["warehouse"].startswith("text/csv")


def test_a_clerk_has_no_button_for_money_or_warehouse(
    staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    order = make_shop().place(1)
    clerk = client_for(staff("clerk"))
    for action in ("release", "confirm_payment"):
        assert clerk.post(reverse(f"admin:orders_order_{action}", args=[order.pk])).status_code == 403
    text = clerk.get(reverse(PAGE, args=[order.pk])).content.decode()

    assert reverse("admin:orders_order_cancel", args=[order.pk]) in text
    assert reverse("admin:orders_order_release", args=[order.pk]) not in text


def test_a_return_is_received_and_inspected_by_buttons(manager: Any) -> None:
    shop = make_shop(price="10.00", stock=10)
    order = complete(shop.place(4))
    returned = request_return(order_id=order.pk, lines=[ReturnItemInput(1, 3)], actor=ACTOR)
    assert returned.sn in manager.get(reverse("admin:orders_returnorder_changelist")).content.decode()
    _press(manager, "returnorder", "receive", returned.pk)
    _press(manager, "returnorder", "inspect", returned.pk, bad="1:1", refund_amount="25.00")

    done = ReturnOrder.objects.get()
    assert (done.status_id, done.refund_amount) == (ReturnStatus.DONE, Decimal("25.00"))
    assert shop.counts() == (0, 0, 0, 8, 9)
    assert again(order).after_sale_status_id == OrderAfterSale.PARTLY_RETURNED
    text = manager.get(reverse("admin:orders_returnorder_change", args=[returned.pk])).content.decode()
    assert shop.skus[0] in text


@pytest.mark.parametrize("bad", ["x", "1:", "1:9", "2:1", "1:-1"])
def test_a_wrong_inspection_changes_nothing(manager: Any, bad: str) -> None:
    order = complete(make_shop(stock=10).place(4))
    returned = request_return(order_id=order.pk, lines=[ReturnItemInput(1, 3)], actor=ACTOR)
    _press(manager, "returnorder", "receive", returned.pk)
    _press(manager, "returnorder", "inspect", returned.pk, bad=bad)

    assert ReturnOrder.objects.get().status_id == ReturnStatus.RECEIVED


def test_a_return_is_rejected_by_button(manager: Any) -> None:
    order = complete(make_shop(stock=10).place(4))
    returned = request_return(order_id=order.pk, lines=[ReturnItemInput(1, 3)], actor=ACTOR)
    _press(manager, "returnorder", "reject", returned.pk, reason="已拆封")

    assert ReturnOrder.objects.get().reason == "已拆封"
    assert again(order).after_sale_status_id == OrderAfterSale.NONE


def test_payments_and_refunds_have_pages(staff: Callable[..., Any], client_for: Callable[..., Any]) -> None:
    finance = client_for(staff("finance"))
    order = make_shop().place(1)
    payment = pay(order, reference="S-1")
    with deliver_inline():
        cancel_order(order_id=order.pk, actor=ACTOR)
    refund = Refund.objects.get()

    for page, shown in (("payment", payment), ("refund", refund)):
        assert shown.sn in finance.get(reverse(f"admin:payments_{page}_changelist"), {"state": ""}).content.decode()
        assert finance.get(reverse(f"admin:payments_{page}_change", args=[shown.pk])).status_code == 200
    finance.post(reverse("admin:payments_refund_confirm", args=[refund.pk]), {"reference": "S-2"})
    assert again(order).payment_status_id == OrderPayment.REFUNDED
    assert str(Order.objects.get().refunded_amount) == "10.00"
