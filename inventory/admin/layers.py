"""The four layers as lists: read-only, every number linked to its ledger entries."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from inventory.admin.as_of import as_of_view
from inventory.admin.filters import AlertFilter
from inventory.admin.links import linked
from inventory.admin.locks import LockForm
from inventory.admin.quota_actions import GrantAction
from inventory.admin.safety_forms import StockLimitActions
from inventory.admin.waterfall import waterfall_search_view, waterfall_view
from inventory.choices import AdjustOperation, Counter, LockReason, Quality
from inventory.models import LogicalStock, PhysicalStock
from inventory.services import LockLine, adjust, lock
from vmi.core.admin import ReadOnlyAdmin, namespace_site, service_action
from vmi.core.admin.columns import badge, choice_column, link_to
from vmi.core.sources import Source
from vmi.numbering.services import next_number

QUALITY_COLOURS = {Quality.QUALIFIED: "green", Quality.PENDING: "orange", Quality.LOCKED: "red"}


def counter_column(counter: Counter, description: Any = None) -> Any:
    """A list column with the counter's value, linked to its ledger entries."""

    @display(description=description or counter.label)
    def column(self: Any, obj: Model) -> SafeString:
        return linked(counter, obj)

    return column


class AdjustForm(forms.Form):
    """What a correction of stock asks for."""

    operation = forms.ChoiceField(label=_("operation"), choices=AdjustOperation.choices, widget=UnfoldAdminSelectWidget)
    quantity = forms.IntegerField(label=_("quantity"), min_value=0, widget=UnfoldAdminIntegerFieldWidget)
    reason = forms.CharField(label=_("reason"), max_length=200, widget=UnfoldAdminTextInputWidget)
    location = forms.CharField(
        label=_("location code"),
        required=False,
        help_text=_("Needed when the goods lie in several locations."),
        widget=UnfoldAdminTextInputWidget,
    )


class StockRowAdmin(ReadOnlyAdmin):
    """What the lists of all layers share: which SKU of whom, where, and the way to the picture of all layers."""

    logical_path: ClassVar[str] = ""
    """How to reach the row with SKU, warehouse and owner; empty for the row itself."""

    def logical(self, obj: Any) -> Any:
        """The row that names SKU, warehouse and owner."""
        for name in filter(None, self.logical_path.split("__")):
            obj = getattr(obj, name)
        return obj

    @display(description=_("SKU"))
    def item(self, obj: Any) -> SafeString:
        """The SKU's code and what it is called; leads to the row's own page."""
        sku = self.logical(obj).sku
        return format_html('{}<span class="bo-sub">{}</span>', sku.sku, sku.name)

    @display(description=_("warehouse"))
    def warehouse_name(self, obj: Any) -> str:
        """Where."""
        return str(self.logical(obj).warehouse.name)

    @display(description=_("goods owner"))
    def owner_name(self, obj: Any) -> str:
        """Whose goods."""
        return str(self.logical(obj).owner.name)

    @display(description=_("warehouse"))
    def stock_place(self, obj: Any) -> SafeString:
        """Where, and whose goods, in one column for lists that have many."""
        row = self.logical(obj)
        return format_html('{}<span class="bo-sub">{}</span>', row.warehouse.name, row.owner.name)

    @display(description=_("waterfall"))
    def waterfall(self, obj: Any) -> SafeString:
        """The way to the picture of all four layers."""
        return link_to("inventory_waterfall", self.logical(obj).sku_id, _("open"))


