"""Links from a number to the ledger entries that made it."""

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from inventory.choices import COLUMNS, Counter
from vmi.core.admin import namespace_site
from vmi.core.admin.columns import link_to
from vmi.core.admin.dashboard import list_url
from vmi.core.admin.sources import source_link, source_name


def ledger_url(counter: Counter, row_id: int) -> str:
    """The list of the entries of one counter of one row."""
    base = reverse(f"{namespace_site.name}:inventory_ledgerentry_changelist")
    return f"{base}?layer__exact={int(counter.layer)}&row_id__exact={row_id}&counter__exact={int(counter)}"


def linked(counter: Counter, row: object) -> SafeString:
    """The counter's value of a stock row, linked to its entries."""
    pk: int = row.pk  # type: ignore[attr-defined]
    amount = number_format(getattr(row, COLUMNS[counter]))
    return format_html('<a class="bo-count" href="{}">{}</a>', ledger_url(counter, pk), amount)


def row_ledger_url(layer: int, row_id: int) -> str:
    """The list of the entries of every counter of one row."""
    return list_url("inventory_ledgerentry", layer__exact=layer, row_id__exact=row_id)


def document_ledger_url(number: str) -> str:
    """The list of everything one document did."""
    return list_url("inventory_ledgerentry", source_sn__exact=number)


def document_history_url(kind: str, number: str) -> str:
    """The page of everything one document did, step by step."""
    return reverse("admin:inventory_document", args=[kind, number])


def document_link(kind: str, number: str) -> SafeString | str:
    """A document with what it is, linked to its page, or to its stock history if it has none."""
    link = source_link(kind, number)
    if number and not isinstance(link, SafeString):
        link = format_html('<a class="bo-link" href="{}">{}</a>', document_history_url(kind, number), number)
    return format_html('{}<span class="bo-sub">{}</span>', link, source_name(kind))


def sku_link(sku_id: int, code: object) -> SafeString:
    """A SKU, linked to its waterfall."""
    return link_to("inventory_waterfall", sku_id, code)


def waterfall_url(sku_id: int) -> str:
    """The waterfall page of a SKU."""
    return reverse(f"{namespace_site.name}:inventory_waterfall", args=[sku_id])
