"""Bodies and answers of the order endpoints; amounts are strings, references ids (C-61)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from orders.choices import DisplayState, OrderStatus, OrderType
from orders.models import GoodsItem, Order
from orders.services import Consignee, OrderItemInput, ReturnItemInput
from vmi.api.serializers import (
    BooleanField,
    CamelModelSerializer,
    CamelSerializer,
    CharField,
    CommandSerializer,
    IdField,
    InstantField,
    IntegerField,
    MoneyField,
    NamespaceField,
    QuantityField,
    StatusValueField,
    TrackedSerializer,
)

CODE_CHARS_MAX = 12
"""Longest administrative code of a province, city or district."""


class GoodsItemSerializer(CamelModelSerializer):
    """One line of an order (S000-13); ``goods`` is the store's listing, ``product`` the SKU's id."""

    namespace = NamespaceField()

    class Meta:
        model = GoodsItem
        fields = (
            "id",
            "order",
            "line_no",
            "goods",
            "product",
            "sku",
            "name",
            "price",
            "count",
            "amount",
            "returned_count",
            "cancelled_count",
            "namespace",
        )
        read_only_fields = fields


class ConsigneeSerializer(CamelSerializer):
    """Who receives the goods and where; codes as in the national table of regions (C-30)."""

    name = CharField(max_length=100, required=False, allow_blank=True, default="")
    phone = CharField(max_length=32, required=False, allow_blank=True, default="")
    province = CharField(max_length=CODE_CHARS_MAX, required=False, allow_blank=True, default="")
    city = CharField(max_length=CODE_CHARS_MAX, required=False, allow_blank=True, default="")
    district = CharField(max_length=CODE_CHARS_MAX, required=False, allow_blank=True, default="")
    address = CharField(max_length=255, required=False, allow_blank=True, default="")


class OrderSerializer(TrackedSerializer):
    """An order with its lines (S000-12).

    ``status`` already reads *expired* from the deadline on; ``state`` is the single 0–6 column of the shopping
    platform, derived from the four axes (C-28). ``awaitsGoods``: some goods are still on their way, the last of them
    expected on ``promisedOn`` (null: not known).
    """

    status = StatusValueField(source="status_now", enum=OrderStatus)
    memo = CharField(read_only=True, allow_blank=True)
    company = CharField(read_only=True, allow_blank=True)
    tracking_no = CharField(read_only=True, allow_blank=True)
    closed_reason = CharField(read_only=True, allow_blank=True)
    goods = GoodsItemSerializer(source="items", many=True, read_only=True)
    consignee = ConsigneeSerializer(source="consignee_dict", read_only=True)
    state = serializers.ChoiceField(source="display_state", choices=DisplayState.choices, read_only=True)
    state_name = serializers.CharField(source="display_state.label", read_only=True)
    awaits_goods = BooleanField(read_only=True)
    promised_on = serializers.DateField(read_only=True, allow_null=True)
    expires_at = InstantField(read_only=True)
    paid_at = InstantField(read_only=True, allow_null=True)
    noticed_at = InstantField(read_only=True, allow_null=True)
    cancel_requested_at = InstantField(read_only=True, allow_null=True)
    shipped_at = InstantField(read_only=True, allow_null=True)
    completed_at = InstantField(read_only=True, allow_null=True)

    class Meta:
        model = Order
        fields = (
            "id",
            "sn",
            "type",
            "customer",
            "store",
            "goods",
            "cost",
            "paid_amount",
            "refunded_amount",
            "lost_amount",
            "status",
            "payment_status",
            "fulfilment_status",
            "after_sale_status",
            "state",
            "state_name",
            "memo",
            "consignee",
            "company",
            "tracking_no",
            "closed_reason",
            "source_ref",
            "expires_at",
            "paid_at",
            "awaits_goods",
            "promised_on",
            "noticed_at",
            "cancel_requested_at",
            "shipped_at",
            "completed_at",
        )
        read_only_fields = fields


class OrderLineSerializer(CamelSerializer):
    """A wanted line. ``price`` is what the buyer was shown: a different one of the store is 409 ``price_changed``.

    ``name`` may be sent along as the documents have it; the store's own name is what is stored.
    """

    sku = CharField(max_length=64)
    count = QuantityField()
    price = MoneyField(required=False, allow_null=True)
    name = CharField(max_length=200, required=False, allow_blank=True)


class PlaceOrderSerializer(CommandSerializer):
    """A new order. Prices are the store's; ``cost`` and ``price`` are only compared with them.

    ``customer`` is for staff; members order for themselves, and leave it out or give their own id.
    """

    type = IntegerField(required=False, default=int(OrderType.SALE))
    customer = IdField(required=False, allow_null=True, default=None)
    store = IdField()
    goods = OrderLineSerializer(many=True, allow_empty=False)
    cost = MoneyField(required=False, allow_null=True, default=None)
    memo = CharField(max_length=500, required=False, allow_blank=True, default="")
    consignee = ConsigneeSerializer(required=False, allow_null=True, default=None)

    def validate_type(self, value: int) -> int:
        """Returns have a document of their own."""
        if value != OrderType.SALE:
            raise serializers.ValidationError(
                _("Only sales are placed here; goods are returned with the order's own command."), code="invalid_choice"
            )
        return value


class CancelSerializer(CommandSerializer):
    """Why an order is called off."""

    reason = CharField(max_length=200, required=False, allow_blank=True, default="")


class EmptySerializer(CommandSerializer):
    """A command that needs no figures."""


class ReturnLineInputSerializer(CamelSerializer):
    """Units of one order line that come back."""

    line_no = IntegerField(min_value=1, max_value=32767)
    count = QuantityField()


class RequestReturnSerializer(CommandSerializer):
    """What a customer sends back, and why."""

    lines = ReturnLineInputSerializer(many=True, allow_empty=False)
    reason = CharField(max_length=200, required=False, allow_blank=True, default="")


def order_items(lines: list[dict[str, Any]]) -> list[OrderItemInput]:
    """The lines of an order as the command takes them."""
    return [OrderItemInput(sku=line["sku"], quantity=line["count"], expected_price=line.get("price")) for line in lines]


def consignee_of(data: dict[str, Any] | None) -> Consignee | None:
    """The consignee as the command takes it."""
    return Consignee(**data) if data else None


def return_items(lines: list[dict[str, Any]]) -> list[ReturnItemInput]:
    """The lines of a return as the command takes them."""
    return [ReturnItemInput(line_no=line["line_no"], quantity=line["count"]) for line in lines]
