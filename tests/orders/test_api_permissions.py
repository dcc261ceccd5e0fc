"""Who may do what with orders: members, staff by role, strangers, tokens of another namespace."""

from collections.abc import Callable
from typing import Any

import pytest

from orders.choices import OrderPayment, OrderStatus
from orders.models import Order
from orders.payments.models import Payment
from tests.factories.orders import again, make_shop, pay, ship
from tests.factories.partners import make_partner
from tests.orders.calls import URL, body_for, error_of, post
from tests.support.sql import align_ids


def test_members_order_for_themselves_only(member: Callable[[], Any], api_for: Callable[..., Any], clerk: Any) -> None:
    shop = make_shop(stock=10)
    user, partner = member()
    other = make_partner()
    api = api_for(user)

    assert post(api, URL, body_for(shop), key="a").json()["customer"] == partner.pk
    assert post(api, URL, body_for(shop, customer=partner.pk), key="b").json()["customer"] == partner.pk
    refused = post(api, URL, body_for(shop, customer=other.pk), key="c")
    assert (refused.status_code, error_of(refused)["code"]) == (403, "foreign_customer")
    foreign = shop.place(1, partner_id=other.pk)
    assert [row["customer"] for row in api.get(URL).json()["results"]] == [partner.pk, partner.pk]
    assert api.get(f"{URL}{foreign.pk}/").status_code == 404
    for verb in ("cancel", "complete", "return", "pay"):
        body: dict[str, Any] = {"provider": "offline"} if verb == "pay" else {}
        body = {"lines": [{"lineNo": 1, "count": 1}]} if verb == "return" else body
        assert post(api, f"{URL}{foreign.pk}/{verb}/", body).status_code == 404
    own = Order.objects.filter(customer=partner).first()
    assert own is not None
    assert post(api, f"{URL}{own.pk}/release/", {}).status_code == 403
    assert post(api, f"{URL}{own.pk}/pay-offline/", {"amount": "20.00"}).status_code == 403
    assert {row["customer"] for row in clerk.get(URL).json()["results"]} == {partner.pk, other.pk}


def test_a_member_cancels_and_completes_their_own(member: Callable[[], Any], api_for: Callable[..., Any]) -> None:
    shop = make_shop(stock=10)
    user, partner = member()
    api = api_for(user)
    first, second = shop.place(1, partner_id=partner.pk), shop.place(1, partner_id=partner.pk)
    cancelled = api.post(f"{URL}{first.pk}/cancel/", {"reason": "不要了"}, format="json")
    pay(second)
    ship(second)
    completed = api.post(f"{URL}{second.pk}/complete/", {}, format="json")

    assert (cancelled.status_code, cancelled.json()["status"], cancelled.json()["closedReason"]) == (200, 102, "不要了")
    assert (completed.status_code, completed.json()["status"], completed.json()["state"]) == (200, 101, 3)
    assert error_of(api.post(f"{URL}{second.pk}/cancel/", {}, format="json"))["code"] == "order_state_conflict"


@pytest.mark.parametrize(
    ("role", "create", "read", "release"),
    [
        ("clerk", 201, 200, 403),
        ("warehouse", 403, 200, 409),
        ("finance", 403, 200, 403),
        ("manager", 201, 200, 409),
        (None, 403, 403, 403),
    ],
)
def test_what_a_role_may_do(
    staff: Callable[..., Any],
    api_for: Callable[..., Any],
    role: str | None,
    create: int,
    read: int,
    release: int,
) -> None:
    shop = make_shop(stock=10)
    order, api = shop.place(1), api_for(staff(role))

    assert post(api, URL, body_for(shop)).status_code == create
    assert api.get(URL).status_code == read
    assert post(api, f"{URL}{order.pk}/release/", {}).status_code == release


def test_strangers_are_asked_to_sign_in(api_for: Callable[..., Any]) -> None:
    order = make_shop().place(1)
    anonymous = api_for()

    for method, url in (("get", URL), ("post", URL), ("get", f"{URL}{order.pk}/"), ("post", f"{URL}{order.pk}/pay/")):
        assert getattr(anonymous, method)(url).status_code == 401


