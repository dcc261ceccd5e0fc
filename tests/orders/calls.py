"""What the order tests say: bodies, posts with a key, signed provider messages."""

from dataclasses import replace
from typing import Any

from orders.models import Order
from orders.payments.gateways.base import Outcome, PaymentRequest
from orders.payments.gateways.development import CODE, signed_callback
from orders.payments.models import Payment
from orders.payments.services import open_payment, receive_callback
from tests.factories.orders import Shop
from vmi.core import clock
from vmi.core.actors import system_actor

URL = "/api/v1/vmi/order/"


def body_for(shop: Shop, **more: Any) -> dict[str, Any]:
    """Two units of the shop's first SKU."""
    return {"store": shop.store_id, "goods": [{"sku": shop.skus[0], "count": 2}], **more}


def post(api: Any, url: str, body: Any, key: str | None = "key-1") -> Any:
    """POST JSON, under an idempotency key unless told otherwise."""
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(url, body, format="json", headers=headers)


def error_of(response: Any) -> dict[str, Any]:
    """The error object."""
    found: dict[str, Any] = response.json()["error"]
    return found


def opened(order: Order) -> Payment:
    """A payment of the order with the development gateway."""
    return open_payment(order_id=order.pk, provider=CODE, actor=system_actor()).payment


def request_for(payment: Payment, **other: Any) -> PaymentRequest:
    """The payment as its provider sees it, with ``other`` figures where wanted."""
    return replace(PaymentRequest(payment.sn, payment.order.sn, payment.amount, payment.currency), **other)


def call_back(payment: Payment, outcome: Outcome = Outcome.SETTLED, **other: Any) -> Payment:
    """The provider reports about the payment."""
    message = signed_callback(request_for(payment, **other), outcome=outcome, at=clock.now())
    return receive_callback(provider=CODE, headers=message.headers, body=message.body)
