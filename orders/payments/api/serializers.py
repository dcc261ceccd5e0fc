"""Bodies and answers of the payment endpoints."""

from orders.payments.models import Payment, Refund
from vmi.api.serializers import (
    CamelSerializer,
    CharField,
    CommandSerializer,
    InstantField,
    IntegerField,
    MoneyField,
    TrackedSerializer,
)


class PaymentSerializer(TrackedSerializer):
    """A payment; ``amount`` is the order's."""

    order_sn = CharField(source="order.sn", read_only=True)
    settled_at = InstantField(read_only=True, allow_null=True)

    class Meta:
        model = Payment
        fields = (
            "id",
            "sn",
            "order",
            "order_sn",
            "provider",
            "amount",
            "currency",
            "state",
            "provider_no",
            "is_orphan",
            "settled_at",
        )
        read_only_fields = fields


class CheckoutSerializer(CamelSerializer):
    """What the buyer does next: open ``url``, scan the code, or follow the instructions in ``payload``."""

    kind = CharField(source="kind.value", read_only=True)
    url = CharField(read_only=True, allow_blank=True)
    payload = CamelSerializer(read_only=True)


class OpenedPaymentSerializer(CamelSerializer):
    """An opened payment with its checkout."""

    payment = PaymentSerializer(read_only=True)
    checkout = CheckoutSerializer(read_only=True)


class OpenPaymentSerializer(CommandSerializer):
    """Which provider the buyer chose; there is no amount: it is the order's."""

    provider = CharField(max_length=32)


class OfflinePaymentSerializer(CommandSerializer):
    """What finance has in hand: the amount must be the order's."""

    amount = MoneyField(positive=True)
    reference = CharField(max_length=128, required=False, allow_blank=True, default="")


class RefundSerializer(TrackedSerializer):
    """Money that goes back."""

    provider_no = CharField(read_only=True, allow_blank=True)
    last_error = CharField(read_only=True, allow_blank=True)
    payment_sn = CharField(source="payment.sn", read_only=True)
    settled_at = InstantField(read_only=True, allow_null=True)
    next_attempt_at = InstantField(read_only=True, allow_null=True)

    class Meta:
        model = Refund
        fields = (
            "id",
            "sn",
            "payment",
            "payment_sn",
            "amount",
            "state",
            "reason",
            "cause_ref",
            "provider_no",
            "attempts",
            "last_error",
            "next_attempt_at",
            "settled_at",
        )
        read_only_fields = fields


class ConfirmRefundSerializer(CommandSerializer):
    """The number of the transfer by which the money went back."""

    reference = CharField(max_length=128)


class CallbackAnswerSerializer(CamelSerializer):
    """What the provider reads back: the payment's number and its state."""

    payment = CharField(source="sn", read_only=True)
    state = IntegerField(source="state_id", read_only=True)
