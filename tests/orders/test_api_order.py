"""``/api/v1/vmi/order/``: the wire format, who may do what, keys, bad input, queries."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.choices import OrderPayment, OrderStatus
from orders.models import Order, ReturnOrder
from orders.payments.models import Payment
from tests.factories.orders import Shop, again, complete, make_shop, pay, ship
from tests.factories.partners import make_partner
from tests.support.sql import align_ids
from tests.support.time import FrozenClock

URL = "/api/v1/vmi/order/"


def _body(shop: Shop, **more: Any) -> dict[str, Any]:
    return {"store": shop.store_id, "goods": [{"sku": shop.skus[0], "count": 2}], **more}


def _post(api: Any, url: str, body: Any, key: str | None = "key-1") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(url, body, format="json", headers=headers)


def _error(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["error"]
    return found


@pytest.fixture
def clerk(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    return api_for(staff("clerk"))


def test_a_clerk_places_an_order_for_a_member(frozen_clock: FrozenClock, clerk: Any) -> None:
    shop, partner = make_shop(price="12.50"), make_partner()
    response = _post(
        clerk,
        URL,
        _body(
            shop,
            type=1,
            customer=partner.pk,
            cost="25.00",
            memo="请尽快",
            goods=[{"sku": shop.skus[0], "name": "随便", "count": 2, "price": "12.50"}],
            consignee={"name": "王小明", "phone": "13800000000", "province": "440000", "address": "科技园"},
        ),
    )

    assert response.status_code == 201
    order = Order.objects.get()
    found = response.json()
    (line,) = found.pop("goods")
    assert line == {
        "id": order.items.get().pk,
        "order": order.pk,
        "lineNo": 1,
        "goods": shop.goods_ids[shop.skus[0]],
        "product": shop.sku_ids[shop.skus[0]],
        "sku": shop.skus[0],
        "name": f"商品 {shop.skus[0]}",
        "price": "12.50",
        "count": 2,
        "amount": "25.00",
        "returnedCount": 0,
        "namespace": "alpha",
    }
    millis = int(frozen_clock.now.timestamp()) * 1000
    assert found == {
        "id": order.pk,
        "sn": order.sn,
        "type": 1,
        "customer": partner.pk,
        "store": shop.store_id,
        "cost": "25.00",
        "paidAmount": "0.00",
        "refundedAmount": "0.00",
        "status": 100,
        "statusName": "进行中",
        "paymentStatus": 800,
        "paymentStatusName": "待付款",
        "fulfilmentStatus": 900,
        "fulfilmentStatusName": "未发货",
        "afterSaleStatus": 1000,
        "afterSaleStatusName": "无售后",
        "state": 0,
        "stateName": found["stateName"],
        "memo": "请尽快",
        "consignee": {
            "name": "王小明",
            "phone": "13800000000",
            "province": "440000",
            "city": None,
            "district": None,
            "address": "科技园",
        },
        "company": None,
        "trackingNo": None,
        "closedReason": None,
        "sourceRef": None,
        "expiresAt": found["expiresAt"],
        "paidAt": None,
        "noticedAt": None,
        "shippedAt": None,
        "completedAt": None,
        "namespace": "alpha",
        "creater": order.creater_id,
        "createTime": millis,
        "modifyTime": millis,
    }
    assert clerk.get(f"{URL}{order.pk}/").json()["sn"] == order.sn
    assert clerk.get(f"{URL}{order.pk}").status_code == 200


def test_the_same_key_places_one_order(clerk: Any) -> None:
    shop = make_shop(stock=10)
    first, second = _post(clerk, URL, _body(shop)), _post(clerk, URL, _body(shop))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1
    assert _error(_post(clerk, URL, _body(shop, memo="x")))["code"] == "idempotency_mismatch"
    assert _error(_post(clerk, URL, _body(shop), key=None))["code"] == "idempotency_key_required"


def test_a_shortage_is_told_line_by_line(clerk: Any) -> None:
    shop = make_shop(stock=1)
    response = _post(clerk, URL, _body(shop))

    assert response.status_code == 409
    error = _error(response)
    assert (error["type"], error["code"], error["param"]) == (
        "insufficient_stock",
        "stock_insufficient",
        "goods[0].count",
    )
    assert error["details"] == {"lines": [{"line": 1, "sku": shop.skus[0], "wanted": 2, "available": 1}]}
    assert Order.objects.count() == 0
    assert shop.bucket().held_qty == 0


def test_a_stale_price_is_a_conflict(clerk: Any) -> None:
    shop = make_shop(price="10.00")
    goods = [{"sku": shop.skus[0], "count": 1, "price": "9.99"}]
    error = _error(_post(clerk, URL, _body(shop, goods=goods)))

    assert (error["code"], error["param"]) == ("price_changed", "goods[0].price")


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"goods": []}, "goods"),
        ({"goods": None}, "goods"),
        ({"goods": "SKU"}, "goods"),
        ({"goods": [{"sku": "A"}]}, "goods[0].count"),
        ({"goods": [{"sku": "A", "count": 0}]}, "goods[0].count"),
        ({"goods": [{"sku": "A", "count": -1}]}, "goods[0].count"),
        ({"goods": [{"sku": "A", "count": 1.5}]}, "goods[0].count"),
        ({"goods": [{"sku": "A", "count": "1"}]}, "goods[0].count"),
        ({"goods": [{"sku": "A", "count": True}]}, "goods[0].count"),
        ({"goods": [{"sku": "A", "count": 10**12}]}, "goods[0].count"),
        ({"goods": [{"sku": "A\x00", "count": 1}]}, None),
        ({"goods": [{"sku": "NO-SUCH", "count": 1}]}, "goods[0].sku"),
        ({"goods": [{"sku": "A", "count": 1, "price": 9.99}]}, "goods[0].price"),
        ({"goods": [{"sku": "A", "count": 1, "price": "-1"}]}, "goods[0].price"),
        ({"goods": [{"sku": "A", "count": 1, "agreedPrice": "0.01"}]}, "goods[0].agreedPrice"),
        ({"goods": [{"sku": "A", "count": 1}] * 1001}, "goods"),
        ({"store": 10**9}, "store"),
        ({"store": "1"}, "store"),
        ({"store": None}, "store"),
        ({"customer": 10**9}, "customer"),
        ({"customer": 10**30}, "customer"),
        ({"type": 2}, "type"),
        ({"cost": 19.99}, "cost"),
        ({"cost": "1e2"}, "cost"),
        ({"memo": "x" * 501}, "memo"),
        ({"memo": "\x00"}, None),
        ({"consignee": {"name": 5}}, "consignee.name"),
        ({"consignee": {"planet": "x"}}, "consignee.planet"),
        ({"consignee": []}, "consignee"),
        ({"status": 101}, "status"),
        ({"sn": "ORD-1"}, "sn"),
        ({"paidAmount": "1.00"}, "paidAmount"),
        ({"creater": 1}, "creater"),
        ({"namespace": "beta"}, "namespace"),
    ],
)
def test_bad_input_is_refused_with_its_field(clerk: Any, change: dict[str, Any], param: str | None) -> None:
    shop = make_shop()
    response = _post(clerk, URL, {**_body(shop), **change})

    assert 400 <= response.status_code < 500
    assert _error(response)["param"] == param
    assert Order.objects.count() == 0
    assert shop.bucket().held_qty == 0


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", '"x"', "[" * 5000 + "]" * 5000, '{"store": NaN}'])
def test_unreadable_bodies_are_refused(clerk: Any, raw: str) -> None:
    response = clerk.post(URL, raw, content_type="application/json", headers={"Idempotency-Key": "k"})

    assert response.status_code == 400
    assert Order.objects.count() == 0


def test_members_order_for_themselves_only(member: Callable[[], Any], api_for: Callable[..., Any], clerk: Any) -> None:
    shop = make_shop(stock=10)
    user, partner = member()
    other = make_partner()
    api = api_for(user)

    assert _post(api, URL, _body(shop), key="a").json()["customer"] == partner.pk
    assert _post(api, URL, _body(shop, customer=partner.pk), key="b").json()["customer"] == partner.pk
    refused = _post(api, URL, _body(shop, customer=other.pk), key="c")
    assert (refused.status_code, _error(refused)["code"]) == (403, "foreign_customer")
    foreign = shop.place(1, partner_id=other.pk)
    assert [row["customer"] for row in api.get(URL).json()["results"]] == [partner.pk, partner.pk]
    assert api.get(f"{URL}{foreign.pk}/").status_code == 404
    for verb in ("cancel", "complete", "return", "pay"):
        body: dict[str, Any] = {"provider": "offline"} if verb == "pay" else {}
        body = {"lines": [{"lineNo": 1, "count": 1}]} if verb == "return" else body
        assert _post(api, f"{URL}{foreign.pk}/{verb}/", body).status_code == 404
    own = Order.objects.filter(customer=partner).first()
    assert own is not None
    assert _post(api, f"{URL}{own.pk}/release/", {}).status_code == 403
    assert _post(api, f"{URL}{own.pk}/pay-offline/", {"amount": "20.00"}).status_code == 403
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
    assert _error(api.post(f"{URL}{second.pk}/cancel/", {}, format="json"))["code"] == "order_state_conflict"


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

    assert _post(api, URL, _body(shop)).status_code == create
    assert api.get(URL).status_code == read
    assert _post(api, f"{URL}{order.pk}/release/", {}).status_code == release


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


def test_the_list_reads_overdue_orders_as_expired(
    frozen_clock: FrozenClock, staff: Callable[..., Any], api_for: Callable[..., Any]
) -> None:
    shop = make_shop(stock=10)
    overdue = shop.place(1)
    frozen_clock.advance(minutes=15)
    fresh, clerk = shop.place(1), api_for(staff("clerk"))

    assert {row["id"]: row["status"] for row in clerk.get(URL).json()["results"]} == {overdue.pk: 103, fresh.pk: 100}
    assert [row["id"] for row in clerk.get(f"{URL}?status=103").json()["results"]] == [overdue.pk]
    assert [row["id"] for row in clerk.get(f"{URL}?status=100").json()["results"]] == [fresh.pk]
    assert clerk.get(f"{URL}{overdue.pk}/").json()["statusName"] == "超时关闭"


def test_the_list_is_filtered(clerk: Any) -> None:
    shop, partner = make_shop(stock=10), make_partner()
    mine, paid = shop.place(1, partner_id=partner.pk), shop.place(2)
    pay(paid)
    elsewhere = make_shop().place(1)

    def ids(query: str) -> list[int]:
        return [row["id"] for row in clerk.get(f"{URL}?{query}").json()["results"]]

    assert ids(f"customerId={partner.pk}") == [mine.pk]
    assert ids(f"storeId={shop.store_id}") == [paid.pk, mine.pk]
    assert ids("paymentStatus=801") == [paid.pk]
    assert ids(f"sn={elsewhere.sn}") == [elsewhere.pk]
    assert ids("createTimeFrom=2000-01-01T00:00:00Z&createTimeTo=2001-01-01T00:00:00Z") == []
    assert ids("status=999") == []
    assert _error(clerk.get(f"{URL}?stauts=100"))["code"] == "unknown_parameter"
    assert clerk.get(f"{URL}?status=abc").status_code == 400


def test_a_page_costs_the_same_whatever_it_holds(clerk: Any) -> None:
    shop = make_shop(stock=100)
    for _ in range(2):
        shop.add(stock=100)
    counts = []
    for rounds in (1, 6):
        for _ in range(rounds):
            shop.place(1, 1, 1, partner_id=make_partner().pk)
        with CaptureQueriesContext(connection) as queries:
            clerk.get(URL)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_lines_are_listed_by_themselves(clerk: Any, member: Callable[[], Any], api_for: Callable[..., Any]) -> None:
    shop = make_shop(stock=10)
    user, partner = member()
    mine, other = shop.place(2, partner_id=partner.pk), shop.place(1)
    url = f"{URL}goodsItem/"

    assert [row["order"] for row in clerk.get(url).json()["results"]] == [other.pk, mine.pk]
    assert [row["order"] for row in clerk.get(f"{url}?orderId={mine.pk}").json()["results"]] == [mine.pk]
    assert [row["order"] for row in api_for(user).get(url).json()["results"]] == [mine.pk]
    assert clerk.post(url, {}, format="json").status_code in (403, 405)


def test_a_member_pays_with_a_provider(member: Callable[[], Any], api_for: Callable[..., Any], clerk: Any) -> None:
    shop = make_shop(price="12.50")
    user, partner = member()
    api = api_for(user)
    order = shop.place(2, partner_id=partner.pk)
    response = _post(api, f"{URL}{order.pk}/pay/", {"provider": "development"})

    assert response.status_code == 201
    payment = Payment.objects.get()
    found = response.json()
    assert found["checkout"] == {"kind": "redirect", "url": f"/pay/dev/{payment.sn}/", "payload": {}}
    assert (found["payment"]["amount"], found["payment"]["currency"]) == ("25.00", "CNY")
    bad = _post(api, f"{URL}{order.pk}/pay/", {"provider": "development", "amount": "0.01"}, key="k2")
    assert (_error(bad)["code"], _error(bad)["param"]) == ("unknown_field", "amount")
    assert _error(_post(api, f"{URL}{order.pk}/pay/", {"provider": "gold"}, key="k3"))["code"] == "unknown_provider"
    assert [row["sn"] for row in api.get("/api/v1/payments/payments/").json()["results"]] == [payment.sn]
    assert again(order).payment_status_id == OrderPayment.UNPAID


def test_finance_confirms_cash(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    api = api_for(staff("finance"))
    order = make_shop(price="12.50").place(2)
    url = f"{URL}{order.pk}/pay-offline/"

    assert _error(_post(api, url, {"amount": "24.00"}, key="a"))["code"] == "amount_mismatch"
    assert _error(_post(api, url, {"amount": 25.0}, key="b"))["param"] == "amount"
    assert _error(_post(api, url, {"amount": "-25.00"}, key="c"))["param"] == "amount"
    assert Payment.objects.count() == 0
    done = _post(api, url, {"amount": "25.00", "reference": "S-1"}, key="d")
    assert (done.status_code, done.json()["state"], done.json()["providerNo"]) == (201, 1201, "S-1")
    assert again(order).payment_status_id == OrderPayment.PAID


def test_a_return_by_api(member: Callable[[], Any], api_for: Callable[..., Any], staff: Callable[..., Any]) -> None:
    shop = make_shop(price="10.00", stock=10)
    user, partner = member()
    api, warehouse = api_for(user), api_for(staff("warehouse"))
    order = complete(shop.place(4, partner_id=partner.pk))
    body = {"lines": [{"lineNo": 1, "count": 3}], "reason": "不合适"}
    response = _post(api, f"{URL}{order.pk}/return/", body)

    assert response.status_code == 201
    found = response.json()
    url = f"/api/v1/orders/returns/{found['id']}/"
    assert (found["status"], found["orderSn"], found["lines"][0]["quantity"]) == (1100, order.sn, 3)
    assert api.post(f"{url}receive/", {}, format="json").status_code == 403
    assert warehouse.post(f"{url}receive/", {}, format="json").json()["status"] == 1101
    lines = [{"lineNo": 1, "good": 2, "bad": 1}]
    done = warehouse.post(f"{url}inspect/", {"lines": lines, "refundAmount": "25.00"}, format="json")
    assert (done.status_code, done.json()["status"], done.json()["refundAmount"]) == (200, 1102, "25.00")
    assert api.get(url).json()["lines"][0] | {"good": 2, "bad": 1} == api.get(url).json()["lines"][0]
    assert shop.counts() == (0, 0, 0, 8, 9)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "lines"),
        ({"lines": []}, "lines"),
        ({"lines": [{"lineNo": 1, "count": 0}]}, "lines[0].count"),
        ({"lines": [{"lineNo": 1, "count": 1.5}]}, "lines[0].count"),
        ({"lines": [{"lineNo": 0, "count": 1}]}, "lines[0].lineNo"),
        ({"lines": [{"lineNo": 10**9, "count": 1}]}, "lines[0].lineNo"),
        ({"lines": [{"lineNo": 1, "count": 99}]}, "lines"),
        ({"lines": [{"lineNo": 1, "count": 1}], "refundAmount": "9"}, "refundAmount"),
        ({"lines": [{"lineNo": 1, "count": 1}], "reason": "\x00"}, None),
    ],
)
def test_a_bad_return_is_refused(clerk: Any, body: dict[str, Any], param: str | None) -> None:
    order = complete(make_shop(stock=10).place(4))
    response = _post(clerk, f"{URL}{order.pk}/return/", body)

    assert 400 <= response.status_code < 500
    assert _error(response)["param"] == param
    assert ReturnOrder.objects.count() == 0


def test_returns_are_listed_as_orders_of_type_two(
    member: Callable[[], Any], api_for: Callable[..., Any], clerk: Any
) -> None:
    shop = make_shop(price="10.00", stock=10)
    user, partner = member()
    order, other = complete(shop.place(4, partner_id=partner.pk)), complete(shop.place(2))
    for sold in (order, other):
        _post(clerk, f"{URL}{sold.pk}/return/", {"lines": [{"lineNo": 1, "count": 2}]}, key=f"r-{sold.pk}")
    mine = ReturnOrder.objects.get(order=order)

    found = clerk.get(f"{URL}?type=2&customerId={partner.pk}").json()["results"]
    assert [(row["sn"], row["type"], row["originalOrder"], row["status"]) for row in found] == [
        (mine.sn, 2, order.pk, 1100)
    ]
    (line,) = found[0]["goods"]
    assert (line["sku"], line["count"], line["price"], line["amount"]) == (shop.skus[0], 2, "10.00", "20.00")
    assert [row["sn"] for row in api_for(user).get(f"{URL}?type=2").json()["results"]] == [mine.sn]
    assert len(clerk.get(f"{URL}?type=2").json()["results"]) == 2
    assert [row["id"] for row in clerk.get(f"{URL}?type=1").json()["results"]] == [other.pk, order.pk]
    for query in ("type=3", "type=2&trackingNo=1", "type=2&ordering=cost", "type=2&status=x"):
        assert clerk.get(f"{URL}?{query}").status_code == 400


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("receive", {"location": "A"}),
        ("receive", {"location": 10**9}),
        ("inspect", {"lines": [{"lineNo": 1, "good": -1, "bad": 5}]}),
        ("inspect", {"lines": [{"lineNo": 1, "good": 1, "bad": 0}]}),
        ("inspect", {"refundAmount": 1.5}),
        ("inspect", {"refundAmount": "1000.00"}),
        ("reject", {"reason": 5}),
        ("reject", {"status": 1103}),
    ],
)
def test_bad_steps_of_a_return_change_nothing(
    staff: Callable[..., Any], api_for: Callable[..., Any], clerk: Any, verb: str, body: dict[str, Any]
) -> None:
    order = complete(make_shop(stock=10).place(4))
    api = api_for(staff("manager"))
    _post(api, f"{URL}{order.pk}/return/", {"lines": [{"lineNo": 1, "count": 2}]})
    returned = ReturnOrder.objects.get()
    url = f"/api/v1/orders/returns/{returned.pk}/"
    if verb == "inspect":
        api.post(f"{url}receive/", {}, format="json")
    before = ReturnOrder.objects.values().get()
    response = api.post(f"{url}{verb}/", body, format="json")

    assert 400 <= response.status_code < 500, response.content
    assert ReturnOrder.objects.values().get() == before


def test_commands_take_no_unknown_fields(clerk: Any) -> None:
    order = make_shop().place(1)
    for verb in ("cancel", "complete"):
        response = clerk.post(f"{URL}{order.pk}/{verb}/", {"force": True}, format="json")
        assert (response.status_code, _error(response)["code"]) == (400, "unknown_field")
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
    assert _post(api, URL, _body(mine), key="a").status_code == 201
    assert _post(api, URL, _body(other), key="b").status_code == 404


def test_the_answers_are_json(clerk: Any) -> None:
    response = clerk.get(URL)

    assert json.loads(response.content) == {"results": [], "next": None, "previous": None}
