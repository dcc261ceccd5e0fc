"""Goods on their way and the promises that wait for them, on the wire; bodies of the commands."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from inventory.api.serializers import REASON_CHARS_MAX
from inventory.models import Reservation, SupplyLine, SupplyStep
from vmi.api.serializers import (
    BooleanField,
    CamelModelSerializer,
    CamelSerializer,
    CharField,
    DecimalField,
    IdField,
    IntegerField,
    QuantityField,
    TrackedSerializer,
)

LINES_MAX = 1000
"""Most lines one call may announce."""


class SupplyLineSerializer(TrackedSerializer):
    """What one line of a transfer or purchase brings (I7): open + received + closed = expected, in units.

    ``presaleQty`` of the open units may be sold before they come, through ``bucket``.
    """

    sku = IdField(source="logical.sku_id", read_only=True)
    sku_code = CharField(source="logical.sku.sku", read_only=True)
    warehouse = IdField(source="logical.warehouse_id", read_only=True)
    owner = IdField(source="logical.owner_id", read_only=True)
    kind_name = serializers.CharField(source="get_kind_display", read_only=True)
    state_name = serializers.CharField(source="get_state_display", read_only=True)
    open_qty = IntegerField(read_only=True)
    unit_cost = DecimalField(max_digits=16, decimal_places=4, read_only=True)

    class Meta:
        model = SupplyLine
        fields = (
            "id",
            "kind",
            "kind_name",
            "source_type",
            "source_sn",
            "line_no",
            "logical",
            "sku",
            "sku_code",
            "warehouse",
            "owner",
            "bucket",
            "expected_qty",
            "received_qty",
            "closed_qty",
            "open_qty",
            "presale_qty",
            "unit_cost",
            "due_on",
            "first_due_on",
            "state",
            "state_name",
        )
        read_only_fields = fields


class SupplyStepSerializer(CamelModelSerializer):
    """What the document ``sourceType``, ``sourceSn`` did to a supply line: a receipt, a presale, a cancellation."""

    command_name = serializers.CharField(source="get_command_display", read_only=True)

    class Meta:
        model = SupplyStep
        fields = ("id", "line", "command", "command_name", "units", "source_type", "source_sn", "at", "actor")
        read_only_fields = fields


class PromiseSerializer(CamelModelSerializer):
    """Units of a document line that wait for goods, and the supply line and day that will bring the last of them."""

    sku = IdField(source="bucket.pool.logical.sku_id", read_only=True)
    sku_code = CharField(source="bucket.pool.logical.sku.sku", read_only=True)
    warehouse = IdField(source="bucket.pool.logical.warehouse_id", read_only=True)
    owner = IdField(source="bucket.pool.logical.owner_id", read_only=True)
    kind_name = serializers.CharField(source="get_kind_display", read_only=True)
    is_paid = BooleanField(read_only=True)
    supply_source = serializers.SerializerMethodField()

    class Meta:
        model = Reservation
        fields = (
            "id",
            "source_type",
            "source_sn",
            "line_no",
            "sku",
            "sku_code",
            "warehouse",
            "owner",
            "bucket",
            "channel",
            "kind",
            "kind_name",
            "is_paid",
            "quantity",
            "supply_line",
            "supply_source",
            "promised_on",
            "created_at",
        )
        read_only_fields = fields

    def get_supply_source(self, row: Reservation) -> str | None:
        """The number of the document that brings the goods, null when nothing expected covers them."""
        return row.supply_line.source_sn if row.supply_line else None


class ExpectLineSerializer(CamelSerializer):
    """Units of a SKU, by its code, on their way; ``unitCost`` is what one costs."""

    sku = CharField(max_length=64)
    quantity = QuantityField()
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    unit_cost = DecimalField(max_digits=16, decimal_places=4, min_value=0, required=False, default=Decimal(0))


class ExpectSerializer(CamelSerializer):
    """A purchase: what a supplier's order (``sourceSn``, else a number of ours) brings to a warehouse."""

    warehouse = IdField()
    owner = IdField()
    source_sn = CharField(max_length=64, required=False, allow_blank=True, default="")
    lines = ExpectLineSerializer(many=True, allow_empty=False)

    def validate_lines(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Bounded, as every body is."""
        if len(value) > LINES_MAX:
            raise serializers.ValidationError(_("At most %(max)d lines.") % {"max": LINES_MAX}, code="max_length")
        return value


class ExpectedSerializer(CamelSerializer):
    """The supply lines of a purchase."""

    source_sn = CharField()
    items = SupplyLineSerializer(many=True)


class ArrivalSerializer(CamelSerializer):
    """Units that came, onto one location; without ``unitCost`` they cost what was expected."""

    location = IdField()
    quantity = QuantityField()
    batch = CharField(max_length=64, required=False, allow_blank=True, default="")
    unit_cost = DecimalField(
        max_digits=16, decimal_places=4, min_value=0, required=False, allow_null=True, default=None
    )
    dry_run = BooleanField(required=False, default=False)


class RescheduleSerializer(CamelSerializer):
    """The new day; null: not known."""

    due_on = serializers.DateField(allow_null=True)
    dry_run = BooleanField(required=False, default=False)


class CloseSerializer(CamelSerializer):
    """Why the rest will not come."""

    reason = CharField(max_length=REASON_CHARS_MAX, required=False, allow_blank=True, default="")
    dry_run = BooleanField(required=False, default=False)


class OpenPresaleSerializer(CamelSerializer):
    """How many units may be sold before they come; ``bucket`` null: through the one all channels share."""

    quantity = QuantityField()
    bucket = IdField(required=False, allow_null=True, default=None)
    dry_run = BooleanField(required=False, default=False)


class ClosePresaleSerializer(CamelSerializer):
    """How many unpromised units shall wait until they are there."""

    quantity = QuantityField()
    dry_run = BooleanField(required=False, default=False)


class SupplyEffectSerializer(CamelSerializer):
    """The line afterwards; ``units`` received, opened, closed or lost, or promises that got another day."""

    units = IntegerField()
    line = SupplyLineSerializer()


def effect(units: int, line: SupplyLine) -> dict[str, Any]:
    """An answer of a command on a supply line."""
    return {"units": units, "line": line}
