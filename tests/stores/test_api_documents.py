"""Stock documents over HTTP: the whole life, roles, stores of members, bad input, page costs."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import LedgerEntry, PhysicalStock
from stores.models import GoodsInfo, StockIn, StockOut
from stores.services import add_member
from tests.factories.stores import World, make_world, start_ids_at
from vmi.core.actors import system_actor

STOCKIN = "/api/v1/vmi/store/stockin/"
STOCKOUT = "/api/v1/vmi/store/stockout/"
LINES = "/api/v1/vmi/store/goodsInfo/"

_keys = itertools.count(1)
Api = Callable[..., Any]


def body(world: World, **fields: Any) -> dict[str, Any]:
    """A stock-in of ten units of the first SKU."""
    line = {"product": world.sku().pk, "count": 10, "price": "2.50"}
    return {"warehouse": world.warehouse_id, "owner": world.owner_id, "goodsInfo": [line], **fields}


def post(client: Any, url: str, data: Any = None, *, key: str | None = None) -> Any:
    """POST with a key of its own."""
    return client.post(
        url, data if data is not None else {}, format="json", HTTP_IDEMPOTENCY_KEY=key or f"k-{next(_keys)}"
    )


@pytest.fixture
def clerk(staff: Api, api_for: Api) -> Any:
    return api_for(staff("clerk"))


@pytest.fixture
def manager(staff: Api, api_for: Api) -> Any:
    return api_for(staff("manager"))


def test_whole_life_of_a_stockin(world: World, clerk: Any, manager: Any) -> None:
    created = post(clerk, STOCKIN, body(world, store=world.store.pk, type="purchase", sourceSn="PO-1"))

    assert created.status_code == 201
    document = created.json()
    assert (document["status"], document["quantity"], document["amount"]) == (200, 10, "25.00")
    assert (document["sourceType"], document["sourceSn"], document["namespace"]) == ("manual", "PO-1", "alpha")
    line = document["goodsInfo"][0]
    assert (line["sku"], line["type"], line["price"], line["amount"]) == (world.sku().sku, 1, "2.50", "25.00")
    assert line["shelf"] == []

    url = f"{STOCKIN}{document['id']}/"
    assert clerk.patch(url, {"description": "second lorry"}, format="json").json()["description"] == "second lorry"
    assert post(clerk, f"{url}submit/").json()["status"] == 201
    refused = post(clerk, f"{url}approve/")
    assert refused.status_code == 403
    assert LedgerEntry.objects.count() == 0
    approved = post(manager, f"{url}approve/")

    assert approved.status_code == 200
    assert (approved.json()["status"], approved.json()["goodsInfo"][0]["shelf"]) == (204, [world.shelf_id])
    assert PhysicalStock.objects.get().quantity == 10
    second = post(manager, f"{url}approve/")
    assert (second.status_code, second.json()["error"]["code"]) == (409, "invalid_transition")
    assert PhysicalStock.objects.get().quantity == 10


def test_author_with_every_right_still_does_not_approve(world: World, manager: Any) -> None:
    url = f"{STOCKIN}{post(manager, STOCKIN, body(world)).json()['id']}/"
    post(manager, f"{url}submit/")

    refused = post(manager, f"{url}approve/")

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "self_approval")
    assert StockIn.objects.get().status_id == 201
    assert LedgerEntry.objects.count() == 0


def test_stockout_to_confirmation(world: World, clerk: Any, manager: Any) -> None:
    world.receive(world.line(10))
    created = post(clerk, STOCKOUT, {**body(world), "type": "scrap"})
    assert created.status_code == 201
    url = f"{STOCKOUT}{created.json()['id']}/"
    post(clerk, f"{url}submit/")

    approved = post(manager, f"{url}approve/")
    assert (approved.status_code, approved.json()["status"]) == (200, 203)
    confirmed = post(manager, f"{url}confirm/", {"company": "SF", "trackingNo": "SF1"})

    assert (confirmed.status_code, confirmed.json()["status"]) == (200, 204)
    assert PhysicalStock.objects.get().quantity == 0


def test_shortage_answers_the_figures(world: World, clerk: Any, manager: Any) -> None:
    world.receive(world.line(3))
    url = f"{STOCKOUT}{post(clerk, STOCKOUT, {**body(world), 'type': 'scrap'}).json()['id']}/"
    post(clerk, f"{url}submit/")

    refused = post(manager, f"{url}approve/")

    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (409, "stock_insufficient")
    assert error["details"]["lines"] == [{"line": 1, "sku": world.sku().sku, "wanted": 10, "available": 3}]
    assert StockOut.objects.get().status_id == 201


def test_reject_and_cancel(world: World, clerk: Any, manager: Any) -> None:
    first = f"{STOCKIN}{post(clerk, STOCKIN, body(world)).json()['id']}/"
    post(clerk, f"{first}submit/")
    missing = post(manager, f"{first}reject/")
    assert (missing.status_code, missing.json()["error"]["param"]) == (400, "reason")
    rejected = post(manager, f"{first}reject/", {"reason": "wrong"}).json()
    assert (rejected["status"], rejected["reason"]) == (205, "wrong")

    second = f"{STOCKIN}{post(clerk, STOCKIN, body(world)).json()['id']}/"
    assert post(clerk, f"{second}cancel/", {"reason": "twice"}).json()["status"] == 206


def test_creation_needs_a_key_and_replays(world: World, clerk: Any) -> None:
    without = clerk.post(STOCKIN, body(world), format="json")
    assert (without.status_code, without.json()["error"]["code"]) == (400, "idempotency_key_required")

    first = post(clerk, STOCKIN, body(world), key="same")
    again = post(clerk, STOCKIN, body(world), key="same")
    other = post(clerk, STOCKIN, body(world, description="else"), key="same")

    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_mismatch")
    assert StockIn.objects.count() == 1


BAD_LINES: list[tuple[dict[str, Any], str, str]] = [
    ({"count": 0}, "goodsInfo[0].count", "min_value"),
    ({"count": -3}, "goodsInfo[0].count", "min_value"),
    ({"count": 1.5}, "goodsInfo[0].count", "invalid_integer"),
    ({"count": "10"}, "goodsInfo[0].count", "invalid_integer"),
    ({"count": True}, "goodsInfo[0].count", "invalid_integer"),
    ({"count": 10**12}, "goodsInfo[0].count", "max_value"),
    ({"price": 2.5}, "goodsInfo[0].price", "invalid_money"),
    ({"price": "-1.00"}, "goodsInfo[0].price", "min_value"),
    ({"price": "1.005"}, "goodsInfo[0].price", "max_decimal_places"),
    ({"price": "NaN"}, "goodsInfo[0].price", "invalid_money"),
    ({"product": 999_999_999}, "goodsInfo[0].product", "does_not_exist"),
    ({"product": "1"}, "goodsInfo[0].product", "invalid_integer"),
    ({"product": None}, "goodsInfo[0].product", "null"),
    ({"batch": "a\x00b"}, "goodsInfo[0].batch", "invalid_character"),
    ({"sku": "NOT-THIS"}, "goodsInfo[0].sku", "sku_mismatch"),
    ({"amount": "1.00"}, "goodsInfo[0].amount", "unknown_field"),
    ({"type": 2}, "goodsInfo[0].type", "unknown_field"),
    ({"locations": [{"location": 999_999, "quantity": 10}]}, "goodsInfo[0].locations[0].location", "does_not_exist"),
]


@pytest.mark.parametrize(("change", "param", "code"), BAD_LINES)
def test_bad_lines(world: World, clerk: Any, change: dict[str, Any], param: str, code: str) -> None:
    data = body(world)
    data["goodsInfo"][0].update(change)

    refused = post(clerk, STOCKIN, data)

    assert refused.status_code == 400, refused.content
    assert (refused.json()["error"]["param"], refused.json()["error"]["code"]) == (param, code)
    assert (StockIn.objects.count(), GoodsInfo.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"status": 204}, "status", "unknown_field"),
        ({"quantity": 5}, "quantity", "unknown_field"),
        ({"sn": "IN-1"}, "sn", "unknown_field"),
        ({"creater": 1}, "creater", "unknown_field"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"goodsInfo": []}, "goodsInfo", "empty"),
        ({"goodsInfo": {}}, "goodsInfo", "not_a_list"),
        ({"goodsInfo": [7]}, "goodsInfo[0]", "not_a_dict"),
        ({"warehouse": 999_999}, "warehouse", "does_not_exist"),
        ({"owner": 999_999}, "owner", "does_not_exist"),
        ({"store": 999_999}, "store", "does_not_exist"),
        ({"store": "1"}, "store", "invalid_integer"),
        ({"type": "gift"}, "type", "invalid_choice"),
        ({"type": "customer_return"}, "type", "type_reserved"),
        ({"description": "x" * 1001}, "description", "max_length"),
        ({"description": ["x"]}, "description", "invalid_string"),
    ],
)
def test_bad_heads(world: World, clerk: Any, change: dict[str, Any], param: str, code: str) -> None:
    refused = post(clerk, STOCKIN, body(world, **change))

    assert refused.status_code == 400, refused.content
    assert (refused.json()["error"]["param"], refused.json()["error"]["code"]) == (param, code)
    assert StockIn.objects.count() == 0


@pytest.mark.parametrize("url", [STOCKIN, STOCKOUT])
@pytest.mark.parametrize("content", ["[" * 5000 + "]" * 5000, "{", "null", "[]", '"x"', '{"a":1e999}', "\x00"])
def test_unreadable_bodies(world: World, clerk: Any, url: str, content: str) -> None:
    refused = clerk.post(url, content, content_type="application/json", HTTP_IDEMPOTENCY_KEY=f"k-{next(_keys)}")

    assert refused.status_code == 400, refused.content
    assert refused.json()["error"]["code"]
    assert (StockIn.objects.count(), StockOut.objects.count()) == (0, 0)


@pytest.mark.parametrize("verb", ["submit", "approve", "reject", "cancel", "confirm"])
def test_commands_refuse_unknown_fields_and_ids(world: World, manager: Any, verb: str) -> None:
    document = world.stockout(submitted=False)

    unknown = post(manager, f"{STOCKOUT}{document.pk}/{verb}/", {"status": 204})
    missing = post(manager, f"{STOCKOUT}{10**18}/{verb}/", {"reason": "x"} if verb == "reject" else {})

    assert (unknown.status_code, unknown.json()["error"]["code"]) == (400, "unknown_field")
    assert missing.status_code == 404
    assert StockOut.objects.get().status_id == 200


EXPECTED = {
    # role: (list, create, submit, approve, cancel)
    None: (401, 401, 401, 401, 401),
    "customer": (403, 403, 403, 403, 403),
    "finance": (200, 403, 403, 403, 403),
    "clerk": (200, 201, 200, 403, 200),
    "warehouse": (200, 201, 200, 200, 200),
    "manager": (200, 201, 200, 200, 200),
    "namespace_admin": (200, 201, 200, 200, 200),
}


@pytest.mark.parametrize("role", EXPECTED)
def test_permissions_of_each_role(world: World, staff: Api, api_for: Api, role: str | None) -> None:
    client = api_for(staff(role) if role else None)
    draft, other, waiting = world.stockin(submitted=False), world.stockin(submitted=False), world.stockin()

    answers = (
        client.get(STOCKIN).status_code,
        post(client, STOCKIN, body(world)).status_code,
        post(client, f"{STOCKIN}{draft.pk}/submit/").status_code,
        post(client, f"{STOCKIN}{waiting.pk}/approve/").status_code,
        post(client, f"{STOCKIN}{other.pk}/cancel/").status_code,
    )

    assert answers == EXPECTED[role]


def test_store_members_see_and_use_their_store_only(world: World, staff: Api, api_for: Api) -> None:
    user = staff("store_member")
    add_member(store_id=world.store.pk, title="clerk", name="Li", user_id=user.pk, actor=system_actor())
    client, other = api_for(user), make_world()
    mine, foreign = world.stockin(submitted=False), other.stockin(submitted=False)
    nobodys = world.stockin(submitted=False, store_id=None)

    listed = client.get(STOCKIN).json()["results"]
    lines = client.get(LINES).json()["results"]

    assert [row["id"] for row in listed] == [mine.pk]
    assert [row["stockin"] for row in lines] == [mine.pk]
    for hidden in (foreign, nobodys):
        assert client.get(f"{STOCKIN}{hidden.pk}/").status_code == 404
        assert post(client, f"{STOCKIN}{hidden.pk}/submit/").status_code == 404
    for store in (other.store.pk, None):
        refused = post(client, STOCKIN, body(world, store=store))
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, "store")
    assert post(client, STOCKIN, body(world, store=world.store.pk)).status_code == 201


def test_member_of_no_store_sees_nothing(world: World, staff: Api, api_for: Api) -> None:
    world.stockin()

    assert api_for(staff("store_member")).get(STOCKIN).json()["results"] == []


def test_two_namespaces_with_equal_ids(world: World, clerk: Any, in_beta: Api, staff: Api, api_for: Api) -> None:
    start_ids_at(900_001, "stores_stockin")
    mine = world.stockin(world.line(3))
    with in_beta():
        start_ids_at(900_001, "stores_stockin")
        there = make_world()
        theirs = there.stockin(there.line(8))
        beta_client = api_for(staff("clerk"), host="beta.testserver")
    assert StockIn.objects.count() == 1

    here = clerk.get(STOCKIN).json()["results"]
    elsewhere = beta_client.get(STOCKIN).json()["results"]

    assert [(row["namespace"], row["quantity"]) for row in here] == [("alpha", 3)]
    assert [(row["namespace"], row["quantity"]) for row in elsewhere] == [("beta", 8)]
    assert mine.pk == theirs.pk
    assert clerk.get(f"{STOCKIN}{mine.pk}/").json()["quantity"] == 3
    assert beta_client.get(f"{STOCKIN}{mine.pk}/").json()["quantity"] == 8


def test_token_of_another_namespace_is_refused(world: World, in_beta: Api, staff: Api, api_for: Api) -> None:
    with in_beta():
        token_of_beta = api_for(staff("manager"))

    assert token_of_beta.get(STOCKIN).status_code == 401


@pytest.mark.parametrize("url", [STOCKIN, LINES])
def test_list_cost_does_not_grow(world: World, manager: Any, url: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(url).status_code == 200
        return len(queries)

    world.receive(world.line(1))
    cost()
    one = cost()
    for _number in range(5):
        world.receive(world.line(1), world.line(2, index=1))
    assert cost() == one


def test_filters_and_order(world: World, manager: Any) -> None:
    draft, done = world.stockin(submitted=False), world.receive(world.line(30))

    assert [row["id"] for row in manager.get(f"{STOCKIN}?status=204").json()["results"]] == [done.pk]
    assert [row["id"] for row in manager.get(f"{STOCKIN}?warehouseId={world.warehouse_id}").json()["results"]] == [
        done.pk,
        draft.pk,
    ]
    assert [row["id"] for row in manager.get(f"{STOCKIN}?ordering=quantity").json()["results"]] == [draft.pk, done.pk]
    assert manager.get(f"{STOCKIN}?state=204").status_code == 400


def test_goods_info_inherits_from_its_document(world: World, manager: Any) -> None:
    world.receive(world.line(4))

    (row,) = manager.get(f"{LINES}?type=1").json()["results"]

    assert (row["store"], row["status"], row["shelf"], row["stockout"]) == (
        world.store.pk,
        204,
        [world.shelf_id],
        None,
    )
    assert row["statusName"]
    assert manager.post(LINES, {}, format="json").status_code in (403, 405)
    assert json.dumps(row)
