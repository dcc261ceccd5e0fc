"""Calls of warehouse systems that name nothing storable: answered as any other wrong one, never an error of ours."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from inventory.models import WmsSnapshot
from tests.factories.warehousing import SECRET, make_connection, make_notice, make_warehouse
from tests.warehousing.webhooks import body_of, call, event
from vmi.core.signing import signed_headers
from warehousing.models import WmsMessage

BEYOND = ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59Z", "٢٠٢٦-11-22T00:00:00Z"]


@pytest.mark.parametrize("kind", ["events", "snapshot"])
def test_a_connection_nobody_can_have_is_refused_as_an_unknown_one(api_for: Callable[..., Any], kind: str) -> None:
    body = b"{}"
    headers = signed_headers(SECRET, "msg_1", body, at=datetime.now(tz=UTC))

    answer = api_for(None).post(
        f"/api/v1/warehousing/wms/%00/{kind}/", data=body, content_type="application/json", headers=headers
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signature_invalid")


@pytest.mark.parametrize("instant", BEYOND)
def test_an_event_beyond_the_calendar_is_not_kept(api_for: Callable[..., Any], instant: str) -> None:
    warehouse = make_warehouse()
    wms, notice = make_connection(warehouse, code="bj"), make_notice(warehouse)

    answer = call(api_for(None), wms, body_of(event(notice.sn, (1, 1), occurredAt=instant)))

    (result,) = answer.json()["results"]
    assert (answer.status_code, result["status"], result["param"]) == (200, "REJECTED", "occurredAt")
    assert not WmsMessage.objects.exists()


@pytest.mark.parametrize("instant", BEYOND)
def test_a_picture_taken_beyond_the_calendar_is_refused(api_for: Callable[..., Any], instant: str) -> None:
    make_connection(make_warehouse(), code="bj")
    row = {"sku": "S", "owner": "O", "location": "L", "quantity": 1}
    body = json.dumps({"seq": 1, "takenAt": instant, "rows": [row]}).encode()
    headers = signed_headers(SECRET, "msg_1", body, at=datetime.now(tz=UTC))

    answer = api_for(None).post(
        "/api/v1/warehousing/wms/bj/snapshot/", data=body, content_type="application/json", headers=headers
    )

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "invalid_field", "takenAt")
    assert not WmsSnapshot.objects.exists()
