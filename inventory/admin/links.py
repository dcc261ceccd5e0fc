"""Links from a number to the ledger entries that made it."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from inventory.choices import COLUMNS, Counter
from vmi.core.admin import namespace_site


def ledger_url(counter: Counter, row_id: int) -> str:
    """The list of the entries of one counter of one row."""
    base = reverse(f"{namespace_site.name}:inventory_ledgerentry_changelist")
    return f"{base}?layer__exact={int(counter.layer)}&row_id__exact={row_id}&counter__exact={int(counter)}"


def linked(counter: Counter, row: object) -> SafeString:
    """The counter's value of a stock row, linked to its entries."""
    pk: int = row.pk  # type: ignore[attr-defined]
    return format_html('<a href="{}">{}</a>', ledger_url(counter, pk), getattr(row, COLUMNS[counter]))


def waterfall_url(sku_id: int) -> str:
    """The waterfall page of a SKU."""
    return reverse(f"{namespace_site.name}:inventory_waterfall", args=[sku_id])
