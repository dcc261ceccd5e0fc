"""Locks, stocktakes and differences of warehouse systems over HTTP."""

from collections.abc import Callable
from typing import Any

from inventory.choices import Quality
from inventory.models import PhysicalStock, SnapshotDifference
from inventory.services import apply_wms_snapshot
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock
from vmi.core import clock
from vmi.core.actors import system_actor
from warehousing.selectors import locations_by_id, owners_by_id

URL = "/api/v1/inventory"

People = Callable[..., Any]


def _post(api: Any, path: str, body: Any = None, key: str = "key-1") -> Any:
    return api.post(f"{URL}/{path}", body or {}, format="json", headers={"Idempotency-Key": key})


def _difference(stock: Stock, quantity: int) -> SnapshotDifference:
    location = locations_by_id([stock.location_id])[stock.location_id].code
    owner = owners_by_id([stock.owner_id])[stock.owner_id].code
    found = apply_wms_snapshot(
        warehouse_id=stock.warehouse_id,
        seq=1,
        taken_at=clock.now(),
        rows=[(stock.sku, owner, location, "", int(Quality.QUALIFIED), quantity)],
        actor=system_actor(),
    )
    return found.differences.get()


def test_places_are_locked_and_unlocked(staff: People, api_for: People) -> None:
    stock, api = make_stock(20), api_for(staff("warehouse"))
    place = PhysicalStock.objects.get(logical=stock.logical)
    body = {"reason": 1, "note": "dented", "lines": [{"physicalStock": place.pk, "quantity": 5}]}

    made = _post(api, "stockLocks/lock/", body).json()

    assert (made["reason"], made["lines"][0]["quantity"], made["lines"][0]["openQty"]) == (1, 5, 5)
    assert stock.logical.locked_qty == 5
    partly = _post(api, f"stockLocks/{made['id']}/unlock/", {"lines": [{"lineNo": 1, "quantity": 2}]}, "key-2")
    assert partly.status_code == 200
    assert _post(api, f"stockLocks/{made['id']}/unlock/", key="key-3").json()["stateName"]
    assert stock.logical.locked_qty == 0
    assert prove_stock() == []


def test_units_of_a_row_are_locked_and_a_dry_run_is_not(staff: People, api_for: People) -> None:
    stock, api = make_stock(20), api_for(staff("manager"))
    body = {"reason": 4, "logicalStock": stock.logical.pk, "quantity": 3}

    assert _post(api, "stockLocks/lock/", {**body, "dryRun": True}).status_code == 200
    assert stock.logical.locked_qty == 0
    assert _post(api, "stockLocks/lock/", body, "key-2").status_code == 200
    assert stock.logical.locked_qty == 3


def test_locking_more_than_there_is_names_the_line(staff: People, api_for: People) -> None:
    stock, api = make_stock(20), api_for(staff("manager"))
    place = PhysicalStock.objects.get(logical=stock.logical)
    body = {"reason": 1, "lines": [{"physicalStock": place.pk, "quantity": 21}]}

    answer = _post(api, "stockLocks/lock/", body)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (409, "physical_short", "lines[0].quantity")
    assert stock.logical.locked_qty == 0


def test_a_clerk_locks_nothing(staff: People, api_for: People) -> None:
    stock = make_stock(20)

    answer = _post(api_for(staff("clerk")), "stockLocks/lock/", {"reason": 1, "logicalStock": 1, "quantity": 1})

    assert answer.status_code == 403
    assert stock.logical.locked_qty == 0


def test_a_count_is_opened_counted_submitted_and_approved_by_another(staff: People, api_for: People) -> None:
    stock, counter, other = make_stock(20), api_for(staff("warehouse")), api_for(staff("manager"))
    opened = _post(counter, "stocktakes/open/", {"warehouse": stock.warehouse_id, "owner": stock.owner_id}).json()
    base = f"stocktakes/{opened['id']}"
    line = {"sku": stock.sku_id, "location": stock.location_id, "counted": 18}

    counted = _post(counter, f"{base}/count/", {"lines": [line]}).json()
    assert (counted["lines"][0]["expectedQty"], counted["lines"][0]["difference"]) == (20, -2)
    assert _post(counter, f"{base}/submit/").status_code == 200
    refused = _post(counter, f"{base}/approve/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "self_approval")
    assert _post(other, f"{base}/approve/").status_code == 200

    assert stock.logical.physical_base_qty == 18
    assert prove_stock() == []


def test_a_difference_is_accepted_once(staff: People, api_for: People) -> None:
    stock, api = make_stock(500), api_for(staff("manager"))
    difference = _difference(stock, 200)

    listed = api.get(f"{URL}/wmsDifferences/?state=3").json()["results"]
    assert [row["differenceQty"] for row in listed] == [-300]
    assert _post(api, f"wmsDifferences/{difference.pk}/accept/").status_code == 200
    assert _post(api, f"wmsDifferences/{difference.pk}/dismiss/").status_code == 409

    assert stock.logical.physical_base_qty == 200
    assert api.get(f"{URL}/wmsSnapshots/").json()["results"][0]["reviewCount"] == 1
