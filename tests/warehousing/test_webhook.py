"""The webhook: signatures (S19), answers per event, two namespaces."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories.warehousing import SECRET, make_connection, make_notice, make_warehouse
from tests.support.clients import NamespaceApiClient
from tests.support.time import FrozenClock
from tests.warehousing.webhooks import body_of, call, event
from vmi.core.actors import system_actor
from vmi.core.signing import signed_headers
from vmi.events.models import Event
from warehousing import services
from warehousing.choices import MessageState, ShipNoticeStatus
from warehousing.models import ShipNotice, WmsConnection, WmsMessage

OTHER = "whsec_OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk="


@pytest.fixture
def wms() -> WmsConnection:
    """A connection with the fixed secret."""
    return make_connection(code="bj")


@pytest.fixture
def notice(wms: WmsConnection) -> ShipNotice:
    """A notice of that connection's warehouse: 5 of line 1, 3 of line 2."""
    return make_notice(wms.warehouse)


@pytest.fixture
def anonymous(api_for: Callable[..., NamespaceApiClient]) -> NamespaceApiClient:
    """A client without a token."""
    return api_for(None)


def results(response: Any) -> list[tuple[str, str | None]]:
    assert response.status_code == 200, response.content
    return [(item["status"], item["reason"]) for item in response.json()["results"]]


def test_a_signed_confirmation_is_applied(
    anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice
) -> None:
    message = event(notice.sn, (1, 5), (2, 3), seq=12)

    response = call(anonymous, wms, body_of(message))

    assert response.status_code == 200
    assert response.json() == {
        "results": [{"eventId": message["eventId"], "status": "ACCEPTED", "reason": None, "param": None}]
    }
    notice.refresh_from_db()
    assert (notice.status_id, notice.tracking_no) == (ShipNoticeStatus.DONE, "SF100")
    row = WmsMessage.objects.get()
    assert (row.state, row.seq, row.notice_id, row.payload) == (MessageState.APPLIED, 12, notice.pk, message)
    [recorded] = Event.objects.filter(type="wms.outbound_confirmed")
    assert (recorded.actor_kind, recorded.actor_label) == ("wms", "wms:bj")
    assert [line["quantity"] for line in recorded.payload["lines"]] == [5, 3]


def test_the_path_answers_without_its_slash_too(
    anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice
) -> None:
    body = body_of(event(notice.sn, (1, 1)))
    headers = signed_headers(SECRET, "msg_1", body, at=datetime.now(tz=UTC))

    response = anonymous.post(
        "/api/v1/warehousing/wms/bj/events", data=body, content_type="application/json", headers=headers
    )

    assert results(response) == [("ACCEPTED", None)]


