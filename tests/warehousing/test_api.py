"""The API: layout, owners, inbox."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from tests.factories.warehousing import (
    make_connection,
    make_notice,
    make_owner,
    make_rack,
    make_warehouse,
    make_zone,
)
from tests.support.clients import NamespaceApiClient
from tests.warehousing.answers import error
from tests.warehousing.webhooks import event
from vmi.core.actors import wms_actor
from warehousing import ports, services
from warehousing.models import Location, Owner, Shelf, ShipNotice, Warehouse

WAREHOUSE = "/api/v1/vmi/warehouse/"
SHELF = "/api/v1/vmi/warehouse/shelf/"
APP = "/api/v1/warehousing/"


class TestWarehouse:
    def test_create_read_change(self, manager: NamespaceApiClient) -> None:
        made = manager.post(WAREHOUSE, {"name": "北京仓", "code": "WH-BJ", "phone": "010"}, format="json")
        assert made.status_code == 201
        pk = made.json()["id"]
        read = manager.get(f"{WAREHOUSE}{pk}/").json()

        assert read == made.json()
        assert {key: read[key] for key in ("code", "name", "phone", "address", "description", "namespace")} == {
            "code": "WH-BJ",
            "name": "北京仓",
            "phone": "010",
            "address": None,
            "description": None,
            "namespace": "alpha",
        }
        assert isinstance(read["createTime"], int)

        changed = manager.patch(f"{WAREHOUSE}{pk}/", {"name": "北京一号仓"}, format="json")
        assert (changed.status_code, changed.json()["name"]) == (200, "北京一号仓")
        assert error(manager.patch(f"{WAREHOUSE}{pk}/", {"code": "X"}, format="json"), 400) == (
            "unknown_field",
            "code",
        )

    @pytest.mark.parametrize(
        ("body", "code", "param"),
        [
            ({}, "required", "name"),
            ({"name": ""}, "blank", "name"),
            ({"name": 5}, "invalid_string", "name"),
            ({"name": "a\x00"}, "invalid_character", "name"),
            ({"name": "x", "size": 1}, "unknown_field", "size"),
            ({"name": "x", "creater": 1}, "unknown_field", "creater"),
            ({"name": "x", "number": "1"}, "invalid_integer", "number"),
            ({"name": "x", "number": True}, "invalid_integer", "number"),
            ({"name": "x", "number": 0}, "invalid_number", "number"),
            ({"name": "x", "code": "ä b"}, "invalid_code", "code"),
        ],
    )
    def test_bad_bodies(self, manager: NamespaceApiClient, body: dict[str, Any], code: str, param: str) -> None:
        response = manager.post(WAREHOUSE, body, format="json")

        assert error(response, 400) == (code, param)
        assert Warehouse.objects.count() == 0

    def test_a_code_in_use_is_409(self, manager: NamespaceApiClient) -> None:
        make_warehouse(code="WH-BJ")

        assert error(manager.post(WAREHOUSE, {"name": "x", "code": "WH-BJ"}, format="json"), 409) == (
            "code_taken",
            "code",
        )
        assert Warehouse.objects.count() == 1

    def test_filters_and_unknown_parameters(self, manager: NamespaceApiClient) -> None:
        make_warehouse(code="A", name="北京仓")
        make_warehouse(code="B", name="上海仓")

        found = manager.get(WAREHOUSE, {"name": "北京"}).json()["results"]
        assert [item["code"] for item in found] == ["A"]
        assert error(manager.get(WAREHOUSE, {"nmae": "x"}), 400) == ("unknown_parameter", "nmae")


class TestShelf:
    def test_a_plain_shelf(self, manager: NamespaceApiClient) -> None:
        warehouse = make_warehouse(number=1)

        made = manager.post(SHELF, {"warehouse": warehouse.pk, "capacity": 10, "description": "A"}, format="json")

        assert made.status_code == 201
        read = manager.get(f"{SHELF}{made.json()['id']}/").json()
        assert (read["warehouse"], read["capacity"], read["used"], read["status"], read["rack"]) == (
            warehouse.pk,
            10,
            0,
            600,
            "01",
        )
        assert read["statusName"] in ("空闲", "Free")
        assert Location.objects.get().code == "1-ST-01-01-01"

    def test_used_is_counted_once_per_page(self, manager: NamespaceApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
        full, empty = make_rack(), make_rack()
        asked: list[list[int]] = []

        def count(ids: Any) -> dict[int, int]:
            asked.append(list(ids))
            return {full.pk: 7}

        monkeypatch.setattr(ports, "_shelf_usage", [count])
        rows = manager.get(SHELF).json()["results"]

        assert [(row["id"], row["used"], row["status"]) for row in rows] == [(empty.pk, 0, 600), (full.pk, 7, 601)]
        assert asked == [[empty.pk, full.pk]]

    @pytest.mark.parametrize("field", ["used", "status", "warehouse", "rack", "code"])
    def test_what_the_system_says_is_not_written(self, manager: NamespaceApiClient, field: str) -> None:
        shelf = make_rack()

        assert error(manager.patch(f"{SHELF}{shelf.pk}/", {field: 1}, format="json"), 400) == ("unknown_field", field)

    @pytest.mark.parametrize("capacity", [0, -1, 1.5, "5", True, 10**10])
    def test_a_capacity_is_a_positive_whole_number(self, manager: NamespaceApiClient, capacity: Any) -> None:
        shelf = make_rack(capacity=3)

        response = manager.patch(f"{SHELF}{shelf.pk}/", {"capacity": capacity}, format="json")

        assert error(response, 400)[1] == "capacity"
        assert Shelf.objects.get().capacity == 3

    def test_opening_a_rack(self, manager: NamespaceApiClient, clerk: NamespaceApiClient) -> None:
        zone = make_zone(make_warehouse(number=1))
        body = {"warehouse": zone.warehouse_id, "zone": zone.pk, "rack": "3", "levels": 2, "slots": 5}

        assert error(clerk.post(f"{SHELF}open-rack/", body, format="json"), 403)[0] == "permission_denied"
        opened = manager.post(f"{SHELF}open-rack/", body, format="json")
        again = manager.post(f"{SHELF}open-rack/", body, format="json")

        assert opened.status_code == 201
        assert error(again, 409) == ("location_exists", "rack")
        locations = manager.get(f"{APP}locations/", {"shelfId": opened.json()["id"], "ordering": "code"}).json()
        assert [item["code"] for item in locations["results"]][-1] == "1-ST-03-02-05"
        assert len(locations["results"]) == 10
        assert (Shelf.objects.count(), Location.objects.count()) == (1, 10)

    @pytest.mark.parametrize(
        ("change", "param"),
        [
            ({"levels": 0}, "levels"),
            ({"levels": 100}, "levels"),
            ({"slots": -1}, "slots"),
            ({"slots": 1.5}, "slots"),
            ({"rack": "架"}, "rack"),
            ({"rack": ""}, "rack"),
            ({"zone": 2**63}, "zone"),
            ({"zone": "1"}, "zone"),
            ({"extra": 1}, "extra"),
        ],
    )
    def test_a_bad_rack(self, manager: NamespaceApiClient, change: dict[str, Any], param: str) -> None:
        zone = make_zone()
        body = {"warehouse": zone.warehouse_id, "zone": zone.pk, "rack": "3", "levels": 2, "slots": 5, **change}

        assert error(manager.post(f"{SHELF}open-rack/", body, format="json"), 400)[1] == param
        assert Location.objects.count() == 0


def test_a_location_is_added_but_never_changed(manager: NamespaceApiClient) -> None:
    shelf = make_rack(make_zone(make_warehouse(number=1)), rack="1", levels=1, slots=1)

    added = manager.post(f"{APP}locations/", {"shelf": shelf.pk, "level": 2, "slot": 1}, format="json")
    taken = manager.post(f"{APP}locations/", {"shelf": shelf.pk, "level": 2, "slot": 1}, format="json")

    assert (added.status_code, added.json()["code"]) == (201, "1-ST-01-02-01")
    assert error(taken, 409)[0] == "location_exists"
    assert manager.patch(f"{APP}locations/{added.json()['id']}/", {"level": 3}, format="json").status_code == 405


def test_owners(manager: NamespaceApiClient) -> None:
    body = {"name": "Apple", "type": "external", "storageFee": "0.10", "settlementCycle": "monthly"}
    made = manager.post(f"{APP}owners/", body, format="json")
    pk = made.json()["id"]

    assert made.status_code == 201
    assert {key: made.json()[key] for key in ("storageFee", "handlingFee", "status", "email")} == {
        "storageFee": "0.10",
        "handlingFee": None,
        "status": 400,
        "email": None,
    }
    assert error(manager.post(f"{APP}owners/", {"name": "x", "storageFee": 0.1}, format="json"), 400) == (
        "invalid_money",
        "storageFee",
    )
    assert error(manager.patch(f"{APP}owners/{pk}/", {"status": 401}, format="json"), 400) == (
        "unknown_field",
        "status",
    )
    assert manager.post(f"{APP}owners/{pk}/disable/", {}, format="json").json()["status"] == 401
    assert manager.get(f"{APP}owners/", {"status": 401}).json()["results"][0]["id"] == pk
    assert manager.post(f"{APP}owners/{pk}/enable/", {}, format="json").json()["status"] == 400
    assert Owner.objects.count() == 1


def test_the_inbox_and_replaying(manager: NamespaceApiClient, clerk: NamespaceApiClient) -> None:
    wms = make_connection()
    services.receive_wms_message(connection_id=wms.pk, raw_event=event("SN-LATER", (1, 5)), actor=wms_actor("x"))
    [row] = manager.get(f"{APP}wmsMessages/", {"state": "quarantined"}).json()["results"]
    notice = make_notice(wms.warehouse)
    ShipNotice.objects.filter(pk=notice.pk).update(sn="SN-LATER")
    url = f"{APP}wmsMessages/{row['id']}/replay/"

    assert row["reason"] == "unknown_notice"
    assert clerk.post(url, {}, format="json").status_code == 403
    assert manager.post(url, {}, format="json").json()["state"] == "applied"
    assert error(manager.post(url, {}, format="json"), 409)[0] == "message_not_quarantined"


PATHS = [
    WAREHOUSE,
    SHELF,
    f"{APP}zones/",
    f"{APP}locations/",
    f"{APP}owners/",
    f"{APP}shipNotices/",
    f"{APP}wmsConnections/",
    f"{APP}wmsMessages/",
]


def fill() -> None:
    """One row of everything."""
    make_rack(levels=1, slots=1)
    make_owner()
    wms = make_connection()
    make_notice(wms.warehouse)
    services.receive_wms_message(connection_id=wms.pk, raw_event=event("SN-?", (1, 1)), actor=wms_actor("x"))


@pytest.mark.parametrize("path", PATHS)
def test_a_list_costs_the_same_whatever_its_length(manager: NamespaceApiClient, path: str) -> None:
    fill()
    manager.get(path)
    with CaptureQueriesContext(database) as few:
        manager.get(path)
    for _number in range(3):
        fill()

    with CaptureQueriesContext(database) as many:
        rows = manager.get(path).json()["results"]

    assert len(rows) >= 4
    assert len(many) == len(few)


@pytest.mark.parametrize("path", PATHS)
def test_who_may_not_look(staff: Callable[..., Any], api_for: Callable[..., NamespaceApiClient], path: str) -> None:
    assert api_for(None).get(path).status_code == 401
    assert api_for(staff("customer")).get(path).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_equal_ids_in_two_namespaces(
    manager: NamespaceApiClient, in_beta: Callable[[], AbstractContextManager[None]], path: str
) -> None:
    with in_beta():
        fill()

    assert manager.get(path).json()["results"] == []
    assert manager.get(f"{path}1/").status_code == 404
