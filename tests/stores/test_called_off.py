"""Calling a stock-out off after a warehouse system was told: it is asked, and what it answers decides."""

from datetime import timedelta

import pytest

from inventory.exceptions import ShipmentUnread
from inventory.models import LogicalStock
from inventory.services.reconcile import prove_stock
from stores.choices import DocumentStatus, StockOutType
from stores.models import StockOut
from stores.services import approve_stockout, cancel_stockout
from tests.factories.stores import World, make_world
from tests.factories.warehousing import make_connection
from tests.warehousing.webhooks import cancel_event, event
from vmi.core import clock
from vmi.core.actors import wms_actor
from vmi.events import deliver_inline
from vmi.events.choices import DeliveryState
from vmi.events.delivery import deliver_due, deliver_now
from vmi.events.models import Delivery, Event
from warehousing import services as warehousing
from warehousing.choices import CancelState, ShipNoticeStatus
from warehousing.exceptions import NoticeAlreadyShipped
from warehousing.models import ShipNotice, Warehouse, WmsConnection


@pytest.fixture
def wms(world: World) -> WmsConnection:
    warehouse = Warehouse.objects.get(pk=world.warehouse_id)
    return make_connection(warehouse, mode="http", endpoint="https://wms.example.com/notices")


def _told(world: World, quantity: int = 4) -> tuple[StockOut, ShipNotice]:
    """A transfer of ten units on hand whose notice the system took."""
    world.receive(world.line(10))
    document = world.stockout(
        world.line(quantity), type=StockOutType.TRANSFER, destination_id=make_world().warehouse_id
    )
    approve_stockout(stockout_id=document.pk, actor=world.reviewer)
    ShipNotice.objects.update(status_id=ShipNoticeStatus.SENT, attempts=1)
    return document, ShipNotice.objects.get(source_sn=document.sn)


def _figures(world: World) -> tuple[int, int, int]:
    row = LogicalStock.objects.get(warehouse_id=world.warehouse_id)
    return row.physical_base_qty, row.allocated_qty, row.available_qty


def _say(wms: WmsConnection, raw: object) -> None:
    with deliver_inline():
        warehousing.receive_wms_message(connection_id=wms.pk, raw_event=raw, actor=wms_actor(wms.code))


def test_held_back_means_cancelled_and_given_back(world: World, wms: WmsConnection) -> None:
    document, notice = _told(world)

    for _again in range(2):
        asked = cancel_stockout(stockout_id=document.pk, reason="不调了", actor=world.author)
        assert (asked.status_id, asked.reason) == (DocumentStatus.IN_PROGRESS, "不调了")
    assert _figures(world) == (10, 4, 6)
    notice.refresh_from_db()
    assert notice.cancel_state == CancelState.REQUESTED
    steps = [row.payload["changes"]["action"] for row in Event.objects.filter(subject=f"stockout:{document.sn}")]
    assert steps.count("cancel_requested") == 1

    _say(wms, cancel_event("cancel.confirmed", notice.sn))
    document.refresh_from_db()
    assert (document.status_id, document.reason) == (DocumentStatus.CANCELLED, "不调了")
    assert _figures(world) == (10, 0, 10)
    assert prove_stock() == []


def test_already_gone_means_done_as_ever(world: World, wms: WmsConnection) -> None:
    document, notice = _told(world)
    cancel_stockout(stockout_id=document.pk, actor=world.author)

    _say(wms, cancel_event("cancel.refused", notice.sn))

    document.refresh_from_db()
    assert document.status_id == DocumentStatus.DONE
    assert _figures(world) == (6, 0, 6)
    assert prove_stock() == []


def test_what_left_meanwhile_stays_gone_and_the_rest_comes_back(world: World, wms: WmsConnection) -> None:
    document, notice = _told(world)
    cancel_stockout(stockout_id=document.pk, reason="不调了", actor=world.author)
    _say(wms, event(notice.sn, (1, 3)))

    _say(wms, cancel_event("cancel.confirmed", notice.sn))

    document.refresh_from_db()
    assert document.status_id == DocumentStatus.DONE
    assert _figures(world) == (7, 0, 7)
    there = LogicalStock.objects.exclude(warehouse_id=world.warehouse_id).get()
    assert there.in_transit_qty == 3
    assert Event.objects.filter(type="stockout.done", subject=f"stockout:{document.sn}").count() == 1
    assert prove_stock() == []


def test_what_left_is_booked_before_the_rest_comes_back(world: World, wms: WmsConnection) -> None:
    """The two messages are delivered in any order: nothing that left is given back."""
    document, notice = _told(world)
    cancel_stockout(stockout_id=document.pk, reason="不调了", actor=world.author)
    for message in (event(notice.sn, (1, 3)), cancel_event("cancel.confirmed", notice.sn)):
        warehousing.receive_wms_message(connection_id=wms.pk, raw_event=message, actor=wms_actor(wms.code))
    with pytest.raises(ShipmentUnread):
        cancel_stockout(stockout_id=document.pk, reason="快点", actor=world.author)
    late = Delivery.objects.filter(event__type="wms.cancel_confirmed", state=DeliveryState.PENDING)
    deliver_now(list(late.values_list("pk", flat=True)))

    for minutes in range(5):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            deliver_due()

    document.refresh_from_db()
    assert document.status_id == DocumentStatus.DONE
    assert _figures(world) == (7, 0, 7)
    assert not Delivery.objects.exclude(state=DeliveryState.DONE).exists()
    assert prove_stock() == []


def test_what_has_left_is_not_called_off(world: World, wms: WmsConnection) -> None:
    document, notice = _told(world)
    _say(wms, event(notice.sn, (1, 1)))

    with pytest.raises(NoticeAlreadyShipped):
        cancel_stockout(stockout_id=document.pk, actor=world.author)

    document.refresh_from_db()
    assert document.status_id == DocumentStatus.IN_PROGRESS
    assert _figures(world) == (9, 3, 6)
    assert prove_stock() == []
