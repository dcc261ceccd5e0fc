"""The hold endpoints of 003: carts, orders kept elsewhere, payment, clean-up; own and foreign, good and bad input."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from catalog.models import ProductInfo
from catalog.services import withdraw_product
from inventory.choices import HoldState
from inventory.models import Reservation
from inventory.selectors import sellable
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock
from tests.support.time import FrozenClock
from vmi.core.actors import system_actor

BASE = "/api/v1/inventory"
CART = f"{BASE}/reserve/cart"
ORDER = f"{BASE}/reserve/order"


def body(stock: Stock, quantity: int, **more: Any) -> dict[str, Any]:
    """A body that asks for units of the stock's SKU."""
    return {"channel": stock.channel_id, "items": [{"sku": stock.sku, "quantity": quantity}], **more}


def post(api: Any, path: str, data: Any, key: str = "k1") -> Any:
    """POST under an idempotency key."""
    return api.post(path, data, format="json", headers={"Idempotency-Key": key})


@pytest.fixture
def buyer(member: Callable[[], Any], api_for: Callable[..., Any]) -> Callable[[], tuple[Any, int]]:
    """A function: a member at the API, and the member's id."""

    def make() -> tuple[Any, int]:
        user, partner = member()
        return api_for(user), partner.pk

    return make


def test_a_cart_from_first_unit_to_empty(buyer: Any, frozen_clock: FrozenClock) -> None:
    stock, (api, partner_id) = make_stock(10), buyer()

    added = post(api, CART, body(stock, 3))
    assert added.status_code == 201
    (hold,) = added.json()["reservations"]
    assert (hold["sku"], hold["quantity"], hold["kind"], hold["orderNo"]) == (stock.sku, 3, "CART", None)
    assert hold["expiresAt"] == "2026-11-22T12:30:00+08:00"

    changed = api.put(CART, body(stock, 5), format="json").json()["reservations"]
    assert [(row["id"], row["quantity"]) for row in changed] == [(hold["id"], 5)]
    assert [row["id"] for row in api.get(f"{BASE}/reservations/mine").json()["reservations"]] == [hold["id"]]
    assert Reservation.objects.get(pk=hold["id"]).partner_id == partner_id

    dropped = api.delete(f"{CART}?sku={stock.sku}")
    assert dropped.json() == {"released": 5, "reservations": []}
    assert api.delete(CART).json() == {"released": 0, "reservations": []}
    assert api.delete(f"{CART}?sku=NONE").json()["error"]["param"] == "sku"
    assert stock.bucket.held_qty == 0
    assert prove_stock() == []


