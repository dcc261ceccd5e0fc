"""Filters of the order lists."""

from typing import Any

from django.db.models import QuerySet
from django_filters import filters

from orders.choices import OrderStatus
from orders.models import GoodsItem, Order, ReturnOrder
from orders.models.order import OrderQuerySet
from vmi.api.filters import CamelFilterSet, IntegerFilter, TextFilter


class OrderFilter(CamelFilterSet):
    """Orders by state, people, store and date; ``status`` counts an overdue order as expired."""

    status = IntegerFilter(method="filter_status")
    create_time_from = filters.IsoDateTimeFilter(field_name="create_time", lookup_expr="gte")
    create_time_to = filters.IsoDateTimeFilter(field_name="create_time", lookup_expr="lt")
    consignee_phone = TextFilter()

    class Meta:
        model = Order
        fields = (
            "sn",
            "customer",
            "store",
            "payment_status",
            "fulfilment_status",
            "after_sale_status",
            "awaits_goods",
            "source_ref",
            "tracking_no",
        )

    def filter_status(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        """Orders that read as this status now."""
        if not isinstance(queryset, OrderQuerySet) or value not in OrderStatus.values:
            return queryset.none()
        return queryset.in_status(value)


class GoodsItemFilter(CamelFilterSet):
    """Order lines by order and SKU."""

    class Meta:
        model = GoodsItem
        fields = ("order", "sku", "goods", "product")


class ReturnFilter(CamelFilterSet):
    """Returns by state and order."""

    class Meta:
        model = ReturnOrder
        fields = ("sn", "order", "status")
