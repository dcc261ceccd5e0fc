"""What pools and buckets look like on the wire, and the bodies of the commands on quotas."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from inventory.choices import Purpose
from inventory.models import AllocationPool, AssignmentRule, ChannelShare, ChannelStock
from vmi.api.serializers import (
    CamelModelSerializer,
    CharField,
    IdField,
    IntegerField,
    TrackedSerializer,
)
from vmi.core.exceptions import InvalidRequest

SOLD_PURPOSES = [(purpose.value, purpose.label) for purpose in Purpose if purpose != Purpose.INTERNAL]


class PoolRowSerializer(CamelModelSerializer):
    """A pool of a logical row: what it holds, what its buckets offer of it, what is open; units."""

    purpose_name = serializers.CharField(source="get_purpose_display", read_only=True)
    sku = IdField(source="logical.sku_id", read_only=True)
    sku_code = CharField(source="logical.sku.sku", read_only=True)
    warehouse = IdField(source="logical.warehouse_id", read_only=True)
    owner = IdField(source="logical.owner_id", read_only=True)
    open_qty = IntegerField(read_only=True)

    class Meta:
        model = AllocationPool
        fields = (
            "id",
            "logical",
            "sku",
            "sku_code",
            "warehouse",
            "owner",
            "purpose",
            "purpose_name",
            "quota_qty",
            "open_qty",
            "priority",
            "version",
        )
        read_only_fields = fields


class ShareSerializer(CamelModelSerializer):
    """A channel's part in a shared bucket; ``usedQty`` is counted while there is a cap."""

    class Meta:
        model = ChannelShare
        fields = ("id", "channel", "cap_qty", "cap_percent", "used_qty")
        read_only_fields = fields


class BucketSerializer(CamelModelSerializer):
    """A sellable bucket with its rules; ``channel`` is null for the one a pool's channels share."""

    sku = IdField(source="pool.logical.sku_id", read_only=True)
    sku_code = CharField(source="pool.logical.sku.sku", read_only=True)
    logical = IdField(source="pool.logical_id", read_only=True)
    warehouse = IdField(source="pool.logical.warehouse_id", read_only=True)
    owner = IdField(source="pool.logical.owner_id", read_only=True)
    purpose = IntegerField(source="pool.purpose", read_only=True)
    purpose_name = serializers.CharField(source="pool.get_purpose_display", read_only=True)
    exclusive = serializers.SerializerMethodField()
    sellable_qty = IntegerField(read_only=True)
    open_oversell_qty = IntegerField(read_only=True)
    open_presale_qty = IntegerField(read_only=True)
    shares = ShareSerializer(many=True, read_only=True)

    class Meta:
        model = ChannelStock
        fields = (
            "id",
            "pool",
            "logical",
            "sku",
            "sku_code",
            "warehouse",
            "owner",
            "purpose",
            "purpose_name",
            "channel",
            "exclusive",
            "base_quota_qty",
            "held_qty",
            "sold_qty",
            "frozen_qty",
            "returning_qty",
            "shortage_qty",
            "sellable_qty",
            "quota_percent",
            "oversell_enabled",
            "oversell_units",
            "oversell_percent",
            "oversell_minutes",
            "oversell_limit_qty",
            "oversold_held_qty",
            "oversold_sold_qty",
            "open_oversell_qty",
            "presale_qty",
            "presale_held_qty",
            "presale_sold_qty",
            "open_presale_qty",
            "may_borrow",
            "effective_from",
            "effective_to",
            "display_rule",
            "display_units",
            "shares",
            "version",
        )
        read_only_fields = fields

    def get_exclusive(self, bucket: ChannelStock) -> bool:
        """Whether one channel has it for itself (S001-29)."""
        return bucket.channel_id is not None


class AssignmentRuleSerializer(TrackedSerializer):
    """A percentage of every receipt for one bucket; without ``logical`` that of a channel."""

    purpose = serializers.ChoiceField(choices=SOLD_PURPOSES, required=False, default=Purpose.NORMAL.value)
    percent = IntegerField(min_value=1, max_value=100)

    class Meta:
        model = AssignmentRule
        fields = ("id", "logical", "channel", "purpose", "percent")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A rule is one of a logical row, of a channel, or of both."""
        left = {name: attrs.get(name, getattr(self.instance, name, None)) for name in ("logical", "channel")}
        if not any(left.values()):
            raise InvalidRequest(_("Name a logical stock, a channel, or both."), code="rule_of_nobody", param="logical")
        return attrs
