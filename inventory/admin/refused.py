"""Refused demand as a list: which goods buyers asked for in vain, where, and who."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from inventory.admin.layers import StockRowAdmin
from inventory.models import RefusedDemand
from vmi.core.admin import namespace_site
from vmi.core.admin.columns import link_to, reference_column

MEMBER = "M"
"""What the name of a member begins with."""


@admin.register(RefusedDemand, site=namespace_site)
class RefusedDemandAdmin(StockRowAdmin):
    """What buyers could not have, by day; the reviews of safety stock read it too."""

    logical_path = "logical"
    channel_name = reference_column("channel", "inventory_channel", description=_("channel"))
    list_display = ("day", "item", "warehouse_name", "channel_name", "buyer", "units", "times", "last_at", "waterfall")
    list_filter = ("day", "channel", "logical__warehouse")
    list_select_related = ("channel", "logical__sku__product", "logical__warehouse", "logical__owner")
    search_fields = ("logical__sku__sku", "asker")
    ordering = ("-day", "-pk")
    fields = ("day", ("logical", "channel"), "buyer", ("units", "times"), ("first_at", "last_at"))
    readonly_fields = ("buyer",)

    @display(description=_("asked by"))
    def buyer(self, obj: Any) -> SafeString | str:
        """The member, linked to the page about them; else the document."""
        number = obj.asker.removeprefix(MEMBER)
        if number == obj.asker or not number.isdecimal():
            return str(obj.asker)
        return link_to("partners_partner_change", int(number), _("member %(number)s") % {"number": number})
