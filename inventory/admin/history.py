"""The ledger and the commands that wrote it."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from inventory.models import LedgerEntry, StockCommand
from vmi.core.admin import ReadOnlyAdmin, namespace_site


@admin.register(LedgerEntry, site=namespace_site)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Every change of every number: who, what, when, why, how much."""

    list_display = ("at", "layer", "counter", "change", "balance_after", "command", "source", "line_no", "row_id")
    list_filter = ("layer", "counter", "command", "source_type", "at")
    search_fields = ("source_sn__exact",)
    date_hierarchy = None

    @display(description=_("change"))
    def change(self, obj: LedgerEntry) -> SafeString:
        """The signed change."""
        return format_html("<b>{}</b>", f"{obj.delta:+d}")

    @display(description=_("document"))
    def source(self, obj: LedgerEntry) -> SafeString:
        """The document, linked to everything it did."""
        return format_html('<a href="?source_sn__exact={}">{}</a>', obj.source_sn, f"{obj.source_type}:{obj.source_sn}")


@admin.register(StockCommand, site=namespace_site)
class StockCommandAdmin(ReadOnlyAdmin):
    """Commands that ran, with their reason."""

    list_display: Any = ("at", "command", "source_type", "source_sn", "reference", "reason", "actor_id")
    list_filter = ("command", "source_type", "at")
    search_fields = ("source_sn__exact",)
