"""``/api/v1/vmi/order/``: the wire format, keys, bad input, lists and their queries."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from tests.factories.orders import make_shop, pay
from tests.factories.partners import make_partner
from tests.orders.calls import URL, body_for, error_of, post
from tests.orders.wire import wire_line, wire_order
from tests.support.time import FrozenClock


def test_a_clerk_places_an_order_for_a_member(frozen_clock: FrozenClock, clerk: Any) -> None:
    shop, partner = make_shop(price="12.50"), make_partner()
    response = post(
        clerk,
        URL,
        body_for(
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
    assert line == wire_line(order, shop)
    millis = int(frozen_clock.now.timestamp()) * 1000
    assert found == {
        **wire_order(order),
        "store": shop.store_id,
        "customer": partner.pk,
        "stateName": found["stateName"],
        "expiresAt": found["expiresAt"],
        "createTime": millis,
        "modifyTime": millis,
    }
    assert clerk.get(f"{URL}{order.pk}/").json()["sn"] == order.sn
    assert clerk.get(f"{URL}{order.pk}").status_code == 200


def test_the_same_key_places_one_order(clerk: Any) -> None:
    shop = make_shop(stock=10)
    first, second = post(clerk, URL, body_for(shop)), post(clerk, URL, body_for(shop))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1
    assert error_of(post(clerk, URL, body_for(shop, memo="x")))["code"] == "idempotency_mismatch"
    assert error_of(post(clerk, URL, body_for(shop), key=None))["code"] == "idempotency_key_required"


def test_a_shortage_is_told_line_by_line(clerk: Any) -> None:
    shop = make_shop(stock=1)
    response = post(clerk, URL, body_for(shop))

    assert response.status_code == 409
    error = error_of(response)
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
    error = error_of(post(clerk, URL, body_for(shop, goods=goods)))

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
        ({"goods": [{"sku": "A\x00", "count": 1}]}, "goods[0].sku"),
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
        ({"memo": "\x00"}, "memo"),
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
def test_bad_input_is_refused_with_its_field(clerk: Any, change: dict[str, Any], param: str) -> None:
    shop = make_shop()
    response = post(clerk, URL, {**body_for(shop), **change})

    assert 400 <= response.status_code < 500
    assert error_of(response)["param"] == param
    assert Order.objects.count() == 0
    assert shop.bucket().held_qty == 0


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", '"x"', "[" * 5000 + "]" * 5000, '{"store": NaN}'])
def test_unreadable_bodies_are_refused(clerk: Any, raw: str) -> None:
    response = clerk.post(URL, raw, content_type="application/json", headers={"Idempotency-Key": "k"})

    assert response.status_code == 400
    assert Order.objects.count() == 0


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
    assert error_of(clerk.get(f"{URL}?stauts=100"))["code"] == "unknown_parameter"
    assert clerk.get(f"{URL}?status=abc").status_code == 400


def test_a_page_costs_the_same_whatever_it_holds(clerk: Any) -> None:
    shop = make_shop(stock=100)
    for _ in range(2):
        shop.add(stock=100)
    counts = []
    for rounds in (1, 1, 6):  # the first page also pays for what a process looks up once, such as names of statuses
        for _ in range(rounds):
            shop.place(1, 1, 1, partner_id=make_partner().pk)
        with CaptureQueriesContext(connection) as queries:
            clerk.get(URL)
        counts.append(len(queries))

    assert counts[1] == counts[2]


def test_lines_are_listed_by_themselves(clerk: Any, member: Callable[[], Any], api_for: Callable[..., Any]) -> None:
    shop = make_shop(stock=10)
    user, partner = member()
    mine, other = shop.place(2, partner_id=partner.pk), shop.place(1)
    url = f"{URL}goodsItem/"

    assert [row["order"] for row in clerk.get(url).json()["results"]] == [other.pk, mine.pk]
    assert [row["order"] for row in clerk.get(f"{url}?orderId={mine.pk}").json()["results"]] == [mine.pk]
    assert [row["order"] for row in api_for(user).get(url).json()["results"]] == [mine.pk]
    assert clerk.post(url, {}, format="json").status_code in (403, 405)


def test_the_answers_are_json(clerk: Any) -> None:
    response = clerk.get(URL)

    assert json.loads(response.content) == {"results": [], "next": None, "previous": None}
