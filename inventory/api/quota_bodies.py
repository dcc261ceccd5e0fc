"""The bodies of the commands on quotas, their answers, and the lines read from them."""

from typing import Any

from rest_framework import serializers

from inventory.api.quota_serializers import SOLD_PURPOSES
from inventory.api.serializers import REASON_CHARS_MAX
from inventory.choices import DisplayRule, Purpose
from inventory.models.channel import HOLD_MINUTES_MAX
from inventory.services.pools import PRIORITY_MAX
from inventory.services.quota_lines import QuotaLine, QuotaMove, QuotaReturn, Target
from vmi.api.fields import InstantField
from vmi.api.serializers import BooleanField, CamelSerializer, CharField, IdField, IntegerField, QuantityField


class _TargetSerializer(CamelSerializer):
    """Which bucket takes the units; ``channel`` null: the one its pool shares."""

    purpose = serializers.ChoiceField(choices=SOLD_PURPOSES, required=False, default=Purpose.NORMAL.value)
    channel = IdField(required=False, allow_null=True, default=None)
    from_exclusive = BooleanField(required=False, default=False)


class GrantLineSerializer(_TargetSerializer):
    """Units, or a percentage of its pool, for a bucket; from a bucket, a pool, or what no pool holds."""

    logical = IdField()
    units = QuantityField(required=False, allow_null=True, default=None)
    percent = IntegerField(min_value=0, max_value=100, required=False, allow_null=True, default=None)
    from_bucket = IdField(required=False, allow_null=True, default=None)
    from_pool = IdField(required=False, allow_null=True, default=None)
    priority = IntegerField(min_value=-PRIORITY_MAX, max_value=PRIORITY_MAX, required=False, default=0)
    effective_from = InstantField(required=False, allow_null=True, default=None)
    effective_to = InstantField(required=False, allow_null=True, default=None)


class MoveLineSerializer(_TargetSerializer):
    """Unsold units of one bucket for another of the same logical row."""

    from_bucket = IdField()
    units = QuantityField()


class ReturnLineSerializer(CamelSerializer):
    """Unsold units of a bucket (null: all) for the default shared bucket, or with ``unassign`` for no pool."""

    bucket = IdField()
    units = QuantityField(required=False, allow_null=True, default=None)
    unassign = BooleanField(required=False, default=False)


class _DocumentSerializer(CamelSerializer):
    """What the documents on quotas share."""

    reason = CharField(max_length=REASON_CHARS_MAX, required=False, allow_blank=True, default="")
    dry_run = BooleanField(required=False, default=False)


class GrantSerializer(_DocumentSerializer):
    """The body of ``grant``."""

    lines = GrantLineSerializer(many=True, allow_empty=False)


class MoveSerializer(_DocumentSerializer):
    """The body of ``move``."""

    lines = MoveLineSerializer(many=True, allow_empty=False)


class ReturnSerializer(_DocumentSerializer):
    """The body of ``return``."""

    lines = ReturnLineSerializer(many=True, allow_empty=False)


class SimulateSerializer(CamelSerializer):
    """Lines of exactly one kind, to be judged before they are carried out."""

    grants = GrantLineSerializer(many=True, required=False, default=list)
    moves = MoveLineSerializer(many=True, required=False, default=list)
    returns = ReturnLineSerializer(many=True, required=False, default=list)


class EffectSerializer(CamelSerializer):
    """One bucket before and after, in units."""

    bucket = IdField(source="bucket_id")
    logical = IdField(source="logical_id")
    purpose = IntegerField()
    purpose_name = serializers.CharField(source="purpose.label")
    channel = IdField(source="channel_id", allow_null=True)
    quota_before = IntegerField()
    quota_after = IntegerField()
    sellable_before = IntegerField()
    sellable_after = IntegerField()


class EffectsSerializer(CamelSerializer):
    """What a document did; no items when it was carried out before."""

    items = EffectSerializer(many=True)


class ChannelFigureSerializer(CamelSerializer):
    """What a channel can sell of a SKU and what it shows."""

    sellable = IntegerField()
    oversell = IntegerField()
    shown = serializers.CharField(source="shown.text")
    in_stock = serializers.BooleanField(source="shown.in_stock")


