"""Stores, staff and listings over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stores.models import Goods, Member, Store
from stores.services import set_goods_status
from tests.factories.partners import make_partner
from tests.factories.stores import World, make_world, start_ids_at
from vmi.core.actors import system_actor

STORE = "/api/v1/vmi/store/"
MEMBER = "/api/v1/vmi/store/member/"
GOODS = "/api/v1/vmi/store/goods/"

Api = Callable[..., Any]


@pytest.fixture
def manager(staff: Api, api_for: Api) -> Any:
    return api_for(staff("manager"))


def test_store_is_opened_and_changed(world: World, manager: Any) -> None:
    sources = [{"warehouse": world.warehouse_id, "owner": world.owner_id}]
    other = make_world(with_shelf=False)

    created = manager.post(
        STORE, {"name": "Nike", "code": "NIKE", "sources": sources, "shelf": [other.shelf_id]}, format="json"
    )

    assert created.status_code == 201, created.content
    store = created.json()
    assert (store["code"], store["shelf"], store["orderHoldMinutes"]) == ("NIKE", [other.shelf_id], None)
    url = f"{STORE}{store['id']}/"
    changed = manager.patch(url, {"name": "Nike 2", "orderHoldMinutes": 30, "shelf": []}, format="json").json()
    assert (changed["name"], changed["orderHoldMinutes"], changed["shelf"]) == ("Nike 2", 30, [])
    fixed = manager.patch(url, {"code": "OTHER"}, format="json")
    assert (fixed.status_code, fixed.json()["error"]["code"]) == (400, "immutable_field")
    source = {"warehouse": other.warehouse_id, "owner": other.owner_id}
    assert manager.post(f"{url}add-source/", source, format="json").status_code == 200


@pytest.mark.parametrize(
    ("data", "status", "param", "code"),
    [
        ({}, 400, "name", "required"),
        ({"name": ""}, 400, "name", "blank"),
        ({"name": 5}, 400, "name", "invalid_string"),
        ({"name": "x" * 121}, 400, "name", "max_length"),
        ({"name": "x", "orderHoldMinutes": 0}, 400, "orderHoldMinutes", "invalid"),
        ({"name": "x", "orderHoldMinutes": 1.5}, 400, "orderHoldMinutes", "invalid_integer"),
        ({"name": "x", "shelf": [999_999]}, 400, "shelf", "does_not_exist"),
        ({"name": "x", "shelf": "1"}, 400, "shelf", "not_a_list"),
        ({"name": "x", "shelf": ["1"]}, 400, "shelf[0]", "invalid_integer"),
        ({"name": "x", "sources": [{"warehouse": 1}]}, 400, "sources[0].owner", "required"),
        ({"name": "x", "channel": 1}, 400, "channel", "unknown_field"),
    ],
)
def test_bad_stores(manager: Any, data: dict[str, Any], status: int, param: str, code: str) -> None:
    refused = manager.post(STORE, data, format="json")

    assert refused.status_code == status, refused.content
    assert (refused.json()["error"]["param"], refused.json()["error"]["code"]) == (param, code)
    assert Store.objects.count() == 0


def test_taken_shelf_is_a_conflict(world: World, manager: Any) -> None:
    refused = manager.post(STORE, {"name": "x", "shelf": [world.shelf_id]}, format="json")

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "shelf_taken")
    assert Store.objects.count() == 1


def test_members(world: World, manager: Any, staff: Api) -> None:
    user = staff(None)
    created = manager.post(
        MEMBER, {"title": "店长", "name": "Li", "store": world.store.pk, "user": user.pk}, format="json"
    )
    assert created.status_code == 201, created.content
    url = f"{MEMBER}{created.json()['id']}/"

    assert manager.patch(url, {"title": "店员"}, format="json").json()["title"] == "店员"
    assert manager.patch(url, {"store": 999}, format="json").json()["error"]["code"] == "immutable_field"
    twice = manager.post(MEMBER, {"title": "x", "name": "y", "store": world.store.pk, "user": user.pk}, format="json")
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "member_exists")
    for data, param in (
        ({"title": "x", "name": "y", "store": 999_999}, "store"),
        ({"title": "x", "name": "y", "store": world.store.pk, "user": 999_999}, "user"),
        ({"title": "", "name": "y", "store": world.store.pk}, "title"),
    ):
        refused = manager.post(MEMBER, data, format="json")
        assert refused.status_code in (400, 404)
        assert refused.json()["error"]["param"] == param
    assert Member.objects.count() == 1


def test_goods_show_the_stock_core_and_refuse_to_be_written(world: World, manager: Any) -> None:
    created = manager.post(
        GOODS, {"store": world.store.pk, "product": world.sku().pk, "price": "9.90", "name": "Phone"}, format="json"
    )
    assert created.status_code == 201, created.content
    assert (created.json()["count"], created.json()["status"]) == (0, 500)
    world.receive(world.line(10))
    url = f"{GOODS}{created.json()['id']}/"

    shown = manager.get(url).json()
    hinted = manager.patch(url, {"count": 99}, format="json")

    assert (shown["count"], shown["sellable"], shown["inStock"], shown["shelf"]) == (10, 10, True, [world.shelf_id])
    error = hinted.json()["error"]
    assert (hinted.status_code, error["param"], error["code"]) == (400, "count", "derived_field")
    assert "stock-in" in error["message_en"]
    assert manager.patch(url, {"status": 501, "price": "8.00"}, format="json").json()["status"] == 501
    assert manager.patch(url, {"product": 999}, format="json").json()["error"]["code"] == "immutable_field"
    assert manager.patch(url, {"status": 204}, format="json").json()["error"]["param"] == "status"


@pytest.mark.parametrize(
    ("data", "param", "code"),
    [
        ({"price": 9.9}, "price", "invalid_money"),
        ({"price": "-1"}, "price", "min_value"),
        ({"product": 999_999}, "product", "does_not_exist"),
        ({"store": 999_999}, "store", "store_not_found"),
        ({"name": "a\x00"}, "name", "invalid_character"),
        ({"sellable": 4}, "sellable", "derived_field"),
        ({"status": "500"}, "status", "invalid_integer"),
        ({"stock": 4}, "stock", "unknown_field"),
    ],
)
def test_bad_goods(world: World, manager: Any, data: dict[str, Any], param: str, code: str) -> None:
    body = {"store": world.store.pk, "product": world.sku().pk, "price": "9.90", **data}

    refused = manager.post(GOODS, body, format="json")

    assert refused.status_code in (400, 404), refused.content
    assert (refused.json()["error"]["param"], refused.json()["error"]["code"]) == (param, code)
    assert Goods.objects.count() == 0


def test_members_of_the_shop_see_no_figures(world: World, staff: Api, api_for: Api) -> None:
    world.receive(world.line(10))
    shown, hidden = world.goods(), world.goods(1)
    set_goods_status(goods_id=hidden.pk, status=501, actor=system_actor())
    user = staff("customer")
    make_partner(user_id=user.pk)
    customer = api_for(user)

    (row,) = customer.get(GOODS).json()["results"]

    assert (row["id"], row["count"], row["sellable"], row["inStock"]) == (shown.pk, None, None, True)
    assert [store["id"] for store in customer.get(STORE).json()["results"]] == [world.store.pk]
    assert customer.post(GOODS, {}, format="json").status_code == 403
    assert customer.get(MEMBER).status_code == 403


def test_goods_list_cost_does_not_grow(world: World, manager: Any) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(GOODS).status_code == 200
        return len(queries)

    world.goods()
    world.receive(world.line(1))
    cost()
    one = cost()
    for _number in range(3):
        other = make_world()
        other.goods()
        other.goods(1)
        other.receive(other.line(2), other.line(3, index=1))
    assert cost() == one
    assert {row["count"] for row in manager.get(GOODS).json()["results"]} == {1, 2, 3}


def test_other_namespace(world: World, manager: Any, in_beta: Api, staff: Api, api_for: Api) -> None:
    start_ids_at(900_001, "stores_goods")
    world.goods(price="1.00")
    with in_beta():
        start_ids_at(900_001, "stores_goods")
        there = make_world(name="beta store")
        there.goods(price="7.00")
        beta = api_for(staff("manager"), host="beta.testserver")

    for url in (STORE, GOODS):
        here, elsewhere = manager.get(url).json()["results"], beta.get(url).json()["results"]
        assert [row["namespace"] for row in here] == ["alpha"]
        assert [row["namespace"] for row in elsewhere] == ["beta"]
    assert manager.get(f"{GOODS}900001/").json()["price"] == "1.00"
    assert beta.get(f"{GOODS}900001/").json()["price"] == "7.00"