def test_a_token_of_another_namespace_opens_nothing(
    staff: Callable[..., Any], api_for: Callable[..., Any], in_beta: Any, alpha: Any, beta: Any
) -> None:
    align_ids([alpha, beta], Order)
    shop = make_shop()
    order = shop.place(1)
    with in_beta():
        foreign = make_shop().place(1)
        stranger = staff("manager")
        assert foreign.pk == order.pk
        token = api_for(stranger)._credentials["HTTP_AUTHORIZATION"]
    api = api_for()
    api.credentials(HTTP_AUTHORIZATION=token)

    assert api.get(f"{URL}{order.pk}/").status_code == 401
    assert api.post(f"{URL}{order.pk}/cancel/", {}, format="json").status_code == 401
    assert again(order).status_id == OrderStatus.OPEN


def test_equal_ids_of_two_namespaces_do_not_mix(clerk: Any, in_beta: Any, alpha: Any, beta: Any) -> None:
    align_ids([alpha, beta], Order)
    order = make_shop(price="10.00").place(1)
    with in_beta():
        other = make_shop(price="99.00").place(1)
    assert other.pk == order.pk
    clerk.post(f"{URL}{order.pk}/cancel/", {}, format="json")

    assert again(order).status_id == OrderStatus.CANCELLED
    with in_beta():
        assert again(other).status_id == OrderStatus.OPEN
        assert [str(row.cost) for row in Order.objects.all()] == ["99.00"]


def test_a_member_pays_with_a_provider(member: Callable[[], Any], api_for: Callable[..., Any], clerk: Any) -> None:
    shop = make_shop(price="12.50")
    user, partner = member()
    api = api_for(user)
    order = shop.place(2, partner_id=partner.pk)
    response = post(api, f"{URL}{order.pk}/pay/", {"provider": "development"})

    assert response.status_code == 201
    payment = Payment.objects.get()
    found = response.json()
    assert found["checkout"] == {"kind": "redirect", "url": f"/pay/dev/{payment.sn}/", "payload": {}}
    assert (found["payment"]["amount"], found["payment"]["currency"]) == ("25.00", "CNY")
    bad = post(api, f"{URL}{order.pk}/pay/", {"provider": "development", "amount": "0.01"}, key="k2")
    assert (error_of(bad)["code"], error_of(bad)["param"]) == ("unknown_field", "amount")
    assert error_of(post(api, f"{URL}{order.pk}/pay/", {"provider": "gold"}, key="k3"))["code"] == "unknown_provider"
    assert [row["sn"] for row in api.get("/api/v1/payments/payments/").json()["results"]] == [payment.sn]
    assert again(order).payment_status_id == OrderPayment.UNPAID


def test_finance_confirms_cash(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    api = api_for(staff("finance"))
    order = make_shop(price="12.50").place(2)
    url = f"{URL}{order.pk}/pay-offline/"

    assert error_of(post(api, url, {"amount": "24.00"}, key="a"))["code"] == "amount_mismatch"
    assert error_of(post(api, url, {"amount": 25.0}, key="b"))["param"] == "amount"
    assert error_of(post(api, url, {"amount": "-25.00"}, key="c"))["param"] == "amount"
    assert Payment.objects.count() == 0
    done = post(api, url, {"amount": "25.00", "reference": "S-1"}, key="d")
    assert (done.status_code, done.json()["state"], done.json()["providerNo"]) == (201, 1201, "S-1")
    assert again(order).payment_status_id == OrderPayment.PAID


def test_commands_take_no_unknown_fields(clerk: Any) -> None:
    order = make_shop().place(1)
    for verb in ("cancel", "complete"):
        response = clerk.post(f"{URL}{order.pk}/{verb}/", {"force": True}, format="json")
        assert (response.status_code, error_of(response)["code"]) == (400, "unknown_field")
    assert again(order).status_id == OrderStatus.OPEN


def test_orders_are_not_edited_or_deleted(clerk: Any) -> None:
    order = make_shop().place(1)
    for method in ("put", "patch", "delete"):
        assert getattr(clerk, method)(f"{URL}{order.pk}/", {}, format="json").status_code in (403, 405)


def test_a_store_member_sees_and_serves_their_own_store(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    from stores.services import add_member
    from vmi.core.actors import system_actor

    user, mine, other = staff("store_member"), make_shop(stock=10), make_shop(stock=10)
    add_member(store_id=mine.store_id, title="店员", name="小李", user_id=user.pk, actor=system_actor())
    own, foreign = mine.place(1), other.place(1)
    api = api_for(user)

    assert [row["id"] for row in api.get(URL).json()["results"]] == [own.pk]
    assert api.get(f"{URL}{foreign.pk}/").status_code == 404
    assert post(api, URL, body_for(mine), key="a").status_code == 201
    assert post(api, URL, body_for(other), key="b").status_code == 404
