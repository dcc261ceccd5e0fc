"""The promise queue in the back office: who waits for goods, and what will serve them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from inventory.admin.promises import PromiseAdmin
from inventory.choices import HoldKind
from inventory.models import WaitingPromise
from inventory.selectors.promise_queue import waiting_promises
from vmi.core.admin import namespace_site
from vmi.core.admin.columns import choice_column, link_to, reference_column
from vmi.core.admin.sources import SourceTypeFilter

KIND_COLOURS = {HoldKind.OVERSOLD: "red", HoldKind.PRESALE: "orange"}


@admin.register(WaitingPromise, site=namespace_site)
class WaitingPromiseAdmin(PromiseAdmin):
    """The promise queue: who waits for goods, and what will serve them when."""

    logical_path = "bucket__pool__logical"
    channel_name = reference_column("channel", "inventory_channel", description=_("channel"))
    promise_kind = choice_column("kind", KIND_COLOURS, description=_("kind"))
    list_display = (
        "document",
        "line_no",
        "item",
        "warehouse_name",
        "channel_name",
        "quantity",
        "promise_kind",
        "paid",
        "promise",
    )
    list_filter = ("kind", "state", SourceTypeFilter, "channel", "promised_on")
    list_select_related = (
        "channel",
        "supply_line",
        "bucket__pool__logical__sku__product",
        "bucket__pool__logical__warehouse",
        "bucket__pool__logical__owner",
    )
    ordering = ("-state", "id")
    fields = (
        ("document", "line_no"),
        ("promise_kind", "paid"),
        ("bucket", "channel"),
        ("quantity", "created_at"),
        ("supply", "promised_on"),
    )
    readonly_fields = ("document", "supply", "promise_kind", "paid")
    exclude = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What waits now."""
        return super().get_queryset(request).filter(pk__in=waiting_promises().values("pk"))

    @display(description=pgettext_lazy("promise", "paid"), boolean=True, ordering="state")
    def paid(self, obj: WaitingPromise) -> bool:
        """Whether its units are paid: they are served first."""
        return obj.is_sold

    @display(description=_("promised for"), ordering="promised_on")
    def promise(self, obj: WaitingPromise) -> SafeString:
        """The day it is promised for, over the goods that will serve it."""
        day = date_format(obj.promised_on, "SHORT_DATE_FORMAT") if obj.promised_on else "–"
        return format_html('{}<span class="bo-sub">{}</span>', day, self.supply(obj))

    @display(description=_("supply line"), ordering="supply_line")
    def supply(self, obj: WaitingPromise) -> SafeString | str:
        """The goods on their way that will serve it."""
        line = obj.supply_line
        return link_to("inventory_supplyline_change", line.pk, line.source_sn) if line else "–"
