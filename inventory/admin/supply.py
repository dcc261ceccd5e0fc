"""Goods on their way and who waits for them, in the back office."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.enums import ActionVariant

from inventory.admin.layers import StockRowAdmin
from inventory.admin.links import document_link
from inventory.admin.promises import PromiseAdmin
from inventory.admin.supply_forms import (
    ArrivalForm,
    ClosePresaleForm,
    DayForm,
    OpenPresaleForm,
    PurchaseForm,
    WhyForm,
)
from inventory.choices import HoldKind, SupplyState
from inventory.models import ChannelStock, SupplyLine, WaitingPromise
from inventory.selectors.promise_queue import waiting_promises
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
from vmi.core.admin import namespace_site, service_action
from vmi.core.admin.columns import badge, choice_column, link_to, reference_column
from vmi.core.admin.sources import SourceTypeFilter
from vmi.core.sources import Source
from vmi.numbering.services import next_number

STATE_COLOURS = {SupplyState.OPEN: "blue", SupplyState.RECEIVED: "green", SupplyState.CLOSED: "grey"}
KIND_COLOURS = {HoldKind.OVERSOLD: "red", HoldKind.PRESALE: "orange"}
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
    service_actions = ("receive", "reschedule", "open_for_presale", "close_for_presale", "close")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A purchase is announced by hand; transfers come from their stock-outs."""
        return request.user.has_perm("inventory.add_supplyline")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A purchase asks for its own fields."""
        return PurchaseForm if obj is None else super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields of a purchase, or everything about a line."""
        return ((None, {"fields": tuple(PurchaseForm.base_fields)}),) if obj is None else ((None, {"fields": SHOWN}),)

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
    def due(self, obj: SupplyLine) -> SafeString | str:
        """The day it is expected; marked when it slipped."""
        if obj.due_on is None:
            return "–"
        day = date_format(obj.due_on, "SHORT_DATE_FORMAT")
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


@admin.register(WaitingPromise, site=namespace_site)
class WaitingPromiseAdmin(PromiseAdmin):
    """The promise queue: who waits for goods, and what will serve them when."""

    logical_path = "bucket__pool__logical"
    channel_name = reference_column("channel", "inventory_channel", description=_("channel"))
    promise_kind = choice_column("kind", KIND_COLOURS, description=_("kind"))
    list_display = (
        "document",
        "line_no",
        "item",
        "warehouse_name",
        "channel_name",
        "quantity",
        "promise_kind",
        "paid",
        "supply",
        "promised_on",
    )
    list_filter = ("kind", "state", SourceTypeFilter, "channel", "promised_on")
    list_select_related = (
        "channel",
        "supply_line",
        "bucket__pool__logical__sku__product",
        "bucket__pool__logical__warehouse",
        "bucket__pool__logical__owner",
    )
    ordering = ("-state", "id")
    fields = (
        ("document", "line_no"),
        ("promise_kind", "paid"),
        ("bucket", "channel"),
        ("quantity", "created_at"),
        ("supply", "promised_on"),
    )
    readonly_fields = ("document", "supply", "promise_kind", "paid")
    exclude = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What waits now."""
        return super().get_queryset(request).filter(pk__in=waiting_promises().values("pk"))

    @display(description=pgettext_lazy("promise", "paid"), boolean=True, ordering="state")
    def paid(self, obj: WaitingPromise) -> bool:
        """Whether its units are paid: they are served first."""
        return obj.is_sold

    @display(description=_("supply line"), ordering="supply_line")
    def supply(self, obj: WaitingPromise) -> SafeString | str:
        """The goods on their way that will serve it."""
        line = obj.supply_line
        return link_to("inventory_supplyline_change", line.pk, line.source_sn) if line else "–"
