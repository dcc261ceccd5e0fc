"""Confirmations by hand."""

import pytest

from tests.factories.warehousing import make_connection, make_notice, make_warehouse, notice_line
from vmi.core.actors import system_actor
from vmi.events.models import Event
from warehousing.choices import MessageState, ShipNoticeStatus
from warehousing.exceptions import ShipNoticeNotFound, WarehouseHasWms
from warehousing.models import ShipNotice, WmsMessage
from warehousing.services import ShippedQuantity, confirm_manually
from warehousing.services.unappliable import Unappliable


def confirm(notice: ShipNotice, *lines: ShippedQuantity, tracking_no: str = "SF100") -> ShipNotice:
    """Everything, or the named units, left with SF."""
    return confirm_manually(
        notice_id=notice.pk, company="SF", tracking_no=tracking_no, lines=list(lines) or None, actor=system_actor()
    )


def outbound_events() -> list[Event]:
    return list(Event.objects.filter(type="wms.outbound_confirmed").order_by("id"))


def test_everything_left() -> None:
    notice = make_notice(sn="ORD-7")

    confirmed = confirm(notice)

    assert confirmed.status_id == ShipNoticeStatus.DONE
    assert (confirmed.company, confirmed.tracking_no) == ("SF", "SF100")
    assert list(notice.lines.values_list("shipped_quantity", flat=True)) == [5, 3]
    [event] = outbound_events()
    message = WmsMessage.objects.get()
    assert event.subject == "order:ORD-7"
    assert event.payload == {
        "message_id": str(message.pk),
        "notice_sn": notice.sn,
        "source_type": "order",
        "source_sn": "ORD-7",
        "lines": [
            {
                "line_no": 1,
                "sku": "SKU001",
                "owner": "OWN-1",
                "location": "1-ST-03-02-05",
                "batch": "",
                "quantity": 5,
            },
            {
                "line_no": 2,
                "sku": "SKU002",
                "owner": "OWN-1",
                "location": "1-ST-03-02-05",
                "batch": "",
                "quantity": 3,
            },
        ],
        "company": "SF",
        "tracking_no": "SF100",
    }
    assert (message.state, message.connection, message.event_id) == (
        MessageState.APPLIED,
        None,
        f"manual:{notice.sn}:1",
    )


def test_doing_it_twice_changes_nothing_and_another_parcel_is_refused() -> None:
    notice = make_notice()
    confirm(notice)

    confirm(notice)
    with pytest.raises(Unappliable) as refused:
        confirm(notice, tracking_no="SF101")

    assert refused.value.code == "nothing_open"
    assert (len(outbound_events()), WmsMessage.objects.count()) == (1, 1)


def test_two_parcels() -> None:
    notice = make_notice()

    first = confirm(notice, ShippedQuantity(1, 2), tracking_no="A")
    assert first.status_id == ShipNoticeStatus.SENT
    second = confirm(notice, tracking_no="B")

    assert second.status_id == ShipNoticeStatus.DONE
    quantities = [[line["quantity"] for line in event.payload["lines"]] for event in outbound_events()]
    assert quantities == [[2], [3, 3]]
    assert [event.payload["tracking_no"] for event in outbound_events()] == ["A", "B"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (ShippedQuantity(1, 6), "over_quantity"),
        (ShippedQuantity(3, 1), "unknown_line"),
        (ShippedQuantity(1, 1, sku="SKU002"), "unknown_sku"),
        (ShippedQuantity(1, 1, location="1-ST-01-01-01"), "unknown_location"),
    ],
)
def test_what_contradicts_the_notice_is_refused_and_leaves_nothing(line: ShippedQuantity, code: str) -> None:
    notice = make_notice()

    with pytest.raises(Unappliable) as refused:
        confirm(notice, ShippedQuantity(2, 1), line)

    assert refused.value.code == code
    assert list(notice.lines.values_list("shipped_quantity", flat=True)) == [0, 0]
    assert (outbound_events(), WmsMessage.objects.count()) == ([], 0)


def test_a_line_picked_from_two_places_is_filled_in_picking_order() -> None:
    picks = [notice_line(1, quantity=2, location="A-1"), notice_line(1, quantity=4, location="A-2", batch="B7")]
    notice = make_notice(lines=picks)

    confirm(notice, ShippedQuantity(1, 3))

    assert list(notice.lines.values_list("location", "shipped_quantity")) == [("A-1", 2), ("A-2", 1)]
    [event] = outbound_events()
    assert [(line["location"], line["batch"], line["quantity"]) for line in event.payload["lines"]] == [
        ("A-1", "", 2),
        ("A-2", "B7", 1),
    ]


def test_everything_left_of_a_line_with_two_batches_in_one_place() -> None:
    picks = [notice_line(1, quantity=2, batch="B1"), notice_line(1, quantity=4, batch="B2")]
    notice = make_notice(lines=picks)

    assert confirm(notice).status_id == ShipNoticeStatus.DONE


def test_a_warehouse_with_a_system_is_not_confirmed_by_hand() -> None:
    warehouse = make_warehouse()
    make_connection(warehouse, mode="http", endpoint="https://wms.example.com/")
    notice = make_notice(warehouse)

    with pytest.raises(WarehouseHasWms):
        confirm(notice)

    assert WmsMessage.objects.count() == 0


def test_a_cancelled_notice_is_not_confirmed() -> None:
    notice = make_notice()
    ShipNotice.objects.filter(pk=notice.pk).update(status_id=ShipNoticeStatus.CANCELLED)

    with pytest.raises(Unappliable) as refused:
        confirm(notice)

    assert refused.value.code == "notice_cancelled"


def test_an_unknown_notice() -> None:
    with pytest.raises(ShipNoticeNotFound):
        confirm_manually(notice_id=4711, company="SF", tracking_no="1", actor=system_actor())
