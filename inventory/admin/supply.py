"""Goods on their way in the back office."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpRequest
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.enums import ActionVariant

from inventory.admin.layers import StockRowAdmin
from inventory.admin.links import document_link
from inventory.admin.supply_forms import (
    ArrivalForm,
    ClosePresaleForm,
    DayForm,
    OpenPresaleForm,
    PurchaseForm,
    WhyForm,
)
from inventory.choices import SupplyState
from inventory.models import ChannelStock, SupplyLine, SupplyStep
from inventory.services import (
    ArrivalLine,
    ExpectLine,
    close_presale,
    close_supply,
    expect_supply,
    open_presale,
    receive_supply,
    reschedule_supply,
)
from vmi.core import clock
from vmi.core.admin import TabularInline, namespace_site, service_action
from vmi.core.admin.columns import badge, choice_column
from vmi.core.admin.sources import SourceTypeFilter
from vmi.core.sources import Source
from vmi.numbering.services import next_number

STATE_COLOURS = {SupplyState.OPEN: "blue", SupplyState.RECEIVED: "green", SupplyState.CLOSED: "grey"}
PURCHASE = "purchase"
SHOWN = (
    ("document", "line_no"),
    ("kind", "line_state"),
    ("logical", "waterfall"),
    ("expected_qty", "received_qty"),
    ("closed_qty", "open_units"),
    ("presale_qty", "bucket"),
    ("due_on", "first_due_on"),
    "unit_cost",
)


class StepInline(TabularInline):
    """What became of the line, each step with its document."""

    model = SupplyStep
    fields = ("at", "command", "units", "document", "actor")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Steps come with their commands."""
        return False

    @display(description=_("document"))
    def document(self, obj: Any) -> SafeString | str:
        """The receipt or decision, linked to its page."""
        return document_link(obj.source_type, obj.source_sn)


def is_open(line: Any) -> bool:
    """Whether something still comes."""
    return bool(line.state == SupplyState.OPEN)


def is_presold(line: Any) -> bool:
    """Whether units of it may be sold before they come."""
    return is_open(line) and bool(line.presale_qty)


