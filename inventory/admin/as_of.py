"""The page "Stock as of": every figure as it was at a date and time, and the same as a file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from inventory.admin.links import ledger_url, row_ledger_url, waterfall_url
from inventory.choices import Counter, Layer
from inventory.models import LogicalStock
from inventory.selectors.as_of import RowAt, StockAt, as_of, rows_at
from vmi.core import clock
from vmi.core.admin import namespace_site
from vmi.core.admin.columns import moment
from vmi.core.admin.export import EXPORT_ROWS_MAX, csv_answer

ROWS_PER_PAGE: Final = 50
INPUT_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"
SHOWN: Final = (
    Counter.BASE,
    Counter.ALLOCATED,
    Counter.LOCKED,
    Counter.SAFETY,
    Counter.IN_TRANSIT,
    Counter.SHORTAGE,
)


class AsOfForm(forms.Form):
    """When, and which goods."""

    at = forms.DateTimeField(
        label=_("as of"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format=INPUT_FORMAT),
    )
    sku = forms.CharField(label=_("SKU"), max_length=64, required=False)


@permission_required("inventory.view_logicalstock", raise_exception=True)
def as_of_view(request: HttpRequest) -> HttpResponse:
    """The stock at a moment in the reader's zone, now if none is given; ``export`` answers a CSV file."""
    now = clock.now()
    form = AsOfForm(request.GET if "at" in request.GET else {"at": _local(now), "sku": request.GET.get("sku", "")})
    instant = form.cleaned_data["at"] if form.is_valid() else None
    rows = _rows(instant, form.cleaned_data.get("sku", "")) if instant else LogicalStock.objects.none()
    if instant and "export" in request.GET:
        return csv_answer("stock-as-of.csv", _COLUMNS, _lines(instant, rows))
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    found = as_of(instant, [row.pk for row in page.object_list]) if instant else []
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **namespace_site.each_context(request),
        "title": _("Stock as of"),
        "form": form,
        "headers": [counter.label for counter in SHOWN],
        "rows": [_shown(stock) for stock in found],
        "page": page,
        "query": query.urlencode(),
        "instant": moment(instant),
    }
    return TemplateResponse(request, "admin/inventory/as_of.html", context)


def _local(instant: datetime) -> str:
    """What the field shows for an instant: to the next second, so that nothing of the current one is missing."""
    from datetime import timedelta

    from django.utils import timezone

    return (timezone.localtime(instant) + timedelta(seconds=1)).strftime(INPUT_FORMAT)


def _rows(instant: datetime, sku: str) -> QuerySet[LogicalStock]:
    """The logical rows with a history by then, of one SKU if asked."""
    rows = rows_at(instant).order_by("sku__sku", "pk").only("pk")
    return rows.filter(sku__sku__iexact=sku.strip()) if sku.strip() else rows


def _shown(stock: StockAt) -> dict[str, Any]:
    """One line of the table; the figures lead to their entries."""
    return {
        "stock": stock,
        "sku_url": waterfall_url(stock.sku_id),
        "figures": [(stock.figures[counter], ledger_url(counter, stock.id)) for counter in SHOWN],
        "others": [_other(row) for row in stock.rows],
    }


def _other(row: RowAt) -> dict[str, Any]:
    """A row of another layer, in words."""
    figures = [(counter.label, units) for counter, units in row.figures.items() if units]
    return {
        "layer": row.layer.label,
        "title": row.title,
        "figures": figures,
        "url": row_ledger_url(row.layer, row.row_id),
    }


def _lines(instant: datetime, rows: QuerySet[LogicalStock]) -> Iterator[tuple[StockAt, Layer, str, Counter, int]]:
    """The file: a line per figure that is not zero, of every layer."""
    ids = list(rows.values_list("pk", flat=True)[:EXPORT_ROWS_MAX])
    for stock in as_of(instant, ids):
        for counter, units in stock.figures.items():
            if units:
                yield stock, Layer.LOGICAL, "", counter, units
        for row in stock.rows:
            for counter, units in row.figures.items():
                if units:
                    yield stock, row.layer, row.title, counter, units


_COLUMNS: Final[dict[Any, Any]] = {
    _("SKU"): lambda line: line[0].sku,
    _("warehouse"): lambda line: line[0].warehouse,
    _("goods owner"): lambda line: line[0].owner,
    _("layer"): lambda line: line[1].label,
    _("row"): lambda line: line[2],
    _("counter"): lambda line: line[3].label,
    _("units"): lambda line: line[4],
}
