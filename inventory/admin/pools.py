"""Allocation pools in the back office."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory.admin.layers import StockRowAdmin, counter_column
from inventory.admin.quota_forms import PriorityForm
from inventory.admin.quota_rules import RULES
from inventory.choices import Counter
from inventory.models import AllocationPool
from inventory.services.pools import set_priority
from vmi.core.admin import namespace_site, service_action


@admin.register(AllocationPool, site=namespace_site)
class AllocationPoolAdmin(StockRowAdmin):
    """Shares of logical rows by purpose."""

    logical_path = "logical"
    quota = counter_column(Counter.QUOTA)
    list_display = ("item", "warehouse_name", "owner_name", "purpose", "quota", "priority", "waterfall")
    list_filter = ("purpose", "logical__warehouse")
    list_select_related = ("logical__sku__product", "logical__warehouse", "logical__owner")
    search_fields = ("logical__sku__sku",)
    service_actions = ("set_pool_priority",)

    @service_action(description=_("set priority"), permission=RULES, form=PriorityForm, icon="low_priority")
    def set_pool_priority(self, request: HttpRequest, obj: AllocationPool, *, priority: int) -> None:
        """Say how important the pool is."""
        set_priority(pool_id=obj.pk, priority=priority, actor=self.actor(request))
