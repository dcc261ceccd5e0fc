"""The page of a document's stock history: every command it ran, who ran it and why, and each number it changed."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from inventory.admin.links import document_link, row_ledger_url, sku_link
from inventory.choices import Counter, Layer
from inventory.selectors.history import is_cut, steps_of_document
from inventory.selectors.supply import steps_of_supply
from vmi.core.admin import namespace_site
from vmi.core.admin.dashboard import list_url


@permission_required("inventory.view_ledgerentry", raise_exception=True)
def document_view(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """What one document did to the stock, step by step."""
    steps = steps_of_document(kind, number) if "\x00" not in kind + number else []
    supply = steps_of_supply(kind, number) if steps else []
    if not steps:
        raise Http404
    context = {
        **namespace_site.each_context(request),
        "title": _("Stock history of a document"),
        "subtitle": number,
        "document": document_link(kind, number),
        "all_url": list_url("inventory_ledgerentry", q=number, source_type=kind) if is_cut(steps) else "",
        "supply": [(step, document_link(step.source_type, step.source_sn)) for step in supply],
        "steps": [
            (
                step,
                [
                    {
                        "sku": sku_link(entry.row.sku_id, entry.row.sku) if entry.row else "–",
                        "place": entry.row.place if entry.row else entry.row_id,
                        "url": row_ledger_url(entry.layer, entry.row_id),
                        "layer": Layer(entry.layer).label,
                        "counter": Counter(entry.counter).label,
                        "entry": entry,
                        "change": f"{entry.delta:+,d}",
                    }
                    for entry in step.entries
                ],
            )
            for step in steps
        ],
    }
    return TemplateResponse(request, "admin/inventory/document.html", context)
