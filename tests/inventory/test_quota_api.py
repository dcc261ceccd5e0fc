"""Channels, pools and buckets over HTTP, with the commands on quotas."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.choices import Purpose
from inventory.models import AssignmentRule, Channel
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock
from tests.factories.quota import bucket, make_channel, move, quotas

BASE = "/api/v1/inventory"
N, FLASH = Purpose.NORMAL, Purpose.FLASH_SALE

ManagerApi = Any


@pytest.fixture
def manager(staff: Callable[..., Any], api_for: Callable[..., Any]) -> ManagerApi:
    """A manager's client."""
    return api_for(staff("manager"))


def _post(client: Any, path: str, body: dict[str, Any], key: str = "k1") -> Any:
    return client.post(f"{BASE}/{path}/", body, format="json", headers={"Idempotency-Key": key})


def _move(stock: Stock, units: int, **fields: Any) -> dict[str, Any]:
    return {"lines": [{"fromBucket": stock.bucket.pk, "units": units, "purpose": int(FLASH), **fields}]}


@pytest.mark.parametrize("name", ["channel", "pool", "bucket", "assignmentRule"])
def test_lists_are_for_staff_only(name: str, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    assert api_for(staff("clerk")).get(f"{BASE}/{name}/").status_code == 200
    assert api_for(staff("customer")).get(f"{BASE}/{name}/").status_code == 403
    assert api_for().get(f"{BASE}/{name}/").status_code == 401


def test_a_bucket_shows_its_figures_and_rules(manager: ManagerApi) -> None:
    stock = make_stock(100)
    move(stock, 30, N, stock.channel_id)

    answer = manager.get(f"{BASE}/bucket/?skuCode={stock.sku}&exclusive=true")

    (row,) = answer.json()["results"]
    assert (row["baseQuotaQty"], row["sellableQty"], row["exclusive"], row["purpose"]) == (30, 30, True, 1)
    assert (row["channel"], row["skuCode"], row["oversellEnabled"]) == (stock.channel_id, stock.sku, False)
    assert manager.get(f"{BASE}/bucket/?skuCode={stock.sku}&short=true").json()["results"] == []


def test_a_pool_shows_what_is_open(manager: ManagerApi) -> None:
    stock = make_stock(100)
    stock.reserve(35)

    rows = manager.get(f"{BASE}/pool/?skuId={stock.sku_id}&purpose=1").json()["results"]

    assert [(row["quotaQty"], row["openQty"], row["priority"]) for row in rows] == [(100, 65, 0)]


def test_moving_answers_with_each_bucket_before_and_after(manager: ManagerApi) -> None:
    stock = make_stock(100)

    answer = _post(manager, "bucket/move", _move(stock, 40, channel=stock.channel_id))

    assert answer.status_code == 200, answer.json()
    assert [
        (row["purpose"], row["channel"], row["quotaBefore"], row["quotaAfter"]) for row in answer.json()["items"]
    ] == [(1, None, 100, 60), (2, stock.channel_id, 0, 40)]
    again = _post(manager, "bucket/move", _move(stock, 40, channel=stock.channel_id))
    assert again.json() == answer.json()
    assert quotas(stock) == {(N, None): 60, (FLASH, stock.channel_id): 40}
    assert prove_stock() == []


def test_a_dry_run_and_a_simulation_write_nothing(manager: ManagerApi) -> None:
    stock = make_stock(100)

    dry = _post(manager, "bucket/move", {**_move(stock, 40), "dryRun": True})
    told = manager.post(f"{BASE}/bucket/simulate/", {"moves": _move(stock, 40)["lines"]}, format="json")

    assert [row["quotaAfter"] for row in dry.json()["items"]] == [60, 40]
    (channel,) = told.json()["channels"]
    assert (channel["before"]["sellable"], channel["after"]["sellable"], channel["after"]["shown"]) == (100, 60, "60")
    assert quotas(stock) == {(N, None): 100}
    both = {"moves": _move(stock, 1)["lines"], "returns": [{"bucket": stock.bucket.pk}]}
    refused = manager.post(f"{BASE}/bucket/simulate/", both, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "one_kind")


def test_a_refusal_names_the_line_and_the_figures(manager: ManagerApi) -> None:
    stock = make_stock(100)

    error = _post(manager, "bucket/move", _move(stock, 101)).json()["error"]

    assert (error["code"], error["param"]) == ("quota_insufficient", "lines[0].units")
    assert [(line["line"], line["wanted"], line["available"]) for line in error["details"]["lines"]] == [(1, 101, 100)]


def test_granting_and_returning(manager: ManagerApi) -> None:
    stock = make_stock(100)
    returned = _post(manager, "bucket/return", {"lines": [{"bucket": stock.bucket.pk, "unassign": True}]}, "r")
    assert returned.status_code == 200, returned.json()
    too_much = {"lines": [{"logical": stock.logical.pk, "units": 101}]}
    assert _post(manager, "bucket/grant", too_much, "g0").json()["error"]["details"]["lines"][0]["ceiling"] == 100

    line = {"logical": stock.logical.pk, "units": 60, "purpose": int(FLASH), "priority": 3}
    granted = _post(manager, "bucket/grant", {"lines": [line], "reason": "Double 11"}, "g1")

    assert granted.status_code == 200, granted.json()
    assert quotas(stock) == {(FLASH, None): 60}
    pool = bucket(stock, None, FLASH).pool
    answer = manager.post(f"{BASE}/pool/{pool.pk}/priority/", {"priority": 8}, format="json")
    assert answer.json()["priority"] == 8


def test_rules_of_a_bucket(manager: ManagerApi) -> None:
    stock = make_stock(100)
    path = f"{BASE}/bucket/{stock.bucket.pk}"

    share = manager.post(f"{path}/share/", {"channel": stock.channel_id, "capPercent": 40}, format="json")
    oversell = manager.post(f"{path}/oversell/", {"enabled": True, "percent": 10, "minutes": 5}, format="json")
    display = manager.post(f"{path}/display/", {"rule": 4, "units": 10}, format="json")

    assert (share.json()["capQty"], share.json()["usedQty"]) == (40, 0)
    assert (oversell.json()["oversellLimitQty"], oversell.json()["openOversellQty"]) == (10, 10)
    assert (display.json()["displayRule"], display.json()["displayUnits"]) == (4, 10)
    dropped = manager.post(f"{path}/drop-share/", {"channel": stock.channel_id}, format="json")
    assert dropped.json()["shares"] == []
    window = manager.post(f"{path}/window/", {"effectiveFrom": None, "effectiveTo": None}, format="json")
    assert window.json()["error"]["code"] == "window_shared"


def test_a_bucket_knows_where_goods_could_be_transferred_from(manager: ManagerApi) -> None:
    stock, elsewhere = make_stock(10), make_stock()
    far = Stock(
        stock.sku_id,
        stock.sku,
        elsewhere.warehouse_id,
        stock.owner_id,
        elsewhere.location_id,
        elsewhere.other_location_id,
        stock.channel_id,
    )
    far.receive(50)
    move(far, 15, N, stock.channel_id)
    move(far, 5, N, make_channel(far, "OTHER").pk)
    move(stock, 4, N, stock.channel_id)

    mine = manager.get(f"{BASE}/bucket/{bucket(stock, stock.channel_id).pk}/sources/").json()
    shared = manager.get(f"{BASE}/bucket/{stock.bucket.pk}/sources/").json()

    assert [(row["warehouse"], row["own"], row["openQty"]) for row in mine] == [
        (elsewhere.warehouse_id, True, 15),
        (elsewhere.warehouse_id, False, 30),
    ]
    assert [(row["own"], row["openQty"]) for row in shared] == [(False, 30)]


def test_rules_of_a_channel(manager: ManagerApi) -> None:
    stock = make_stock(1)

    answer = manager.post(
        f"{BASE}/channel/{stock.channel_id}/rules/", {"displayRule": 2, "warehouseChoice": 3}, format="json"
    )

    assert (answer.json()["displayRule"], answer.json()["warehouseChoice"]) == (2, 3)
    channel = Channel.objects.get(pk=stock.channel_id)
    assert (channel.display_rule, channel.display_units, channel.warehouse_choice) == (2, 10, 3)


def test_rules_of_receipts_are_added_and_deleted(manager: ManagerApi) -> None:
    stock = make_stock(100)
    body = {"logical": stock.logical.pk, "channel": stock.channel_id, "percent": 25}

    made = manager.post(f"{BASE}/assignmentRule/", body, format="json")
    assert made.status_code == 201, made.json()
    stock.receive(100)
    assert quotas(stock) == {(N, None): 175, (N, stock.channel_id): 25}
    assert manager.delete(f"{BASE}/assignmentRule/{made.json()['id']}/").status_code == 204
    assert not AssignmentRule.objects.exists()
    assert manager.post(f"{BASE}/assignmentRule/", {"percent": 25}, format="json").status_code == 400


@pytest.mark.parametrize("role", ["clerk", "warehouse", "finance"])
def test_only_those_who_may_move_quotas(role: str, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    stock = make_stock(100)
    make_channel(stock, "OTHER")
    client = api_for(staff(role))

    assert _post(client, "bucket/move", _move(stock, 40)).status_code == 403
    assert (
        client.post(f"{BASE}/bucket/{stock.bucket.pk}/oversell/", {"enabled": False}, format="json").status_code == 403
    )
    assert quotas(stock) == {(N, None): 100}
