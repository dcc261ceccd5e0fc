"""Goods on their way and the promise queue over HTTP (S001-32 to S001-36)."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.choices import Command, HoldKind, SupplyState
from inventory.models import SupplyLine
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.promises import allow_oversell, promise
from tests.factories.supply import IN_A_WEEK, IN_THREE_DAYS, IN_TWO_WEEKS, expect

BASE = "/api/v1/inventory"


@pytest.fixture
def manager(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    """A manager at the API."""
    return api_for(staff("manager"))


def post(client: Any, path: str, data: dict[str, Any]) -> Any:
    """POST under a key of its own."""
    key = f"key-{source('key').sn}"
    return client.post(f"{BASE}/supply/{path}", data, format="json", HTTP_IDEMPOTENCY_KEY=key)


def _purchase(stock: Stock, **more: Any) -> dict[str, Any]:
    lines = [{"sku": stock.sku, "quantity": 100, "dueOn": str(IN_THREE_DAYS), "unitCost": "4.5000"}]
    return {"warehouse": stock.warehouse_id, "owner": stock.owner_id, "lines": lines, **more}


def test_a_purchase_is_announced_presold_and_received(manager: Any) -> None:
    stock = make_stock()
    made = post(manager, "", _purchase(stock, sourceSn="PO-1"))
    assert made.status_code == 201, made.content
    (line,) = made.json()["items"]
    figures = ("expectedQty", "openQty", "presaleQty", "dueOn", "unitCost", "sourceSn", "skuCode", "state")
    assert {name: line[name] for name in figures} == {
        "expectedQty": 100,
        "openQty": 100,
        "presaleQty": 0,
        "dueOn": str(IN_THREE_DAYS),
        "unitCost": "4.5000",
        "sourceSn": "PO-1",
        "skuCode": stock.sku,
        "state": 1,
    }
    again = post(manager, "", _purchase(stock, sourceSn="PO-1"))
    assert (again.status_code, again.json()["items"][0]["id"], stock.logical.in_transit_qty) == (201, line["id"], 100)
    assert post(manager, "", _purchase(make_stock(), sourceSn="PO-1")).status_code == 409

    opened = post(manager, f"{line['id']}/open-presale/", {"quantity": 100})
    assert (opened.status_code, opened.json()["line"]["presaleQty"]) == (200, 100)
    closed = post(manager, f"{line['id']}/close-presale/", {"quantity": 40})
    assert closed.json()["line"]["presaleQty"] == 60
    tried = post(manager, f"{line['id']}/receive/", {"location": stock.location_id, "quantity": 30, "dryRun": True})
    assert tried.json()["line"]["receivedQty"] == 0
    came = post(manager, f"{line['id']}/receive/", {"location": stock.location_id, "quantity": 30})
    assert (came.json()["units"], came.json()["line"]["receivedQty"], came.json()["line"]["openQty"]) == (30, 30, 70)
    assert str(stock.logical.unit_cost) == "4.5000"
    beyond = post(manager, f"{line['id']}/receive/", {"location": stock.location_id, "quantity": 71})
    assert (beyond.status_code, beyond.json()["error"]["details"]["lines"][0]["available"]) == (409, 70)
    assert prove_stock() == []


def test_a_line_slips_and_is_given_up(manager: Any) -> None:
    stock = make_stock()
    line = expect(stock, 50, presale=50)
    promise(stock, 20, kind=HoldKind.PRESALE)
    moved = manager.post(f"{BASE}/supply/{line.pk}/reschedule/", {"dueOn": str(IN_A_WEEK)}, format="json")
    assert (moved.status_code, moved.json()["line"]["dueOn"]) == (200, str(IN_A_WEEK))
    assert moved.json()["line"]["firstDueOn"] == str(IN_THREE_DAYS)

    tried = post(manager, f"{line.pk}/close/", {"reason": "sunk", "dryRun": True})
    assert (tried.json()["units"], tried.json()["line"]["state"]) == (20, SupplyState.OPEN)
    gone = post(manager, f"{line.pk}/close/", {"reason": "sunk"})
    assert (gone.json()["units"], gone.json()["line"]["state"]) == (20, SupplyState.CLOSED)
    assert post(manager, f"{line.pk}/close/", {}).status_code == 409
    assert prove_stock() == []


def test_the_queue_shows_what_will_serve_whom(manager: Any) -> None:
    stock = make_stock(1)
    allow_oversell(stock, 10)
    presold = expect(stock, 10, presale=10)
    rest = expect(stock, 5, due_on=IN_A_WEEK)
    unpaid = promise(stock, 3, kind=HoldKind.PRESALE, paid=False)
    paid = promise(stock, 4, kind=HoldKind.PRESALE)
    over = promise(stock, 6)
    manager.post(f"{BASE}/supply/{rest.pk}/reschedule/", {"dueOn": str(IN_TWO_WEEKS)}, format="json")

    rows = manager.get(f"{BASE}/promises/?ordering=id").json()["results"]
    seen = [(row["sourceSn"], row["isPaid"], row["quantity"], row["supplySource"], row["promisedOn"]) for row in rows]
    assert seen == [
        (unpaid.sn, False, 3, presold.source_sn, str(IN_THREE_DAYS)),
        (paid.sn, True, 4, presold.source_sn, str(IN_THREE_DAYS)),
        (over.sn, True, 6, rest.source_sn, str(IN_TWO_WEEKS)),
    ]

    def count(query: str) -> int:
        return len(manager.get(f"{BASE}/promises/?{query}").json()["results"])

    assert (count("paid=true"), count(f"kind={HoldKind.PRESALE}"), count(f"supplyLineId={presold.pk}")) == (2, 2, 2)
    assert (count(f"sku={stock.sku}"), count("sku=none"), count(f"promisedOnGte={IN_A_WEEK}")) == (3, 0, 1)


def test_the_steps_of_a_purchase_name_its_receipts(manager: Any) -> None:
    stock = make_stock()
    line = expect(stock, 50)
    expect(stock, 5)
    post(manager, f"{line.pk}/receive/", {"location": stock.location_id, "quantity": 20})
    post(manager, f"{line.pk}/close/", {"reason": "sunk"})

    rows = manager.get(f"{BASE}/supplySteps/?lineSourceSn={line.source_sn}&ordering=id").json()["results"]
    assert [(row["line"], row["command"], row["units"], row["sourceType"]) for row in rows] == [
        (line.pk, Command.RECEIVE_SUPPLY, 20, "supply"),
        (line.pk, Command.CLOSE_SUPPLY, 30, "supply"),
    ]
    assert manager.get(f"{BASE}/supplySteps/?lineId={line.pk}&command=29").json()["results"] == rows[1:]


def test_the_lists_filter_and_need_permission(manager: Any, staff: Callable[..., Any], api_for: Any) -> None:
    stock = make_stock()
    line = expect(stock, 10, presale=10)
    expect(stock, 5, due_on=IN_A_WEEK)

    def ids(query: str) -> list[int]:
        return [row["id"] for row in manager.get(f"{BASE}/supply/?{query}").json()["results"]]

    assert ids("presale=true") == ids(f"dueOnLt={IN_A_WEEK}") == ids(f"sourceSn={line.source_sn}") == [line.pk]
    assert len(ids(f"skuId={stock.sku_id}&state=1")) == 2
    assert manager.get(f"{BASE}/supply/?colour=red").status_code == 400

    clerk = api_for(staff("clerk"))
    assert clerk.get(f"{BASE}/supply/").status_code == 200
    assert post(clerk, f"{line.pk}/close/", {}).status_code == 403
    assert post(api_for(staff("finance")), "", _purchase(stock)).status_code == 403
    assert SupplyLine.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"lines": []}, "lines"),
        ({"lines": [{"sku": "none", "quantity": 1}]}, "lines[0].sku"),
        ({"lines": [{"sku": "x", "quantity": 0}]}, "lines[0].quantity"),
        ({"sourceSn": "x" * 65}, "sourceSn"),
        ({"colour": 1}, "colour"),
    ],
)
def test_bad_purchases_are_refused(manager: Any, change: dict[str, Any], param: str) -> None:
    answer = post(manager, "", {**_purchase(make_stock()), **change})
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["param"] == param


def test_more_than_is_to_come_is_refused_by_its_field(manager: Any) -> None:
    stock = make_stock()
    line = expect(stock, 10)

    refused = post(manager, f"{line.pk}/receive/", {"location": stock.location_id, "quantity": 11})

    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["param"]) == (409, "supply_exceeded", "quantity")
    assert [(row["wanted"], row["available"]) for row in error["details"]["lines"]] == [(11, 10)]
    assert SupplyLine.objects.get(pk=line.pk).received_qty == 0