class TestRefusedSignatures:
    """S19: every forged call is 401, stores nothing, and says nothing about why it failed."""

    def refused(self, response: Any, code: str = "signature_invalid") -> None:
        assert response.status_code == 401
        assert response.json()["error"]["type"] == "auth"
        assert response.json()["error"]["code"] == code
        assert WmsMessage.objects.count() == 0

    def test_no_signature(self, anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice) -> None:
        self.refused(call(anonymous, wms, body_of(event(notice.sn, (1, 1))), headers={}))

    @pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
    def test_a_header_is_missing(
        self, anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice, missing: str
    ) -> None:
        body = body_of(event(notice.sn, (1, 1)))
        headers = signed_headers(SECRET, "msg_1", body, at=datetime.now(tz=UTC))
        del headers[missing]
        self.refused(call(anonymous, wms, body, headers=headers))

    def test_a_wrong_secret(self, anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice) -> None:
        self.refused(call(anonymous, wms, body_of(event(notice.sn, (1, 1))), secret=OTHER))

    def test_the_body_altered_by_one_byte(
        self, anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice
    ) -> None:
        body = body_of(event(notice.sn, (1, 1)))
        headers = signed_headers(SECRET, "msg_1", body, at=datetime.now(tz=UTC))
        self.refused(call(anonymous, wms, body.replace(b'"quantity": 1', b'"quantity": 2'), headers=headers))

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_signed_too_long_ago_or_in_the_future(
        self,
        anonymous: NamespaceApiClient,
        wms: WmsConnection,
        notice: ShipNotice,
        frozen_clock: FrozenClock,
        seconds: int,
    ) -> None:
        at = frozen_clock.now + timedelta(seconds=seconds)
        self.refused(call(anonymous, wms, body_of(event(notice.sn, (1, 1))), at=at), "signature_expired")

    def test_an_unknown_connection_is_refused_like_a_wrong_secret(
        self, anonymous: NamespaceApiClient, wms: WmsConnection
    ) -> None:
        self.refused(call(anonymous, "sh", body_of(event("SN-1", (1, 1)))))

    def test_a_disabled_connection(self, anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice) -> None:
        services.update_connection(connection_id=wms.pk, changes={"is_enabled": False}, actor=system_actor())
        self.refused(call(anonymous, wms, body_of(event(notice.sn, (1, 1)))))

    def test_a_connection_without_a_secret(self, anonymous: NamespaceApiClient) -> None:
        make_connection(code="bare", secret="")
        self.refused(call(anonymous, "bare", body_of(event("SN-1", (1, 1))), secret="no connection has this secret"))

    def test_the_secret_of_another_namespace(
        self,
        anonymous: NamespaceApiClient,
        wms: WmsConnection,
        notice: ShipNotice,
        in_beta: Callable[[], AbstractContextManager[None]],
    ) -> None:
        with in_beta():
            make_connection(make_warehouse(), code="bj", secret=OTHER)
        self.refused(call(anonymous, wms, body_of(event(notice.sn, (1, 1))), secret=OTHER))

    def test_refusals_are_noted_once_a_minute(
        self, anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice
    ) -> None:
        for _attempt in range(3):
            self.refused(call(anonymous, wms, body_of(event(notice.sn, (1, 1))), secret=OTHER))

        [noted] = Event.objects.filter(type="webhook.rejected")
        assert noted.payload == {"connection": "bj", "reason": "signature_invalid"}


def test_within_300_seconds_a_replayed_call_is_a_duplicate(
    anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice, frozen_clock: FrozenClock
) -> None:
    body = body_of(event(notice.sn, (1, 5)))
    headers = signed_headers(SECRET, "msg_1", body, at=frozen_clock.now)

    assert results(call(anonymous, wms, body, headers=headers)) == [("ACCEPTED", None)]
    frozen_clock.advance(seconds=300)
    assert results(call(anonymous, wms, body, headers=headers)) == [("DUPLICATE", None)]

    row = WmsMessage.objects.get()
    assert (row.state, row.repeats) == (MessageState.APPLIED, 1)
    assert list(notice.lines.values_list("shipped_quantity", flat=True)) == [5, 0]
    assert Event.objects.filter(type="wms.outbound_confirmed").count() == 1


def test_during_a_rotation_the_old_secret_is_accepted_until_its_end(
    anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice, frozen_clock: FrozenClock
) -> None:
    until = frozen_clock.now + timedelta(hours=1)
    services.rotate_secret(connection_id=wms.pk, secret=OTHER, keep_until=until, actor=system_actor())

    with_old = call(anonymous, wms, body_of(event(notice.sn, (1, 1))), at=frozen_clock.now)
    with_new = call(anonymous, wms, body_of(event(notice.sn, (1, 2))), secret=OTHER, at=frozen_clock.now)
    frozen_clock.set(until)
    too_late = call(anonymous, wms, body_of(event(notice.sn, (1, 1))), at=frozen_clock.now)

    assert (results(with_old), results(with_new)) == ([("ACCEPTED", None)], [("ACCEPTED", None)])
    assert too_late.status_code == 401