class ChannelEffectSerializer(CamelSerializer):
    """One channel and SKU before and after."""

    channel = IdField(source="before.channel_id")
    channel_code = serializers.CharField(source="before.channel")
    sku = IdField(source="before.sku_id")
    sku_code = serializers.CharField(source="before.sku")
    before = ChannelFigureSerializer()
    after = ChannelFigureSerializer()


class SimulationSerializer(CamelSerializer):
    """The effects of a document that was not carried out; ``unsold``: buckets that gain units no channel sells now."""

    buckets = EffectSerializer(many=True)
    channels = ChannelEffectSerializer(many=True)
    unsold = serializers.ListField(child=IdField())


class TransferSourceSerializer(CamelSerializer):
    """A place in another warehouse with units that could be transferred; ``own``: the same channel's."""

    bucket = IdField(source="bucket_id")
    warehouse = IdField(source="warehouse_id")
    warehouse_code = serializers.CharField(source="warehouse")
    purpose = IntegerField()
    purpose_name = serializers.CharField(source="purpose.label")
    own = serializers.BooleanField()
    open_qty = IntegerField()


class SetShareSerializer(CamelSerializer):
    """A channel's part in a shared bucket: a cap in units or in percent of the quota, or none."""

    channel = IdField()
    cap_units = QuantityField(min_value=0, required=False, allow_null=True, default=None)
    cap_percent = IntegerField(min_value=0, max_value=100, required=False, allow_null=True, default=None)
    dry_run = BooleanField(required=False, default=False)


class DropShareSerializer(CamelSerializer):
    """The channel whose part ends."""

    channel = IdField()
    dry_run = BooleanField(required=False, default=False)


class OversellSerializer(CamelSerializer):
    """The rule: units or percent of the quota, and the minutes within which an oversold order is paid."""

    enabled = BooleanField()
    units = QuantityField(min_value=0, required=False, allow_null=True, default=None)
    percent = IntegerField(min_value=0, max_value=100, required=False, allow_null=True, default=None)
    minutes = IntegerField(min_value=1, max_value=HOLD_MINUTES_MAX, required=False, allow_null=True, default=None)
    dry_run = BooleanField(required=False, default=False)


class DisplaySerializer(CamelSerializer):
    """The display rule of a bucket with its number; null: that of the channel."""

    rule = serializers.ChoiceField(choices=DisplayRule.choices, allow_null=True)
    units = QuantityField(required=False, allow_null=True, default=None)


class WindowSerializer(CamelSerializer):
    """From when to when an own quota is sold, and whether the channel may sell shared quotas beside it."""

    effective_from = InstantField(allow_null=True)
    effective_to = InstantField(allow_null=True)
    may_borrow = BooleanField(required=False, allow_null=True, default=None)


class PrioritySerializer(CamelSerializer):
    """How important a pool is: the smallest number gives its units first."""

    priority = IntegerField(min_value=-PRIORITY_MAX, max_value=PRIORITY_MAX)


def grant_lines(items: list[dict[str, Any]]) -> list[QuotaLine]:
    """The lines of a grant, numbered from 1."""
    return [
        QuotaLine(
            line_no=number,
            logical_id=item["logical"],
            target=_target(item),
            units=item["units"],
            percent=item["percent"],
            from_bucket_id=item["from_bucket"],
            from_pool_id=item["from_pool"],
            from_exclusive=item["from_exclusive"],
            priority=item["priority"],
            effective_from=item["effective_from"],
            effective_to=item["effective_to"],
        )
        for number, item in enumerate(items, start=1)
    ]


def move_lines(items: list[dict[str, Any]]) -> list[QuotaMove]:
    """The lines of a move, numbered from 1."""
    return [
        QuotaMove(number, item["from_bucket"], item["units"], _target(item), item["from_exclusive"])
        for number, item in enumerate(items, start=1)
    ]


def return_lines(items: list[dict[str, Any]]) -> list[QuotaReturn]:
    """The lines of a return, numbered from 1."""
    return [
        QuotaReturn(number, item["bucket"], item["units"], item["unassign"])
        for number, item in enumerate(items, start=1)
    ]


def _target(item: dict[str, Any]) -> Target:
    return Target(Purpose(int(item["purpose"])), item["channel"])
