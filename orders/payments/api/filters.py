"""Filters of the payment lists."""

from orders.payments.models import Payment, Refund
from vmi.api.filters import CamelFilterSet


class PaymentFilter(CamelFilterSet):
    """Payments by order, provider and state."""

    class Meta:
        model = Payment
        fields = ("sn", "order", "provider", "state", "provider_no", "is_orphan")


class RefundFilter(CamelFilterSet):
    """Refunds by payment and state."""

    class Meta:
        model = Refund
        fields = ("sn", "payment", "state", "reason", "cause_ref")