@admin.register(LogicalStock, site=namespace_site)
class LogicalStockAdmin(GrantAction, StockLimitActions, StockRowAdmin):
    """What the business may plan with; the SKU opens its waterfall."""

    base = counter_column(Counter.BASE)
    allocated = counter_column(Counter.ALLOCATED)
    locked = counter_column(Counter.LOCKED)
    safety = counter_column(Counter.SAFETY)

    list_display = (
        "item",
        "warehouse_name",
        "owner_name",
        "base",
        "allocated",
        "locked",
        "safety",
        "available",
        "warning_line",
        "cost",
        "waterfall",
    )
    list_filter = (AlertFilter, "warehouse", "owner")
    list_select_related = ("sku__product", "warehouse", "owner")
    search_fields = ("sku__sku", "sku__product__name")
    service_actions = ("adjust_stock", "set_warning_line", "set_safety_stock")
    actions_detail = ("grant_quota",)

    @display(description=_("unit cost"), ordering="unit_cost")
    def cost(self, obj: LogicalStock) -> str:
        """The moving average to the cent; the row's page has all its digits."""
        return number_format(obj.unit_cost, decimal_pos=2)

    @display(description=_("warning line"), ordering="alert_threshold")
    def warning_line(self, obj: LogicalStock) -> str:
        """Where it warns; a dash where it never does."""
        return str(number_format(obj.alert_threshold)) if obj.alert_threshold else "–"

    @display(description=_("available"), ordering="available_qty")
    def available(self, obj: LogicalStock) -> SafeString | str:
        """Units to plan with; red when there are none, orange below the warning line."""
        amount = number_format(obj.available_qty)
        if obj.available_qty > max(obj.alert_threshold, 0):
            return amount
        return badge(amount, "red" if obj.available_qty <= 0 else "orange")

    def get_urls(self) -> list[URLPattern]:
        """The waterfall pages beside the list."""
        wrap = self.admin_site.admin_view
        return [
            path("as-of/", wrap(as_of_view), name="inventory_as_of"),
            path("waterfall/", wrap(waterfall_search_view), name="inventory_waterfall_search"),
            path("waterfall/<int:sku_id>/", wrap(waterfall_view), name="inventory_waterfall"),
            *super().get_urls(),
        ]

    @service_action(description=_("adjust stock"), permission="inventory.adjust_stock", form=AdjustForm)
    def adjust_stock(
        self, request: HttpRequest, obj: LogicalStock, *, operation: str, quantity: int, reason: str, location: str
    ) -> str:
        """Correct the row with a reason; the ledger keeps both."""
        from warehousing.selectors import locations_by_code

        found = locations_by_code([location]) if location else {}
        location_id = found[location].id if location in found else (0 if location else None)
        changed = adjust(
            logical_id=obj.pk,
            operation=AdjustOperation(operation),
            quantity=quantity,
            reason=reason,
            location_id=location_id,
            source=Source("adjust", next_number("adjustment")),
            actor=self.actor(request),
        )
        return str(_("Changed by {units} units.")).format(units=changed)


@admin.register(PhysicalStock, site=namespace_site)
class PhysicalStockAdmin(StockRowAdmin):
    """What lies on which location."""

    on_hand = counter_column(Counter.QUANTITY)
    held = counter_column(Counter.PHYSICAL_HELD)
    quality_badge = choice_column("quality", QUALITY_COLOURS, description=_("quality"))
    list_display = (
        "item",
        "owner_name",
        "location",
        "batch",
        "quality_badge",
        "on_hand",
        "held",
        "waterfall",
    )
    list_filter = ("quality", "owner", "location__warehouse")
    list_select_related = ("sku__product", "owner", "location__warehouse", "batch")
    search_fields = ("sku__sku", "location__code", "batch__code")
    service_actions = ("lock_units",)

    @service_action(
        description=_("lock units"),
        permission="inventory.lock_stock",
        when=lambda row: row.quality == Quality.QUALIFIED and row.free_qty > 0,
        form=LockForm,
    )
    def lock_units(
        self, request: HttpRequest, obj: PhysicalStock, *, quantity: int, reason: int, until: date | None, note: str
    ) -> str:
        """Take units of this place out of sale for a while."""
        found = lock(
            sn=next_number("stockLock"),
            lines=[LockLine(1, obj.pk, quantity)],
            reason=LockReason(reason),
            note=note,
            until=until,
            actor=self.actor(request),
        )
        return _now("Locked: %(number)s.") % {"number": found.sn}
