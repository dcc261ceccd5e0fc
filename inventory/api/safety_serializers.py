"""What safety stock looks like on the wire: policies, effects, releases, reviews."""

from typing import Any

from rest_framework import serializers

from inventory.models import SafetyPolicy, SafetyRelease, SafetyReview
from inventory.selectors.safety import review_sentence
from vmi.api.serializers import (
    BooleanField,
    CamelModelSerializer,
    CamelSerializer,
    CharField,
    DecimalField,
    IdField,
    IntegerField,
    TrackedSerializer,
)


class SafetyPolicySerializer(TrackedSerializer):
    """A policy beside the figures of its row: what it wants, what is withheld, released and missing, in units."""

    sku = IdField(source="logical.sku_id", read_only=True)
    sku_code = CharField(source="logical.sku.sku", read_only=True)
    warehouse = IdField(source="logical.warehouse_id", read_only=True)
    owner = IdField(source="logical.owner_id", read_only=True)
    normal_qty = DecimalField(max_digits=14, decimal_places=3, read_only=True)
    withheld_qty = IntegerField(read_only=True)
    deficit_qty = IntegerField(read_only=True)
    is_locked_now = BooleanField(source="locked_now", read_only=True)
    available_qty = IntegerField(source="logical.available_qty", read_only=True)
    alert_threshold = IntegerField(source="logical.alert_threshold", read_only=True)
    in_transit_qty = IntegerField(source="logical.in_transit_qty", read_only=True)
    review_every_name = serializers.CharField(source="get_review_every_display", read_only=True)

    class Meta:
        model = SafetyPolicy
        fields = (
            "id",
            "logical",
            "sku",
            "sku_code",
            "warehouse",
            "owner",
            "normal_units",
            "cover_days",
            "daily_average_qty",
            "normal_qty",
            "emergency_percent",
            "supplier_risk_percent",
            "target_qty",
            "withheld_qty",
            "released_qty",
            "deficit_qty",
            "is_locked",
            "is_locked_now",
            "lock_reason",
            "locked_until",
            "available_qty",
            "alert_threshold",
            "in_transit_qty",
            "review_every",
            "review_every_name",
            "reviewed_on",
        )
        read_only_fields = fields


class TrimSerializer(CamelSerializer):
    """What a bucket gave so that units could be withheld; without a bucket: what no bucket offered."""

    pool = IdField(source="pool_id")
    bucket = IdField(source="bucket_id", allow_null=True)
    channel = IdField(source="channel_id", allow_null=True)
    units = IntegerField()
    sellable_qty = IntegerField()


class SafetyEffectSerializer(CamelSerializer):
    """What a command made of a policy, in units; ``moved``: withheld more (negative: less) than before."""

    logical = IdField(source="logical_id")
    target_qty = IntegerField(source="target")
    withheld_qty = IntegerField(source="withheld")
    released_qty = IntegerField(source="released")
    deficit_qty = IntegerField(source="deficit")
    moved = IntegerField()
    trims = TrimSerializer(many=True)


class SafetyEffectsSerializer(CamelSerializer):
    """The effects in the order of the items."""

    items = SafetyEffectSerializer(many=True)


class SafetyReleaseSerializer(CamelModelSerializer):
    """A release, or a step that re-armed one."""

    logical = IdField(source="policy.logical_id", read_only=True)
    step_name = serializers.CharField(source="get_step_display", read_only=True)
    actor = IdField(source="actor_id", read_only=True)

    class Meta:
        model = SafetyRelease
        fields = (
            "id",
            "policy",
            "logical",
            "step",
            "step_name",
            "release",
            "bucket",
            "quantity",
            "moved_qty",
            "until",
            "reason",
            "is_override",
            "source_type",
            "source_sn",
            "actor",
            "at",
        )
        read_only_fields = fields


class ReplaySerializer(CamelSerializer):
    """How a target would have fared."""

    target = IntegerField()
    stock_out_days = IntegerField()
    unserved_units = IntegerField()
    average_idle_units = CharField()


class BacktestSerializer(CamelSerializer):
    """The same outbound replayed against the present and the proposed target."""

    days = IntegerField()
    current = ReplaySerializer()
    proposed = ReplaySerializer()


class SupplyEvidenceSerializer(CamelSerializer):
    """How reliable deliveries were; ``isAssumed``: none was seen, the lead time is assumed."""

    lines = IntegerField()
    late_lines = IntegerField()
    late_days = CharField()
    lead_days = IntegerField()
    is_assumed = BooleanField()


class EvidenceSerializer(CamelSerializer):
    """The figures of the period; ``refusedUnits`` could not be had by ``refusedBuyers`` (each day counts anew)."""

    days = IntegerField()
    releases = IntegerField()
    released_units = IntegerField()
    stock_outs = IntegerField()
    refused_units = IntegerField(default=0)
    refused_buyers = IntegerField(default=0)
    idle_days = IntegerField()
    average_outbound = CharField()
    variance = CharField()
    supply = SupplyEvidenceSerializer()
    backtest = BacktestSerializer()


class SafetyReviewSerializer(CamelModelSerializer):
    """A review with its evidence, as figures and as a sentence."""

    logical = IdField(source="policy.logical_id", read_only=True)
    sku_code = CharField(source="policy.logical.sku.sku", read_only=True)
    verdict_name = serializers.CharField(source="get_verdict_display", read_only=True)
    state_name = serializers.CharField(source="get_state_display", read_only=True)
    evidence = EvidenceSerializer(read_only=True)
    sentence = serializers.SerializerMethodField()
    decided_by = IdField(source="decided_by_id", allow_null=True, read_only=True)

    class Meta:
        model = SafetyReview
        fields = (
            "id",
            "policy",
            "logical",
            "sku_code",
            "period_from",
            "period_to",
            "verdict",
            "verdict_name",
            "current_days",
            "current_target_qty",
            "proposed_days",
            "proposed_target_qty",
            "evidence",
            "sentence",
            "state",
            "state_name",
            "created_at",
            "decided_by",
            "decided_at",
        )
        read_only_fields = fields

    def get_sentence(self, review: Any) -> str:
        """What the review saw and proposes, in the caller's language."""
        return review_sentence(review)


class ReviewsSerializer(CamelSerializer):
    """The reviews made; rows younger than a day have none."""

    items = SafetyReviewSerializer(many=True)


class ThresholdChangeSerializer(CamelSerializer):
    """A row's warning line before and after."""

    id = IdField()
    before = IntegerField()
    threshold = IntegerField()


class ThresholdChangesSerializer(CamelSerializer):
    """The changes in the order given."""

    items = ThresholdChangeSerializer(many=True)
