"""A warehouse system that never answers a cancellation: a person finds out and answers for it (S002-32)."""

from datetime import timedelta

import pytest

from inventory.services.reconcile import prove_stock
from orders.choices import OrderAfterSale, OrderFulfilment, OrderStatus
from orders.models import Order
from orders.payments.models import Refund
from orders.services import cancel_order, release_to_warehouse
from tests.factories.orders import Shop, again, make_shop, pay
from tests.factories.warehousing import make_connection
from tests.warehousing.webhooks import cancel_event, event
from vmi.core import clock
from vmi.core.actors import system_actor, wms_actor
from vmi.events import deliver_inline
from vmi.events.models import Event
from warehousing import services
from warehousing.choices import CancelState, MessageState, ShipNoticeStatus
from warehousing.exceptions import AnswerAwaited, CancelNotRequested, InvalidText, WarehouseHasWms
from warehousing.models import ShipNotice, Warehouse, WmsConnection, WmsMessage
from warehousing.selectors import warehouse_counts
from warehousing.services.silence import PATIENCE

ACTOR = system_actor()
WHY = "电话问过仓库王经理"


def _asked() -> tuple[Shop, Order, ShipNotice, WmsConnection]:
    """An order of 4 that a warehouse system took, and was then asked to hold back."""
    shop = make_shop(stock=10)
    connection = make_connection(
        Warehouse.objects.get(pk=shop.warehouse_id), mode="http", endpoint="https://wms.example.com/notices"
    )
    order = shop.place(4)
    pay(order)
    release_to_warehouse(order_id=order.pk, actor=ACTOR)
    notice = ShipNotice.objects.get(source_sn=order.sn)
    ShipNotice.objects.filter(pk=notice.pk).update(attempts=1, status_id=ShipNoticeStatus.SENT)
    cancel_order(order_id=order.pk, reason="不想要了", actor=ACTOR)
    return shop, again(order), ShipNotice.objects.get(pk=notice.pk), connection


def test_held_back_is_settled_by_hand_after_the_time_to_answer() -> None:
    shop, order, notice, _connection = _asked()
    assert warehouse_counts().called_off == 1

    with clock.at(clock.now() + PATIENCE + timedelta(seconds=1)), deliver_inline():
        services.settle_held_back(notice_id=notice.pk, reason=WHY, actor=ACTOR)
        services.settle_held_back(notice_id=notice.pk, reason=WHY, actor=ACTOR)

    assert again(order).status_id == OrderStatus.CANCELLED
    assert warehouse_counts().called_off == 0
    assert shop.counts() == (0, 0, 0, 10, 10)
    assert Refund.objects.get(payment__order=order).amount == order.cost
    [step] = Event.objects.filter(subject=f"warehousing.shipnotice:{notice.pk}")
    assert step.payload["changes"] == {"action": "settled", "cancel_state": "confirmed", "reason": WHY}
    assert prove_stock() == []


def test_gone_is_settled_by_hand_after_the_time_to_answer() -> None:
    shop, order, notice, _connection = _asked()

    with clock.at(clock.now() + PATIENCE + timedelta(seconds=1)), deliver_inline():
        for _again in range(2):
            services.settle_left(notice_id=notice.pk, company="顺丰", tracking_no="SF1", reason=WHY, actor=ACTOR)

    found = again(order)
    assert (found.fulfilment_status_id, found.after_sale_status_id) == (
        OrderFulfilment.SHIPPED,
        OrderAfterSale.RETURNING,
    )
    assert shop.counts() == (0, 0, 0, 6, 6)
    assert ShipNotice.objects.get(pk=notice.pk).cancel_state == CancelState.REFUSED
    assert prove_stock() == []


def test_the_system_gets_its_time_and_a_reason_is_asked_for() -> None:
    _shop, order, notice, _connection = _asked()

    with pytest.raises(AnswerAwaited):
        services.settle_held_back(notice_id=notice.pk, reason=WHY, actor=ACTOR)
    with pytest.raises(InvalidText):
        services.settle_held_back(notice_id=notice.pk, reason=" ", actor=ACTOR)
    with pytest.raises(WarehouseHasWms):
        services.confirm_cancel_manually(notice_id=notice.pk, actor=ACTOR)

    assert ShipNotice.objects.get(pk=notice.pk).cancel_state == CancelState.REQUESTED
    assert again(order).status_id == OrderStatus.OPEN


def test_nobody_answers_a_question_that_was_not_asked() -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    pay(order)
    release_to_warehouse(order_id=order.pk, actor=ACTOR)
    notice = ShipNotice.objects.get(source_sn=order.sn)

    with pytest.raises(CancelNotRequested):
        services.settle_left(notice_id=notice.pk, company="顺丰", tracking_no="SF1", reason=WHY, actor=ACTOR)

    assert ShipNotice.objects.get(pk=notice.pk).status_id == ShipNoticeStatus.SENT


@pytest.mark.parametrize("by_hand", [True, False], ids=["by-hand", "by-message"])
@pytest.mark.parametrize(
    ("kind", "state"), [("cancel.refused", MessageState.APPLIED), ("cancel.confirmed", MessageState.QUARANTINED)]
)
def test_an_answer_after_everything_is_known_to_have_left(by_hand: bool, kind: str, state: MessageState) -> None:
    """The refusal of a system says what a person, or its own confirmation that crossed the question, said before."""
    shop, order, notice, connection = _asked()
    with clock.at(clock.now() + PATIENCE), deliver_inline():
        if by_hand:
            services.settle_left(notice_id=notice.pk, company="顺丰", tracking_no="SF1", reason=WHY, actor=ACTOR)
        else:
            services.receive_wms_message(
                connection_id=connection.pk, raw_event=event(notice.sn, (1, 4)), actor=wms_actor(connection.code)
            )

    said = cancel_event(kind, notice.sn)
    services.receive_wms_message(connection_id=connection.pk, raw_event=said, actor=wms_actor(connection.code))

    assert WmsMessage.objects.get(event_id=said["eventId"]).state == state
    assert again(order).fulfilment_status_id == OrderFulfilment.SHIPPED
    assert shop.counts() == (0, 0, 0, 6, 6)
    assert prove_stock() == []


@pytest.mark.parametrize(
    ("kind", "state"), [("cancel.confirmed", MessageState.APPLIED), ("cancel.refused", MessageState.QUARANTINED)]
)
def test_what_the_system_says_later_is_kept(kind: str, state: MessageState) -> None:
    """Agreement changes nothing; a contradiction is put aside for a person, and nothing of it is applied."""
    shop, _order, notice, connection = _asked()
    with clock.at(clock.now() + PATIENCE), deliver_inline():
        services.settle_held_back(notice_id=notice.pk, reason=WHY, actor=ACTOR)

    services.receive_wms_message(
        connection_id=connection.pk, raw_event=cancel_event(kind, notice.sn), actor=wms_actor(connection.code)
    )

    assert WmsMessage.objects.get(connection=connection).state == state
    assert shop.counts() == (0, 0, 0, 10, 10)
    assert prove_stock() == []
