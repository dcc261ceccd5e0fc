"""The stock endpoints of 003: figures for staff, display for members, corrections, thresholds, history."""

from collections.abc import Callable
from typing import Any

import pytest

from catalog.models import ProductInfo
from catalog.services import withdraw_product
from inventory.models import LogicalStock
from inventory.services import announce_low_stock, confirm_outbound, issue_ship_notice, post_payment
from inventory.services.reconcile import prove_stock
from tests.factories.catalog import make_sku
from tests.factories.inventory import Stock, make_stock, source
from tests.support.sql import statements
from vmi.core.actors import system_actor
from vmi.events.models import Event

BASE = "/api/v1/inventory"
ACTOR = system_actor()


def product_of(sku_id: int) -> int:
    """The product of a SKU."""
    return int(ProductInfo.objects.get(pk=sku_id).product_id)


@pytest.fixture
def manager(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    """A manager at the API."""
    return api_for(staff("manager"))


@pytest.fixture
def customer(member: Callable[[], Any], api_for: Callable[..., Any]) -> Any:
    """A member at the API."""
    return api_for(member()[0])


def busy_stock() -> Stock:
    """Ten units: four sold, two held, one expired hold of three."""
    stock, sold = make_stock(10), source()
    stock.reserve(4, document=sold)
    post_payment(source=sold, actor=ACTOR)
    stock.reserve(3, minutes=-1)
    stock.reserve(2)
    return stock


def test_staff_see_the_figures_of_a_product(manager: Any) -> None:
    stock = busy_stock()
    found = manager.get(f"{BASE}/{product_of(stock.sku_id)}").json()

    assert (found["total"], found["reserved"], found["available"], found["plannable"]) == (10, 6, 4, 6)
    assert (found["inStock"], found["display"], found["isLowStock"]) == (True, "few_left", False)
    (sku,) = found["skus"]
    (row,) = sku["rows"]
    assert (sku["sku"], row["id"], row["available"], row["reserved"]) == (stock.sku, stock.logical.pk, 4, 6)


def test_members_see_the_display_and_no_figure(customer: Any) -> None:
    stock = busy_stock()
    found = customer.get(f"{BASE}/{product_of(stock.sku_id)}/").json()

    assert set(found) == {"productId", "inStock", "display", "displayName", "skus"}
    assert set(found["skus"][0]) == {"skuId", "sku", "productId", "inStock", "display", "displayName"}
    assert found["display"] == "few_left"


@pytest.mark.parametrize(("units", "display"), [(0, "out_of_stock"), (1, "few_left"), (5, "few_left"), (6, "in_stock")])
def test_the_display_by_units(units: int, display: str, customer: Any) -> None:
    stock = make_stock(units)

    assert customer.get(f"{BASE}/{product_of(stock.sku_id)}").json()["display"] == display


def test_filters_of_a_product(manager: Any) -> None:
    near, far = make_stock(10), make_stock()
    far.receive(7, sku_id=near.sku_id)
    path = f"{BASE}/{product_of(near.sku_id)}"

    assert manager.get(path).json()["available"] == 17
    assert manager.get(f"{path}?warehouse={far.warehouse_id}").json()["available"] == 7
    assert manager.get(f"{path}?channel={near.channel_id}").json()["available"] == 10
    assert manager.get(f"{path}?sku={near.sku.lower()}").json()["skus"][0]["sku"] == near.sku
    assert manager.get(f"{path}?sku=OTHER").status_code == 404
    assert manager.get(f"{path}?warehouse=x").json()["error"]["param"] == "warehouse"
    assert manager.get(f"{path}?colour=red").json()["error"]["code"] == "unknown_parameter"


def test_a_product_without_stock_reads_zero_and_nothing_is_written(manager: Any) -> None:
    sku = make_sku()
    with statements() as sent:
        found = manager.get(f"{BASE}/{sku.product_id}").json()

    assert (found["total"], found["reserved"], found["available"]) == (0, 0, 0)
    assert found["skus"][0]["rows"] == []
    assert LogicalStock.objects.count() == 0
    assert not [text for text in sent if text.lstrip().upper().startswith(("INSERT", "UPDATE"))]


def test_products_nobody_or_no_member_knows(manager: Any, customer: Any) -> None:
    stock = make_stock(3)
    product_id = product_of(stock.sku_id)
    withdraw_product(product_id=product_id, actor=ACTOR)

    assert manager.get(f"{BASE}/{product_id}").status_code == 200
    assert customer.get(f"{BASE}/{product_id}").status_code == 404
    for number in ("0", "987654321", "9999999999999999999"):
        assert manager.get(f"{BASE}/{number}").status_code == 404


def test_a_batch_keeps_the_order_and_names_the_unknown(manager: Any, customer: Any) -> None:
    first, second = make_stock(3), make_stock(0)
    data = {"skus": [second.sku, "NOPE", first.sku]}
    found = manager.post(f"{BASE}/batch", data, format="json").json()

    assert [(item["sku"], item["available"]) for item in found["items"]] == [(second.sku, 0), (first.sku, 3)]
    assert found["unknown"] == ["NOPE"]
    shown = customer.post(f"{BASE}/batch", data, format="json").json()["items"]
    assert [(item["display"], "available" in item) for item in shown] == [("out_of_stock", False), ("few_left", False)]


def test_a_batch_costs_the_same_whatever_its_size(manager: Any) -> None:
    stock = make_stock(3)
    codes = [stock.sku]
    for _number in range(5):
        sku = make_sku()
        stock.receive(1, sku_id=sku.pk)
        codes.append(sku.sku)
    manager.post(f"{BASE}/batch", {"skus": codes[:1]}, format="json")
    with statements() as few:
        manager.post(f"{BASE}/batch", {"skus": codes[:1]}, format="json")
    with statements() as many:
        answer = manager.post(f"{BASE}/batch", {"skus": codes + [f"X{n}" for n in range(994)]}, format="json")

    assert (len(answer.json()["items"]), len(answer.json()["unknown"])) == (6, 994)
    assert len(many) == len(few)


@pytest.mark.parametrize("skus", [[], ["A"] * 1001, [1], "A", None])
def test_bad_batches(skus: Any, manager: Any) -> None:
    answer = manager.post(f"{BASE}/batch", {"skus": skus}, format="json")

    assert (answer.status_code, answer.json()["error"]["param"][:4]) == (400, "skus")


def test_thresholds_low_stock_and_one_event_per_crossing(manager: Any) -> None:
    stock, other = make_stock(10), make_stock(1)
    row_id = stock.logical.pk
    answer = manager.put(f"{BASE}/{row_id}/threshold", {"threshold": 6}, format="json")
    assert (answer.status_code, answer.json()["alertThreshold"]) == (200, 6)
    assert manager.get(f"{BASE}/low-stock").json()["results"] == []

    document = source()
    stock.reserve(4, document=document)
    assert announce_low_stock() == 0
    post_payment(source=document, actor=ACTOR)
    assert [announce_low_stock(), announce_low_stock()] == [1, 0]
    (event,) = Event.objects.filter(type="stock.low")
    assert event.payload == {
        "sku": stock.sku,
        "warehouse": stock.logical.warehouse.code,
        "available": 6,
        "threshold": 6,
    }
    (low,) = manager.get(f"{BASE}/low-stock?ordering=availableQty").json()["results"]
    assert (low["id"], low["availableQty"]) == (row_id, 6)
    assert other.logical.alert_threshold == 0

    stock.receive(5)
    assert announce_low_stock() == 0
    assert manager.get(f"{BASE}/low-stock").json()["results"] == []
    manager.put(f"{BASE}/{row_id}/threshold", {"threshold": 11}, format="json")
    assert Event.objects.filter(type="stock.low").count() == 2
    assert prove_stock() == []


@pytest.mark.parametrize("threshold", [-1, 1.5, "5", None, 2**31, True])
def test_bad_thresholds(threshold: Any, manager: Any) -> None:
    stock = make_stock(1)
    answer = manager.put(f"{BASE}/{stock.logical.pk}/threshold", {"threshold": threshold}, format="json")

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "threshold")
    assert stock.logical.alert_threshold == 0


