"""Bodies sent to the stock core by careless or hostile callers: refused by name, nothing written."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.models import PhysicalStock, StockLockLine, SupplyLine
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock

URL = "/api/v1/inventory"

People = Callable[..., Any]


def _post(api: Any, path: str, body: Any = None, key: str = "key-1") -> Any:
    return api.post(f"{URL}/{path}", body or {}, format="json", headers={"Idempotency-Key": key})


def _locked(api: Any, stock: Stock, quantity: int) -> str:
    place = PhysicalStock.objects.get(logical=stock.logical)
    body = {"reason": 1, "lines": [{"physicalStock": place.pk, "quantity": quantity}]}
    return f"stockLocks/{_post(api, 'stockLocks/lock/', body, 'lock').json()['id']}"


def _refusal(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["param"]


def test_a_line_named_twice_unlocks_nothing(staff: People, api_for: People) -> None:
    stock, api = make_stock(20), api_for(staff("manager"))
    lock = _locked(api, stock, 5)

    answer = _post(api, f"{lock}/unlock/", {"lines": [{"lineNo": 1, "quantity": 2}, {"lineNo": 1, "quantity": 2}]})

    assert _refusal(answer) == (400, "repeated", "lines[1].lineNo")
    assert stock.logical.locked_qty == 5
    assert StockLockLine.objects.get().released_qty == 0
    assert prove_stock() == []


def test_long_keys_that_begin_alike_are_two_unlocks(staff: People, api_for: People) -> None:
    stock, api = make_stock(20), api_for(staff("manager"))
    lock, body = _locked(api, stock, 5), {"lines": [{"lineNo": 1, "quantity": 2}]}

    for end in ("a", "b", "b"):
        assert _post(api, f"{lock}/unlock/", body, "k" * 200 + end).status_code == 200

    assert stock.logical.locked_qty == 1
    assert prove_stock() == []


def test_two_people_with_the_same_key_unlock_twice(staff: People, api_for: People) -> None:
    stock, one, other = make_stock(20), api_for(staff("manager")), api_for(staff("warehouse"))
    lock, body = _locked(one, stock, 5), {"lines": [{"lineNo": 1, "quantity": 2}]}

    for api in (one, other):
        assert _post(api, f"{lock}/unlock/", body, "1").status_code == 200

    assert stock.logical.locked_qty == 1
    assert prove_stock() == []


def test_places_and_units_are_not_locked_in_one_call(staff: People, api_for: People) -> None:
    stock, api = make_stock(20), api_for(staff("manager"))
    place = PhysicalStock.objects.get(logical=stock.logical)
    lines = [{"physicalStock": place.pk, "quantity": 5}]

    answer = _post(
        api, "stockLocks/lock/", {"reason": 1, "lines": lines, "logicalStock": stock.logical.pk, "quantity": 3}
    )

    assert _refusal(answer) == (400, "lines_or_units", "lines")
    assert stock.logical.locked_qty == 0


def test_a_review_of_an_unknown_policy_names_it(staff: People, api_for: People) -> None:
    answer = _post(api_for(staff("manager")), "safety/review/", {"ids": [999_999]})

    assert _refusal(answer) == (404, "not_found", "ids[0]")


@pytest.mark.parametrize(("name", "code"), [("warehouse", "warehouse_not_found"), ("owner", "owner_not_found")])
def test_a_purchase_for_nobody_names_the_field(staff: People, api_for: People, name: str, code: str) -> None:
    stock = make_stock(1)
    lines = [{"sku": stock.sku, "quantity": 1}]
    body = {"warehouse": stock.warehouse_id, "owner": stock.owner_id, "lines": lines, name: 999_999}

    answer = _post(api_for(staff("manager")), "supply/", body)

    assert _refusal(answer) == (404, code, name)
    assert not SupplyLine.objects.exists()
