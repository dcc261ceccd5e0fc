"""The lives of payments and refunds, and why money goes back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum
from vmi.core.states import Machine


class PaymentState(StatusEnum):
    """The life of one payment; money that arrives late still settles it (R06)."""

    CREATED = 1200, _("Waiting for the provider")
    SETTLED = 1201, _("Received")
    FAILED = 1202, _("Failed")
    CLOSED = 1203, _("Closed")


class RefundState(StatusEnum):
    """The life of one refund; a failed one is tried again."""

    REQUESTED = 1300, _("Waiting for the provider")
    SETTLED = 1301, _("Paid back")
    FAILED = 1302, _("Failed")


class RefundReason(models.TextChoices):
    """Why money goes back."""

    CANCELLED = "cancelled", _("Order cancelled")
    RETURNED = "returned", _("Goods returned")
    UNAVAILABLE = "unavailable", _("Goods will not come")
    ORPHANED = "orphaned", _("The order could not take the payment")


PAYMENT_STATE_MACHINE = Machine(
    PaymentState,
    "payment",
    transitions={
        PaymentState.CREATED: {PaymentState.SETTLED, PaymentState.FAILED, PaymentState.CLOSED},
        PaymentState.FAILED: {PaymentState.SETTLED},
        PaymentState.CLOSED: {PaymentState.SETTLED},
    },
    colours={
        PaymentState.CREATED: "warning",
        PaymentState.SETTLED: "success",
        PaymentState.FAILED: "danger",
        PaymentState.CLOSED: "info",
    },
)

REFUND_STATE_MACHINE = Machine(
    RefundState,
    "refund",
    transitions={
        RefundState.REQUESTED: {RefundState.SETTLED, RefundState.FAILED},
        RefundState.FAILED: {RefundState.SETTLED, RefundState.FAILED},
    },
    groups={"due": {RefundState.REQUESTED, RefundState.FAILED}},
    colours={
        RefundState.REQUESTED: "warning",
        RefundState.SETTLED: "success",
        RefundState.FAILED: "danger",
    },
)
