"""Stock documents waiting for a reviewer, on the first page."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from stores.choices import DocumentStatus
from stores.models import StockIn, StockOut
from stores.selectors import documents_to_review, stores_visible_to
from vmi.core.admin.columns import link_to
from vmi.core.admin.dashboard import Card, Table, list_url, register_cards, register_panel

ROWS_MAX = 8

KINDS = (
    ("stockin", StockIn, "move_to_inbox"),
    ("stockout", StockOut, "outbox"),
)


def register() -> None:
    """Put the panels on the first page."""
    register_cards("stock", review_cards)
    register_panel("stores.review", review_table, order=50)


def review_cards(request: HttpRequest) -> list[Card]:
    """How many documents of each kind wait."""
    stores = stores_visible_to(request.user)  # type: ignore[arg-type]
    cards = []
    for name, kind, icon in _visible(request):
        count = documents_to_review(kind, stores).count()
        title = _("stock-in to approve") if kind is StockIn else _("stock-out to approve")
        url = list_url(f"stores_{name}", status=int(DocumentStatus.PENDING))
        cards.append(Card(title, count, url, icon=icon, tone="warn" if count else ""))
    return cards


def review_table(request: HttpRequest) -> Table | None:
    """The documents that wait longest."""
    kinds = _visible(request)
    if not kinds:
        return None
    stores = stores_visible_to(request.user)  # type: ignore[arg-type]
    rows: list[tuple[Any, ...]] = []
    for name, kind, _icon in kinds:
        waiting = documents_to_review(kind, stores).select_related("warehouse", "submitted_by")[:ROWS_MAX]
        rows += [_row(name, document) for document in waiting]
    rows.sort(key=lambda row: row[0])
    headers = (_("number"), _("type"), _("warehouse"), _("units"), _("submitted by"))
    return Table(
        _("documents to approve"),
        headers,
        [row[1:] for row in rows[:ROWS_MAX]],
        _("Nothing waits for approval."),
        list_url(f"stores_{kinds[0][0]}", status=int(DocumentStatus.PENDING)),
        numeric=frozenset({3}),
    )


def _row(name: str, document: Any) -> tuple[Any, ...]:
    """When it was submitted, and the cells."""
    return (
        document.submitted_at,
        link_to(f"stores_{name}_change", document.pk, document.sn),
        document.get_type_display(),
        format_html("{}", document.warehouse.name),
        document.quantity,
        str(document.submitted_by or "–"),
    )


def _visible(request: HttpRequest) -> list[tuple[str, Any, str]]:
    """The kinds this person may look at."""
    return [entry for entry in KINDS if request.user.has_perm(f"stores.view_{entry[0]}")]
