"""The return pages: read-only, received and inspected by actions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.enums import ActionVariant

from orders.admin.panels import Panel, history_of, link_to
from orders.choices import RETURN_MACHINE, ReturnStatus
from orders.exceptions import InspectionMismatch
from orders.models import ReturnOrder
from orders.services import InspectionInput, inspect_return, receive_return, reject_return
from stores.admin.scope import StoreScopeMixin
from vmi.core.admin import ReadOnlyAdmin, namespace_site, service_action, status_badge, status_column
from vmi.core.admin.columns import reference_column
from vmi.core.admin.filters import status_filter


class RejectForm(forms.Form):
    """Asks why a return is refused."""

    reason = forms.CharField(label=_("reason"), max_length=200, required=False)


class InspectForm(forms.Form):
    """Asks what was found; nothing bad and the whole value refunded unless told otherwise."""

    bad = forms.CharField(
        label=_("bad units"),
        required=False,
        max_length=500,
        help_text=_("By return line, such as 1:2 for two bad units of line 1; several separated by commas."),
    )
    refund_amount = forms.DecimalField(
        label=pgettext_lazy("money", "refund"), required=False, min_value=0, max_digits=14, decimal_places=2
    )

    def clean_bad(self) -> dict[int, int]:
        """Line number → bad units."""
        found: dict[int, int] = {}
        for part in filter(None, (piece.strip() for piece in self.cleaned_data["bad"].split(","))):
            line, _colon, units = part.partition(":")
            if not (line.strip().isdecimal() and units.strip().isdecimal()) or len(part) > 20:
                raise forms.ValidationError(_("Write line:units, such as 1:2."))
            found[int(line)] = int(units)
        return found


def waits_for_goods(returned: ReturnOrder) -> bool:
    """Whether the goods are still to come."""
    return returned.status_id == ReturnStatus.REQUESTED


def waits_for_inspection(returned: ReturnOrder) -> bool:
    """Whether the goods are there, uninspected."""
    return returned.status_id == ReturnStatus.RECEIVED


@admin.register(ReturnOrder, site=namespace_site)
class ReturnOrderAdmin(StoreScopeMixin, ReadOnlyAdmin):
    """Returns of customers."""

    source_type = "returnOrder"
    store_path = "order__store_id"
    order_sn = reference_column("order", "orders_order", text="sn", description=_("order"))
    list_display = ("sn", "order_sn", "state", "reason", "refund_amount", "create_time", "inspected_at")
    list_filter = (status_filter(ReturnStatus),)
    list_select_related = ("order",)
    search_fields = ("sn", "order__sn__exact")
    date_hierarchy = "create_time"
    change_form_after_template = "admin/orders/panels.html"
    readonly_fields = ("badge",)
    service_actions = ("receive", "inspect", "reject")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("sn", "badge"),
                    ("order", "refund_amount"),
                    ("reason", "source_ref"),
                    ("create_time", "received_at"),
                    ("inspected_at", "creater"),
                )
            },
        ),
    )

    state = status_column(machine=RETURN_MACHINE)
    badge = status_badge(machine=RETURN_MACHINE)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page with the lines and the order's history below."""
        returned = self.get_object(request, object_id)
        tables = [lines_panel(returned), history_of(returned.order.source)] if returned else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "panels": tables})

    @service_action(
        description=_("Receive the goods"),
        permission="orders.receive_return",
        when=waits_for_goods,
        icon="inventory",
        variant=ActionVariant.PRIMARY,
    )
    def receive(self, request: HttpRequest, obj: ReturnOrder) -> None:
        """Put them where they came from, to be inspected."""
        receive_return(return_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("Inspect"),
        permission="orders.inspect_return",
        when=waits_for_inspection,
        icon="fact_check",
        variant=ActionVariant.PRIMARY,
        form=InspectForm,
    )
    def inspect(self, request: HttpRequest, obj: ReturnOrder, bad: dict[int, int], refund_amount: Any) -> None:
        """Good units can be sold again, bad ones stay locked; the buyer is refunded."""
        if bad.keys() - set(obj.lines.values_list("line_no", flat=True)):
            raise InspectionMismatch(param="bad")
        lines = [
            InspectionInput(line.line_no, line.quantity - bad.get(line.line_no, 0), bad.get(line.line_no, 0))
            for line in obj.lines.all()
        ]
        inspect_return(return_id=obj.pk, lines=lines, refund_amount=refund_amount, actor=self.actor(request))

    @service_action(
        description=pgettext_lazy("return", "Reject"),
        permission="orders.reject_return",
        when=waits_for_goods,
        icon="block",
        variant=ActionVariant.DANGER,
        form=RejectForm,
    )
    def reject(self, request: HttpRequest, obj: ReturnOrder, reason: str = "") -> None:
        """The goods are not taken back."""
        reject_return(return_id=obj.pk, reason=reason, actor=self.actor(request))


def lines_panel(returned: ReturnOrder) -> Panel:
    """What comes back."""
    rows = [
        (
            line.line_no,
            link_to("inventory_waterfall", line.item.product_id, line.item.sku),
            line.item.name,
            str(line.owner),
            str(line.location),
            line.batch or "–",
            line.quantity,
            line.good,
            line.bad,
            line.amount,
        )
        for line in returned.lines.select_related("item", "owner", "location")
    ]
    headers = (
        _now("line"),
        _now("SKU"),
        _now("name"),
        _now("owner"),
        _now("location"),
        _now("batch"),
        _now("quantity"),
        _now("good"),
        _now("bad"),
        str(pgettext_lazy("money", "value")),
    )
    return Panel(_now("Goods"), headers, rows)
