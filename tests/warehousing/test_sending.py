"""Sending notices to a warehouse system over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.factories.warehousing import SECRET, make_connection, make_notice
from tests.warehousing.fake_wms import FakeWms
from vmi.core import clock
from vmi.core.actors import system_actor, wms_actor
from vmi.core.exceptions import InvalidTransition
from warehousing import services
from warehousing.choices import ShipNoticeStatus
from warehousing.exceptions import EndpointRefused, InvalidText, ShipNoticeNotFound
from warehousing.models import ShipNotice, WmsConnection
from warehousing.services.sending import backoff
from warehousing.tasks import send_notices
from warehousing.wms import http


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.WMS_LOOPBACK_ALLOWED = True


@pytest.fixture
def fake() -> Iterator[FakeWms]:
    """A system that answers at once and well."""
    with FakeWms(secret=SECRET) as running:
        yield running


@pytest.fixture
def wms(fake: FakeWms) -> WmsConnection:
    """A connection to it."""
    return make_connection(mode="http", endpoint=fake.endpoint)


def make_due(notice: ShipNotice) -> None:
    services.retry_ship_notice(notice_id=notice.pk, actor=system_actor())


def test_a_waiting_notice_arrives_signed_and_complete(fake: FakeWms, wms: WmsConnection) -> None:
    notice = make_notice(wms.warehouse, sn="ORD-5")

    send_notices.run()

    notice.refresh_from_db()
    assert notice.status_id == ShipNoticeStatus.SENT
    assert (notice.attempts, notice.last_error, notice.next_attempt_at) == (1, "", None)
    assert notice.sent_at is not None
    [received] = fake.calls
    assert received["path"] == "/notices?site=1"
    assert received["headers"]["webhook-id"] == notice.sn
    assert received["body"] == {
        "type": "shipNotice.opened",
        "noticeSn": notice.sn,
        "warehouse": wms.warehouse.code,
        "source": "order:ORD-5",
        "createdAt": notice.create_time.isoformat(),
        "consignee": {"name": "张三", "phone": "13800000000", "address": "北京市朝阳区 1 号"},
        "lines": [
            {
                "lineNo": 1,
                "sku": "SKU001",
                "owner": "OWN-1",
                "location": "1-ST-03-02-05",
                "batch": "",
                "quantity": 5,
            },
            {
                "lineNo": 2,
                "sku": "SKU002",
                "owner": "OWN-1",
                "location": "1-ST-03-02-05",
                "batch": "",
                "quantity": 3,
            },
        ],
    }


def test_a_sent_notice_is_not_sent_again(fake: FakeWms, wms: WmsConnection) -> None:
    make_notice(wms.warehouse)

    assert services.send_due_notices() == 1
    assert services.send_due_notices() == 0
    assert len(fake.calls) == 1


@pytest.mark.parametrize("status", [400, 401, 500, 503, 302])
def test_a_refusal_is_kept_and_tried_again_later(fake: FakeWms, wms: WmsConnection, status: int) -> None:
    notice = make_notice(wms.warehouse)
    fake.status, fake.redirect = status, fake.endpoint if status == 302 else ""

    assert services.send_due_notices() == 0
    assert services.send_due_notices() == 0  # not due yet

    notice.refresh_from_db()
    assert notice.status_id == ShipNoticeStatus.TO_SEND
    assert notice.attempts == 1
    assert notice.last_error == f"wms_unreachable: HTTP {status}: {{}}"
    assert len(fake.calls) == 1  # and no redirect was followed

    fake.status = 200
    make_due(notice)
    assert services.send_due_notices() == 1


def test_a_system_that_knows_the_notice_already_has_it(fake: FakeWms, wms: WmsConnection) -> None:
    make_notice(wms.warehouse)
    fake.status = 409

    assert services.send_due_notices() == 1


def test_a_system_that_is_too_slow(fake: FakeWms, wms: WmsConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT_S", 0.2)
    notice = make_notice(wms.warehouse)
    fake.delay_s = 0.6

    assert services.send_due_notices() == 0

    notice.refresh_from_db()
    assert notice.last_error.startswith("wms_unreachable: TimeoutError")


def test_a_system_that_is_down(fake: FakeWms) -> None:
    wms = make_connection(mode="http", endpoint="http://127.0.0.1:9/")
    notice = make_notice(wms.warehouse)

    assert services.send_due_notices() == 0

    notice.refresh_from_db()
    assert notice.last_error.startswith("wms_unreachable: ConnectionRefusedError")


def test_of_two_workers_one_sends(fake: FakeWms, wms: WmsConnection) -> None:
    notice = make_notice(wms.warehouse)
    fake.status = 500

    first = services.send_ship_notice(notice.pk)
    second = services.send_ship_notice(notice.pk)  # the lease moved the due time

    assert (first, second, len(fake.calls)) == (False, False, 1)


def test_waiting_doubles_up_to_an_hour() -> None:
    assert [backoff(number) for number in (1, 2, 3, 7, 8, 40)] == [
        timedelta(seconds=30),
        timedelta(seconds=60),
        timedelta(seconds=120),
        timedelta(seconds=1920),
        timedelta(hours=1),
        timedelta(hours=1),
    ]


def test_the_lease_is_the_backoff(fake: FakeWms, wms: WmsConnection) -> None:
    notice = make_notice(wms.warehouse)
    fake.status = 500
    now = clock.now()

    with clock.at(now):
        services.send_due_notices()

    notice.refresh_from_db()
    assert notice.next_attempt_at == now + timedelta(seconds=30)


def test_only_a_waiting_notice_is_made_due() -> None:
    sent = make_notice()

    with pytest.raises(InvalidTransition):
        make_due(sent)
    with pytest.raises(ShipNoticeNotFound):
        services.retry_ship_notice(notice_id=4711, actor=system_actor())


@pytest.mark.parametrize("switches", [{}, {"duplicate": True}, {"reorder": True}, {"duplicate": True, "reorder": True}])
def test_a_whole_conversation(fake: FakeWms, wms: WmsConnection, switches: dict[str, bool]) -> None:
    first, second = make_notice(wms.warehouse), make_notice(wms.warehouse)
    services.send_due_notices()
    for name, value in switches.items():
        setattr(fake, name, value)

    for event in fake.confirmations():
        services.receive_wms_message(connection_id=wms.pk, raw_event=event, actor=wms_actor(wms.code))

    for notice in (first, second):
        notice.refresh_from_db()
        assert notice.status_id == ShipNoticeStatus.DONE
        assert list(notice.lines.values_list("shipped_quantity", flat=True)) == [5, 3]


def test_a_lost_confirmation_leaves_its_notice_open(fake: FakeWms, wms: WmsConnection) -> None:
    notice = make_notice(wms.warehouse)
    services.send_due_notices()
    fake.lose = 2

    for event in fake.confirmations():
        services.receive_wms_message(connection_id=wms.pk, raw_event=event, actor=wms_actor(wms.code))

    notice.refresh_from_db()
    assert notice.status_id == ShipNoticeStatus.SENT
    assert list(notice.lines.values_list("shipped_quantity", flat=True)) == [5, 0]


class TestEndpoints:
    """Which addresses may be called (OWASP API7)."""

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://wms.example.com/",
            "ftp://wms.example.com/",
            "https://user:pass@wms.example.com/",
            "https://wms.example.com:0/",
            "https:///nowhere",
        ],
    )
    def test_refused_when_it_is_entered(self, settings: Any, endpoint: str) -> None:
        settings.WMS_LOOPBACK_ALLOWED = False
        with pytest.raises((EndpointRefused, InvalidText)):
            make_connection(mode="http", endpoint=endpoint)
        assert WmsConnection.objects.count() == 0

    @pytest.mark.parametrize(
        "address",
        ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "::1", "fc00::1"],
    )
    def test_a_name_that_leads_inside_is_refused_when_it_is_called(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch, address: str
    ) -> None:
        settings.WMS_LOOPBACK_ALLOWED = False
        answers = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", (address, 443))]
        monkeypatch.setattr(http.socket, "getaddrinfo", lambda *_args, **_kwargs: answers)
        wms = make_connection(mode="http", endpoint="https://wms.example.com/")
        notice = make_notice(wms.warehouse)

        assert services.send_due_notices() == 0

        notice.refresh_from_db()
        assert notice.last_error == "endpoint_refused: private address"

    def test_private_addresses_stay_closed_even_where_loopback_is_open(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http.socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("10.0.0.1", 80))])
        with pytest.raises(EndpointRefused):
            http.resolve("wms.internal", 80)
