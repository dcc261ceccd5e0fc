"""Safety stock and warning lines over HTTP (S001-18 … S001-24, S003-17)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from inventory.models import SafetyPolicy, SafetyRelease
from inventory.services import SafetyTerms, set_safety
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.events.models import Event

BASE = "/api/v1/inventory"
ACTOR = system_actor()


@pytest.fixture
def manager(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    """A manager at the API."""
    return api_for(staff("manager"))


def post(client: Any, path: str, data: dict[str, Any] | None = None) -> Any:
    """POST under a key of its own."""
    key = f"key-{source('key').sn}"
    return client.post(f"{BASE}/safety/{path}", data or {}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def withheld(units: int, *, of: int = 100) -> tuple[Stock, int]:
    """A row that withholds ``units``, and the id of its policy."""
    stock = make_stock(of)
    set_safety(logical_id=stock.logical.pk, terms=SafetyTerms(normal_units=units), source=source("safety"), actor=ACTOR)
    return stock, int(SafetyPolicy.objects.get(logical=stock.logical).pk)


def test_the_list_shows_target_withheld_released_and_missing_side_by_side(manager: Any) -> None:
    stock, pk = withheld(120)

    (found,) = manager.get(f"{BASE}/safety/?deficit=true&skuId={stock.sku_id}").json()["results"]

    shown = {name: found[name] for name in ("targetQty", "withheldQty", "releasedQty", "deficitQty", "availableQty")}
    assert shown == {"targetQty": 120, "withheldQty": 100, "releasedQty": 0, "deficitQty": 20, "availableQty": 0}
    assert (found["id"], found["skuCode"], found["normalUnits"], found["coverDays"]) == (pk, stock.sku, 120, None)
    assert (found["normalQty"], found["alertThreshold"], found["isLockedNow"]) == ("120.000", 0, False)


def test_filters(manager: Any) -> None:
    (short, short_id), (fine, fine_id) = withheld(120), withheld(10)
    post(manager, f"{fine_id}/lock/", {"reason": "旺季"})

    def ids(query: str) -> list[int]:
        return [row["id"] for row in manager.get(f"{BASE}/safety/?{query}").json()["results"]]

    assert ids("deficit=true") == [short_id]
    assert ids("deficit=false") == [fine_id]
    assert ids("locked=true") == [fine_id]
    assert ids("locked=false") == [short_id]
    assert ids("released=true") == []
    assert ids(f"warehouseId={short.warehouse_id}") == [short_id]
    assert ids(f"sku={fine.sku}") == [fine_id]
    assert manager.get(f"{BASE}/safety/?colour=red").status_code == 400


def test_rows_are_set_together_and_a_dry_run_leaves_nothing(manager: Any) -> None:
    first, second = make_stock(50), make_stock(5)
    items = [
        {"id": first.logical.pk, "normalUnits": 10, "emergencyPercent": 20, "supplierRiskPercent": 30},
        {"id": second.logical.pk, "normalUnits": 8},
    ]

    tried = post(manager, "set/", {"items": items, "dryRun": True})
    assert (tried.status_code, SafetyPolicy.objects.count()) == (200, 0)
    found = post(manager, "set/", {"items": items, "reason": "旺季"})

    assert found.json() == tried.json() | {"items": found.json()["items"]}
    effects = found.json()["items"]
    assert [(row["targetQty"], row["withheldQty"], row["deficitQty"]) for row in effects] == [(15, 15, 0), (8, 5, 3)]
    assert [trim["units"] for trim in effects[0]["trims"]] == [15]
    bad = post(manager, "set/", {"items": [items[1], items[0] | {"emergencyPercent": 5}]})
    assert (bad.status_code, bad.json()["error"]["param"]) == (400, "items[1].emergencyPercent")
    assert prove_stock() == []


def test_release_and_rearm(manager: Any) -> None:
    stock, pk = withheld(100)
    until = (clock.local_date(clock.now()) + timedelta(days=3)).isoformat()

    found = post(manager, f"{pk}/release/", {"quantity": 60, "reason": "双十一", "until": until}).json()
    assert (found["withheldQty"], found["releasedQty"], found["moved"]) == (40, 60, -60)
    short = post(manager, f"{pk}/release/", {"quantity": 60, "reason": "双十一"})
    assert (short.status_code, short.json()["error"]["code"]) == (409, "safety_short")
    assert short.json()["error"]["details"]["available"] == 40
    tried = post(manager, f"{pk}/rearm/", {"quantity": 10, "reason": "到货", "dryRun": True}).json()
    assert (tried["withheldQty"], stock.logical.safety_qty) == (50, 40)
    assert post(manager, f"{pk}/rearm/", {"reason": "到货"}).json()["withheldQty"] == 100
    steps = manager.get(f"{BASE}/safetyReleases/?logicalId={stock.logical.pk}&ordering=id").json()["results"]
    assert [(row["step"], row["quantity"], row["movedQty"], row["until"]) for row in steps] == [
        (1, 60, 60, until),
        (2, 60, 60, None),
    ]
    assert prove_stock() == []


def test_the_key_is_needed_and_repeats_the_answer(manager: Any) -> None:
    _stock, pk = withheld(100)
    body = {"quantity": 30, "reason": "双十一"}

    assert manager.post(f"{BASE}/safety/{pk}/release/", body, format="json").status_code == 400
    for _round in range(2):
        found = manager.post(f"{BASE}/safety/{pk}/release/", body, format="json", HTTP_IDEMPOTENCY_KEY="release-once-1")
        assert found.json()["withheldQty"] == 70
    assert SafetyRelease.objects.count() == 1


def test_only_who_may_overrides_a_lock(manager: Any, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    _stock, pk = withheld(100)
    post(manager, f"{pk}/lock/", {"reason": "供应商停产"})
    releaser = staff("clerk")
    releaser.user_permissions.set(Permission.objects.filter(codename__in=("release_safety", "view_safetypolicy")))
    body = {"quantity": 1, "reason": "急救"}

    locked = post(manager, f"{pk}/release/", body)
    assert (locked.status_code, locked.json()["error"]["code"]) == (409, "safety_locked")
    refused = post(api_for(releaser), f"{pk}/release/", body | {"override": True})
    assert (refused.status_code, refused.json()["error"]["param"]) == (403, "override")
    assert post(manager, f"{pk}/release/", body | {"override": True}).json()["withheldQty"] == 99
    assert post(manager, f"{pk}/unlock/").status_code == 200
    assert post(manager, f"{pk}/release/", body).json()["withheldQty"] == 98


def test_a_review_on_demand_is_read_and_accepted(
    frozen_clock: FrozenClock, staff: Callable[..., Any], api_for: Callable[..., Any]
) -> None:
    _stock, pk = withheld(20)
    frozen_clock.advance(days=7)
    manager = api_for(staff("manager"))
    manager.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    (made,) = post(manager, "review/", {"ids": [pk]}).json()["items"]
    assert (made["verdictName"], made["proposedTargetQty"], made["evidence"]["idleDays"]) == ("Too high", 0, 7)
    assert made["evidence"]["backtest"]["current"]["averageIdleUnits"] == "20.0"
    assert made["sentence"] == (
        "In 7 days: releases 0 (units 0), stock-outs 0, idle days 7; average daily outbound 0.0 (variance 0.0)."
        " No delivery observed, lead time assumed: 7 days. Back-test over 7 days: target 20 – days short 0,"
        " idle units 20.0; target 0 – days short 0, idle units 0.0."
    )
    assert post(manager, f"{pk}/accept-review/").json()["moved"] == -20
    again = post(manager, f"{pk}/accept-review/")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "review_decided")
    assert post(manager, f"{pk}/reject-review/").status_code == 409
    (listed,) = manager.get(f"{BASE}/safetyReviews/?state=2").json()["results"]
    assert listed["stateName"] == "Accepted"


def test_a_review_is_rejected(
    frozen_clock: FrozenClock, staff: Callable[..., Any], api_for: Callable[..., Any]
) -> None:
    _stock, pk = withheld(20)
    frozen_clock.advance(days=7)
    manager = api_for(staff("manager"))
    post(manager, "review/", {"ids": [pk]})

    assert post(manager, f"{pk}/reject-review/").json()["withheldQty"] == 20
    assert manager.get(f"{BASE}/safetyReviews/?state=3").json()["results"][0]["policy"] == pk


def test_warning_lines_are_set_together(manager: Any) -> None:
    first, second = make_stock(50), make_stock(5)
    items = [{"id": second.logical.pk, "threshold": 6}, {"id": first.logical.pk, "threshold": 10}]

    found = manager.put(f"{BASE}/thresholds/", {"items": items}, format="json").json()

    assert found["items"] == [
        {"id": second.logical.pk, "before": 0, "threshold": 6},
        {"id": first.logical.pk, "before": 0, "threshold": 10},
    ]
    assert (first.logical.alert_threshold, second.logical.alert_threshold) == (10, 6)
    assert [event.payload["sku"] for event in Event.objects.filter(type="stock.low")] == [second.sku]
    unknown = manager.put(
        f"{BASE}/thresholds/", {"items": [items[0] | {"threshold": 9}, {"id": 987_654, "threshold": 1}]}, format="json"
    )
    assert (unknown.status_code, unknown.json()["error"]["param"]) == (404, "items[1].id")
    assert second.logical.alert_threshold == 6


def test_a_clerk_reads_and_changes_nothing(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    _stock, pk = withheld(20)
    clerk = api_for(staff("clerk"))

    assert clerk.get(f"{BASE}/safety/{pk}/").status_code == 200
    for verb in ("release", "rearm", "lock", "unlock", "accept-review", "reject-review"):
        assert post(clerk, f"{pk}/{verb}/", {"reason": "x"}).status_code == 403
    assert post(clerk, "set/", {"items": []}).status_code == 403
