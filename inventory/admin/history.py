"""The ledger and the commands that wrote it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList

from catalog.selectors import skus_by_code
from inventory.admin.document import document_view
from inventory.admin.filters import PersonFilter
from inventory.admin.links import document_history_url, document_link, row_ledger_url, sku_link
from inventory.models import LedgerEntry, StockCommand
from inventory.selectors.history import name_all, of_sku
from vmi.core.admin import ReadOnlyAdmin, namespace_site
from vmi.core.admin.columns import moment
from vmi.core.admin.export import Columns, ExportMixin
from vmi.core.admin.sources import SourceTypeFilter


class NamedChangeList(ChangeList):
    """A page of entries with the names of their people and stock rows, asked once for the whole page."""

    def get_results(self, request: HttpRequest) -> None:
        """Attach the names to each row."""
        super().get_results(request)
        self.result_list = name_all(list(self.result_list))  # type: ignore[has-type]


class NamedAdmin(ReadOnlyAdmin):
    """What both pages share: people by name, documents as links."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that names people and rows."""
        return NamedChangeList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """One entry with its names."""
        found = super().get_object(request, object_id, from_field)
        return name_all([found])[0] if found is not None else None

    @display(description=_("by"))
    def actor_name(self, obj: Any) -> str:
        """Who did it."""
        return str(obj.actor_name)

    @display(description=_("document"), ordering="source_sn")
    def document(self, obj: Any) -> SafeString | str:
        """The document, linked to its page."""
        return document_link(obj.source_type, obj.source_sn)


@admin.register(LedgerEntry, site=namespace_site)
class LedgerEntryAdmin(ExportMixin, NamedAdmin):
    """Every change of every number: who, what, when, why, how much. Searched by document or SKU."""

    list_display = (
        "when",
        "sku",
        "place",
        "layer",
        "counter",
        "change",
        "balance_after",
        "command",
        "document",
    )
    list_filter = ("layer", "counter", "command", SourceTypeFilter, PersonFilter, "at")
    search_fields = ("source_sn__exact",)
    search_help_text = _("Number of a document, such as ORD-20261122-000001, or code of a SKU")
    date_hierarchy = None
    fields = (
        ("at", "actor_name"),
        ("sku", "place"),
        ("layer", "counter"),
        ("change", "balance_after"),
        ("command", "document", "line_no"),
        "more",
    )
    readonly_fields = ("actor_name", "sku", "place", "change", "document", "more")

    def get_urls(self) -> list[URLPattern]:
        """The page of a document beside the list."""
        view = self.admin_site.admin_view(document_view)
        return [path("document/<str:kind>/<path:number>/", view, name="inventory_document"), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LedgerEntry], search_term: str
    ) -> tuple[QuerySet[LedgerEntry], bool]:
        """A SKU's code finds the entries of all its rows, anything else those of a document."""
        sku = next(iter(skus_by_code([search_term.strip()]).values()), None) if search_term.strip() else None
        if sku is not None:
            return queryset.filter(of_sku(sku.id)), False
        found: tuple[QuerySet[LedgerEntry], bool] = super().get_search_results(request, queryset, search_term)
        return found

    def export_columns(self) -> Columns:
        """The file has what the list has, and by whom."""
        columns: dict[Any, Any] = {
            _("at"): lambda entry: entry.at.isoformat(),
            _("SKU"): lambda entry: entry.row.sku if entry.row else "",
            _("where"): lambda entry: entry.row.place if entry.row else entry.row_id,
            _("layer"): lambda entry: entry.get_layer_display(),
            _("counter"): lambda entry: entry.get_counter_display(),
            _("change"): lambda entry: entry.delta,
            _("balance after"): lambda entry: entry.balance_after,
            _("command"): lambda entry: entry.get_command_display(),
            _("source type"): lambda entry: entry.source_type,
            _("source number"): lambda entry: entry.source_sn,
            _("line"): lambda entry: entry.line_no,
            _("by"): lambda entry: entry.actor_name,
        }
        return columns

    def export_rows(self, rows: Any) -> list[Any]:
        """Entries with the names of rows and people."""
        return name_all(rows)

    @display(description=_("at"), ordering="at")
    def when(self, obj: Any) -> SafeString:
        """The moment, and who did it."""
        return format_html('{}<span class="bo-sub">{}</span>', moment(obj.at), obj.actor_name)

    @display(description=_("SKU"))
    def sku(self, obj: Any) -> SafeString | str:
        """The SKU, linked to its waterfall."""
        return sku_link(obj.row.sku_id, obj.row.sku) if obj.row else "–"

    @display(description=_("where"))
    def place(self, obj: Any) -> SafeString | str:
        """The stock row, linked to everything that moved it."""
        if obj.row is None:
            return str(obj.row_id)
        return format_html('<a class="bo-link" href="{}">{}</a>', row_ledger_url(obj.layer, obj.row_id), obj.row.place)

    @display(description=_("change"))
    def change(self, obj: LedgerEntry) -> SafeString:
        """The signed change."""
        return format_html('<b class="{}">{}</b>', "bo-minus" if obj.delta < 0 else "bo-plus", f"{obj.delta:+,d}")

    @display(description=_("more"))
    def more(self, obj: LedgerEntry) -> SafeString:
        """What else the document and the row did."""
        return format_html(
            '<a class="bo-link" href="{}">{}</a> · <a class="bo-link" href="{}">{}</a>',
            document_history_url(obj.source_type, obj.source_sn),
            _("all entries of this document"),
            row_ledger_url(obj.layer, obj.row_id),
            _("all entries of this stock row"),
        )


@admin.register(StockCommand, site=namespace_site)
class StockCommandAdmin(NamedAdmin):
    """Commands that ran, with their reason."""

    list_display: Any = ("at", "command", "document", "reference", "reason", "actor_name")
    list_filter = ("command", SourceTypeFilter, PersonFilter, "at")
    search_fields = ("source_sn__exact",)
    search_help_text = _("Number of a document, such as ORD-20261122-000001")
    fields = (("at", "actor_name"), ("command", "document"), "reference", "reason")
    readonly_fields = ("actor_name", "document")
