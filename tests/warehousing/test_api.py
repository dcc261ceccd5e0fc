"""The API: layout, owners, notices, connections, inbox."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from tests.factories.warehousing import (
    SECRET,
    make_connection,
    make_notice,
    make_owner,
    make_rack,
    make_warehouse,
    make_zone,
)
from tests.support.clients import NamespaceApiClient
from tests.warehousing.webhooks import event
from vmi.core.actors import wms_actor
from warehousing import ports, services
from warehousing.models import Location, Owner, Shelf, ShipNotice, Warehouse, WmsConnection, WmsMessage

WAREHOUSE = "/api/v1/vmi/warehouse/"
SHELF = "/api/v1/vmi/warehouse/shelf/"
APP = "/api/v1/warehousing/"


@pytest.fixture
def manager(staff: Callable[..., Any], api_for: Callable[..., NamespaceApiClient]) -> NamespaceApiClient:
    """A manager: every permission of the business apps."""
    return api_for(staff("manager"))


@pytest.fixture
def clerk(staff: Callable[..., Any], api_for: Callable[..., NamespaceApiClient]) -> NamespaceApiClient:
    """A clerk: may look at warehousing, not change it."""
    return api_for(staff("clerk"))


def error(response: Any, status: int) -> tuple[str, str | None]:
    assert response.status_code == status, response.content
    found = response.json()["error"]
    return found["code"], found["param"]


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


class TestShipNotices:
    def test_confirming_by_hand(self, manager: NamespaceApiClient) -> None:
        notice = make_notice(sn="ORD-1")
        url = f"{APP}shipNotices/{notice.pk}/confirm/"

        part = manager.post(
            url,
            {"company": "SF", "trackingNo": "A", "lines": [{"lineNo": 1, "quantity": 2}]},
            format="json",
        )
        rest = manager.post(url, {"company": "SF", "trackingNo": "B"}, format="json")

        assert (part.status_code, part.json()["status"]) == (200, 1401)
        assert rest.json()["status"] == 1402
        assert [line["shippedQuantity"] for line in rest.json()["lines"]] == [5, 3]
        assert (rest.json()["sourceSn"], rest.json()["trackingNo"]) == ("ORD-1", "B")

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"company": "SF", "trackingNo": "A", "lines": [{"lineNo": 1, "quantity": 6}]}, 409, "over_quantity"),
            ({"company": "SF", "trackingNo": "A", "lines": [{"lineNo": 9, "quantity": 1}]}, 409, "unknown_line"),
            ({"company": "SF", "trackingNo": "A", "lines": [{"lineNo": 1, "quantity": 0}]}, 400, "min_value"),
            ({"company": "SF"}, 400, "required"),
            ({"company": "SF", "trackingNo": "A", "lines": []}, 400, "empty"),
        ],
    )
    def test_what_is_refused_leaves_nothing(
        self, manager: NamespaceApiClient, body: dict[str, Any], status: int, code: str
    ) -> None:
        notice = make_notice()

        response = manager.post(f"{APP}shipNotices/{notice.pk}/confirm/", body, format="json")

        assert error(response, status)[0] == code
        assert list(notice.lines.values_list("shipped_quantity", flat=True)) == [0, 0]
        assert WmsMessage.objects.count() == 0

    def test_a_clerk_may_look_but_not_confirm(self, clerk: NamespaceApiClient) -> None:
        notice = make_notice()

        assert clerk.get(f"{APP}shipNotices/{notice.pk}/").status_code == 200
        refused = clerk.post(
            f"{APP}shipNotices/{notice.pk}/confirm/", {"company": "SF", "trackingNo": "A"}, format="json"
        )
        assert refused.status_code == 403

    def test_sending_again_is_for_waiting_notices(self, manager: NamespaceApiClient) -> None:
        waiting = make_notice(make_connection(mode="http", endpoint="https://wms.example.com/").warehouse)
        sent = make_notice()

        assert manager.post(f"{APP}shipNotices/{waiting.pk}/send/", {}, format="json").json()["status"] == 1400
        assert error(manager.post(f"{APP}shipNotices/{sent.pk}/send/", {}, format="json"), 409)[0] == (
            "invalid_transition"
        )

    def test_filters(self, manager: NamespaceApiClient) -> None:
        first, _second = make_notice(sn="ORD-1"), make_notice(sn="ORD-2")

        found = manager.get(f"{APP}shipNotices/?sourceType=order&sourceSn=ORD-1&status=1401")

        assert [item["sn"] for item in found.json()["results"]] == [first.sn]


class TestConnections:
    def test_secrets_are_written_and_never_read(self, manager: NamespaceApiClient) -> None:
        body = {"code": "bj", "warehouse": make_warehouse().pk, "secret": SECRET}
        made = manager.post(f"{APP}wmsConnections/", body, format="json")
        pk = made.json()["id"]
        rotated = manager.post(f"{APP}wmsConnections/{pk}/rotate/", {}, format="json")
        texts = [
            made.content.decode(),
            manager.get(f"{APP}wmsConnections/").content.decode(),
            manager.get(f"{APP}wmsConnections/{pk}/").content.decode(),
        ]

        assert (made.status_code, made.json()["hasSecret"]) == (201, True)
        stored = WmsConnection.objects.get(pk=pk)
        assert rotated.json() == {"secret": stored.secret}
        assert (stored.secret != SECRET, stored.previous_secret) == (True, SECRET)
        assert all(SECRET not in text and stored.secret not in text for text in texts)
        assert error(manager.patch(f"{APP}wmsConnections/{pk}/", {"secret": SECRET}, format="json"), 400) == (
            "unknown_field",
            "secret",
        )

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"mode": "http"}, "wms_connection_incomplete"),
            ({"mode": "http", "endpoint": "https://wms.example.com/", "secret": "short"}, "invalid_secret"),
            ({"endpoint": "http://wms.example.com/"}, "endpoint_refused"),
            ({"endpoint": "https://u:p@wms.example.com/"}, "endpoint_refused"),
            ({"mode": "pigeon"}, "invalid_choice"),
            ({"code": "a/b"}, "invalid_code"),
        ],
    )
    def test_what_cannot_work_is_refused(self, manager: NamespaceApiClient, change: dict[str, Any], code: str) -> None:
        body = {"code": "bj", "warehouse": make_warehouse().pk, **change}

        assert error(manager.post(f"{APP}wmsConnections/", body, format="json"), 400)[0] == code
        assert WmsConnection.objects.count() == 0

    def test_a_warehouse_has_one_connection(self, manager: NamespaceApiClient) -> None:
        taken = make_connection()

        response = manager.post(
            f"{APP}wmsConnections/", {"code": "other", "warehouse": taken.warehouse_id}, format="json"
        )

        assert error(response, 409) == ("code_taken", "warehouse")

    def test_switching_to_http_needs_an_endpoint(self, manager: NamespaceApiClient) -> None:
        wms = make_connection()
        url = f"{APP}wmsConnections/{wms.pk}/"

        assert error(manager.patch(url, {"mode": "http"}, format="json"), 400)[0] == "wms_connection_incomplete"
        changed = manager.patch(url, {"mode": "http", "endpoint": "https://wms.example.com/"}, format="json")
        assert changed.json()["mode"] == "http"


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
