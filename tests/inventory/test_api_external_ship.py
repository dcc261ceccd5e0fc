"""An order kept elsewhere: held, paid, shipped and confirmed over the API alone."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.choices import HoldState
from inventory.models import Reservation
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock
from vmi.events import deliver_inline

BASE = "/api/v1/inventory"
PARCEL = {"company": "SF", "trackingNo": "SF-1"}


def post(api: Any, path: str, data: Any, key: str) -> Any:
    """POST under an idempotency key."""
    return api.post(f"{BASE}/{path}/", data, format="json", headers={"Idempotency-Key": key})


@pytest.fixture
def manager(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    return api_for(staff("manager"))


def _held(manager: Any, stock: Stock, number: str = "WEB-1", quantity: int = 4) -> None:
    body = {"channel": stock.channel_id, "orderNo": number, "items": [{"sku": stock.sku, "quantity": quantity}]}
    assert post(manager, "reserve/order", body, f"h-{number}").status_code == 201


def _paid(manager: Any, stock: Stock, number: str = "WEB-1", quantity: int = 4) -> None:
    _held(manager, stock, number, quantity)
    assert post(manager, "deduct", {"orderNo": number}, f"d-{number}").status_code == 200


def test_from_the_first_hold_to_the_parcel(manager: Any) -> None:
    stock = make_stock(10)
    _paid(manager, stock)

    body = {"orderNo": "WEB-1", "consignee": {"name": "Li", "phone": "13800000000", "address": "Road 1"}}
    told = post(manager, "ship", body, "s1")
    assert told.status_code == 200, told.content
    answer = told.json()
    assert [(row["sku"], row["quantity"], row["lineNo"], row["batch"]) for row in answer["picks"]] == [
        (stock.sku, 4, 1, None)
    ]
    (notice,) = answer["notices"]
    assert (notice["warehouse"], notice["status"]) == (stock.warehouse_id, 1401)
    assert post(manager, "ship", body, "s2").json() == answer

    with deliver_inline():
        done = post(manager, "ship/confirm", {"orderNo": "WEB-1", **PARCEL}, "c1").json()
    assert (done["confirmed"], [row["status"] for row in done["notices"]]) == ([notice["sn"]], [1402])
    with deliver_inline():
        again = post(manager, "ship/confirm", {"orderNo": "WEB-1", **PARCEL}, "c2").json()
    assert again["confirmed"] == []

    assert (stock.logical.physical_base_qty, stock.logical.allocated_qty) == (6, 0)
    assert [(row.shipped_qty, row.state) for row in Reservation.objects.all()] == [(4, HoldState.SHIPPED)]
    assert prove_stock() == []


def test_a_try_changes_nothing(manager: Any) -> None:
    stock = make_stock(10)
    _paid(manager, stock)

    tried = post(manager, "ship", {"orderNo": "WEB-1", "dryRun": True}, "s1").json()

    assert ([row["quantity"] for row in tried["picks"]], tried["notices"]) == ([4], [])
    assert post(manager, "ship/confirm", {"orderNo": "WEB-1", **PARCEL}, "c1").status_code == 409


@pytest.mark.parametrize(
    ("path", "number", "status", "param"),
    [
        ("ship", "NOBODYS", 404, "orderNo"),
        ("ship/confirm", "NOBODYS", 404, "orderNo"),
        ("ship", "UNPAID", 409, None),
        ("ship/confirm", "UNPAID", 409, "orderNo"),
        ("ship", "", 400, "orderNo"),
        ("ship", "A\x00", 400, "orderNo"),
    ],
)
def test_refusals(manager: Any, path: str, number: str, status: int, param: str | None) -> None:
    stock = make_stock(10)
    _held(manager, stock, "UNPAID")

    refused = post(manager, path, {"orderNo": number, **(PARCEL if "confirm" in path else {})}, "k")

    assert (refused.status_code, refused.json()["error"]["param"]) == (status, param)
    assert prove_stock() == []


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("customer", (403, 403)),
        ("store_member", (403, 403)),
        ("clerk", (403, 403)),
        ("finance", (403, 403)),
        ("warehouse", (403, 404)),
        ("manager", (404, 404)),
    ],
)
def test_who_may(role: str, expected: tuple[int, int], staff: Any, api_for: Any) -> None:
    api = api_for(staff(role))

    answers = (
        post(api, "ship", {"orderNo": "X"}, "a").status_code,
        post(api, "ship/confirm", {"orderNo": "X", **PARCEL}, "b").status_code,
    )

    assert answers == expected
