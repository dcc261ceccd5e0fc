"""A provider for development: a hosted page and real signed callbacks, no money.

Offered only where ``DEVELOPMENT_GATEWAY`` is set (embedded services). The secret differs per namespace and
installation, so a message of one namespace is worth nothing in another.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from orders.payments.exceptions import CallbackMalformed
from orders.payments.gateways.base import (
    CallbackResult,
    Checkout,
    CheckoutKind,
    Outcome,
    PaymentRequest,
    RefundRequest,
    RefundResult,
)
from vmi.core.signing import signed_headers, verify
from vmi.core.tenancy import current_schema

CODE = "development"
_TEXT_CHARS_MAX = 128
_FIELDS = ("payment", "order", "transaction", "amount", "currency", "status")


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A callback ready to be sent."""

    headers: Mapping[str, str]
    body: bytes


class DevelopmentGateway:
    """Signs with the scheme of the WMS webhooks (Standard Webhooks)."""

    code = CODE
    label = _("Development gateway")
    is_online = True

    def open(self, request: PaymentRequest) -> Checkout:
        """Send the buyer to the hosted page."""
        return Checkout(CheckoutKind.REDIRECT, url=reverse("development-payment", args=[request.sn]))

    def verify_callback(self, headers: Mapping[str, str], body: bytes) -> CallbackResult:
        """Check signature and age, then read the message."""
        message_id = verify([secret()], headers, body)
        return _read(message_id, body)

    def refund(self, request: RefundRequest) -> RefundResult:
        """Always works, with a number that depends on nothing but the refund."""
        return RefundResult(Outcome.SETTLED, provider_no=f"DEV-{request.sn}")

    def query(self, sn: str) -> Outcome:
        """The page has no memory: ask the buyer to press the button again."""
        return Outcome.PENDING


def secret() -> str:
    """The signing secret of the current namespace."""
    return salted_hmac("orders.payments.development", current_schema(), algorithm="sha256").hexdigest()


def signed_callback(request: PaymentRequest, *, outcome: Outcome = Outcome.SETTLED, at: datetime) -> SignedMessage:
    """The message this provider sends when the buyer paid (or failed to)."""
    transaction = f"DEV-{request.sn}"
    body = json.dumps(
        {
            "payment": request.sn,
            "order": request.order_sn,
            "transaction": transaction,
            "amount": str(request.amount),
            "currency": request.currency,
            "status": outcome.value,
        }
    ).encode()
    return SignedMessage(signed_headers(secret(), f"{transaction}-{outcome.value}", body, at=at), body)


def _read(message_id: str, body: bytes) -> CallbackResult:
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CallbackMalformed from error
    if not isinstance(data, dict):
        raise CallbackMalformed
    for name in _FIELDS:
        value = data.get(name)
        # Not printable: NUL and lone surrogates, which no column stores.
        if not isinstance(value, str) or len(value) > _TEXT_CHARS_MAX or not value.isprintable():
            raise CallbackMalformed(param=name)
    try:
        amount = Decimal(data["amount"])
        if not amount.is_finite():
            raise CallbackMalformed(param="amount")
        return CallbackResult(
            message_id=message_id,
            sn=data["payment"],
            order_sn=data["order"],
            provider_no=data["transaction"],
            amount=amount,
            currency=data["currency"],
            outcome=Outcome(data["status"]),
        )
    except (InvalidOperation, ValueError) as error:
        raise CallbackMalformed from error
