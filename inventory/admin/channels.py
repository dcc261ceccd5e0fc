"""Sales channels and what they sell."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory.models import Channel, ChannelSource
from vmi.core.admin import ReadOnlyAdmin, TabularInline, TrackedAdmin, namespace_site


class ChannelSourceInline(TabularInline):
    """Whose goods the channel sells from where."""

    model = ChannelSource
    fields = ("warehouse", "owner", "priority")
    autocomplete_fields = ("warehouse", "owner")


@admin.register(Channel, site=namespace_site)
class ChannelAdmin(TrackedAdmin):
    """Channels with their sources; a store opens its own."""

    list_display = ("code", "name", "display_rule", "warehouse_choice", "create_time")
    list_filter = ("display_rule", "warehouse_choice")
    search_fields = ("code", "name")
    fieldsets = (
        (None, {"fields": ("code", "name")}),
        (
            _("Holds"),
            {
                "fields": (
                    ("cart_hold_minutes", "order_hold_minutes", "oversell_hold_minutes"),
                    ("hold_units_max", "hold_share_max"),
                )
            },
        ),
        (_("What customers see"), {"fields": (("display_rule", "display_units"),)}),
        (_("Which warehouse serves"), {"fields": (("warehouse_choice", "may_split"),)}),
    )
    inlines = (ChannelSourceInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The code is what documents refer to: fixed once given."""
        declared = super().get_readonly_fields(request, obj)
        return (*declared, "code") if obj else declared


@admin.register(ChannelSource, site=namespace_site)
class ChannelSourceAdmin(ReadOnlyAdmin):
    """Every source in one list, to see which channels share a warehouse."""

    list_display = ("channel", "warehouse", "owner", "priority")
    list_filter = ("channel", "warehouse")
    list_select_related = ("channel", "warehouse", "owner")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Reached from the channel; no menu entry of its own."""
        return False


ChannelSourceInline.verbose_name_plural = _("sources")
