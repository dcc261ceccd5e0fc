"""Cash and bank transfer: no provider speaks, a finance person confirms what arrived and what was paid back."""

from collections.abc import Mapping

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

CODE = "offline"


class OfflineGateway:
    """Money that moves outside any system we talk to."""

    code = CODE
    label = _("Cash or bank transfer")
    is_online = False

    def open(self, request: PaymentRequest) -> Checkout:
        """Tell the buyer which number to put on the transfer."""
        return Checkout(CheckoutKind.MANUAL, payload={"reference": request.order_sn})

    def verify_callback(self, headers: Mapping[str, str], body: bytes) -> CallbackResult:
        """Nobody sends messages for cash: always refused."""
        raise CallbackMalformed

    def refund(self, request: RefundRequest) -> RefundResult:
        """Wait for a finance person to confirm."""
        return RefundResult(Outcome.PENDING)

    def query(self, sn: str) -> Outcome:
        """Only a person knows."""
        return Outcome.PENDING
