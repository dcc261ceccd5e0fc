"""Payments and refunds: final once settled."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.payments.choices import PaymentState, RefundReason, RefundState
from vmi.core.fields import CodeField, MoneyField, QuantityField
from vmi.core.models import TrackedModel
from vmi.statuses.fields import StatusField, status_check

CURRENCY_LENGTH = 3
PROVIDER_NO_LENGTH_MAX = 128


class Payment(TrackedModel):
    """One attempt to pay an order through one provider.

    ``amount`` (in ``currency``) is the order's, never the caller's. ``provider_no`` is the provider's own number,
    unique per provider, so that one receipt settles one payment.
    """

    sn = CodeField(_("number"))
    order = models.ForeignKey(
        "orders.Order", verbose_name=_("order"), on_delete=models.PROTECT, related_name="payments"
    )
    provider = models.CharField(_("provider"), max_length=32)
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=CURRENCY_LENGTH)
    state = StatusField(PaymentState, verbose_name=_("state"), default=PaymentState.CREATED)
    provider_no = models.CharField(  # noqa: DJ001 - unique per provider once known, unknown for many before
        _("provider number"), max_length=PROVIDER_NO_LENGTH_MAX, null=True, blank=True
    )
    is_orphan = models.BooleanField(_("without an open order"), default=False)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        permissions = [("confirm_offline_payment", _("Can confirm a payment made in cash or by bank transfer"))]
        constraints = [
            status_check("state", PaymentState, "payments_payment_state"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_payment_amount_positive"),
            models.UniqueConstraint(fields=["provider", "provider_no"], name="payments_payment_provider_no"),
            # One receipt per order: a second one that settles is an orphan and goes back.
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state=PaymentState.SETTLED, is_orphan=False),
                name="payments_payment_one_settled_per_order",
            ),
            models.CheckConstraint(
                condition=Q(state=PaymentState.SETTLED, settled_at__isnull=False)
                | (~Q(state=PaymentState.SETTLED) & Q(settled_at__isnull=True)),
                name="payments_payment_settled_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.sn


class Refund(TrackedModel):
    """Money of one payment that goes back. ``cause_ref`` names what caused it, once (order or return number)."""

    sn = CodeField(_("number"))
    payment = models.ForeignKey(
        Payment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="refunds", db_index=False
    )
    amount = MoneyField(_("amount"))
    state = StatusField(RefundState, verbose_name=_("state"), default=RefundState.REQUESTED)
    reason = models.CharField(_("reason"), max_length=16, choices=RefundReason.choices)
    cause_ref = CodeField(_("caused by"), unique=False)
    provider_no = models.CharField(_("provider number"), max_length=PROVIDER_NO_LENGTH_MAX, blank=True, default="")
    attempts = QuantityField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True, default="")
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-id"]
        permissions = [("confirm_refund", _("Can confirm a refund made in cash or by bank transfer"))]
        constraints = [
            status_check("state", RefundState, "payments_refund_state"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_refund_amount_positive"),
            models.CheckConstraint(condition=Q(attempts__gte=0), name="payments_refund_attempts"),
            models.UniqueConstraint(fields=["payment", "cause_ref"], name="payments_refund_once_per_cause"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="payments_refund_due",
                condition=Q(state__in=[RefundState.REQUESTED, RefundState.FAILED]),
            )
        ]

    def __str__(self) -> str:
        return self.sn
