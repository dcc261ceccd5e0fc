"""Returns in the shape of orders: ``vmi/order/?type=2`` (S000-12, C-29)."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from orders.choices import OrderType
from orders.models import ReturnLine, ReturnOrder
from vmi.api.filters import CamelFilterSet, IdFilter
from vmi.api.serializers import CamelModelSerializer, CharField, IdField, IntegerField, MoneyField, TrackedSerializer
from vmi.api.viewsets import UnknownParameter
from vmi.core.exceptions import InvalidRequest

TYPE_PARAMETER = "type"


class ReturnedGoodsSerializer(CamelModelSerializer):
    """A return line as a line of an order."""

    order = IdField(source="return_order_id", read_only=True)
    goods = IdField(source="item.goods_id", read_only=True)
    product = IdField(source="item.product_id", read_only=True)
    sku = CharField(source="item.sku", read_only=True)
    name = CharField(source="item.name", read_only=True)
    price = MoneyField(source="item.price", read_only=True)
    count = IntegerField(source="quantity", read_only=True)

    class Meta:
        model = ReturnLine
        fields = ("id", "order", "line_no", "goods", "product", "sku", "name", "price", "count", "amount")
        read_only_fields = fields


class ReturnAsOrderSerializer(TrackedSerializer):
    """A return as an order of type 2; ``cost`` is what is refunded, ``originalOrder`` the order it belongs to."""

    type = serializers.SerializerMethodField()
    customer = IdField(source="order.customer_id", read_only=True)
    store = IdField(source="order.store_id", read_only=True)
    goods = ReturnedGoodsSerializer(source="lines", many=True, read_only=True)
    cost = MoneyField(source="refund_amount", read_only=True)
    memo = CharField(source="reason", read_only=True, allow_blank=True)
    original_order = IdField(source="order_id", read_only=True)

    class Meta:
        model = ReturnOrder
        fields = ("id", "sn", "type", "customer", "store", "goods", "cost", "memo", "original_order", "status")
        read_only_fields = fields

    def get_type(self, returned: ReturnOrder) -> int:
        """Always a return."""
        return int(OrderType.RETURN)


class ReturnAsOrderFilter(CamelFilterSet):
    """What a list of returns in the shape of orders is filtered by."""

    customer_id = IdFilter(field_name="order__customer_id")
    store_id = IdFilter(field_name="order__store_id")

    class Meta:
        model = ReturnOrder
        fields = ("sn", "status")


PARAMETERS = frozenset({TYPE_PARAMETER, "cursor", "pageSize", *ReturnAsOrderFilter.base_filters})


def wanted_type(request: Request) -> OrderType:
    """Which kind of order a list asks for; sales unless told otherwise. Raises InvalidRequest."""
    text = request.query_params.get(TYPE_PARAMETER, str(int(OrderType.SALE)))
    if text not in ("1", "2"):
        raise InvalidRequest(_("type is 1 for sales or 2 for returns."), code="invalid_parameter", param=TYPE_PARAMETER)
    return OrderType(int(text))


def returns_as_orders(request: Request) -> QuerySet[Any]:
    """The returns that pass the filters of the request. Raises InvalidRequest for parameters only sales have."""
    for name in request.query_params:
        if name not in PARAMETERS:
            raise UnknownParameter(param=name[:100])
    found = ReturnAsOrderFilter(
        {name: value for name, value in request.query_params.items() if name != TYPE_PARAMETER},
        queryset=ReturnOrder.objects.select_related("order").prefetch_related("lines__item"),
        request=request,
    )
    if not found.is_valid():
        raise InvalidRequest(
            _("The value of this parameter is not valid."), code="invalid_parameter", param=next(iter(found.errors))
        )
    rows: QuerySet[Any] = found.qs
    return rows
