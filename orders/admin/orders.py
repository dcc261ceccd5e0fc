"""The order pages: a list by the four axes, a page with everything about one order, actions that call services."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.enums import ActionVariant

from orders.admin import panels
from orders.admin.filters import AfterSaleFilter, FulfilmentFilter, OrderStatusFilter, PaymentFilter
from orders.choices import (
    AFTER_SALE_MACHINE,
    FULFILMENT_MACHINE,
    ORDER_MACHINE,
    PAYMENT_MACHINE,
    OrderFulfilment,
    OrderStatus,
)
from orders.models import Order
from orders.services import cancel_order, complete_order, release_to_warehouse
from stores.admin.scope import StoreScopeMixin
from vmi.core.admin import ReadOnlyAdmin, namespace_site, service_action, status_badge, status_column
from vmi.core.admin.columns import reference_column
from vmi.core.admin.export import Columns, ExportMixin
from vmi.statuses.models import status_label

_COLOURS = {int(member): colour for member, colour in ORDER_MACHINE.colours.items()}


class ReasonForm(forms.Form):
    """Asks why an order is called off."""

    reason = forms.CharField(label=_("reason"), max_length=200, required=False)


def can_cancel(order: Order) -> bool:
    """Whether cancelling is possible: open, not shipped, and the warehouse was not asked already."""
    open_ones = (OrderFulfilment.UNFULFILLED, OrderFulfilment.NOTICED)
    is_open = order.status_now == OrderStatus.OPEN and order.fulfilment_status_id in open_ones
    return is_open and order.cancel_requested_at is None


def can_release(order: Order) -> bool:
    """Whether the order waits for its ship notice, and not for goods."""
    paid = order.payment_status_id in PAYMENT_MACHINE.group("settled")
    unfulfilled = order.fulfilment_status_id == OrderFulfilment.UNFULFILLED
    return can_cancel(order) and paid and unfulfilled and not order.awaits_goods


def can_complete(order: Order) -> bool:
    """Whether the order is on its way."""
    return order.status_id == OrderStatus.OPEN and order.fulfilment_status_id == OrderFulfilment.SHIPPED


@admin.register(Order, site=namespace_site)
class OrderAdmin(ExportMixin, StoreScopeMixin, ReadOnlyAdmin):
    """Orders: read-only, moved by actions; other apps add tables to ``panel_makers``."""

    source_type = "order"
    export_permission = "orders.export_order"
    panel_makers: ClassVar[list[panels.PanelMaker]] = [
        panels.goods_panel,
        panels.holds_panel,
        panels.notices_panel,
        panels.returns_panel,
        panels.history_panel,
    ]

    list_display = (
        "sn",
        "store_name",
        "customer_name",
        "cost",
        "order_state",
        "payment_state",
        "fulfilment_state",
        "after_sale_state",
        "create_time",
    )
    list_filter = (OrderStatusFilter, PaymentFilter, FulfilmentFilter, AfterSaleFilter, "awaits_goods", "store")
    list_select_related = ("store", "customer")
    search_fields = ("sn", "source_ref__exact", "consignee_name", "consignee_phone__exact", "tracking_no__exact")
    date_hierarchy = "create_time"
    change_form_after_template = "admin/orders/panels.html"
    readonly_fields = (
        "order_badge",
        "payment_badge",
        "fulfilment_badge",
        "after_sale_badge",
        "display_state_name",
        "waits_for",
        "stock_history",
    )
    service_actions: ClassVar[tuple[str, ...]] = ("cancel", "release", "complete")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("sn", "display_state_name"),
                    ("store", "customer"),
                    ("order_badge", "payment_badge"),
                    ("fulfilment_badge", "after_sale_badge"),
                    "waits_for",
                    ("cost", "paid_amount"),
                    ("refunded_amount", "lost_amount"),
                    "closed_reason",
                    "memo",
                )
            },
        ),
        (
            _("Delivery"),
            {
                "fields": (
                    ("consignee_name", "consignee_phone"),
                    ("address", "province_code"),
                    ("city_code", "district_code"),
                    ("company", "tracking_no"),
                )
            },
        ),
        (
            _("Times"),
            {
                "fields": (
                    ("create_time", "expires_at"),
                    ("paid_at", "noticed_at"),
                    ("cancel_requested_at", "cancel_reason"),
                    ("shipped_at", "completed_at"),
                    ("creater", "source_ref"),
                )
            },
        ),
    )

    store_name = reference_column("store", "stores_store", description=_("store"))
    customer_name = reference_column("customer", "partners_partner", description=_("customer"))
    payment_state = status_column(
        "payment_status", machine=PAYMENT_MACHINE, description=pgettext_lazy("axis", "payment")
    )
    fulfilment_state = status_column("fulfilment_status", machine=FULFILMENT_MACHINE, description=_("fulfilment"))
    after_sale_state = status_column("after_sale_status", machine=AFTER_SALE_MACHINE, description=_("after-sale"))

    payment_badge = status_badge(
        "payment_status", machine=PAYMENT_MACHINE, description=pgettext_lazy("axis", "payment")
    )
    fulfilment_badge = status_badge("fulfilment_status", machine=FULFILMENT_MACHINE, description=_("fulfilment"))
    after_sale_badge = status_badge("after_sale_status", machine=AFTER_SALE_MACHINE, description=_("after-sale"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The way to the order's stock history, for those who may see it."""
        found = super().get_fieldsets(request, obj)
        if not request.user.has_perm("inventory.view_ledgerentry"):
            return found
        (title, options), *others = found
        return [(title, {**options, "fields": (*options["fields"], "stock_history")}), *others]

    @display(description=_("ledger"))
    def stock_history(self, obj: Order) -> SafeString:
        """Everything the order did to the stock, step by step."""
        url = reverse("admin:inventory_document", args=["order", obj.sn])
        return format_html('<a class="bo-link" href="{}">{}</a>', url, _("entries of this document"))

    @display(description=_("status"))
    def order_badge(self, obj: Order) -> str:
        """The status as it reads now, on its colour."""
        label = {"type": _COLOURS[obj.status_now], "text": status_label(obj.status_now)}
        return render_to_string("unfold/helpers/label.html", label)

    @display(description=_("status"), ordering="status_id", label=_COLOURS)
    def order_state(self, obj: Order) -> tuple[int, str]:
        """The status as it reads now: overdue orders are expired before the sweep writes it (C-08)."""
        return obj.status_now, status_label(obj.status_now)

    @display(description=_("waits for goods"))
    def waits_for(self, obj: Order) -> str:
        """Whether goods of the order are still on their way, and until when (S001-35)."""
        if not obj.awaits_goods:
            return "–"
        if obj.promised_on is None:
            return gettext("Waiting for goods, no day known yet")
        return gettext("Waiting for goods, expected on %(day)s") % {"day": date_format(obj.promised_on)}

    @display(description=_("state on the shopping platform"))
    def display_state_name(self, obj: Order) -> str:
        """The single column of the shopping platform (C-28)."""
        return str(obj.display_state.label)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Visible orders, each told whether it is overdue by the database's clock."""
        rows: Any = super().get_queryset(request)
        return rows.with_overdue()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page with the order's tables below."""
        order = self.get_object(request, object_id)
        tables = [make(order) for make in self.panel_makers] if order else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "panels": tables})

    @service_action(
        description=_("Cancel"),
        permission="orders.cancel_order",
        when=can_cancel,
        icon="cancel",
        variant=ActionVariant.DANGER,
        form=ReasonForm,
    )
    def cancel(self, request: HttpRequest, obj: Order, reason: str = "") -> None:
        """Call the order off; what was paid is refunded."""
        cancel_order(order_id=obj.pk, reason=reason, actor=self.actor(request))

    @service_action(
        description=_("Release to warehouse"),
        permission="orders.release_order",
        when=can_release,
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
    )
    def release(self, request: HttpRequest, obj: Order) -> None:
        """Write the ship notice now instead of waiting for the sweep."""
        release_to_warehouse(order_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("Complete"),
        permission="orders.complete_order",
        when=can_complete,
        icon="task_alt",
        variant=ActionVariant.SUCCESS,
    )
    def complete(self, request: HttpRequest, obj: Order) -> None:
        """The customer has the goods."""
        complete_order(order_id=obj.pk, actor=self.actor(request))

    def export_columns(self) -> Columns:
        """The columns of the CSV file."""
        return {
            str(_("number")): lambda row: row.sn,
            str(_("store")): lambda row: str(row.store),
            str(_("customer")): lambda row: str(row.customer) if row.customer else "",
            str(_("total")): lambda row: row.cost,
            str(_("paid")): lambda row: row.paid_amount,
            str(_("refunded")): lambda row: row.refunded_amount,
            str(_("status")): lambda row: status_label(row.status_now),
            str(pgettext_lazy("axis", "payment")): lambda row: str(row.payment_status),
            str(_("fulfilment")): lambda row: str(row.fulfilment_status),
            str(_("after-sale")): lambda row: str(row.after_sale_status),
            str(_("created at")): lambda row: row.create_time.isoformat(),
            str(_("tracking number")): lambda row: row.tracking_no,
        }
