"""Stocktakes in the back office: opened, counted place by place, submitted, approved by somebody else."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.selectors import skus_by_code
from inventory.choices import Quality, StocktakeState
from inventory.exceptions import UnknownSku
from inventory.models import Stocktake, StocktakeLine
from inventory.services import (
    CountLine,
    approve_stocktake,
    count,
    open_stocktake,
    reject_stocktake,
    submit_stocktake,
)
from inventory.services.stocktake_apply import SOURCE_TYPE
from vmi.core.actors import Actor
from vmi.core.admin import TabularInline, TrackedAdmin, namespace_site, service_action
from vmi.core.admin.columns import choice_column
from vmi.core.exceptions import NotFound
from warehousing.selectors import locations_by_code

STATE_COLOURS = {
    StocktakeState.DRAFT: "grey",
    StocktakeState.SUBMITTED: "orange",
    StocktakeState.SECOND: "orange",
    StocktakeState.APPLIED: "green",
    StocktakeState.REJECTED: "red",
}
SHOWN = (
    ("sn", "state_badge"),
    ("warehouse", "owner"),
    ("description", "limit_qty"),
    ("submitted_by", "submitted_at"),
    ("approved_by", "approved_at"),
    ("second_by", "second_at"),
    "reason",
)
WAITING = (StocktakeState.SUBMITTED, StocktakeState.SECOND)


class CountForm(forms.Form):
    """What lies on one place."""

    sku = forms.CharField(label=_("SKU"), max_length=64, widget=UnfoldAdminTextInputWidget)
    location = forms.CharField(label=_("location code"), max_length=64, widget=UnfoldAdminTextInputWidget)
    batch = forms.CharField(label=_("batch code"), max_length=64, required=False, widget=UnfoldAdminTextInputWidget)
    quality = forms.TypedChoiceField(
        label=_("quality"), choices=Quality.choices, coerce=int, widget=UnfoldAdminSelectWidget
    )
    counted = forms.IntegerField(label=_("counted"), min_value=0, widget=UnfoldAdminIntegerFieldWidget)


class RejectForm(forms.Form):
    """Why a count is not booked."""

    reason = forms.CharField(label=_("reason"), max_length=200, widget=UnfoldAdminTextInputWidget)


class LineInline(TabularInline):
    """The counted places."""

    model = StocktakeLine
    fields = ("line_no", "sku", "location", "batch", "quality", "counted_qty", "expected_qty", "found", "counted_at")
    readonly_fields = fields

    @display(description=_("difference"))
    def found(self, obj: Any) -> str:
        """With its sign."""
        return f"{obj.difference:+d}"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Places are counted by the action."""
        return False


@admin.register(Stocktake, site=namespace_site)
class StocktakeAdmin(TrackedAdmin):
    """Counts of one owner's goods in one warehouse."""

    source_type = SOURCE_TYPE
    state_badge = choice_column("state", STATE_COLOURS, description=_("state"))
    list_display = (
        "sn",
        "warehouse",
        "owner",
        "state_badge",
        "description",
        "submitted_by",
        "approved_by",
        "create_time",
    )
    list_filter = ("state", "warehouse", "owner")
    list_select_related = ("warehouse", "owner", "submitted_by", "approved_by")
    search_fields = ("sn", "description", "lines__sku__sku")
    date_hierarchy = "create_time"
    service_actions = ("count", "submit", "approve", "reject")
    head = ("sn", "state_badge", "limit_qty", "submitted_by", "submitted_at", "approved_by", "approved_at")
    tail = ("second_by", "second_at", "reason")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new count is opened with its place only."""
        typed = ("warehouse", "owner", "description")
        return typed if obj is None else SHOWN

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """An opened count moves by actions."""
        fixed = ("warehouse", "owner", "description", *self.head, *self.tail) if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An opened count has nothing to save."""
        return obj is None and bool(super().has_change_permission(request, obj))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """The places, once there is a count."""
        return (LineInline,) if obj is not None else ()

    def create_object(self, request: HttpRequest, obj: Any, form: Any, actor: Actor) -> None:
        """Through the service, which gives the number."""
        created = open_stocktake(
            warehouse_id=obj.warehouse_id, owner_id=obj.owner_id, description=obj.description, actor=actor
        )
        obj.__dict__.update(created.__dict__)

    @service_action(
        description=_("count a place"),
        permission="inventory.change_stocktake",
        when=lambda document: document.is_editable,
        form=CountForm,
    )
    def count(
        self, request: HttpRequest, obj: Stocktake, *, sku: str, location: str, batch: str, quality: int, counted: int
    ) -> str:
        """Write down what lies on one place; what is expected there is noted at the same moment."""
        known, places = skus_by_code([sku]), locations_by_code([location])
        if not known:
            raise UnknownSku(param="sku")
        if location not in places:
            raise NotFound(param="location")
        (row,) = known.values()
        line = CountLine(row.id, places[location].id, counted, batch, Quality(quality))
        total = count(stocktake_id=obj.pk, lines=[line], actor=self.actor(request))
        return _now("%(count)d places counted.") % {"count": total}

    @service_action(
        description=_("submit the count"),
        permission="inventory.submit_stocktake",
        when=lambda document: document.is_editable,
    )
    def submit(self, request: HttpRequest, obj: Stocktake) -> Stocktake:
        """Somebody else looks at it."""
        return submit_stocktake(stocktake_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("approve the count"),
        permission="inventory.approve_stocktake",
        when=lambda document: document.state in WAITING,
        variant=ActionVariant.SUCCESS,
    )
    def approve(self, request: HttpRequest, obj: Stocktake) -> str:
        """Book the differences, or leave large ones to a second person."""
        found = approve_stocktake(stocktake_id=obj.pk, actor=self.actor(request))
        return str(found.get_state_display())

    @service_action(
        description=_("reject the count"),
        permission="inventory.approve_stocktake",
        when=lambda document: document.state in (StocktakeState.DRAFT, *WAITING),
        variant=ActionVariant.DANGER,
        form=RejectForm,
    )
    def reject(self, request: HttpRequest, obj: Stocktake, *, reason: str) -> Stocktake:
        """Book nothing."""
        return reject_stocktake(stocktake_id=obj.pk, reason=reason, actor=self.actor(request))