def test_the_same_key_adds_once(buyer: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    first, again = post(api, CART, body(stock, 3)), post(api, CART, body(stock, 3))

    assert again.json() == first.json()
    assert stock.bucket.held_qty == 3
    post(api, CART, body(stock, 3), key="k2")
    assert stock.bucket.held_qty == 6


@pytest.mark.parametrize("path", [CART, ORDER])
def test_a_dry_run_answers_and_leaves_nothing(path: str, buyer: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    answer = post(api, path, body(stock, 3, dryRun=True))

    assert [row["quantity"] for row in answer.json()["reservations"]] == [3]
    assert (stock.bucket.held_qty, stock.bucket.version) == (0, 1)
    assert post(api, path, body(stock, 11, dryRun=True), key="k2").status_code == 409


@pytest.mark.parametrize("verb", ["query", "body", "release"])
def test_three_ways_to_give_back(verb: str, buyer: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    post(api, CART, body(stock, 3))
    items = {"items": [{"sku": stock.sku}]}
    answer = {
        "query": lambda: api.delete(f"{CART}/?channel={stock.channel_id}&sku={stock.sku}"),
        "body": lambda: api.delete(f"{CART}/", items, format="json"),
        "release": lambda: api.post(f"{CART}/release/", items, format="json"),
    }[verb]()

    assert (answer.status_code, answer.json()["released"]) == (200, 3)
    assert stock.bucket.held_qty == 0


def test_query_and_body_together_are_refused(buyer: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    post(api, CART, body(stock, 3))

    answer = api.delete(f"{CART}?sku={stock.sku}", {"items": [{"sku": stock.sku}]}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "query_or_body")
    assert stock.bucket.held_qty == 3


def test_members_see_and_touch_their_own_holds_only(buyer: Any) -> None:
    stock, (mine, _me), (other, _other) = make_stock(10), buyer(), buyer()
    post(mine, CART, body(stock, 3))
    order = post(mine, ORDER, body(stock, 2, orderNo="A-1"), key="o").json()

    assert other.get(f"{BASE}/reservations/mine").json() == {"reservations": []}
    assert other.delete(CART).json()["released"] == 0
    for path in (f"{ORDER}/{order['reservations'][0]['id']}", f"{ORDER}/999999999"):
        assert other.delete(path).status_code == 404
        assert other.post(f"{path}/release", {}, format="json").status_code == 404
    assert post(other, ORDER, body(stock, 2, orderNo="A-1"), key="x").json()["error"]["code"] == "source_mismatch"
    assert Reservation.objects.filter(state=HoldState.HELD).count() == 1


def test_shortage_is_named_with_figures(buyer: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    answer = post(api, CART, body(stock, 11))

    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["type"], error["param"]) == ("insufficient_stock", "items[0].quantity")
    assert error["details"]["lines"] == [{"line": 1, "sku": stock.sku, "wanted": 11, "available": 10}]
    assert error["message_en"] == f"Not enough stock: {stock.sku} needs 11, 10 available."
    assert stock.bucket.held_qty == 0


def test_an_order_takes_the_cart_over_and_is_deducted_by_staff(
    buyer: Any, staff: Any, api_for: Any, frozen_clock: FrozenClock
) -> None:
    stock, (api, _partner) = make_stock(4), buyer()
    (hold,) = post(api, CART, body(stock, 4)).json()["reservations"]
    version = stock.bucket.version

    answer = post(api, ORDER, body(stock, 4, orderNo="WEB-7"), key="o").json()
    (taken,) = answer["reservations"]
    assert (answer["orderNo"], taken["id"], taken["kind"], taken["orderNo"]) == ("WEB-7", hold["id"], "ORDER", "WEB-7")
    assert taken["expiresAt"] == "2026-11-22T12:15:00+08:00"
    assert (stock.bucket.version, stock.bucket.held_qty) == (version, 4)

    assert post(api, f"{BASE}/deduct", {"orderNo": "WEB-7"}).status_code == 403
    manager = api_for(staff("manager"))
    done = post(manager, f"{BASE}/deduct", {"orderNo": "WEB-7"})
    assert (done.status_code, done.json()["deducted"]) == (200, 4)
    assert post(manager, f"{BASE}/deduct", {"orderNo": "WEB-7"}, key="k2").json()["deducted"] == 0
    assert (stock.bucket.held_qty, stock.bucket.sold_qty, stock.logical.allocated_qty) == (0, 4, 4)
    assert api.delete(f"{ORDER}/{taken['id']}").status_code == 409
    assert prove_stock() == []


def test_an_order_number_is_given_where_none_is(buyer: Any) -> None:
    stock, (api, _partner) = make_stock(4), buyer()

    assert post(api, ORDER, body(stock, 1)).json()["orderNo"].startswith("ORD-")


def test_an_order_repeats_and_refuses_other_lines(buyer: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    first = post(api, ORDER, body(stock, 2, orderNo="B-1"), key="1").json()

    assert post(api, ORDER, body(stock, 2, orderNo="B-1"), key="2").json() == first
    assert post(api, ORDER, body(stock, 3, orderNo="B-1"), key="3").json()["error"]["code"] == "source_mismatch"
    assert stock.bucket.held_qty == 2


def test_releasing_an_order_by_one_of_its_reservations(buyer: Any) -> None:
    stock, other, (api, _partner) = make_stock(10), make_stock(0), buyer()
    stock.receive(5, sku_id=other.sku_id)
    data = body(stock, 2, orderNo="C-1")
    data["items"].append({"sku": other.sku, "quantity": 3})
    rows = post(api, ORDER, data).json()["reservations"]

    assert api.delete(f"{ORDER}/{rows[1]['id']}").json() == {"released": 5}
    assert api.delete(f"{ORDER}/{rows[0]['id']}").json() == {"released": 0}
    assert post(api, ORDER, data, key="again").json()["error"]["code"] == "hold_not_open"
    assert sellable(stock.channel_id, [stock.sku_id, other.sku_id]) == {stock.sku_id: 10, other.sku_id: 5}
    assert prove_stock() == []


def test_deducting_an_unknown_number(staff: Any, api_for: Any) -> None:
    answer = post(api_for(staff("manager")), f"{BASE}/deduct", {"orderNo": "NOBODY"})

    assert (answer.status_code, answer.json()["error"]["param"]) == (404, "orderNo")


def test_a_staff_cart_is_the_users_own(staff: Any, api_for: Any) -> None:
    stock = make_stock(10)
    clerk, other = api_for(staff("clerk")), api_for(staff("clerk"))
    post(clerk, CART, body(stock, 2))

    assert len(clerk.get(f"{BASE}/reservations/mine").json()["reservations"]) == 1
    assert other.get(f"{BASE}/reservations/mine").json()["reservations"] == []
    assert other.delete(CART).json()["released"] == 0


def test_cleaning_up(staff: Any, api_for: Any, frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    stock.reserve(3, minutes=5)
    stock.reserve(2, minutes=30)
    frozen_clock.advance(minutes=6)

    path = f"{BASE}/cleanup/expired-reservations"
    assert api_for(staff("clerk")).post(path, {}, format="json").status_code == 403
    assert api_for(staff("manager")).post(path, {}, format="json").json() == {"released": 1}
    assert stock.bucket.held_qty == 2


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"channel": "1"}, "channel"),
        ({"channel": 10**12}, "channel"),
        ({"items": []}, "items"),
        ({"items": [{"sku": "A", "quantity": 0}]}, "items[0].quantity"),
        ({"items": [{"sku": "A", "quantity": 1.0}]}, "items[0].quantity"),
        ({"items": [{"sku": "A", "quantity": True}]}, "items[0].quantity"),
        ({"items": [{"sku": "A", "quantity": 2**31}]}, "items[0].quantity"),
        ({"items": [{"sku": "NOT-THERE", "quantity": 1}]}, "items[0].sku"),
        ({"items": [{"sku": "A", "quantity": 1, "price": "1"}]}, "items[0].price"),
        ({"user": 1}, "user"),
    ],
)
@pytest.mark.parametrize("path", [CART, ORDER])
def test_bad_bodies_are_refused_and_named(change: dict[str, Any], param: str, path: str, buyer: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    answer = post(api, path, body(stock, 1) | change)

    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["param"] == param
    assert Reservation.objects.count() == 0


def test_a_withdrawn_product_does_not_exist_for_members(buyer: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    withdraw_product(product_id=ProductInfo.objects.get(pk=stock.sku_id).product_id, actor=system_actor())

    assert post(api, CART, body(stock, 1)).json()["error"]["code"] == "sku_unknown"


def test_keys_and_tokens_are_required(buyer: Any, api_for: Any, staff: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    for path in (CART, ORDER):
        keyless = api.post(path, body(stock, 1), format="json")
        assert keyless.json()["error"]["code"] == "idempotency_key_required"
        assert api_for().post(path, body(stock, 1), format="json").status_code == 401
        assert post(api_for(staff("finance")), path, body(stock, 1)).status_code == 403
    assert Reservation.objects.count() == 0


def test_equal_ids_of_two_namespaces_never_mix(buyer: Any, staff: Any, api_for: Any, in_beta: Any) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    post(api, CART, body(stock, 3))
    with in_beta():
        other = make_stock(10)
        manager = api_for(staff("manager"), host="beta.testserver")
        assert manager.get(f"{BASE}/reservations/mine").json()["reservations"] == []
        post(manager, CART, body(other, 2))
        assert (other.bucket.held_qty, Reservation.objects.count()) == (2, 1)

    assert stock.bucket.held_qty == 3


def test_a_hold_expires_by_itself(buyer: Any, frozen_clock: FrozenClock) -> None:
    stock, (api, _partner) = make_stock(10), buyer()
    post(api, CART, body(stock, 3))
    frozen_clock.set(frozen_clock.now + timedelta(minutes=29, seconds=59))
    assert sellable(stock.channel_id, [stock.sku_id]) == {stock.sku_id: 7}
    frozen_clock.advance(seconds=1)

    assert sellable(stock.channel_id, [stock.sku_id]) == {stock.sku_id: 10}