@admin.register(SupplyLine, site=namespace_site)
class SupplyLineAdmin(StockRowAdmin):
    """What transfers and purchases still bring; purchases are announced here."""

    logical_path = "logical"
    line_state = choice_column("state", STATE_COLOURS, description=_("state"))
    list_display = (
        "item",
        "warehouse_name",
        "document",
        "line_no",
        "expected_qty",
        "received_qty",
        "open_units",
        "presale_qty",
        "due",
        "line_state",
    )
    list_filter = ("state", "kind", SourceTypeFilter, "logical__warehouse", "due_on")
    list_select_related = ("logical__sku__product", "logical__warehouse", "logical__owner")
    search_fields = ("source_sn__exact", "logical__sku__sku")
    search_help_text = _("Number of a document, or a SKU code")
    date_hierarchy = "due_on"
    exclude = ("source_type", "source_sn")
    readonly_fields = ("document", "line_state", "waterfall", "open_units")
    inlines = (StepInline,)
    service_actions = ("receive", "reschedule", "open_for_presale", "close_for_presale", "close")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With whether a line should have come by now, for one reading of the clock."""
        late = Q(state=SupplyState.OPEN, due_on__lt=clock.local_date(clock.now()))
        return super().get_queryset(request).annotate(is_overdue=Case(When(late, then=True), default=False))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A purchase is announced by hand; transfers come from their stock-outs."""
        return request.user.has_perm("inventory.add_supplyline")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A purchase asks for its own fields."""
        return PurchaseForm if obj is None else super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields of a purchase, or everything about a line."""
        return ((None, {"fields": tuple(PurchaseForm.base_fields)}),) if obj is None else ((None, {"fields": SHOWN}),)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new line has no steps yet."""
        return () if obj is None else self.inlines

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new line shows nothing yet."""
        return () if obj is None else super().get_readonly_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Announce the purchase by the same command as the API."""
        data = form.cleaned_data
        source = Source(PURCHASE, data["source_number"] or next_number("supply"))
        cost = data["unit_cost"] or Decimal(0)
        expect_supply(
            warehouse_id=data["warehouse"].pk,
            owner_id=data["owner"].pk,
            lines=[ExpectLine(1, data["sku"], data["quantity"], data["due_on"], cost)],
            source=source,
            actor=self.actor(request),
        )
        stored = SupplyLine.objects.get(source_type=source.type, source_sn=source.sn, line_no=1)
        obj.pk, obj.source_sn, obj.source_type, obj.line_no = stored.pk, source.sn, source.type, 1

    @display(description=_("document"), ordering="source_sn")
    def document(self, obj: SupplyLine) -> SafeString | str:
        """What brings it, linked to its page."""
        return document_link(obj.source_type, obj.source_sn)

    @display(description=_("still to come"))
    def open_units(self, obj: SupplyLine) -> str:
        """Expected less received and given up."""
        return str(number_format(obj.open_qty))

    @display(description=_("due on"), ordering="due_on")
    def due(self, obj: Any) -> SafeString | str:
        """The day it is expected; red once it is over and units are still to come, marked when it slipped."""
        if obj.due_on is None:
            return "–"
        day = date_format(obj.due_on, "SHORT_DATE_FORMAT")
        if obj.is_overdue:
            return badge(day, "red")
        return badge(day, "orange") if obj.first_due_on and obj.due_on > obj.first_due_on else day

    @service_action(
        description=_("Receive"),
        permission="inventory.receive_supplyline",
        when=is_open,
        icon="move_to_inbox",
        variant=ActionVariant.PRIMARY,
        form=ArrivalForm,
    )
    def receive(
        self, request: HttpRequest, obj: SupplyLine, quantity: int, location: int, batch: str, unit_cost: Decimal | None
    ) -> str:
        """Book units as arrived; what was presold of them is served first."""
        line = ArrivalLine(1, obj.pk, location, batch, quantity, unit_cost)
        receive_supply(lines=[line], source=_document(), actor=self.actor(request))
        return gettext("Received: %(units)d units.") % {"units": quantity}

    @service_action(
        description=_("Reschedule"),
        permission="inventory.reschedule_supplyline",
        when=is_open,
        icon="event_repeat",
        form=DayForm,
    )
    def reschedule(self, request: HttpRequest, obj: SupplyLine, due_on: date | None) -> str:
        """Expect the goods on another day; whoever waits is told."""
        moved = reschedule_supply(line_id=obj.pk, due_on=due_on, actor=self.actor(request))
        return gettext("Promises with another day: %(count)d.") % {"count": moved}

    @service_action(
        description=_("Open presale"),
        permission="inventory.presell_supplyline",
        when=is_open,
        icon="sell",
        form=OpenPresaleForm,
    )
    def open_for_presale(
        self, request: HttpRequest, obj: SupplyLine, quantity: int, bucket: ChannelStock | None
    ) -> None:
        """Let units be sold before they come."""
        open_presale(
            line_id=obj.pk,
            quantity=quantity,
            bucket_id=bucket.pk if bucket else None,
            source=_document(),
            actor=self.actor(request),
        )

    @service_action(
        description=_("Close presale"),
        permission="inventory.presell_supplyline",
        when=is_presold,
        icon="block",
        form=ClosePresaleForm,
    )
    def close_for_presale(self, request: HttpRequest, obj: SupplyLine, quantity: int) -> None:
        """Let unpromised units wait until they are there."""
        close_presale(line_id=obj.pk, quantity=quantity, source=_document(), actor=self.actor(request))

    @service_action(
        description=_("Will not come"),
        permission="inventory.close_supplyline",
        when=is_open,
        icon="cancel",
        variant=ActionVariant.DANGER,
        form=WhyForm,
    )
    def close(self, request: HttpRequest, obj: SupplyLine, reason: str) -> str:
        """Give up the rest: promises move to other lines, or their orders are refunded."""
        lost = close_supply(line_id=obj.pk, reason=reason, source=_document(), actor=self.actor(request))
        return gettext("Promised units nothing covers any more: %(units)d.") % {"units": lost}


def _document() -> Source:
    """The document of one action on a supply line."""
    return Source("supply", next_number("supply"))
