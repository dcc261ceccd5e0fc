"""Sellable buckets in the back office: what they hold, what they promised, by which rules."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from inventory.admin import quota_forms as forms
from inventory.admin.bucket_panels import sellers_panel, sources_panel
from inventory.admin.layers import StockRowAdmin, counter_column
from inventory.admin.quota_actions import MOVE, preview_or_run
from inventory.admin.quota_rules import RuleActions, is_shared
from inventory.choices import Counter, Purpose
from inventory.models import Channel, ChannelShare, ChannelStock
from inventory.services.quota_lines import QuotaMove, QuotaReturn, Target
from vmi.core.admin import TabularInline, namespace_site, service_action
from vmi.core.admin.columns import badge


class ShareInline(TabularInline):
    """Which channels sell the shared bucket, and their caps."""

    model = ChannelShare
    fields = ("channel", "cap_qty", "cap_percent", "used_qty")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Set by the action."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Set by the action."""
        return False


WINDOW: Any = (_("Window"), {"fields": (("effective_from", "effective_to", "may_borrow"),)})


@admin.register(ChannelStock, site=namespace_site)
class ChannelStockAdmin(RuleActions, StockRowAdmin):
    """What shop fronts may sell right now, and the rules by which they do."""

    logical_path = "pool__logical"
    base_quota = counter_column(Counter.BASE_QUOTA, _("Quota"))
    held = counter_column(Counter.HELD)
    sold = counter_column(Counter.SOLD)
    oversold = counter_column(Counter.OVERSOLD_SOLD)
    presold = counter_column(Counter.PRESALE_SOLD)
    frozen = counter_column(Counter.FROZEN)
    returning = counter_column(Counter.RETURNING)
    shortage = counter_column(Counter.CHANNEL_SHORTAGE)
    oversell_limit = counter_column(Counter.OVERSELL_LIMIT)
    oversold_held = counter_column(Counter.OVERSOLD_HELD)
    presale_units = counter_column(Counter.PRESALE)
    presale_held = counter_column(Counter.PRESALE_HELD)

    list_display = (
        "item",
        "warehouse_name",
        "purpose",
        "channel_or_shared",
        "base_quota",
        "held",
        "sold",
        "sellable",
        "oversell",
        "presale",
        "waterfall",
    )
    list_filter = ("pool__purpose", "channel", "oversell_enabled", "pool__logical__warehouse")
    list_select_related = (
        "channel",
        "pool__logical__sku__product",
        "pool__logical__warehouse",
        "pool__logical__owner",
    )
    search_fields = ("pool__logical__sku__sku",)
    fieldsets = (
        (None, {"fields": ("pool", ("channel_or_shared", "waterfall"), "sold_by")}),
        (
            _("Quota"),
            {
                "fields": (
                    ("base_quota", "sellable", "quota_percent"),
                    ("held", "sold", "frozen"),
                    ("returning", "shortage"),
                )
            },
        ),
        (
            _("Overselling"),
            {
                "fields": (
                    ("oversell_enabled", "oversell_minutes"),
                    ("oversell_units", "oversell_percent"),
                    ("oversell_limit", "oversold_held", "oversold"),
                )
            },
        ),
        (_("Presale"), {"fields": (("presale_units", "presale_held", "presold"),)}),
        WINDOW,
        (_("What customers see"), {"fields": (("display_rule", "display_units"),)}),
        (_("Elsewhere"), {"fields": ("elsewhere",)}),
    )
    readonly_fields = (
        "channel_or_shared",
        "sold_by",
        "elsewhere",
        "sellable",
        "waterfall",
        "base_quota",
        "held",
        "sold",
        "frozen",
        "returning",
        "shortage",
        "oversell_limit",
        "oversold_held",
        "oversold",
        "presale_units",
        "presale_held",
        "presold",
    )
    actions_detail = ("move_units", "return_units")
    service_actions = ("oversell_rule", "display_rule_action", "share", "end_share", "window")
    action_group = (_("Rules"), "tune", service_actions)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only a channel's own bucket has a window."""
        found = super().get_fieldsets(request, obj)
        return [part for part in found if part is not WINDOW] if obj is not None and is_shared(obj) else found

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Only a shared bucket has shares."""
        return (ShareInline,) if obj is not None and is_shared(obj) else ()

    @display(description=_("purpose"), ordering="pool__purpose")
    def purpose(self, obj: ChannelStock) -> str:
        """What its pool is for."""
        return str(obj.pool.get_purpose_display())

    @display(description=_("channel"))
    def channel_or_shared(self, obj: ChannelStock) -> str:
        """The channel of an exclusive bucket, or that the pool's channels share it."""
        return str(obj.channel or _("shared"))

    @display(description=_("sold by"))
    def sold_by(self, obj: ChannelStock) -> SafeString | str:
        """The channels to which the bucket is open now."""
        return sellers_panel(obj)

    @display(description=_("transfer from"))
    def elsewhere(self, obj: ChannelStock) -> SafeString | str:
        """Other warehouses that could send more of the goods."""
        return sources_panel(obj)

    @display(description=_("sellable"))
    def sellable(self, obj: ChannelStock) -> SafeString | str:
        """Units the bucket can still promise; red while promises lost their goods."""
        amount = number_format(obj.sellable_qty)
        return badge(amount, "red") if obj.shortage_qty else amount

    @display(description=_("open oversell"))
    def oversell(self, obj: ChannelStock) -> str:
        """Units beyond the goods that may still be promised, of how many; a dash where nobody may."""
        if not obj.oversell_enabled:
            return "–"
        return f"{number_format(obj.open_oversell_qty)} / {number_format(obj.oversell_limit_qty)}"

    @display(description=_("open presale"))
    def presale(self, obj: ChannelStock) -> str:
        """Units on their way that may still be promised, of how many; a dash for none."""
        if not obj.presale_qty:
            return "–"
        return f"{number_format(obj.open_presale_qty)} / {number_format(obj.presale_qty)}"

    @service_action(description=_("move quota"), permission=MOVE, form=forms.MoveForm, icon="move_up")
    def move_units(
        self,
        request: HttpRequest,
        obj: ChannelStock,
        *,
        units: int,
        purpose: Purpose,
        channel: Channel | None,
        from_exclusive: bool,
        reason: str,
    ) -> HttpResponse | str:
        """Move unsold units to another pool or channel, after showing before and after."""
        target = Target(purpose, channel.pk if channel else None)
        lines = [QuotaMove(1, obj.pk, units, target, from_exclusive)]
        return preview_or_run(
            self, request, obj, lines=lines, reason=reason, form=forms.MoveForm, title=_("move quota")
        )

    @service_action(description=_("return quota"), permission=MOVE, form=forms.ReturnForm, icon="undo")
    def return_units(
        self, request: HttpRequest, obj: ChannelStock, *, units: int | None, unassign: bool, reason: str
    ) -> HttpResponse | str:
        """Give unsold units back, after showing before and after."""
        lines = [QuotaReturn(1, obj.pk, units, unassign)]
        return preview_or_run(
            self, request, obj, lines=lines, reason=reason, form=forms.ReturnForm, title=_("return quota")
        )


ShareInline.verbose_name_plural = _("channel shares")
