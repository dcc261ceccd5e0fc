"""What channels look like on the wire, and the bodies of the commands on them."""

from rest_framework import serializers

from inventory.api.serializers import ChannelSourceSerializer
from inventory.choices import DisplayRule, WarehouseChoice
from inventory.models import Channel
from inventory.models.channel import CHANNEL_NAME_MAX, HOLD_MINUTES_MAX
from inventory.services.pools import PRIORITY_MAX
from vmi.api.serializers import (
    BooleanField,
    CamelSerializer,
    CharField,
    IdField,
    IntegerField,
    QuantityField,
    TrackedSerializer,
)
from vmi.core.fields import CODE_LENGTH_MAX

SOURCES_MAX = 200
"""Sources one call may name."""


class ChannelRulesSerializer(TrackedSerializer):
    """A sales channel with its sources, deadlines, display rule and choice of warehouses (S001-31)."""

    sources = ChannelSourceSerializer(many=True, read_only=True)
    display_rule_name = serializers.CharField(source="get_display_rule_display", read_only=True)
    warehouse_choice_name = serializers.CharField(source="get_warehouse_choice_display", read_only=True)

    class Meta:
        model = Channel
        fields = (
            "id",
            "code",
            "name",
            "sources",
            "cart_hold_minutes",
            "order_hold_minutes",
            "oversell_hold_minutes",
            "hold_units_max",
            "hold_share_max",
            "warehouse_choice",
            "warehouse_choice_name",
            "may_split",
            "display_rule",
            "display_rule_name",
            "display_units",
        )
        read_only_fields = fields


class ChannelRulesBodySerializer(CamelSerializer):
    """How long a channel holds goods and how many, what its customers see, which warehouse serves a line.

    Fields left out stay as they are; null minutes are those of the store or the namespace, a null limit is none.
    """

    name = CharField(max_length=CHANNEL_NAME_MAX, required=False)
    display_rule = serializers.ChoiceField(choices=DisplayRule.choices, required=False)
    display_units = QuantityField(required=False)
    warehouse_choice = serializers.ChoiceField(choices=WarehouseChoice.choices, required=False)
    may_split = BooleanField(required=False)
    cart_hold_minutes = IntegerField(min_value=1, max_value=HOLD_MINUTES_MAX, allow_null=True, required=False)
    order_hold_minutes = IntegerField(min_value=1, max_value=HOLD_MINUTES_MAX, allow_null=True, required=False)
    oversell_hold_minutes = IntegerField(min_value=1, max_value=HOLD_MINUTES_MAX, allow_null=True, required=False)
    hold_units_max = QuantityField(allow_null=True, required=False)
    hold_share_max = IntegerField(min_value=1, max_value=100, allow_null=True, required=False)


class SourceBodySerializer(CamelSerializer):
    """Whose goods a channel sells from where; the smallest ``priority`` is asked first."""

    warehouse = IdField()
    owner = IdField()
    priority = IntegerField(min_value=-PRIORITY_MAX, max_value=PRIORITY_MAX, required=False, default=0)


class DropSourceSerializer(CamelSerializer):
    """The goods a channel sells no more."""

    warehouse = IdField()
    owner = IdField()


class NewChannelSerializer(ChannelRulesBodySerializer):
    """A new channel: its code, which stays, its sources, and any of the rules."""

    code = CharField(max_length=CODE_LENGTH_MAX)
    name = CharField(max_length=CHANNEL_NAME_MAX)
    sources = SourceBodySerializer(many=True, required=False, default=list, max_length=SOURCES_MAX)  # type: ignore[call-arg]
