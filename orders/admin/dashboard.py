"""What orders tell on the first page: today, what waits, sales of a month, the latest orders."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import cast

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.admin.panels import link_to
from orders.choices import OrderFulfilment, OrderPayment, OrderStatus, ReturnStatus
from orders.models import Order
from orders.models.order import HAS_MONEY
from orders.selectors import DaySales, order_counts, sales_by_day
from stores.selectors import stores_visible_to
from vmi.core import clock
from vmi.core.admin.columns import badge
from vmi.core.admin.dashboard import Bars, Card, Table, Tone, list_url, register_cards, register_panel
from vmi.core.money import shown
from vmi.core.tenancy import current_namespace

SALES_DAYS = 30
LATEST_ROWS = 8


def register() -> None:
    """Put the panels on the first page."""
    register_cards("orders", order_cards)
    register_panel("orders.sales", sales_chart, order=20)
    register_panel("orders.latest", latest_orders, order=40)


def order_cards(request: HttpRequest) -> list[Card]:
    """What came in today and what waits at each step."""
    if not request.user.has_perm("orders.view_order"):
        return []
    now = clock.now()
    today = clock.local_date(now)
    stores = stores_visible_to(request.user)  # type: ignore[arg-type]
    counts = order_counts(since=_midnight(today), now=now, store_ids=stores)
    day = {"create_time__year": today.year, "create_time__month": today.month, "create_time__day": today.day}
    to_pay = {"status": int(OrderStatus.OPEN), "payment_status": int(OrderPayment.UNPAID)}
    return [
        Card(_("orders today"), counts.since, list_url("orders_order", **day), icon="today"),
        Card(_("to pay"), counts.to_pay, list_url("orders_order", **to_pay), icon="hourglass_top"),
        _step(_("to ship"), counts.to_ship, OrderFulfilment.UNFULFILLED, "package_2", paid=True, tone="warn"),
        _step(_("at the warehouse"), counts.at_warehouse, OrderFulfilment.NOTICED, "warehouse"),
        _step(_("on the way"), counts.on_the_way, OrderFulfilment.SHIPPED, "local_shipping"),
        _returns(counts.returns, counts.inspections),
    ]


def _step(title: str, count: int, step: OrderFulfilment, icon: str, *, paid: bool = False, tone: Tone = "") -> Card:
    """Open orders at one step of the goods axis."""
    filters: dict[str, object] = {"status": int(OrderStatus.OPEN), "fulfilment_status": int(step)}
    if paid:
        filters["payment_status__in"] = ",".join(str(int(state)) for state in HAS_MONEY)
    return Card(title, count, list_url("orders_order", **filters), icon=icon, tone=tone if count else "")


def _returns(expected: int, arrived: int) -> Card:
    """Returns to inspect if there are any, else those still on their way to us."""
    state = ReturnStatus.RECEIVED if arrived else ReturnStatus.REQUESTED
    note = _("and %(count)d expected") % {"count": expected} if arrived and expected else ""
    title = _("returns to inspect") if arrived else _("returns expected")
    return Card(
        title, arrived or expected, list_url("orders_returnorder", status=int(state)), note, "assignment_return"
    )


def sales_chart(request: HttpRequest) -> Bars | None:
    """Paid orders of the last thirty days by the day they were placed."""
    if not request.user.has_perm("orders.view_order"):
        return None
    today = clock.local_date(clock.now())
    days = [today - timedelta(days=back) for back in range(SALES_DAYS - 1, -1, -1)]
    stores = stores_visible_to(request.user)  # type: ignore[arg-type]
    zone = timezone.get_current_timezone_name()
    found = {row.day: row for row in sales_by_day(since=_midnight(days[0]), zone=zone, store_ids=stores)}
    currency = current_namespace().currency
    return Bars(
        _("sales of the last %(days)d days") % {"days": SALES_DAYS},
        [date_format(day, "m-d") for day in days],
        [float(found[day].amount) if day in found else 0.0 for day in days],
        _("paid (%(currency)s)") % {"currency": currency},
        [_figure(found, days[-span:], currency) for span in (1, 7, SALES_DAYS)],
    )


def _figure(found: dict[date, DaySales], days: list[date], currency: str) -> Card:
    """The sum of some days as a card."""
    rows = [found[day] for day in days if day in found]
    amount = sum((row.amount for row in rows), Decimal(0))
    refunded = sum((row.refunded for row in rows), Decimal(0))
    orders = sum(row.orders for row in rows)
    note = ngettext("%(count)d paid order", "%(count)d paid orders", orders) % {"count": orders}
    if refunded:
        note = _("%(orders)s, %(amount)s refunded") % {"orders": note, "amount": shown(refunded, currency)}
    title = _("today") if len(days) == 1 else _("last %(days)d days") % {"days": len(days)}
    return Card(title, shown(amount, currency), note=note)


def latest_orders(request: HttpRequest) -> Table | None:
    """The newest orders this person may see."""
    if not request.user.has_perm("orders.view_order"):
        return None
    currency = current_namespace().currency
    rows = Order.objects.with_overdue().select_related("store", "customer").order_by("-id")
    stores = stores_visible_to(cast("AbstractBaseUser", request.user))  # type: ignore[arg-type]
    if stores is not None:
        rows = rows.filter(store_id__in=stores)
    cells = [
        (
            link_to("orders_order_change", order.pk, order.sn),
            format_html(
                '{}<span class="bo-sub">{}</span>', order.customer.name if order.customer else "–", order.store.name
            ),
            shown(order.cost, currency),
            order_badge(order),
        )
        for order in rows[:LATEST_ROWS]
    ]
    headers = (_("number"), _("customer"), _("total"), _("state"))
    return Table(
        _("latest orders"), headers, cells, _("No orders yet."), list_url("orders_order"), numeric=frozenset({2})
    )


def order_badge(order: Order) -> object:
    """The one-word state of the shopping platform on its colour (C-28)."""
    state = order.display_state
    return badge(str(state.label), DISPLAY_COLOURS[int(state)])


DISPLAY_COLOURS = {0: "warning", 1: "warning", 2: "info", 3: "success", 4: "default", 5: "danger", 6: "default"}


def _midnight(day: date) -> datetime:
    """When a day began, in the namespace's zone."""
    return datetime.combine(day, time(), timezone.get_current_timezone())
