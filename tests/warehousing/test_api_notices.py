"""The API: ship notices and connections of warehouse systems."""

from typing import Any

import pytest

from tests.factories.warehousing import (
    SECRET,
    make_connection,
    make_notice,
    make_warehouse,
)
from tests.support.clients import NamespaceApiClient
from tests.warehousing.answers import error
from vmi.core import clock
from warehousing.choices import CancelState
from warehousing.models import ShipNotice, WmsConnection, WmsMessage
from warehousing.services.silence import PATIENCE

WAREHOUSE = "/api/v1/vmi/warehouse/"
SHELF = "/api/v1/vmi/warehouse/shelf/"
APP = "/api/v1/warehousing/"


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

    def test_a_silent_system_is_answered_for_by_managers(
        self, manager: NamespaceApiClient, clerk: NamespaceApiClient
    ) -> None:
        wms = make_connection(mode="http", endpoint="https://wms.example.com/notices")
        notice = make_notice(wms.warehouse)
        asked = {"attempts": 1, "cancel_state": CancelState.REQUESTED, "cancel_requested_at": clock.now()}
        ShipNotice.objects.filter(pk=notice.pk).update(**asked)
        back, gone = (f"{APP}shipNotices/{notice.pk}/settle-{how}/" for how in ("held-back", "left"))
        why = {"reason": "电话问过"}

        assert clerk.post(back, why, format="json").status_code == 403
        assert error(manager.post(back, {}, format="json"), 400)[0] == "required"
        assert error(manager.post(gone, why, format="json"), 400)[0] == "required"
        assert error(manager.post(back, why, format="json"), 409)[0] == "cancel_answer_awaited"

        ShipNotice.objects.filter(pk=notice.pk).update(cancel_requested_at=clock.now() - PATIENCE)
        done = manager.post(gone, {**why, "company": "SF", "trackingNo": "A"}, format="json")
        assert (done.status_code, done.json()["status"], done.json()["trackingNo"]) == (200, 1402, "A")

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
