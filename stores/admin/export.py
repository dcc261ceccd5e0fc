"""Lists as CSV files for a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins like this would be run as a formula by a spreadsheet; a quote in front makes it text."""

EXPORT_ROWS_MAX = 50_000
"""Most rows of one export."""

Columns = Mapping[str, Callable[[Any], object]]


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        """The line itself."""
        return value


def cell(value: object) -> str:
    """A value as text that no spreadsheet executes; numbers stay numbers."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text


def lines_of(columns: Columns, rows: Iterable[Model]) -> Iterator[str]:
    """The file line by line; it begins with a byte-order mark, by which Excel knows UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([cell(str(name)) for name in columns])
    for row in rows:
        yield writer.writerow([cell(read(row)) for read in columns.values()])


class ExportMixin:
    """Adds the action "Export selected rows (CSV)"; a page names its columns in ``export_columns``."""

    actions = ("export_csv",)

    def export_columns(self) -> Columns:
        """Heading → how to read the cell."""
        raise NotImplementedError

    def export_csv(self, request: HttpRequest, rows: QuerySet[Model]) -> StreamingHttpResponse:
        """Stream the selected rows."""
        name = f"{rows.model._meta.model_name}.csv"
        return StreamingHttpResponse(
            lines_of(self.export_columns(), rows[:EXPORT_ROWS_MAX].iterator(chunk_size=1000)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    export_csv.short_description = _("Export selected rows (CSV)")  # type: ignore[attr-defined]