def test_adjusting_a_row(manager: Any) -> None:
    stock = make_stock(10)
    stock.receive(5, location_id=stock.other_location_id, batch="B1")
    path = f"{BASE}/{stock.logical.pk}/adjust"
    data = {"operation": "ADD", "quantity": 2, "reason": "找到"}

    unclear = manager.put(path, data, format="json")
    assert (unclear.status_code, unclear.json()["error"]["code"]) == (400, "location_required")
    assert unclear.json()["error"]["param"] == "location"
    assert unclear.json()["error"]["details"]["location_ids"] == [stock.location_id, stock.other_location_id]
    done = manager.put(path, data | {"batch": "B1"}, format="json").json()
    assert (done["changedBy"], done["row"]["physicalBaseQty"]) == (2, 17)
    placed = manager.put(path, data | {"operation": "SET", "location": stock.location_id}, format="json").json()
    assert (placed["changedBy"], placed["row"]["physicalBaseQty"]) == (-8, 9)
    assert manager.put(f"{BASE}/999999/adjust", data, format="json").json()["error"]["param"] == "id"
    assert prove_stock() == []


def test_a_batch_of_corrections_is_all_or_nothing(manager: Any) -> None:
    first, second = make_stock(10), make_stock(5)
    items = [
        {"id": second.logical.pk, "operation": "SUBTRACT", "quantity": 6},
        {"id": first.logical.pk, "operation": "SET", "quantity": 7},
    ]
    key = {"Idempotency-Key": "b1"}
    refused = manager.post(f"{BASE}/adjust/batch", {"items": items, "reason": "x"}, format="json", headers=key)
    assert (refused.status_code, refused.json()["error"]["param"]) == (409, "items[0].quantity")
    assert (first.logical.physical_base_qty, second.logical.physical_base_qty) == (10, 5)

    items[0]["quantity"] = 1
    done = manager.post(f"{BASE}/adjust/batch", {"items": items, "reason": "x"}, format="json", headers=key).json()
    assert [(item["changedBy"], item["row"]["physicalBaseQty"]) for item in done["items"]] == [(-1, 4), (-3, 7)]
    manager.post(f"{BASE}/adjust/batch", {"items": items, "reason": "x"}, format="json", headers=key)
    assert (first.logical.physical_base_qty, second.logical.physical_base_qty) == (7, 4)
    assert prove_stock() == []


