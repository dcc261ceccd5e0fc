"""List filters of orders: the four axes, by the names the list shows."""

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.choices import OrderAfterSale, OrderFulfilment, OrderPayment, OrderStatus, ReturnStatus
from vmi.core.choices import StatusEnum
from vmi.statuses.models import status_label


class AxisFilter(SimpleListFilter):
    """The states of one axis, in their order."""

    enum: type[StatusEnum]

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        """Value and name of each state."""
        return [(str(member.value), status_label(member.value)) for member in self.enum]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows in the chosen state."""
        value = self.value()
        if value is None or not value.isdecimal():
            return queryset
        return self.chosen(queryset, int(value))

    def chosen(self, queryset: QuerySet[Any], value: int) -> QuerySet[Any]:
        """Rows whose axis has this value."""
        return queryset.filter(**{f"{self.parameter_name}_id": value})


class OrderStatusFilter(AxisFilter):
    """Open, completed, cancelled, expired; an overdue order counts as expired."""

    title = _("status")
    parameter_name = "status"
    enum = OrderStatus

    def chosen(self, queryset: Any, value: int) -> QuerySet[Any]:
        """Orders that read as this status now."""
        rows: QuerySet[Any] = queryset.in_status(value)
        return rows


class PaymentFilter(AxisFilter):
    """By the money axis."""

    title = pgettext_lazy("axis", "payment")
    parameter_name = "payment_status"
    enum = OrderPayment


class FulfilmentFilter(AxisFilter):
    """By the goods axis."""

    title = _("fulfilment")
    parameter_name = "fulfilment_status"
    enum = OrderFulfilment


class AfterSaleFilter(AxisFilter):
    """By the returns axis."""

    title = _("after-sale")
    parameter_name = "after_sale_status"
    enum = OrderAfterSale


class ReturnStatusFilter(AxisFilter):
    """Returns by state."""

    title = _("status")
    parameter_name = "status"
    enum = ReturnStatus
