"""What becomes of stored messages: applied, repeated, put aside, replayed, left behind by a crash."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories.warehousing import make_connection, make_notice, make_warehouse, notice_line
from tests.support.time import FrozenClock
from tests.warehousing.webhooks import event
from vmi.core.actors import wms_actor
from vmi.events.models import Event
from warehousing import services
from warehousing.choices import EventAnswer, MessageState, ShipNoticeStatus
from warehousing.exceptions import MessageNotFound, MessageNotQuarantined
from warehousing.models import ShipNotice, WmsConnection, WmsMessage
from warehousing.services import inbox

WMS = wms_actor("test")


@pytest.fixture
def wms() -> WmsConnection:
    """A connection."""
    return make_connection()


@pytest.fixture
def notice(wms: WmsConnection) -> ShipNotice:
    """5 of line 1, 3 of line 2."""
    return make_notice(wms.warehouse)


def receive(wms: WmsConnection, raw: dict[str, object]) -> WmsMessage:
    receipt = services.receive_wms_message(connection_id=wms.pk, raw_event=raw, actor=WMS)
    assert receipt.answer == EventAnswer.ACCEPTED
    return WmsMessage.objects.get(connection=wms, event_id=raw["eventId"])


def shipped(notice: ShipNotice) -> list[int]:
    return list(notice.lines.values_list("shipped_quantity", flat=True))


def test_partial_confirmations_add_up(wms: WmsConnection, notice: ShipNotice) -> None:
    receive(wms, event(notice.sn, (1, 2), occurredAt="2026-11-22T04:00:00Z"))
    receive(wms, event(notice.sn, (1, 2), occurredAt="2026-11-22T04:01:00Z"))
    notice.refresh_from_db()
    assert (shipped(notice), notice.status_id) == ([4, 0], ShipNoticeStatus.SENT)

    receive(wms, event(notice.sn, (1, 1), (2, 3)))
    notice.refresh_from_db()
    assert (shipped(notice), notice.status_id) == ([5, 3], ShipNoticeStatus.DONE)
    assert Event.objects.filter(type="wms.outbound_confirmed").count() == 3


def test_the_same_content_under_a_new_id_is_a_duplicate(wms: WmsConnection, notice: ShipNotice) -> None:
    first = receive(wms, event(notice.sn, (1, 2)))
    second = receive(wms, event(notice.sn, (1, 2)))

    assert (first.state, second.state) == (MessageState.APPLIED, MessageState.DUPLICATE)
    assert shipped(notice) == [2, 0]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([{"lineNo": 1, "quantity": 6}], "over_quantity"),
        ([{"lineNo": 1, "quantity": 3}, {"lineNo": 1, "quantity": 3}], "over_quantity"),
        ([{"lineNo": 9, "quantity": 1}], "unknown_line"),
        ([{"lineNo": 1, "quantity": 1, "sku": "SKU009"}], "unknown_sku"),
        ([{"lineNo": 1, "quantity": 1, "location": "1-ST-09-09-09"}], "unknown_location"),
    ],
)
def test_what_contradicts_the_notice_is_put_aside(
    wms: WmsConnection, notice: ShipNotice, lines: list[dict[str, object]], reason: str
) -> None:
    message = receive(wms, event(notice.sn, lines=[{"lineNo": 2, "quantity": 1}, *lines]))

    assert (message.state, message.reason) == (MessageState.QUARANTINED, reason)
    assert shipped(notice) == [0, 0]
    assert not Event.objects.filter(type="wms.outbound_confirmed").exists()


def test_a_notice_of_another_warehouse_is_unknown(wms: WmsConnection) -> None:
    elsewhere = make_notice(make_warehouse())

    message = receive(wms, event(elsewhere.sn, (1, 5)))

    assert (message.state, message.reason) == (MessageState.QUARANTINED, "unknown_notice")
    assert shipped(elsewhere) == [0, 0]


def test_a_cancelled_notice(wms: WmsConnection, notice: ShipNotice) -> None:
    ShipNotice.objects.filter(pk=notice.pk).update(status_id=ShipNoticeStatus.CANCELLED)

    assert receive(wms, event(notice.sn, (1, 5))).reason == "notice_cancelled"


def test_a_confirmation_may_overtake_the_answer_to_the_sending() -> None:
    wms = make_connection(mode="http", endpoint="https://wms.example.com/")
    notice = make_notice(wms.warehouse)
    assert notice.status_id == ShipNoticeStatus.TO_SEND

    receive(wms, event(notice.sn, (1, 5), (2, 3)))

    notice.refresh_from_db()
    assert (notice.status_id, notice.next_attempt_at) == (ShipNoticeStatus.DONE, None)


def test_replaying_after_the_cause_was_removed(wms: WmsConnection) -> None:
    message = receive(wms, event("SN-LATER", (1, 5)))
    assert message.state == MessageState.QUARANTINED

    still = services.replay_message(message_id=message.pk, actor=WMS)
    notice = make_notice(wms.warehouse, lines=[notice_line(1, quantity=5)])
    ShipNotice.objects.filter(pk=notice.pk).update(sn="SN-LATER")
    now = services.replay_message(message_id=message.pk, actor=WMS)

    message.refresh_from_db()
    assert (still, now) == (MessageState.QUARANTINED, MessageState.APPLIED)
    assert (message.reason, message.notice_id) == ("", notice.pk)
    assert shipped(notice) == [5]


def test_only_a_quarantined_message_is_replayed(wms: WmsConnection, notice: ShipNotice) -> None:
    message = receive(wms, event(notice.sn, (1, 1)))

    with pytest.raises(MessageNotQuarantined):
        services.replay_message(message_id=message.pk, actor=WMS)
    with pytest.raises(MessageNotFound):
        services.replay_message(message_id=message.pk + 1, actor=WMS)

    assert shipped(notice) == [1, 0]


def test_a_message_a_crash_left_behind_is_acted_on_by_the_sweep(
    wms: WmsConnection, notice: ShipNotice, frozen_clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crash:
        crash.setattr(inbox, "apply_message", lambda **_kwargs: None)
        message = receive(wms, event(notice.sn, (1, 5)))
    assert message.state == MessageState.RECEIVED

    frozen_clock.advance(seconds=60)
    assert services.process_waiting_messages() == 0
    frozen_clock.advance(seconds=1)
    assert services.process_waiting_messages() == 1
    assert services.process_waiting_messages() == 0

    assert shipped(notice) == [5, 0]


def test_acting_twice_on_one_message_ships_once(wms: WmsConnection, notice: ShipNotice) -> None:
    message = receive(wms, event(notice.sn, (1, 2)))

    assert services.apply_message(message_id=message.pk, actor=WMS) == MessageState.APPLIED
    assert shipped(notice) == [2, 0]


def test_the_database_keeps_an_event_id_once_per_connection(wms: WmsConnection, notice: ShipNotice) -> None:
    message = receive(wms, event(notice.sn, (1, 1)))

    with pytest.raises(IntegrityError, match="warehousing_wmsmessage_event"), transaction.atomic():
        WmsMessage.objects.create(
            connection=wms,
            event_id=message.event_id,
            type=message.type,
            occurred_at=message.occurred_at,
            notice_sn="SN",
            payload={},
            fingerprint="",
            creater_id=1,
        )
