"""List filters of orders: the four axes, by the names the list shows."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.choices import OrderAfterSale, OrderFulfilment, OrderPayment, OrderStatus
from vmi.core.admin.filters import StatusFilter


class OrderStatusFilter(StatusFilter):
    """Open, completed, cancelled, expired; an overdue order counts as expired."""

    enum = OrderStatus

    def chosen(self, queryset: Any, value: int) -> QuerySet[Any]:
        """Orders that read as this status now."""
        rows: QuerySet[Any] = queryset.in_status(value)
        return rows


class PaymentFilter(StatusFilter):
    """By the money axis."""

    title = pgettext_lazy("axis", "payment")
    parameter_name = "payment_status"
    enum = OrderPayment


class FulfilmentFilter(StatusFilter):
    """By the goods axis."""

    title = _("fulfilment")
    parameter_name = "fulfilment_status"
    enum = OrderFulfilment


class AfterSaleFilter(StatusFilter):
    """By the returns axis."""

    title = _("after-sale")
    parameter_name = "after_sale_status"
    enum = OrderAfterSale
