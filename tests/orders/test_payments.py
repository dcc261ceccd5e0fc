"""Payments and refunds: signed messages, exact figures, late and double money, nothing lost."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from orders.choices import DisplayState, OrderPayment, OrderStatus
from orders.exceptions import AmountMismatch, OrderStateConflict
from orders.models import Order
from orders.payments.choices import PaymentState, RefundReason, RefundState
from orders.payments.exceptions import (
    CallbackMalformed,
    CallbackMismatch,
    GatewayUnavailable,
    NotPayable,
    PaymentNotFound,
    ProviderNumberTaken,
    RefundExceedsPayment,
    UnknownProvider,
)
from orders.payments.gateways.base import CheckoutKind, Outcome, PaymentRequest, RefundRequest, RefundResult
from orders.payments.gateways.development import CODE, DevelopmentGateway, secret, signed_callback
from orders.payments.models import Payment, Refund
from orders.payments.selectors import money_that_disagrees
from orders.payments.services import (
    close_payments,
    confirm_offline_payment,
    confirm_refund,
    open_payment,
    pay_out_refund,
    receive_callback,
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
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.signing import SignatureExpired, SignatureRefused, signed_headers
from vmi.events import deliver_inline
from vmi.events.models import Event

ACTOR = system_actor()


def _open(order: Order) -> Payment:
    return open_payment(order_id=order.pk, provider=CODE, actor=ACTOR).payment


def _request(payment: Payment, **other: Any) -> PaymentRequest:
    base = PaymentRequest(payment.sn, payment.order.sn, payment.amount, payment.currency)
    return replace(base, **other)


def _call(payment: Payment, outcome: Outcome = Outcome.SETTLED, **other: Any) -> Payment:
    message = signed_callback(_request(payment, **other), outcome=outcome, at=clock.now())
    return receive_callback(provider=CODE, headers=message.headers, body=message.body)


def _signed(body: bytes) -> dict[str, str]:
    return signed_headers(secret(), "msg-1", body, at=clock.now())


def test_a_payment_is_opened_for_the_order_s_amount() -> None:
    order = make_shop(price="12.50").place(2)
    opened = open_payment(order_id=order.pk, provider=CODE, actor=ACTOR)
    payment = opened.payment

    assert payment.sn.startswith("PAY-")
    assert (payment.amount, payment.currency, payment.state_id) == (Decimal("25.00"), "CNY", PaymentState.CREATED)
    assert (opened.checkout.kind, opened.checkout.url) == (CheckoutKind.REDIRECT, f"/pay/dev/{payment.sn}/")
    assert _open(order).pk == payment.pk


def test_the_offline_provider_asks_for_a_transfer() -> None:
    order = make_shop().place(1)
    checkout = open_payment(order_id=order.pk, provider="offline", actor=ACTOR).checkout

    assert (checkout.kind, checkout.payload) == (CheckoutKind.MANUAL, {"reference": order.sn})


def test_what_cannot_be_paid_opens_no_payment(frozen_clock: FrozenClock, settings: Any) -> None:
    shop = make_shop(stock=10)
    paid, cancelled, overdue = shop.place(1), shop.place(1), shop.place(1)
    pay(paid)
    cancel_order(order_id=cancelled.pk, actor=ACTOR)
    failing(lambda: open_payment(order_id=overdue.pk, provider="gold", actor=ACTOR), UnknownProvider)
    settings.DEVELOPMENT_GATEWAY = False
    failing(lambda: _open(overdue), UnknownProvider)
    settings.DEVELOPMENT_GATEWAY = True
    frozen_clock.advance(minutes=15)
    found = []
    for order in (paid, cancelled, overdue):
        with pytest.raises(NotPayable) as refusal:
            _open(order)
        found.append(refusal.value.details["state"])

    assert found == [801, 102, 103]
    assert Payment.objects.filter(provider=CODE).count() == 0


def test_a_signed_message_pays_the_order_once(frozen_clock: FrozenClock) -> None:
    shop = make_shop(price="12.50", stock=10)
    order = shop.place(2)
    payment = _open(order)
    for _ in range(2):
        settled = _call(payment)

    assert (settled.state_id, settled.settled_at, settled.is_orphan) == (
        PaymentState.SETTLED,
        frozen_clock.now,
        False,
    )
    assert settled.provider_no == f"DEV-{payment.sn}"
    assert (again(order).payment_status_id, again(order).paid_amount) == (OrderPayment.PAID, Decimal("25.00"))
    assert again(order).payment_sn == payment.sn
    assert shop.counts() == (0, 2, 2, 10, 10)
    types = list(Event.objects.filter(subject=order.source.subject).order_by("id").values_list("type", flat=True))
    assert types == ["order.placed", "order.paid", "payment.settled"]
    event = Event.objects.get(type="payment.settled")
    assert (event.actor_kind, event.actor_label) == ("gateway", "gateway:development")
    assert money_that_disagrees() == []


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"amount": Decimal("24.99")}, "amount"),
        ({"amount": Decimal(2500)}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"order_sn": "ORD-OTHER"}, "order"),
    ],
)
def test_a_signed_message_with_other_figures_is_kept_and_pays_nothing(wrong: dict[str, Any], param: str) -> None:
    shop = make_shop(price="12.50", stock=10)
    order = shop.place(2)
    payment = _open(order)
    with pytest.raises(CallbackMismatch) as refusal:
        _call(payment, **wrong)

    assert refusal.value.status == 400
    assert refusal.value.param == param
    assert again(order).payment_status_id == OrderPayment.UNPAID
    assert Payment.objects.get().state_id == PaymentState.CREATED
    assert shop.counts() == (2, 0, 0, 10, 10)
    kept = Event.objects.get(type="webhook.rejected")
    assert kept.subject == f"payment:{payment.sn}"
    assert kept.payload["connection"] == "payments:development"
    assert kept.payload["reason"].startswith(f"callback_mismatch {param}: {payment.sn}")


def test_an_unknown_payment_is_kept_too() -> None:
    payment = _open(make_shop().place(1))
    with pytest.raises(PaymentNotFound):
        _call(payment, sn="PAY-UNKNOWN")

    assert Event.objects.filter(type="webhook.rejected").count() == 1


def test_a_forged_or_stale_message_changes_nothing(frozen_clock: FrozenClock) -> None:
    order = make_shop().place(1)
    payment = _open(order)
    message = signed_callback(_request(payment), at=clock.now())
    forged = {**message.headers, "webhook-signature": "v1,AAAA"}
    with pytest.raises(SignatureRefused):
        receive_callback(provider=CODE, headers=forged, body=message.body)
    with pytest.raises(SignatureRefused):
        receive_callback(provider=CODE, headers=message.headers, body=message.body.replace(b"10.00", b"01.00"))
    with pytest.raises(SignatureRefused):
        receive_callback(provider=CODE, headers={}, body=message.body)
    frozen_clock.advance(seconds=301)
    with pytest.raises(SignatureExpired):
        receive_callback(provider=CODE, headers=message.headers, body=message.body)

    assert again(order).payment_status_id == OrderPayment.UNPAID
    assert not Event.objects.filter(type="webhook.rejected").exists()


def test_a_message_of_another_namespace_is_worth_nothing(in_beta: Any) -> None:
    payment = _open(make_shop().place(1))
    with in_beta():
        other = signed_callback(_request(payment), at=clock.now())
    with pytest.raises(SignatureRefused):
        receive_callback(provider=CODE, headers=other.headers, body=other.body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"payment": 1}',
        b"[" * 5000,
        json.dumps(
            {"payment": "a", "order": "b", "transaction": "c", "amount": "sNaN", "currency": "CNY", "status": "settled"}
        ).encode(),
        json.dumps(
            {
                "payment": "a\x00",
                "order": "b",
                "transaction": "c",
                "amount": "1",
                "currency": "CNY",
                "status": "settled",
            }
        ).encode(),
        json.dumps(
            {"payment": "a", "order": "b", "transaction": "c", "amount": "1", "currency": "CNY", "status": "won"}
        ).encode(),
    ],
)
def test_an_unreadable_signed_message_is_refused(body: bytes) -> None:
    with pytest.raises(CallbackMalformed):
        receive_callback(provider=CODE, headers=_signed(body), body=body)


def test_nobody_speaks_for_cash() -> None:
    with pytest.raises(CallbackMalformed):
        receive_callback(provider="offline", headers={}, body=b"{}")


def test_a_failed_payment_may_still_succeed() -> None:
    order = make_shop().place(1)
    payment = _open(order)

    assert _call(payment, Outcome.FAILED).state_id == PaymentState.FAILED
    assert again(order).payment_status_id == OrderPayment.UNPAID
    assert _call(payment).state_id == PaymentState.SETTLED
    assert _call(payment, Outcome.FAILED).state_id == PaymentState.SETTLED
    assert again(order).payment_status_id == OrderPayment.PAID


def test_late_money_takes_the_goods_again_if_they_are_there(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    payment = _open(order)
    frozen_clock.advance(days=3)
    with deliver_inline():
        expire_order(order_id=order.pk, actor=ACTOR)
    assert Payment.objects.get().state_id == PaymentState.CLOSED

    assert _call(payment).is_orphan is False
    assert again(order).status_id == OrderStatus.OPEN
    assert shop.counts() == (0, 4, 4, 10, 10)


def test_late_money_for_goods_that_are_gone_goes_back(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=5)
    order = shop.place(4)
    payment = _open(order)
    frozen_clock.advance(days=3)
    pay(shop.place(3))
    orphan = _call(payment)

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
    assert _call(payment).pk == payment.pk
    assert Refund.objects.count() == 1


def test_money_for_a_cancelled_order_goes_back() -> None:
    order = make_shop().place(1)
    payment = _open(order)
    cancel_order(order_id=order.pk, actor=ACTOR)

    assert _call(payment).is_orphan is True
    assert again(order).status_id == OrderStatus.CANCELLED
    assert Refund.objects.get().amount == payment.amount


def test_an_order_paid_twice_keeps_the_first_and_returns_the_second() -> None:
    order = make_shop().place(1)
    payment = _open(order)
    pay(order)

    assert _call(payment).is_orphan is True
    assert again(order).paid_amount == order.cost
    assert Refund.objects.get().payment_id == payment.pk


def test_cancelling_a_paid_order_refunds_it_once() -> None:
    order = make_shop().place(2)
    payment = _open(order)
    _call(payment)
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
    _call(_open(order))
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
    payment = _open(order)
    _call(payment)

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
    _call(_open(order))
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


def test_closing_is_repeatable_and_counts() -> None:
    order = make_shop().place(1)
    _open(order)

    assert close_payments(order_id=order.pk, actor=ACTOR) == 1
    assert close_payments(order_id=order.pk, actor=ACTOR) == 0


def test_the_proof_finds_money_that_does_not_agree() -> None:
    order = make_shop().place(1)
    pay(order)
    assert money_that_disagrees() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_payment SET amount = amount + 1")

    assert money_that_disagrees() == [{"sn": order.sn, "expected": "11.00/0", "found": "10.00/0.00"}]
