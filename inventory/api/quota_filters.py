"""Filters of channels, pools, buckets and rules of receipts."""

from django.db.models import QuerySet

from inventory.models import AllocationPool, AssignmentRule, Channel, ChannelStock
from vmi.api.filters import BooleanFilter, CamelFilterSet, IdFilter, IntegerFilter, TextFilter


class ChannelRulesFilter(CamelFilterSet):
    """Channels by code, part of the name, warehouse and rules."""

    name = TextFilter(lookup_expr="icontains")
    warehouse_id = IdFilter(field_name="sources__warehouse_id", distinct=True)

    class Meta:
        """Exact filters."""

        model = Channel
        fields = ("code", "name", "display_rule", "warehouse_choice")


class PoolRowFilter(CamelFilterSet):
    """Pools by logical row, place, SKU and purpose."""

    sku_id = IdFilter(field_name="logical__sku_id")
    sku_code = TextFilter(field_name="logical__sku__sku")
    warehouse_id = IdFilter(field_name="logical__warehouse_id")
    owner_id = IdFilter(field_name="logical__owner_id")
    quota_qty_gte = IntegerFilter(field_name="quota_qty", lookup_expr="gte")

    class Meta:
        """Exact filters."""

        model = AllocationPool
        fields = ("logical", "purpose", "priority")


class BucketFilter(CamelFilterSet):
    """Buckets by pool, purpose, channel, place and SKU; exclusive ones, short ones, those that oversell."""

    logical_id = IdFilter(field_name="pool__logical_id")
    sku_id = IdFilter(field_name="pool__logical__sku_id")
    sku_code = TextFilter(field_name="pool__logical__sku__sku")
    warehouse_id = IdFilter(field_name="pool__logical__warehouse_id")
    owner_id = IdFilter(field_name="pool__logical__owner_id")
    purpose = IntegerFilter(field_name="pool__purpose")
    exclusive = BooleanFilter(method="by_exclusive")
    short = BooleanFilter(method="by_shortage")

    class Meta:
        """Exact filters."""

        model = ChannelStock
        fields = ("pool", "channel", "oversell_enabled")

    def by_exclusive(self, rows: QuerySet[ChannelStock], _name: str, wanted: bool) -> QuerySet[ChannelStock]:
        """Whether one channel has it for itself."""
        return rows.filter(channel__isnull=not wanted)

    def by_shortage(self, rows: QuerySet[ChannelStock], _name: str, wanted: bool) -> QuerySet[ChannelStock]:
        """Whether promises lost their goods."""
        return rows.filter(shortage_qty__gt=0) if wanted else rows.filter(shortage_qty=0)


class AssignmentRuleFilter(CamelFilterSet):
    """Rules of receipts by logical row, channel and purpose."""

    class Meta:
        """Exact filters."""

        model = AssignmentRule
        fields = ("logical", "channel", "purpose")
