"""The ledger and the commands that wrote it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList

from inventory.admin.links import document_ledger_url, document_link, row_ledger_url, sku_link
from inventory.models import LedgerEntry, StockCommand
from inventory.selectors.rows import row_titles
from vmi.core.admin import ReadOnlyAdmin, namespace_site
from vmi.core.admin.sources import SourceTypeFilter


class NamedChangeList(ChangeList):
    """A page of entries with the names of their people and stock rows, asked once for the whole page."""

    def get_results(self, request: HttpRequest) -> None:
        """Attach the names to each row."""
        super().get_results(request)
        self.result_list = name_all(list(self.result_list))  # type: ignore[has-type]


def name_people(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these people, in one query."""
    people = get_user_model().objects.filter(pk__in={one for one in ids if one is not None})
    return {person.pk: str(person) for person in people}


def name_all(entries: list[Any]) -> list[Any]:
    """Set ``actor_name`` on each and ``row`` where a stock row is named; a few queries whatever their number."""
    names = name_people(getattr(entry, "actor_id", None) for entry in entries)
    titles = row_titles({(entry.layer, entry.row_id) for entry in entries if hasattr(entry, "row_id")})
    for entry in entries:
        entry.actor_name = names.get(getattr(entry, "actor_id", 0), "–")
        entry.row = titles.get((getattr(entry, "layer", 0), getattr(entry, "row_id", 0)))
    return entries


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
class LedgerEntryAdmin(NamedAdmin):
    """Every change of every number: who, what, when, why, how much."""

    list_display = (
        "at",
        "sku",
        "place",
        "layer",
        "counter",
        "change",
        "balance_after",
        "command",
        "document",
    )
    list_filter = ("layer", "counter", "command", SourceTypeFilter, "at")
    search_fields = ("source_sn__exact",)
    search_help_text = _("Number of a document, such as ORD-20261122-000001")
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
            document_ledger_url(obj.source_sn),
            _("all entries of this document"),
            row_ledger_url(obj.layer, obj.row_id),
            _("all entries of this stock row"),
        )


@admin.register(StockCommand, site=namespace_site)
class StockCommandAdmin(NamedAdmin):
    """Commands that ran, with their reason."""

    list_display: Any = ("at", "command", "document", "reference", "reason", "actor_name")
    list_filter = ("command", SourceTypeFilter, "at")
    search_fields = ("source_sn__exact",)
    search_help_text = _("Number of a document, such as ORD-20261122-000001")
    fields = (("at", "actor_name"), ("command", "document"), "reference", "reason")
    readonly_fields = ("actor_name", "document")
