"""Tables below an order's page: its goods, holds, ship notices, returns and history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from inventory.selectors import promises_of
from orders.models import Order
from vmi.core.admin import namespace_site
from vmi.core.sources import Source
from vmi.events.models import Event
from vmi.events.payloads import UnknownEventType, payload_class
from warehousing.selectors import notices_of_source

RETURN_STEPS = {
    "requested": gettext_lazy("Return requested"),
    "received": gettext_lazy("Returned goods received"),
    "rejected": gettext_lazy("Return rejected"),
}
"""The steps a return writes into the history of its order, by their action."""

HISTORY_ROWS_MAX = 50
"""Most steps shown below an order; the event log has the rest."""


@dataclass(frozen=True)
class Panel:
    """One table: a title, the headings, the rows of cells."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[object]]

    @property
    def table(self) -> dict[str, Any]:
        """The shape the theme's table component takes."""
        return {"headers": list(self.headers), "rows": [list(row) for row in self.rows]}


PanelMaker = Callable[[Order], Panel]


def link_to(page: str, pk: object, text: object) -> SafeString:
    """A link to another object's page in the back office (``stores_store``)."""
    return format_html('<a class="bo-link" href="{}">{}</a>', reverse(f"{namespace_site.name}:{page}", args=[pk]), text)


def moment(value: Any) -> str:
    """An instant in the reader's zone and language."""
    return date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else "–"


def goods_panel(order: Order) -> Panel:
    """What was bought."""
    rows = [
        (
            item.line_no,
            link_to("inventory_waterfall", item.product_id, item.sku),
            item.name,
            item.price,
            item.count,
            item.amount,
            item.returned_count,
            item.cancelled_count,
        )
        for item in order.items.all()
    ]
    texts = (_("line"), _("SKU"), _("name"), _("price"), _("quantity"), _("amount"))
    headers = (*texts, _("returned"), _("will not come"))
    return Panel(_("Goods"), headers, rows)


def holds_panel(order: Order) -> Panel:
    """Where the stock core keeps the goods."""
    rows = [
        (
            row.line_no,
            row.sku,
            row.warehouse,
            row.owner,
            row.quantity,
            row.shipped_qty,
            row.kind.label,
            row.state.label,
            date_format(row.promised_on) if row.promised_on else "–",
            moment(row.expires_at),
        )
        for row in promises_of(order.source)
    ]
    headers = (
        _("line"),
        _("SKU"),
        _("warehouse"),
        _("owner"),
        _("quantity"),
        _("shipped"),
        _("kind"),
        _("state"),
        _("promised for"),
        _("held until"),
    )
    return Panel(_("Reserved stock"), headers, rows)


def notices_panel(order: Order) -> Panel:
    """What the warehouses were told."""
    rows = [
        (
            link_to("warehousing_shipnotice_change", notice.pk, notice.sn),
            str(notice.warehouse),
            str(notice.status),
            notice.company or "–",
            notice.tracking_no or "–",
            moment(notice.done_at),
        )
        for notice in notices_of_source(order.source)
    ]
    headers = (_("number"), _("warehouse"), _("status"), _("carrier"), _("tracking number"), _("shipped at"))
    return Panel(_("Ship notices"), headers, rows)


def returns_panel(order: Order) -> Panel:
    """What came back."""
    rows = [
        (
            link_to("orders_returnorder_change", item.pk, item.sn),
            str(item.status),
            item.reason or "–",
            item.refund_amount,
            moment(item.create_time),
        )
        for item in order.returns.all()
    ]
    return Panel(
        _("Returns"), (_("number"), _("status"), _("reason"), pgettext("money", "refund"), _("created at")), rows
    )


def history_panel(order: Order) -> Panel:
    """What happened, latest first."""
    return history_of(order.source)


def history_of(source: Source) -> Panel:
    """The latest events of a document."""
    events = Event.objects.filter(subject=source.subject)[:HISTORY_ROWS_MAX]
    rows = [(moment(event.at), _title(event), event.actor_label) for event in events]
    return Panel(_("History"), (_("at"), _("what happened"), _("by")), rows)


def _title(event: Event) -> str:
    changes = event.payload.get("changes") or {}
    step = RETURN_STEPS.get(changes.get("action", ""))
    if step is not None:
        return f"{step}: {changes.get('sn', '')}"
    try:
        return str(payload_class(event.type).title)
    except UnknownEventType:
        return event.type
