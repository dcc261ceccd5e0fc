"""Allocation pools in the back office."""

from django.contrib import admin
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from inventory.admin.layers import StockRowAdmin, counter_column
from inventory.admin.quota_forms import PriorityForm
from inventory.admin.quota_rules import RULES
from inventory.choices import Counter, Purpose
from inventory.models import AllocationPool
from inventory.services.pools import set_priority
from vmi.core.admin import namespace_site, service_action


@admin.register(AllocationPool, site=namespace_site)
class AllocationPoolAdmin(StockRowAdmin):
    """Shares of logical rows by purpose."""

    logical_path = "logical"
    quota = counter_column(Counter.QUOTA)
    list_display = ("item", "warehouse_name", "owner_name", "purpose", "quota", "open_units", "priority", "waterfall")
    list_filter = ("purpose", "logical__warehouse")
    list_select_related = ("logical__sku__product", "logical__warehouse", "logical__owner")
    search_fields = ("logical__sku__sku",)
    service_actions = ("set_pool_priority",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AllocationPool]:
        """The pools with what their buckets promised."""
        promised = F("buckets__held_qty") + F("buckets__sold_qty") + F("buckets__frozen_qty")
        rows: QuerySet[AllocationPool] = super().get_queryset(request)
        return rows.annotate(open_qty=F("quota_qty") - Coalesce(Sum(promised), 0))

    @display(description=_("not promised"), ordering="open_qty")
    def open_units(self, obj: AllocationPool) -> str:
        """Units that nobody was promised; a dash for goods of internal documents, which are all promised."""
        if obj.purpose == Purpose.INTERNAL:
            return "–"
        return number_format(obj.open_qty)  # type: ignore[attr-defined]

    @service_action(description=_("set priority"), permission=RULES, form=PriorityForm, icon="low_priority")
    def set_pool_priority(self, request: HttpRequest, obj: AllocationPool, *, priority: int) -> None:
        """Say how important the pool is."""
        set_priority(pool_id=obj.pk, priority=priority, actor=self.actor(request))