def test_the_history_in_the_words_of_003(manager: Any) -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)
    post_payment(source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)
    confirm_outbound(source=document, lines=None, actor=ACTOR)
    manager.put(
        f"{BASE}/{stock.logical.pk}/adjust", {"operation": "ADD", "quantity": 1, "reason": "盘点"}, format="json"
    )
    stock.reserve(1)
    rows = manager.get(f"{BASE}/{stock.logical.pk}/transactions?pageSize=100").json()["results"][::-1]

    seen = [(row["kind"], row["quantity"], row["before"], row["after"], row["referenceKind"]) for row in rows]
    assert seen[0] == ("IN", 10, 0, 10, "MANUAL")
    assert seen[1] == ("RESERVE", 4, 0, 4, "ORDER")
    assert ("OUT", -4, 10, 6, "ORDER") in seen
    assert seen[-2] == ("ADJUST", 1, 6, 7, "MANUAL")
    assert seen[-1] == ("RESERVE", 1, 0, 1, "ORDER")
    assert rows[-2]["reason"] == "盘点"
    only = manager.get(f"{BASE}/{stock.logical.pk}/transactions?sourceSn={document.sn}").json()["results"]
    assert {row["reference"] for row in only} == {document.sn}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "low-stock"),
        ("put", "{row}/adjust"),
        ("put", "{row}/threshold"),
        ("post", "adjust/batch"),
        ("post", "deduct"),
        ("post", "cleanup/expired-reservations"),
        ("get", "{row}/transactions"),
    ],
)
def test_what_members_may_not_do(method: str, path: str, customer: Any, api_for: Any) -> None:
    row = make_stock(1).logical.pk
    target = f"{BASE}/{path.format(row=row)}"

    assert getattr(customer, method)(target, {}, format="json").status_code == 403
    assert getattr(api_for(), method)(target, {}, format="json").status_code == 401


def test_fixed_routes_win_over_ids(manager: Any) -> None:
    assert manager.get(f"{BASE}/low-stock").status_code == 200
    assert manager.get(f"{BASE}/reservations/mine").status_code == 200
    assert manager.get(f"{BASE}/batch").status_code == 405
    assert manager.get(f"{BASE}/what-is-this").status_code == 404
    assert manager.get(f"{BASE}/channels/").status_code == 200


def test_equal_row_ids_of_two_namespaces(manager: Any, staff: Any, api_for: Any, in_beta: Any) -> None:
    mine = make_stock(10)
    with in_beta():
        theirs = make_stock(77)
        other = api_for(staff("manager"), host="beta.testserver")
        assert other.get(f"{BASE}/{product_of(theirs.sku_id)}").json()["total"] == 77
        other.put(f"{BASE}/{theirs.logical.pk}/threshold", {"threshold": 5}, format="json")

    assert mine.logical.alert_threshold == 0
    assert manager.get(f"{BASE}/{product_of(mine.sku_id)}").json()["total"] == 10
