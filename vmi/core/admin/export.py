"""Lists as CSV files for a spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins like this would be run as a formula by a spreadsheet; a quote in front makes it text."""

EXPORT_ROWS_MAX = 50_000
"""Most rows of one export; a few megabytes of text."""

BYTE_ORDER_MARK = "\ufeff"
"""By which Excel knows UTF-8."""

Columns = Mapping[str, Callable[[Any], object]]


def cell(value: object) -> str:
    """A value as text that no spreadsheet executes (reliability S22); numbers stay numbers."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, (int, Decimal))
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text


def write_csv(columns: Columns, rows: Iterable[Any]) -> str:
    """The whole file: headings, then a line per row."""
    file = io.StringIO()
    file.write(BYTE_ORDER_MARK)
    writer = csv.writer(file)
    writer.writerow([cell(str(name)) for name in columns])
    for row in rows:
        writer.writerow([cell(read(row)) for read in columns.values()])
    return file.getvalue()


def csv_answer(name: str, columns: Columns, rows: Iterable[Any]) -> HttpResponse:
    """A CSV file as a download."""
    return HttpResponse(
        write_csv(columns, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


class ExportMixin:
    """Adds the action "Export selected rows (CSV)"; a page names its columns in ``export_columns``.

    Whoever sees a list may export it, unless the page names an ``export_permission`` ("orders.export_order").

    The file is written before the answer leaves, because the connection speaks for the namespace until then.
    """

    actions = ("export_csv",)
    export_permission = ""

    def export_columns(self) -> Columns:
        """Heading → how to read the cell."""
        raise NotImplementedError

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether the action is offered and may run (Django's hook for ``allowed_permissions``)."""
        return not self.export_permission or bool(request.user.has_perm(self.export_permission))

    def export_csv(self, request: HttpRequest, rows: QuerySet[Model]) -> HttpResponse:
        """The selected rows as a download."""
        found = self.export_rows(rows[:EXPORT_ROWS_MAX])
        return csv_answer(f"{rows.model._meta.model_name}.csv", self.export_columns(), found)

    def export_rows(self, rows: QuerySet[Model]) -> Iterable[Any]:
        """The rows as they are written; the hook for a page that names things asked for all rows at once."""
        return rows

    export_csv.allowed_permissions = ("export",)  # type: ignore[attr-defined]
    export_csv.short_description = _("Export selected rows (CSV)")  # type: ignore[attr-defined]
