"""Back office of payments and refunds, and what they add to the order's page."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from orders.admin import OrderAdmin
from orders.admin.panels import Panel, PanelMaker, link_to, moment
from orders.choices import OrderStatus
from orders.models import Order
from orders.payments.choices import (
    PAYMENT_STATE_MACHINE,
    REFUND_STATE_MACHINE,
    PaymentState,
    RefundState,
)
from orders.payments.gateways import all_gateways
from orders.payments.models import Payment, Refund
from orders.payments.services import confirm_offline_payment, confirm_refund
from stores.admin.scope import StoreScopeMixin
from vmi.core.admin import ReadOnlyAdmin, namespace_site, service_action, status_badge, status_column
from vmi.core.admin.columns import reference_column
from vmi.core.admin.filters import StatusFilter


class PaymentStateFilter(StatusFilter):
    """Payments by state."""

    title = _("state")
    parameter_name = "state"
    enum = PaymentState


class RefundStateFilter(StatusFilter):
    """Refunds by state."""

    title = _("state")
    parameter_name = "state"
    enum = RefundState


class ProviderFilter(SimpleListFilter):
    """Payments by provider, under the providers' names."""

    title = _("provider")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every provider there is."""
        return [(code, str(gateway.label)) for code, gateway in all_gateways().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        """The payments of the chosen provider."""
        return queryset.filter(provider=self.value()) if self.value() else queryset


class OfflinePaymentForm(forms.Form):
    """Asks what finance has in hand."""

    amount = forms.DecimalField(label=_("amount"), min_value=0, max_digits=14, decimal_places=2)
    reference = forms.CharField(label=_("number on the slip"), max_length=128, required=False)


class ReferenceForm(forms.Form):
    """Asks for the number of the transfer."""

    reference = forms.CharField(label=_("number on the slip"), max_length=128)


@admin.register(Payment, site=namespace_site)
class PaymentAdmin(StoreScopeMixin, ReadOnlyAdmin):
    """What was asked of providers and what they said."""

    source_type = "payment"
    store_path = "order__store_id"
    list_display = (
        "sn",
        "order_sn",
        "provider_name",
        "amount",
        "payment_state",
        "provider_no",
        "is_orphan",
        "settled_at",
    )
    list_filter = (PaymentStateFilter, ProviderFilter, "is_orphan")
    list_select_related = ("order",)
    search_fields = ("sn", "order__sn__exact", "provider_no__exact")
    date_hierarchy = "create_time"
    readonly_fields = ("badge", "provider_name")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("sn", "badge"),
                    ("order", "is_orphan"),
                    ("provider_name", "provider_no"),
                    ("amount", "currency"),
                    ("create_time", "settled_at"),
                    "creater",
                )
            },
        ),
    )

    order_sn = reference_column("order", "orders_order", text="sn", description=_("order"))
    payment_state = status_column("state", machine=PAYMENT_STATE_MACHINE, description=_("state"))
    badge = status_badge("state", machine=PAYMENT_STATE_MACHINE, description=_("state"))

    @admin.display(description=_("provider"), ordering="provider")
    def provider_name(self, obj: Payment) -> str:
        """The provider's name for people."""
        return _provider(obj.provider)


@admin.register(Refund, site=namespace_site)
class RefundAdmin(StoreScopeMixin, ReadOnlyAdmin):
    """Money that goes back."""

    store_path = "payment__order__store_id"
    payment_sn = reference_column("payment", "payments_payment", text="sn", description=_("payment"))
    list_display = ("sn", "payment_sn", "amount", "refund_state", "reason", "attempts", "next_attempt_at", "settled_at")
    list_filter = (RefundStateFilter, "reason")
    list_select_related = ("payment",)
    search_fields = ("sn", "payment__sn__exact", "cause_ref__exact")
    date_hierarchy = "create_time"
    readonly_fields = ("badge",)
    service_actions = ("confirm",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("sn", "badge"),
                    ("payment", "amount"),
                    ("reason", "cause_ref"),
                    ("provider_no", "attempts"),
                    ("next_attempt_at", "last_error"),
                    ("create_time", "settled_at"),
                    "creater",
                )
            },
        ),
    )

    refund_state = status_column("state", machine=REFUND_STATE_MACHINE, description=_("state"))
    badge = status_badge("state", machine=REFUND_STATE_MACHINE, description=_("state"))

    @service_action(
        description=_("Confirm that the money went back"),
        permission="payments.confirm_refund",
        when=lambda refund: refund.state_id != RefundState.SETTLED,
        icon="payments",
        variant=ActionVariant.PRIMARY,
        form=ReferenceForm,
    )
    def confirm(self, request: HttpRequest, obj: Refund, reference: str) -> None:
        """Finance paid it by hand."""
        confirm_refund(refund_id=obj.pk, reference=reference, actor=self.actor(request))


def payments_panel(order: Order) -> Panel:
    """What was paid for an order and what went back."""
    payments = list(order.payments.prefetch_related("refunds"))
    rows = [
        (
            link_to("payments_payment_change", payment.pk, payment.sn),
            _provider(payment.provider),
            payment.amount,
            str(payment.state),
            moment(payment.settled_at),
        )
        for payment in payments
    ] + [
        (
            link_to("payments_refund_change", refund.pk, refund.sn),
            refund.get_reason_display(),
            -refund.amount,
            str(refund.state),
            moment(refund.settled_at),
        )
        for payment in payments
        for refund in payment.refunds.all()
    ]
    headers = (_now("number"), _now("provider"), _now("amount"), _now("state"), _now("settled at"))
    return Panel(_now("Payments and refunds"), headers, rows)


def _provider(code: str) -> str:
    known = all_gateways().get(code)
    return str(known.label) if known else code


def takes_money(order: Order) -> bool:
    """Whether money in hand can still pay the order: unpaid, not cancelled; expired ones if the goods are there."""
    return not order.paid_amount and order.status_id in (OrderStatus.OPEN, OrderStatus.EXPIRED)


namespace_site.unregister(Order)


@admin.register(Order, site=namespace_site)
class PayableOrderAdmin(OrderAdmin):
    """The order's page with its money: orders itself does not know this app."""

    panel_makers: ClassVar[list[PanelMaker]] = [
        *OrderAdmin.panel_makers[:2],
        payments_panel,
        *OrderAdmin.panel_makers[2:],
    ]
    service_actions: ClassVar[tuple[str, ...]] = (*OrderAdmin.service_actions, "confirm_payment")

    @service_action(
        description=_("Confirm offline payment"),
        permission="payments.confirm_offline_payment",
        when=takes_money,
        icon="point_of_sale",
        form=OfflinePaymentForm,
    )
    def confirm_payment(self, request: HttpRequest, obj: Order, amount: Decimal, reference: str) -> None:
        """Finance has the money in hand."""
        confirm_offline_payment(order_id=obj.pk, amount=amount, reference=reference, actor=self.actor(request))
