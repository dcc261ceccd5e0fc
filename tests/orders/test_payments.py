"""Payments: signed messages, exact figures, forgeries, repeats; money is believed once and only where it agrees."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from orders.choices import OrderPayment
from orders.payments.choices import PaymentState
from orders.payments.exceptions import (
    CallbackMalformed,
    CallbackMismatch,
    NotPayable,
    PaymentNotFound,
    UnknownProvider,
)
from orders.payments.gateways.base import CheckoutKind, Outcome
from orders.payments.gateways.development import CODE, secret, signed_callback
from orders.payments.models import Payment
from orders.payments.selectors import money_that_disagrees
from orders.payments.services import (
    close_payments,
    open_payment,
    receive_callback,
)
from orders.services import (
    cancel_order,
)
from tests.factories.orders import again, failing, make_shop, pay
from tests.orders.calls import call_back, opened, request_for
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.signing import SignatureExpired, SignatureRefused, signed_headers
from vmi.events.models import Event

ACTOR = system_actor()


def _signed(body: bytes) -> dict[str, str]:
    return signed_headers(secret(), "msg-1", body, at=clock.now())


def test_a_payment_is_opened_for_the_order_s_amount() -> None:
    order = make_shop(price="12.50").place(2)
    found = open_payment(order_id=order.pk, provider=CODE, actor=ACTOR)
    payment = found.payment

    assert payment.sn.startswith("PAY-")
    assert (payment.amount, payment.currency, payment.state_id) == (Decimal("25.00"), "CNY", PaymentState.CREATED)
    assert (found.checkout.kind, found.checkout.url) == (CheckoutKind.REDIRECT, f"/pay/dev/{payment.sn}/")
    assert opened(order).pk == payment.pk


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
    failing(lambda: opened(overdue), UnknownProvider)
    settings.DEVELOPMENT_GATEWAY = True
    frozen_clock.advance(minutes=15)
    found = []
    for order in (paid, cancelled, overdue):
        with pytest.raises(NotPayable) as refusal:
            opened(order)
        found.append(refusal.value.details["state"])

    assert found == [801, 102, 103]
    assert Payment.objects.filter(provider=CODE).count() == 0


def test_a_signed_message_pays_the_order_once(frozen_clock: FrozenClock) -> None:
    shop = make_shop(price="12.50", stock=10)
    order = shop.place(2)
    payment = opened(order)
    for _ in range(2):
        settled = call_back(payment)

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
    payment = opened(order)
    with pytest.raises(CallbackMismatch) as refusal:
        call_back(payment, **wrong)

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
    payment = opened(make_shop().place(1))
    with pytest.raises(PaymentNotFound):
        call_back(payment, sn="PAY-UNKNOWN")

    assert Event.objects.filter(type="webhook.rejected").count() == 1


def test_a_forged_or_stale_message_changes_nothing(frozen_clock: FrozenClock) -> None:
    order = make_shop().place(1)
    payment = opened(order)
    message = signed_callback(request_for(payment), at=clock.now())
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
    payment = opened(make_shop().place(1))
    with in_beta():
        other = signed_callback(request_for(payment), at=clock.now())
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
    payment = opened(order)

    assert call_back(payment, Outcome.FAILED).state_id == PaymentState.FAILED
    assert again(order).payment_status_id == OrderPayment.UNPAID
    assert call_back(payment).state_id == PaymentState.SETTLED
    assert call_back(payment, Outcome.FAILED).state_id == PaymentState.SETTLED
    assert again(order).payment_status_id == OrderPayment.PAID


def test_closing_is_repeatable_and_counts() -> None:
    order = make_shop().place(1)
    opened(order)

    assert close_payments(order_id=order.pk, actor=ACTOR) == 1
    assert close_payments(order_id=order.pk, actor=ACTOR) == 0


def test_the_proof_finds_money_that_does_not_agree() -> None:
    order = make_shop().place(1)
    pay(order)
    assert money_that_disagrees() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_payment SET amount = amount + 1")

    assert money_that_disagrees() == [{"sn": order.sn, "expected": "11.00/0", "found": "10.00/0.00"}]
