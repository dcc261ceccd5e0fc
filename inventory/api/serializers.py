"""What the inventory centre says on the wire."""

from typing import Any

from rest_framework import serializers

from inventory.choices import AdjustOperation
from inventory.models import (
    AllocationPool,
    Channel,
    ChannelSource,
    ChannelStock,
    LedgerEntry,
    LogicalStock,
    PhysicalStock,
    Reservation,
)
from vmi.api.serializers import (
    BooleanField,
    CamelModelSerializer,
    CamelSerializer,
    CharField,
    IdField,
    IntegerField,
    QuantityField,
    TrackedSerializer,
)

REASON_CHARS_MAX = 200


class ChannelSourceSerializer(CamelModelSerializer):
    """Whose goods a channel sells from where."""

    class Meta:
        model = ChannelSource
        fields = ("id", "warehouse", "owner", "priority")


class ChannelSerializer(TrackedSerializer):
    """A sales channel with its sources."""

    sources = ChannelSourceSerializer(many=True, read_only=True)

    class Meta:
        model = Channel
        fields = (
            "id",
            "code",
            "name",
            "sources",
            "cart_hold_minutes",
            "order_hold_minutes",
            "hold_units_max",
            "hold_share_max",
        )


class LogicalStockSerializer(CamelModelSerializer):
    """A logical row: what the business may plan with, in units."""

    sku_code = serializers.CharField(source="sku.sku", read_only=True)

    class Meta:
        model = LogicalStock
        fields = (
            "id",
            "sku",
            "sku_code",
            "warehouse",
            "owner",
            "physical_base_qty",
            "allocated_qty",
            "locked_qty",
            "safety_qty",
            "in_transit_qty",
            "shortage_qty",
            "available_qty",
            "alert_threshold",
            "unit_cost",
            "last_synced_at",
            "version",
        )
        read_only_fields = fields


class PoolSerializer(CamelModelSerializer):
    """A pool of a logical row."""

    purpose_name = serializers.CharField(source="get_purpose_display", read_only=True)

    class Meta:
        model = AllocationPool
        fields = ("id", "logical", "purpose", "purpose_name", "quota_qty", "priority", "version")
        read_only_fields = fields


class ChannelStockSerializer(CamelModelSerializer):
    """A sellable bucket; ``channel`` is null for the one a pool's channels share."""

    sellable_qty = serializers.IntegerField(read_only=True)

    class Meta:
        model = ChannelStock
        fields = (
            "id",
            "pool",
            "channel",
            "base_quota_qty",
            "held_qty",
            "sold_qty",
            "frozen_qty",
            "returning_qty",
            "shortage_qty",
            "sellable_qty",
            "version",
        )
        read_only_fields = fields


class PhysicalStockSerializer(CamelModelSerializer):
    """Units on a location."""

    location_code = serializers.CharField(source="location.code", read_only=True)
    batch_code = serializers.CharField(source="batch.code", read_only=True)
    quality_name = serializers.CharField(source="get_quality_display", read_only=True)

    class Meta:
        model = PhysicalStock
        fields = (
            "id",
            "sku",
            "owner",
            "location",
            "location_code",
            "batch_code",
            "quality",
            "quality_name",
            "quantity",
            "held_qty",
            "version",
        )
        read_only_fields = fields


class ReservationSerializer(CamelModelSerializer):
    """A promise on a bucket."""

    state_name = serializers.CharField(source="get_state_display", read_only=True)
    kind_name = serializers.CharField(source="get_kind_display", read_only=True)
    partner = serializers.IntegerField(source="partner_id", read_only=True, allow_null=True)

    class Meta:
        model = Reservation
        fields = (
            "id",
            "source_type",
            "source_sn",
            "line_no",
            "bucket",
            "channel",
            "partner",
            "kind",
            "kind_name",
            "quantity",
            "shipped_qty",
            "state",
            "state_name",
            "supply_line",
            "promised_on",
            "expires_at",
            "created_at",
        )
        read_only_fields = fields


class LedgerEntrySerializer(CamelModelSerializer):
    """One change of one number."""

    layer_name = serializers.CharField(source="get_layer_display", read_only=True)
    counter_name = serializers.CharField(source="get_counter_display", read_only=True)
    command_name = serializers.CharField(source="get_command_display", read_only=True)

    class Meta:
        model = LedgerEntry
        fields = (
            "id",
            "layer",
            "layer_name",
            "row_id",
            "counter",
            "counter_name",
            "delta",
            "balance_after",
            "version",
            "command",
            "command_name",
            "source_type",
            "source_sn",
            "line_no",
            "actor_id",
            "at",
        )
        read_only_fields = fields


class AdjustSerializer(CamelSerializer):
    """The body of ``adjust``: ADD, SUBTRACT or SET units with a reason (S003-7)."""

    operation = serializers.ChoiceField(choices=AdjustOperation.choices)
    quantity = QuantityField(min_value=0)
    reason = CharField(max_length=REASON_CHARS_MAX)
    location = IdField(required=False)
    dry_run = BooleanField(required=False, default=False)


class AdjustedSerializer(CamelSerializer):
    """What an adjustment changed, in units, and the row it left."""

    changed_by = IntegerField()
    row = LogicalStockSerializer()


class FigureSerializer(CamelSerializer):
    """One number of the waterfall with the key of its ledger entries."""

    name = serializers.SerializerMethodField()
    counter = serializers.IntegerField()
    amount = serializers.IntegerField()
    layer = serializers.IntegerField()
    row_id = serializers.IntegerField()

    def get_name(self, figure: Any) -> str:
        """The counter's name in the caller's language."""
        return str(figure.counter.label)


class StepSerializer(CamelSerializer):
    """One row of a layer."""

    title = serializers.CharField()
    row_id = serializers.IntegerField()
    figures = FigureSerializer(many=True)
    derived = serializers.DictField(child=serializers.IntegerField())


class BranchSerializer(CamelSerializer):
    """One warehouse and owner across the four layers."""

    warehouse = serializers.CharField()
    owner = serializers.CharField()
    shares = StepSerializer(many=True)
    buckets = StepSerializer(many=True)
    pools = StepSerializer(many=True)
    logical = StepSerializer()
    physical = StepSerializer(many=True)
