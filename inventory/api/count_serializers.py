"""What locks, stocktakes and snapshots of warehouse systems look like on the wire."""

from rest_framework import serializers

from inventory.choices import LockReason, Quality
from inventory.models import SnapshotDifference, StockLock, StockLockLine, Stocktake, StocktakeLine, WmsSnapshot
from inventory.services.lock import NOTE_LENGTH_MAX
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


class StockLockLineSerializer(CamelModelSerializer):
    """Locked units of one place; ``openQty`` of them are still locked."""

    open_qty = IntegerField(read_only=True)

    class Meta:
        model = StockLockLine
        fields = ("line_no", "origin", "locked", "quantity", "released_qty", "open_qty")
        read_only_fields = fields


class StockLockSerializer(TrackedSerializer):
    """A lock with its lines."""

    reason_name = serializers.CharField(source="get_reason_display", read_only=True)
    state_name = serializers.CharField(source="get_state_display", read_only=True)
    lines = StockLockLineSerializer(many=True, read_only=True)

    class Meta:
        model = StockLock
        fields = ("id", "sn", "reason", "reason_name", "note", "until", "state", "state_name", "closed_at", "lines")
        read_only_fields = fields


class LockLineInput(CamelSerializer):
    """Free qualified units of one physical row."""

    physical_stock = IdField()
    quantity = QuantityField()


class LockInput(CamelSerializer):
    """The body of lock: places, or a number of units of a logical row."""

    reason = serializers.ChoiceField(choices=LockReason.choices)
    note = CharField(max_length=NOTE_LENGTH_MAX, required=False, allow_blank=True, default="")
    until = serializers.DateField(required=False, allow_null=True, default=None)
    lines = LockLineInput(many=True, required=False, allow_empty=False)
    logical_stock = IdField(required=False)
    quantity = QuantityField(required=False)
    dry_run = BooleanField(required=False, default=False)


class UnlockLineInput(CamelSerializer):
    """Units of one line of a lock."""

    line_no = IntegerField(min_value=1)
    quantity = QuantityField()


class UnlockInput(CamelSerializer):
    """The body of unlock; without lines all that is left."""

    lines = UnlockLineInput(many=True, required=False, allow_empty=False)
    note = CharField(max_length=NOTE_LENGTH_MAX, required=False, allow_blank=True, default="")


class StocktakeLineSerializer(CamelModelSerializer):
    """One counted place."""

    difference = IntegerField(read_only=True)

    class Meta:
        model = StocktakeLine
        fields = (
            "line_no",
            "sku",
            "location",
            "batch",
            "quality",
            "counted_qty",
            "expected_qty",
            "difference",
            "counted_at",
        )
        read_only_fields = fields


class StocktakeSerializer(TrackedSerializer):
    """A count with its lines."""

    state_name = serializers.CharField(source="get_state_display", read_only=True)
    lines = StocktakeLineSerializer(many=True, read_only=True)

    class Meta:
        model = Stocktake
        fields = (
            "id",
            "sn",
            "warehouse",
            "owner",
            "description",
            "state",
            "state_name",
            "limit_qty",
            "submitted_by",
            "submitted_at",
            "approved_by",
            "approved_at",
            "second_by",
            "second_at",
            "reason",
            "lines",
        )
        read_only_fields = fields


class OpenStocktakeInput(CamelSerializer):
    """The body of open."""

    warehouse = IdField()
    owner = IdField()
    description = CharField(max_length=200, required=False, allow_blank=True, default="")


class CountLineInput(CamelSerializer):
    """Units counted on one place."""

    sku = IdField()
    location = IdField()
    batch = CharField(max_length=64, required=False, allow_blank=True, default="")
    quality = serializers.ChoiceField(choices=Quality.choices, required=False, default=Quality.QUALIFIED)
    counted = QuantityField(min_value=0)


class CountInput(CamelSerializer):
    """The body of count."""

    lines = CountLineInput(many=True, allow_empty=False)


class RejectInput(CamelSerializer):
    """Why."""

    reason = CharField(max_length=200)


class WmsSnapshotSerializer(CamelModelSerializer):
    """A picture of the stock and what became of its rows."""

    state_name = serializers.CharField(source="get_state_display", read_only=True)
    actor = IdField(source="actor_id", read_only=True)

    class Meta:
        model = WmsSnapshot
        fields = (
            "id",
            "warehouse",
            "seq",
            "taken_at",
            "received_at",
            "is_complete",
            "is_net",
            "state",
            "state_name",
            "row_count",
            "applied_count",
            "explained_count",
            "review_count",
            "unknown_count",
            "gained_qty",
            "lost_qty",
            "actor",
        )
        read_only_fields = fields


class SnapshotDifferenceSerializer(CamelModelSerializer):
    """One place where the system and we differed."""

    state_name = serializers.CharField(source="get_state_display", read_only=True)

    class Meta:
        model = SnapshotDifference
        fields = (
            "id",
            "snapshot",
            "physical",
            "sku",
            "owner",
            "location",
            "batch",
            "quality",
            "wms_qty",
            "our_qty",
            "held_qty",
            "difference_qty",
            "state",
            "state_name",
            "decided_by",
            "decided_at",
        )
        read_only_fields = fields
