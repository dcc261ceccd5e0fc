"""The provider's callback over HTTP, the hosted development page, the command line, the money lists."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from orders.choices import OrderPayment
from orders.models import Order
from orders.payments.choices import PaymentState
from orders.payments.gateways.base import Outcome, PaymentRequest
from orders.payments.gateways.development import CODE, SignedMessage, signed_callback
from orders.payments.models import Payment, Refund
from orders.payments.services import open_payment
from orders.services import cancel_order
from tests.factories.orders import again, make_shop, pay
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.events import deliver_inline
from vmi.events.models import Event

URL = "/api/v1/payments/callbacks/development/"
ACTOR = system_actor()


def _opened(order: Order) -> Payment:
    return open_payment(order_id=order.pk, provider=CODE, actor=ACTOR).payment


def _message(payment: Payment, **other: Any) -> SignedMessage:
    fields = {
        "sn": payment.sn,
        "order_sn": payment.order.sn,
        "amount": payment.amount,
        "currency": payment.currency,
        **other,
    }
    return signed_callback(PaymentRequest(**fields), at=clock.now())


def _send(client: Any, message: SignedMessage, url: str = URL) -> Any:
    return client.post(url, message.body, content_type="application/json", headers=dict(message.headers))


def test_a_provider_needs_no_token_but_its_signature(api_for: Callable[..., Any]) -> None:
    order = make_shop().place(1)
    payment = _opened(order)
    answers = [_send(api_for(), _message(payment)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json() for answer in answers] == [{"payment": payment.sn, "state": 1201}] * 2
    assert again(order).payment_status_id == OrderPayment.PAID


@pytest.mark.parametrize("tampered", ["body", "signature", "missing", "bearer"])
def test_a_forged_message_is_401(api_for: Callable[..., Any], tampered: str) -> None:
    order = make_shop().place(1)
    message = _message(_opened(order))
    headers, body = dict(message.headers), message.body
    if tampered == "body":
        body = body.replace(b"CNY", b"USD")
    elif tampered == "signature":
        headers["webhook-signature"] = "v1," + "A" * 44
    else:
        headers = {"Authorization": "Bearer x"} if tampered == "bearer" else {}
    response = _send(api_for(), SignedMessage(headers, body))

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "signature_invalid"
    assert again(order).payment_status_id == OrderPayment.UNPAID


def test_a_wrong_amount_is_400_kept_and_pays_nothing(api_for: Callable[..., Any]) -> None:
    order = make_shop(price="10.00").place(1)
    payment = _opened(order)
    response = _send(api_for(), _message(payment, amount="1.00"))

    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["code"], error["param"]) == ("callback_mismatch", "amount")
    assert error["details"] == {"payment": payment.sn, "expected": "10.00", "received": "1.00"}
    assert Event.objects.filter(type="webhook.rejected").count() == 1
    assert again(order).payment_status_id == OrderPayment.UNPAID


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b"[" * 5000 + b"]" * 5000, b'{"payment": "\\u0000"}', b"null"]
)
def test_garbage_is_refused_without_a_trace(api_for: Callable[..., Any], body: bytes) -> None:
    response = api_for().post(URL, body, content_type="application/json")

    assert response.status_code in (400, 401)
    assert not Event.objects.filter(type="webhook.rejected").exists()


def test_unknown_providers_are_refused(api_for: Callable[..., Any], settings: Any) -> None:
    message = _message(_opened(make_shop().place(1)))

    assert _send(api_for(), message, "/api/v1/payments/callbacks/gold/").json()["error"]["code"] == "unknown_provider"
    settings.DEVELOPMENT_GATEWAY = False
    assert _send(api_for(), message).json()["error"]["code"] == "unknown_provider"


def test_the_hosted_page_pays(client_for: Callable[..., Any]) -> None:
    order = make_shop(price="12.50").place(2)
    payment = _opened(order)
    browser = client_for()
    url = f"/pay/dev/{payment.sn}/"
    page = browser.get(url)

    assert page.status_code == 200
    assert "CNY 25.00" in page.content.decode()
    assert browser.post(url, {"pay": "1"}).status_code == 302
    assert again(order).payment_status_id == OrderPayment.PAID
    assert "<form" not in browser.get(url).content.decode()


def test_the_hosted_page_can_fail_and_hides_what_it_does_not_know(
    client_for: Callable[..., Any], settings: Any
) -> None:
    order = make_shop().place(1)
    payment = _opened(order)
    browser = client_for()
    browser.post(f"/pay/dev/{payment.sn}/", {"fail": "1"})

    assert Payment.objects.get().state_id == PaymentState.FAILED
    assert browser.get("/pay/dev/PAY-NONE/").status_code == 404
    assert browser.get("/pay/dev/%00/").status_code == 404
    cash = pay(make_shop().place(1))
    assert browser.get(f"/pay/dev/{cash.sn}/").status_code == 404
    settings.DEVELOPMENT_GATEWAY = False
    assert browser.get(f"/pay/dev/{payment.sn}/").status_code == 404


def test_the_command_prints_a_callback_that_works(api_for: Callable[..., Any]) -> None:
    order = make_shop().place(1)
    payment = _opened(order)
    out = StringIO()
    call_command("pay_dev", namespace="alpha", payment=payment.sn, stdout=out)
    import shlex

    parts = shlex.split(out.getvalue())
    headers = dict(parts[index + 1].split(": ", 1) for index, part in enumerate(parts) if part == "-H")
    body = parts[parts.index("--data") + 1]

    assert parts[:5] == ["curl", "-sS", "-X", "POST", f"http://127.0.0.1:8000{URL}"]
    assert headers.pop("Host") == "alpha.testserver"
    assert json.loads(body)["status"] == Outcome.SETTLED.value
    assert _send(api_for(), SignedMessage(headers, body.encode())).status_code == 200
    assert again(order).payment_status_id == OrderPayment.PAID


def test_the_command_says_what_is_wrong(settings: Any) -> None:
    for options, sentence in (
        ({"namespace": "nowhere", "payment": "PAY-1"}, "no namespace"),
        ({"namespace": "alpha", "payment": "PAY-1"}, "no payment"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("pay_dev", **options)
    settings.DEVELOPMENT_GATEWAY = False
    with pytest.raises(CommandError, match="switched off"):
        call_command("pay_dev", namespace="alpha", payment="PAY-1")


def test_finance_lists_and_confirms_refunds(
    staff: Callable[..., Any], api_for: Callable[..., Any], member: Callable[[], Any]
) -> None:
    user, partner = member()
    order = make_shop().place(1, partner_id=partner.pk)
    pay(order, reference="S-1")
    with deliver_inline():
        cancel_order(order_id=order.pk, actor=ACTOR)
    refund = Refund.objects.get()
    finance, buyer = api_for(staff("finance")), api_for(user)
    url = f"/api/v1/payments/refunds/{refund.pk}/"

    assert finance.get("/api/v1/payments/refunds/?state=1300").json()["results"][0]["sn"] == refund.sn
    assert buyer.get(url).json()["amount"] == "10.00"
    assert buyer.post(f"{url}confirm/", {"reference": "x"}, format="json").status_code == 403
    for body in ({}, {"reference": ""}, {"reference": 5}, {"reference": "x", "amount": "1.00"}):
        assert finance.post(f"{url}confirm/", body, format="json").status_code == 400
    done = finance.post(f"{url}confirm/", {"reference": "S-2"}, format="json")
    assert (done.status_code, done.json()["state"], done.json()["providerNo"]) == (200, 1301, "S-2")
    assert again(order).payment_status_id == OrderPayment.REFUNDED
    stranger, _partner = member()
    assert api_for(stranger).get(url).status_code == 404
    assert api_for(stranger).get("/api/v1/payments/payments/").json()["results"] == []
