"""Entries, accounts and rewards: shown, never typed; spending and correcting are actions with a form."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from credits.models import Credit, CreditReport, CreditReward
from credits.policies import POINTS_MAX
from credits.services import adjust, redeem
from vmi.core.admin import ReadOnlyAdmin, TabularInline, namespace_site, service_action
from vmi.core.admin.columns import reference_column
from vmi.core.admin.export import Columns, ExportMixin
from vmi.core.admin.sources import source_link, source_name

INLINE_ROWS = 20
"""Entries per page of the history on the member's page."""


class RedeemForm(forms.Form):
    """Points to spend and what for."""

    credit = forms.IntegerField(
        label=_("credits"), min_value=1, max_value=POINTS_MAX, widget=UnfoldAdminIntegerFieldWidget
    )
    memo = forms.CharField(label=_("memo"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget)


class AdjustForm(forms.Form):
    """Points to give or, negative, to take, and why."""

    credit = forms.IntegerField(
        label=_("credits (negative takes)"),
        min_value=-POINTS_MAX,
        max_value=POINTS_MAX,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    memo = forms.CharField(label=_("reason"), max_length=200, widget=UnfoldAdminTextInputWidget)


@admin.register(Credit, site=namespace_site)
class CreditAdmin(ExportMixin, ReadOnlyAdmin):
    """The ledger."""

    source_type = "credit"
    member = reference_column("owner", "partners_partner", description=_("member"))
    list_display = ("sn", "member", "type", "credit", "balance_after", "memo", "document", "create_time")
    list_filter = ("type", "policy", "create_time")
    search_fields = ("sn", "owner__code", "owner__name", "source_sn")
    list_select_related = ("owner", "level")
    date_hierarchy = "create_time"
    fields = (
        ("sn", "owner", "type"),
        ("credit", "balance_after", "seq"),
        ("level", "policy", "amount"),
        ("document", "origin_sn", "reverses"),
        "memo",
        ("creater", "create_time"),
    )
    readonly_fields = ("document",)

    @admin.display(description=_("document"))
    def document(self, obj: Credit) -> SafeString:
        """What the credits are for, linked to its page."""
        return format_html("{} {}", source_name(obj.source_type), source_link(obj.source_type, obj.source_sn))

    def export_columns(self) -> Columns:
        """The columns of the file."""
        return {
            str(_("credit number")): lambda row: row.sn,
            str(_("member")): lambda row: row.owner.code,
            str(_("type")): lambda row: row.get_type_display(),
            str(_("credits")): lambda row: row.credit,
            str(_("balance after")): lambda row: row.balance_after,
            str(_("memo")): lambda row: row.memo,
            str(_("source number")): lambda row: row.source_sn,
            str(_("created at")): lambda row: row.create_time.isoformat(),
        }


class CreditInline(TabularInline):
    """The history of a member's balance, newest first."""

    model = Credit
    fk_name = "owner"
    fields = ("sn", "type", "credit", "balance_after", "level", "memo", "source_sn", "create_time")
    readonly_fields = fields
    ordering = ("-seq",)
    per_page = INLINE_ROWS
    verbose_name_plural = _("credit history")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Entries with their level in one query."""
        return super().get_queryset(request).select_related("level")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Entries come from commands."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Entries never change."""
        return False


@admin.register(CreditReport, site=namespace_site)
class CreditReportAdmin(ExportMixin, ReadOnlyAdmin):
    """Accounts of members."""

    list_display = ("sn", "owner", "credit", "available", "owed", "modify_time")
    search_fields = ("sn", "owner__code", "owner__name", "owner__telephone")
    list_select_related = ("owner",)
    service_actions = ("redeem", "adjust")

    @service_action(description=_("spend credits"), permission="credits.add_creditreward", form=RedeemForm)
    def redeem(self, request: HttpRequest, obj: CreditReport, **answer: Any) -> None:
        """Spend credits of this member."""
        redeem(partner_id=obj.owner_id, **answer, actor=self.actor(request))

    @service_action(description=_("adjust credits"), permission="credits.adjust_credit", form=AdjustForm)
    def adjust(self, request: HttpRequest, obj: CreditReport, **answer: Any) -> None:
        """Give or take credits by hand."""
        adjust(partner_id=obj.owner_id, **answer, actor=self.actor(request))

    def export_columns(self) -> Columns:
        """The columns of the file."""
        return {
            str(_("report number")): lambda row: row.sn,
            str(_("member")): lambda row: row.owner.code,
            str(pgettext_lazy("person", "name")): lambda row: row.owner.name,
            str(_("earned in all")): lambda row: row.credit,
            str(_("available")): lambda row: row.available,
            str(_("owed")): lambda row: row.owed,
        }


@admin.register(CreditReward, site=namespace_site)
class CreditRewardAdmin(ReadOnlyAdmin):
    """Redemptions."""

    list_display = ("sn", "owner", "credit", "memo", "create_time")
    search_fields = ("sn", "owner__code", "owner__name")
    list_select_related = ("owner",)
    date_hierarchy = "create_time"
