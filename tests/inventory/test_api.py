"""The inventory endpoints: figures for staff, nothing for strangers, corrections with a key and a reason."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.choices import Counter
from inventory.services import post_payment
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor

LISTS = (
    "channels",
    "logicalStocks",
    "pools",
    "channelStocks",
    "physicalStocks",
    "reservations",
    "ledgerEntries",
)


def _sold_stock() -> tuple[Stock, Any]:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)
    post_payment(source=document, actor=system_actor())
    return stock, document


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_for_staff_only(name: str, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    _sold_stock()
    path = f"/api/v1/inventory/{name}/"

    assert api_for(staff("warehouse")).get(path).status_code == 200
    assert api_for(staff("customer")).get(path).status_code == 403
    assert api_for().get(path).status_code == 401


def test_the_logical_row_shows_its_figures(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    stock, _document = _sold_stock()
    client = api_for(staff("manager"))

    (row,) = client.get(f"/api/v1/inventory/logicalStocks/?skuId={stock.sku_id}").json()["results"]

    assert row["skuCode"] == stock.sku
    assert (row["physicalBaseQty"], row["allocatedQty"], row["availableQty"]) == (10, 4, 6)
    assert client.get("/api/v1/inventory/logicalStocks/?availableQtyLte=5").json()["results"] == []


def test_the_ledger_of_a_document(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    _stock, document = _sold_stock()

    answer = api_for(staff("manager")).get(f"/api/v1/inventory/ledgerEntries/?sourceSn={document.sn}&ordering=id")

    assert [(row["counter"], row["delta"], row["balanceAfter"]) for row in answer.json()["results"]] == [
        (Counter.HELD, 4, 4),
        (Counter.HELD, -4, 0),
        (Counter.SOLD, 4, 4),
        (Counter.ALLOCATED, 4, 4),
    ]


def test_the_waterfall_counts_every_layer(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    stock, _document = _sold_stock()

    (branch,) = api_for(staff("manager")).get(f"/api/v1/inventory/logicalStocks/{stock.logical.pk}/waterfall/").json()

    assert branch["logical"]["derived"] == {"available": 6}
    assert branch["buckets"][0]["derived"] == {"sellable": 6, "expired": 0}
    assert branch["physical"][0]["figures"][0]["amount"] == 10


def _adjust(client: Any, stock: Stock, body: dict[str, Any], key: str | None = "k1") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        f"/api/v1/inventory/logicalStocks/{stock.logical.pk}/adjust/", body, format="json", headers=headers
    )


def test_adjusting_by_api(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    stock, client = make_stock(10), api_for(staff("manager"))
    body = {"operation": "SET", "quantity": 7, "reason": "盘点"}

    dry = _adjust(client, stock, body | {"dryRun": True}, key="k0")
    assert (dry.status_code, dry.json()["changedBy"]) == (200, -3)
    assert stock.logical.physical_base_qty == 10

    first, again = _adjust(client, stock, body), _adjust(client, stock, body)
    assert first.json()["row"]["physicalBaseQty"] == 7
    assert again.json() == first.json()
    assert stock.logical.version == 2


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"operation": "SET", "quantity": -1, "reason": "x"}, "quantity"),
        ({"operation": "SET", "quantity": 1.5, "reason": "x"}, "quantity"),
        ({"operation": "SET", "quantity": "7", "reason": "x"}, "quantity"),
        ({"operation": "SET", "quantity": True, "reason": "x"}, "quantity"),
        ({"operation": "SET", "quantity": 2**63, "reason": "x"}, "quantity"),
        ({"operation": "HALVE", "quantity": 1, "reason": "x"}, "operation"),
        ({"operation": "SET", "quantity": 1}, "reason"),
        ({"operation": "SET", "quantity": 1, "reason": "x", "base": 5}, "base"),
    ],
)
def test_bad_adjustments_are_refused_and_named(
    body: dict[str, Any], param: str, staff: Callable[..., Any], api_for: Callable[..., Any]
) -> None:
    stock = make_stock(10)

    answer = _adjust(api_for(staff("manager")), stock, body)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert stock.logical.version == 1


def test_adjusting_needs_the_permission_and_the_key(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    stock = make_stock(10)
    body = {"operation": "SET", "quantity": 7, "reason": "x"}

    assert _adjust(api_for(staff("finance")), stock, body).status_code == 403
    assert _adjust(api_for(staff("manager")), stock, body, key=None).json()["error"]["code"] == (
        "idempotency_key_required"
    )
    assert stock.logical.physical_base_qty == 10


def test_taking_promised_units_answers_409_with_the_figures(
    staff: Callable[..., Any], api_for: Callable[..., Any]
) -> None:
    stock, _document = _sold_stock()

    answer = _adjust(api_for(staff("manager")), stock, {"operation": "SET", "quantity": 1, "reason": "x"})

    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("insufficient_stock", "stock_insufficient")
    assert error["details"]["lines"] == [{"line": 1, "sku": stock.sku, "wanted": 9, "available": 6}]


def test_equal_ids_of_two_namespaces_never_mix(
    staff: Callable[..., Any], api_for: Callable[..., Any], in_beta: Callable[[], Any]
) -> None:
    mine = make_stock(10)
    with in_beta():
        make_stock(77)
        manager = staff("manager")
        client = api_for(manager, host="beta.testserver")

    path = "/api/v1/inventory/logicalStocks/"
    assert [row["physicalBaseQty"] for row in client.get(path).json()["results"]] == [77]
    own = api_for(staff("manager")).get(path).json()["results"]
    assert [row["physicalBaseQty"] for row in own] == [mine.logical.physical_base_qty]


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_a_constant_number_of_queries(
    name: str, staff: Callable[..., Any], api_for: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    client = api_for(staff("manager"))
    path = f"/api/v1/inventory/{name}/"
    for _number in range(4):
        _sold_stock()
    client.get(path)

    with django_assert_max_num_queries(14):
        assert len(client.get(path).json()["results"]) >= 4
