"""Refused demand as a list: which goods buyers asked for in vain, where, and who."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from inventory.admin.layers import StockRowAdmin
from inventory.models import RefusedDemand
from vmi.core.admin import namespace_site
from vmi.core.admin.columns import link_to, reference_column
from vmi.core.admin.sources import source_name

MEMBER = "M"
"""What the name of a member begins with."""


@admin.register(RefusedDemand, site=namespace_site)
class RefusedDemandAdmin(StockRowAdmin):
    """What buyers could not have, by day; the reviews of safety stock read it too."""

    logical_path = "logical"
    channel_name = reference_column("channel", "inventory_channel", description=_("channel"))
    list_display = ("day", "item", "warehouse_name", "channel_name", "buyer", "units", "times", "waterfall")
    list_filter = ("day", "channel", "logical__warehouse")
    list_select_related = ("channel", "logical__sku__product", "logical__warehouse", "logical__owner")
    search_fields = ("logical__sku__sku", "asker")
    ordering = ("-day", "-pk")
    fields = ("day", ("logical", "channel"), "buyer", ("units", "times"), ("first_at", "last_at"))
    readonly_fields = ("buyer",)

    @display(description=_("asked by"))
    def buyer(self, obj: Any) -> SafeString:
        """The member, linked to the page about them; else the document, which came to nothing and has no page."""
        kind, _colon, number = obj.asker.partition(":")
        if number:
            return format_html('{}<span class="bo-sub">{}</span>', number, source_name(kind))
        number = obj.asker.removeprefix(MEMBER)
        return link_to("partners_partner_change", int(number), _("member %(number)s") % {"number": number})
