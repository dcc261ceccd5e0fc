"""Returns over the API: requested by members, received and inspected by the warehouse, listed as orders."""

from collections.abc import Callable
from typing import Any

import pytest

from orders.models import ReturnOrder
from tests.factories.orders import complete, make_shop
from tests.orders.calls import URL, error_of, post


def test_a_return_by_api(member: Callable[[], Any], api_for: Callable[..., Any], staff: Callable[..., Any]) -> None:
    shop = make_shop(price="10.00", stock=10)
    user, partner = member()
    api, warehouse = api_for(user), api_for(staff("warehouse"))
    order = complete(shop.place(4, partner_id=partner.pk))
    body = {"lines": [{"lineNo": 1, "count": 3}], "reason": "不合适"}
    response = post(api, f"{URL}{order.pk}/return/", body)

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
        ({"lines": [{"lineNo": 1, "count": 1}], "reason": "\x00"}, "reason"),
    ],
)
def test_a_bad_return_is_refused(clerk: Any, body: dict[str, Any], param: str) -> None:
    order = complete(make_shop(stock=10).place(4))
    response = post(clerk, f"{URL}{order.pk}/return/", body)

    assert 400 <= response.status_code < 500
    assert error_of(response)["param"] == param
    assert ReturnOrder.objects.count() == 0


def test_returns_are_listed_as_orders_of_type_two(
    member: Callable[[], Any], api_for: Callable[..., Any], clerk: Any
) -> None:
    shop = make_shop(price="10.00", stock=10)
    user, partner = member()
    order, other = complete(shop.place(4, partner_id=partner.pk)), complete(shop.place(2))
    for sold in (order, other):
        post(clerk, f"{URL}{sold.pk}/return/", {"lines": [{"lineNo": 1, "count": 2}]}, key=f"r-{sold.pk}")
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
    post(api, f"{URL}{order.pk}/return/", {"lines": [{"lineNo": 1, "count": 2}]})
    returned = ReturnOrder.objects.get()
    url = f"/api/v1/orders/returns/{returned.pk}/"
    if verb == "inspect":
        api.post(f"{url}receive/", {}, format="json")
    before = ReturnOrder.objects.values().get()
    response = api.post(f"{url}{verb}/", body, format="json")

    assert 400 <= response.status_code < 500, response.content
    assert ReturnOrder.objects.values().get() == before