def test_each_event_of_a_batch_is_answered_in_order(
    anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice
) -> None:
    first = event(notice.sn, (1, 2))
    reused = {**event(notice.sn, (1, 1)), "eventId": first["eventId"]}
    batch = [
        first,
        first,
        reused,
        event(notice.sn, (1, 2), type="inbound.confirmed"),
        event(notice.sn, (1, 0)),
        {**event(notice.sn, (1, 1)), "price": 1},
        "nonsense",
        event("SN-UNKNOWN", (1, 1)),
        event(notice.sn, (2, 3)),
    ]

    response = call(anonymous, wms, body_of(*batch))

    assert results(response) == [
        ("ACCEPTED", None),
        ("DUPLICATE", None),
        ("REJECTED", "event_id_reused"),
        ("REJECTED", "unsupported_type"),
        ("REJECTED", "invalid_field"),
        ("REJECTED", "unknown_field"),
        ("REJECTED", "invalid_event"),
        ("ACCEPTED", None),
        ("ACCEPTED", None),
    ]
    assert [item["param"] for item in response.json()["results"]][3:6] == ["type", "quantity", "price"]
    states = list(WmsMessage.objects.order_by("id").values_list("state", "reason"))
    assert states == [("applied", ""), ("quarantined", "unknown_notice"), ("applied", "")]
    assert list(notice.lines.values_list("shipped_quantity", flat=True)) == [2, 3]


def test_a_known_event_id_with_other_content_is_refused(
    anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice
) -> None:
    first = event(notice.sn, (1, 2))
    call(anonymous, wms, body_of(first))

    answer = call(anonymous, wms, body_of({**event(notice.sn, (1, 3)), "eventId": first["eventId"]}))

    assert results(answer) == [("REJECTED", "event_id_reused")]
    assert WmsMessage.objects.get().payload == first


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"events": []}',
        b'{"events": {}}',
        b'{"events": [1], "more": 1}',
        b'{"events": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"events": [' + b",".join([b"1"] * 501) + b"]}",
        b'{"events": ["\\u0000"]}',
    ],
)
def test_a_signed_body_that_is_no_batch_is_400(anonymous: NamespaceApiClient, wms: WmsConnection, body: bytes) -> None:
    response = call(anonymous, wms, body)

    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request"
    assert WmsMessage.objects.count() == 0


@pytest.mark.parametrize("value", [0, -1, 1.5, "1", True, None, 2**63, 1_000_000_001])
def test_a_quantity_is_a_positive_whole_number(
    anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice, value: Any
) -> None:
    bad = event(notice.sn, lines=[{"lineNo": 1, "quantity": value}])

    assert results(call(anonymous, wms, body_of(bad))) == [("REJECTED", "invalid_field")]
    assert WmsMessage.objects.count() == 0


@pytest.mark.parametrize("value", ["", "yesterday", "2026-11-22T04:00:00", "2026-13-40T99:00:00Z", 1, None])
def test_the_time_of_an_event_is_an_instant_with_its_zone(
    anonymous: NamespaceApiClient, wms: WmsConnection, notice: ShipNotice, value: Any
) -> None:
    assert results(call(anonymous, wms, body_of(event(notice.sn, (1, 1), occurredAt=value)))) == [
        ("REJECTED", "invalid_field")
    ]


def test_equal_ids_in_two_namespaces_stay_apart(
    anonymous: NamespaceApiClient,
    wms: WmsConnection,
    notice: ShipNotice,
    in_beta: Callable[[], AbstractContextManager[None]],
) -> None:
    with in_beta():
        twin = make_connection(make_warehouse(), code="bj", secret=SECRET)
        other = make_notice(twin.warehouse)
        ShipNotice.objects.filter(pk=other.pk).update(sn=notice.sn)

    call(anonymous, wms, body_of(event(notice.sn, (1, 5), (2, 3))))

    notice.refresh_from_db()
    assert notice.status_id == ShipNoticeStatus.DONE
    with in_beta():
        other.refresh_from_db()
        assert other.status_id == ShipNoticeStatus.SENT
        assert WmsMessage.objects.count() == 0
