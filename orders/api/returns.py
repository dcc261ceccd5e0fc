"""Bodies and answers of the return endpoints."""

from typing import Any

from orders.models import ReturnLine, ReturnOrder
from orders.services import InspectionInput
from vmi.api.serializers import (
    CamelModelSerializer,
    CamelSerializer,
    CharField,
    CommandSerializer,
    IdField,
    InstantField,
    IntegerField,
    MoneyField,
    TrackedSerializer,
)


class ReturnLineSerializer(CamelModelSerializer):
    """Units that come back, to the owner, place and batch they were shipped from."""

    batch = CharField(read_only=True, allow_blank=True)
    order_line_no = IntegerField(source="item.line_no", read_only=True)
    sku = CharField(source="item.sku", read_only=True)
    name = CharField(source="item.name", read_only=True)

    class Meta:
        model = ReturnLine
        fields = (
            "line_no",
            "order_line_no",
            "sku",
            "name",
            "owner",
            "location",
            "batch",
            "quantity",
            "amount",
            "good",
            "bad",
        )
        read_only_fields = fields


class ReturnOrderSerializer(TrackedSerializer):
    """A return with its lines; ``refundAmount`` is decided at inspection."""

    lines = ReturnLineSerializer(many=True, read_only=True)
    reason = CharField(read_only=True, allow_blank=True)
    order_sn = CharField(source="order.sn", read_only=True)
    received_at = InstantField(read_only=True, allow_null=True)
    inspected_at = InstantField(read_only=True, allow_null=True)

    class Meta:
        model = ReturnOrder
        fields = (
            "id",
            "sn",
            "order",
            "order_sn",
            "status",
            "reason",
            "refund_amount",
            "lines",
            "received_at",
            "inspected_at",
        )
        read_only_fields = fields


class ReceiveReturnSerializer(CommandSerializer):
    """Where returned goods are put; empty: where they came from."""

    location = IdField(required=False, allow_null=True, default=None)


class RejectReturnSerializer(CommandSerializer):
    """Why a return is refused."""

    reason = CharField(max_length=200, required=False, allow_blank=True, default="")


class InspectionLineSerializer(CamelSerializer):
    """What was found on one return line; good and bad sum to the units received."""

    line_no = IntegerField(min_value=1, max_value=32767)
    good = IntegerField(min_value=0)
    bad = IntegerField(min_value=0)


class InspectReturnSerializer(CommandSerializer):
    """The inspection. Without lines everything is good; without an amount the whole value is refunded."""

    lines = InspectionLineSerializer(many=True, required=False, allow_null=True, default=None)
    refund_amount = MoneyField(required=False, allow_null=True, default=None)


def inspections(lines: list[dict[str, Any]] | None) -> list[InspectionInput] | None:
    """The findings as the command takes them."""
    if lines is None:
        return None
    return [InspectionInput(line_no=line["line_no"], good=line["good"], bad=line["bad"]) for line in lines]
