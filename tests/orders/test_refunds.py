"""Money that comes late, twice or has to go back: nothing is lost, nothing is paid out twice."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from orders.choices import DisplayState, OrderPayment, OrderStatus
from orders.exceptions import AmountMismatch, OrderStateConflict
from orders.payments.choices import PaymentState, RefundReason, RefundState
from orders.payments.exceptions import (
    GatewayUnavailable,
    ProviderNumberTaken,
    RefundExceedsPayment,
)
from orders.payments.gateways.base import Outcome, RefundRequest, RefundResult
from orders.payments.gateways.development import DevelopmentGateway
from orders.payments.models import Payment, Refund
from orders.payments.selectors import money_that_disagrees
from orders.payments.services import (
    confirm_offline_payment,
    confirm_refund,
    pay_out_refund,
    request_refund,
)
from orders.payments.tasks import retry_refunds
from orders.services import (
    ReturnItemInput,
    cancel_order,
    expire_order,
    inspect_return,
    receive_return,
    request_return,
)
from tests.factories.orders import again, failing, make_shop, pay, ship
from tests.orders.calls import call_back, opened
from tests.support.time import FrozenClock
from vmi.core.actors import system_actor
from vmi.events import deliver_inline
from vmi.events.models import Event

ACTOR = system_actor()


def test_late_money_takes_the_goods_again_if_they_are_there(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    payment = opened(order)
    frozen_clock.advance(days=3)
    with deliver_inline():
        expire_order(order_id=order.pk, actor=ACTOR)
    assert Payment.objects.get().state_id == PaymentState.CLOSED

    assert call_back(payment).is_orphan is False
    assert again(order).status_id == OrderStatus.OPEN
    assert shop.counts() == (0, 4, 4, 10, 10)


def test_late_money_for_goods_that_are_gone_goes_back(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=5)
    order = shop.place(4)
    payment = opened(order)
    frozen_clock.advance(days=3)
    pay(shop.place(3))
    orphan = call_back(payment)

    assert (orphan.state_id, orphan.is_orphan) == (PaymentState.SETTLED, True)
    assert again(order).payment_status_id == OrderPayment.UNPAID
    assert shop.bucket().sold_qty == 3
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.cause_ref) == (Decimal("40.00"), RefundReason.ORPHANED, payment.sn)
    assert Event.objects.get(type="payment.orphaned").payload == {
        "payment_sn": payment.sn,
        "order_sn": order.sn,
        "amount": "40.00",
    }
    assert pay_out_refund(refund_id=refund.pk, actor=ACTOR) is True
    assert (again(order).refunded_amount, again(order).paid_amount) == (Decimal(0), Decimal(0))
    assert money_that_disagrees() == []
    assert call_back(payment).pk == payment.pk
    assert Refund.objects.count() == 1


def test_money_for_a_cancelled_order_goes_back() -> None:
    order = make_shop().place(1)
    payment = opened(order)
    cancel_order(order_id=order.pk, actor=ACTOR)

    assert call_back(payment).is_orphan is True
    assert again(order).status_id == OrderStatus.CANCELLED
    assert Refund.objects.get().amount == payment.amount


def test_an_order_paid_twice_keeps_the_first_and_returns_the_second() -> None:
    order = make_shop().place(1)
    payment = opened(order)
    pay(order)

    assert call_back(payment).is_orphan is True
    assert again(order).paid_amount == order.cost
    assert Refund.objects.get().payment_id == payment.pk


def test_cancelling_a_paid_order_refunds_it_once() -> None:
    order = make_shop().place(2)
    payment = opened(order)
    call_back(payment)
    with deliver_inline():
        cancel_order(order_id=order.pk, actor=ACTOR)
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.state_id) == (
        Decimal("20.00"),
        RefundReason.CANCELLED,
        RefundState.REQUESTED,
    )

    assert retry_refunds() == 1
    assert retry_refunds() == 0
    refund.refresh_from_db()
    assert (refund.state_id, refund.provider_no, refund.attempts) == (RefundState.SETTLED, f"DEV-{refund.sn}", 1)
    assert again(order).payment_status_id == OrderPayment.REFUNDED
    assert again(order).refunded_amount == Decimal("20.00")
    assert again(order).display_state == DisplayState.REFUNDED
    assert money_that_disagrees() == []


def test_returned_goods_are_refunded_in_part_and_then_in_full() -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    call_back(opened(order))
    ship(order)
    for quantity, state, refunded in ((1, OrderPayment.PARTLY_REFUNDED, "10.00"), (3, OrderPayment.REFUNDED, "40.00")):
        returned = request_return(order_id=order.pk, lines=[ReturnItemInput(1, quantity)], actor=ACTOR)
        with deliver_inline():
            receive_return(return_id=returned.pk, actor=ACTOR)
            inspect_return(return_id=returned.pk, actor=ACTOR)
        retry_refunds()
        assert (again(order).payment_status_id, str(again(order).refunded_amount)) == (state, refunded)

    assert Refund.objects.count() == 2
    assert money_that_disagrees() == []


def test_refunds_never_exceed_the_payment() -> None:
    order = make_shop().place(2)
    payment = opened(order)
    call_back(payment)

    def ask(amount: str, cause: str) -> Refund:
        return request_refund(
            payment_id=payment.pk,
            amount=Decimal(amount),
            reason=RefundReason.RETURNED,
            cause_ref=cause,
            actor=ACTOR,
        )

    assert ask("15.00", "RET-1").pk == ask("15.00", "RET-1").pk
    refusal = failing(lambda: ask("5.01", "RET-2"), RefundExceedsPayment)
    assert getattr(refusal, "details", {})["owed"] == "15.00"
    assert ask("5.00", "RET-3").amount == Decimal("5.00")


def test_a_refund_is_tried_again_until_the_provider_answers(
    frozen_clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Any] = [
        GatewayUnavailable("line is dead"),
        RefundResult(Outcome.FAILED, message="balance too low"),
        RefundResult(Outcome.SETTLED, provider_no="R-9"),
    ]
    asked: list[RefundRequest] = []

    def answer(self: DevelopmentGateway, request: RefundRequest) -> RefundResult:
        asked.append(request)
        found = answers[len(asked) - 1]
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, RefundResult)
        return found

    monkeypatch.setattr(DevelopmentGateway, "refund", answer)
    order = make_shop().place(1)
    call_back(opened(order))
    with deliver_inline():
        cancel_order(order_id=order.pk, actor=ACTOR)

    assert retry_refunds() == 0
    refund = Refund.objects.get()
    assert (refund.state_id, refund.last_error, refund.attempts) == (RefundState.FAILED, "line is dead", 1)
    assert refund.next_attempt_at == frozen_clock.now + timedelta(minutes=1)
    assert retry_refunds() == 0
    assert len(asked) == 1
    frozen_clock.advance(minutes=1)
    retry_refunds()
    frozen_clock.advance(minutes=10)
    assert retry_refunds() == 1
    assert {request.sn for request in asked} == {refund.sn}
    assert again(order).payment_status_id == OrderPayment.REFUNDED


def test_finance_confirms_what_arrived_and_what_went_back(frozen_clock: FrozenClock) -> None:
    shop = make_shop(price="12.50", stock=10)
    order = shop.place(2)
    payment = confirm_offline_payment(order_id=order.pk, amount=Decimal("25.00"), reference="BANK-77", actor=ACTOR)
    same = confirm_offline_payment(order_id=order.pk, amount=Decimal("25.00"), reference="BANK-77", actor=ACTOR)

    assert same.pk == payment.pk
    assert (payment.provider, payment.provider_no, payment.state_id) == ("offline", "BANK-77", PaymentState.SETTLED)
    assert shop.counts() == (0, 2, 2, 10, 10)

    with deliver_inline():
        cancel_order(order_id=order.pk, actor=ACTOR)
    refund = Refund.objects.get()
    assert refund.next_attempt_at is None
    frozen_clock.advance(days=9)
    assert retry_refunds() == 0
    for _ in range(2):
        confirm_refund(refund_id=refund.pk, reference="BANK-78", actor=ACTOR)
    refund.refresh_from_db()
    assert (refund.state_id, refund.provider_no) == (RefundState.SETTLED, "BANK-78")
    assert Event.objects.filter(type="refund.settled").count() == 1
    assert again(order).refunded_amount == Decimal("25.00")


def test_offline_money_that_does_not_fit_is_refused() -> None:
    shop = make_shop(stock=10)
    order, other = shop.place(1), shop.place(1)
    failing(lambda: confirm_offline_payment(order_id=order.pk, amount=Decimal("9.99"), actor=ACTOR), AmountMismatch)
    confirm_offline_payment(order_id=order.pk, amount=Decimal("10.00"), reference="SLIP-1", actor=ACTOR)
    failing(
        lambda: confirm_offline_payment(order_id=other.pk, amount=Decimal("10.00"), reference="SLIP-1", actor=ACTOR),
        ProviderNumberTaken,
    )
    failing(
        lambda: confirm_offline_payment(order_id=order.pk, amount=Decimal("10.00"), actor=ACTOR), OrderStateConflict
    )

    assert Payment.objects.count() == 1
    assert again(other).payment_status_id == OrderPayment.UNPAID
