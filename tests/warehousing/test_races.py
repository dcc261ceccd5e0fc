"""What two callers at the same moment can and cannot do, each with its control."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.factories.warehousing import make_connection, make_notice, make_zone, notice_line
from tests.warehousing.webhooks import event
from vmi.core.actors import system_actor, wms_actor
from vmi.events.models import Event
from warehousing import services
from warehousing.exceptions import LocationExists
from warehousing.models import Location, ShipNotice, ShipNoticeLine, WmsConnection, WmsMessage
from warehousing.services import confirm, inbox

InThreads = Callable[..., list[Any]]
pytestmark = pytest.mark.slow


def confirmed_units() -> int:
    """What the stock core is told left."""
    events = Event.objects.filter(type="wms.outbound_confirmed")
    return sum(line["quantity"] for found in events for line in found.payload["lines"])


def two_of_three(wms: WmsConnection, notice: ShipNotice) -> list[Callable[[], Any]]:
    """Two confirmations of 3 units each for a line of 5."""
    raws = [event(notice.sn, (1, 3), occurredAt=f"2026-11-22T04:00:0{second}Z") for second in (1, 2)]
    return [
        partial(services.receive_wms_message, connection_id=wms.pk, raw_event=raw, actor=wms_actor("x")) for raw in raws
    ]


def test_two_confirmations_at_once_never_exceed_a_line(in_threads: InThreads) -> None:
    wms = make_connection()
    notice = make_notice(wms.warehouse, lines=[notice_line(1, quantity=5)])

    in_threads(*two_of_three(wms, notice))

    assert sorted(WmsMessage.objects.values_list("state", "reason")) == [
        ("applied", ""),
        ("quarantined", "over_quantity"),
    ]
    assert notice.lines.get().shipped_quantity == 3
    assert confirmed_units() == 3


def test_control_without_the_locks_more_leaves_than_there_was(
    in_threads: InThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    wms = make_connection()
    notice = make_notice(wms.warehouse, lines=[notice_line(1, quantity=5)])
    both_have_read = threading.Barrier(2)

    def read_lines(notice_id: int) -> list[ShipNoticeLine]:
        rows = list(ShipNoticeLine.objects.filter(notice_id=notice_id))
        both_have_read.wait(300)
        return rows

    monkeypatch.setattr(inbox, "lock_notice", lambda sn: ShipNotice.objects.filter(sn=sn).first())
    monkeypatch.setattr(confirm, "lock_lines", read_lines)
    in_threads(*two_of_three(wms, notice))

    assert list(WmsMessage.objects.values_list("state", flat=True)) == ["applied", "applied"]
    assert confirmed_units() == 6


def test_the_same_event_twice_at_once_is_applied_once(in_threads: InThreads) -> None:
    wms = make_connection()
    notice = make_notice(wms.warehouse, lines=[notice_line(1, quantity=5)])
    raw = event(notice.sn, (1, 2))

    def receive() -> Any:
        return services.receive_wms_message(connection_id=wms.pk, raw_event=raw, actor=wms_actor("x"))

    receipts = in_threads(receive, receive)

    assert all(receipt.answer in ("ACCEPTED", "DUPLICATE") for receipt in receipts)
    assert WmsMessage.objects.count() == 1
    assert confirmed_units() == 2


def test_one_of_two_opens_a_rack(in_threads: InThreads) -> None:
    zone = make_zone()

    def open_rack() -> Any:
        return services.open_rack(
            warehouse_id=zone.warehouse_id, zone_id=zone.pk, rack="1", levels=3, slots=3, actor=system_actor()
        )

    results = in_threads(open_rack, open_rack)

    assert sorted(isinstance(result, LocationExists) for result in results) == [False, True]
    assert Location.objects.count() == 9
