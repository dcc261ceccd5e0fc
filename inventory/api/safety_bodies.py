"""What the commands of safety stock and warning lines are told."""

from rest_framework import serializers

from inventory.api.serializers import REASON_CHARS_MAX
from inventory.choices import ReviewEvery
from inventory.models.safety import COVER_DAYS_MAX
from inventory.services.safety import SAFETIES_MAX
from inventory.services.threshold import THRESHOLDS_MAX
from vmi.api.serializers import (
    BooleanField,
    CamelSerializer,
    CharField,
    IdField,
    IntegerField,
    QuantityField,
)


class SafetyItemSerializer(CamelSerializer):
    """A logical row and its safety stock: units or days of cover, and the extras in % (S001-19, S001-21)."""

    id = IdField()
    normal_units = QuantityField(min_value=0, required=False, allow_null=True, default=None)
    cover_days = IntegerField(min_value=0, max_value=COVER_DAYS_MAX, required=False, allow_null=True, default=None)
    emergency_percent = IntegerField(min_value=0, max_value=100, required=False, default=0)
    supplier_risk_percent = IntegerField(min_value=0, max_value=100, required=False, default=0)
    review_every = serializers.ChoiceField(choices=ReviewEvery.choices, required=False, allow_null=True, default=None)


class SetSafetySerializer(CamelSerializer):
    """The safety stock of rows, all or none."""

    items = serializers.ListField(child=SafetyItemSerializer(), allow_empty=False, max_length=SAFETIES_MAX)
    reason = CharField(max_length=REASON_CHARS_MAX, required=False, default="")
    override = BooleanField(required=False, default=False)
    dry_run = BooleanField(required=False, default=False)


class ReleaseSafetySerializer(CamelSerializer):
    """Units to put on sale (none: all), until when, and for one channel alone."""

    quantity = QuantityField(required=False, allow_null=True, default=None)
    reason = CharField(max_length=REASON_CHARS_MAX)
    until = serializers.DateField(required=False, allow_null=True, default=None)
    channel = IdField(required=False, allow_null=True, default=None)
    override = BooleanField(required=False, default=False)
    dry_run = BooleanField(required=False, default=False)


class RearmSafetySerializer(CamelSerializer):
    """Units to take back (none: all that is released)."""

    quantity = QuantityField(required=False, allow_null=True, default=None)
    reason = CharField(max_length=REASON_CHARS_MAX)
    dry_run = BooleanField(required=False, default=False)


class LockSafetySerializer(CamelSerializer):
    """Why nothing may be released, and until when."""

    reason = CharField(max_length=REASON_CHARS_MAX)
    until = serializers.DateField(required=False, allow_null=True, default=None)
    dry_run = BooleanField(required=False, default=False)


class DryRunSerializer(CamelSerializer):
    """A command that asks for nothing; ``dryRun`` tells the effect and writes nothing."""

    dry_run = BooleanField(required=False, default=False)


class ReviewRowsSerializer(CamelSerializer):
    """The policies to review now."""

    ids = serializers.ListField(child=IdField(), allow_empty=False, max_length=SAFETIES_MAX)


class ThresholdItemSerializer(CamelSerializer):
    """A logical row and its warning line in units."""

    id = IdField()
    threshold = QuantityField(min_value=0)


class ThresholdsSerializer(CamelSerializer):
    """Warning lines of rows, all or none."""

    items = serializers.ListField(child=ThresholdItemSerializer(), allow_empty=False, max_length=THRESHOLDS_MAX)
    dry_run = BooleanField(required=False, default=False)
