"""What is promised on stock: reservations, internal allocations, goods held for notices, inspections."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from inventory.admin.hold_actions import HoldActions
from inventory.admin.layers import StockRowAdmin
from inventory.admin.links import document_link
from inventory.choices import HoldState, PickState
from inventory.models import Inspection, InternalAllocation, PhysicalHold, Reservation
from partners.selectors import get_partner
from vmi.core.admin import namespace_site
from vmi.core.admin.columns import choice_column, link_to, reference_column
from vmi.core.admin.sources import SourceTypeFilter

HOLD_COLOURS = {
    HoldState.HELD: "orange",
    HoldState.SOLD: "blue",
    HoldState.SHIPPED: "green",
    HoldState.RELEASED: "grey",
    HoldState.EXPIRED: "grey",
}
PICK_COLOURS = {PickState.OPEN: "blue", PickState.SHIPPED: "green", PickState.CANCELLED: "grey"}


class PromiseAdmin(StockRowAdmin):
    """What the four lists share: the document with its line, the SKU, the state on its colour."""

    search_fields: ClassVar[Any] = ("source_sn__exact",)
    search_help_text = _("Number of a document, such as ORD-20261122-000001")
    exclude: ClassVar[Any] = ("source_type", "source_sn")
    readonly_fields: ClassVar[Any] = ("document",)

    @display(description=_("document"), ordering="source_sn")
    def document(self, obj: Any) -> SafeString | str:
        """For whom, linked to its page."""
        return document_link(obj.source_type, obj.source_sn)

    @display(description=_("location"))
    def place(self, obj: Any) -> str:
        """Where the goods lie."""
        return str(obj.physical.location)


@admin.register(Reservation, site=namespace_site)
class ReservationAdmin(HoldActions, PromiseAdmin):
    """Holds and sales by document line."""

    service_actions = ("release_hold", "extend", "change_quantity")

    logical_path = "bucket__pool__logical"
    channel_name = reference_column("channel", "inventory_channel", description=_("channel"))
    hold_state = choice_column("state", HOLD_COLOURS, description=_("state"))
    list_display = (
        "document",
        "line_no",
        "item",
        "warehouse_name",
        "channel_name",
        "quantity",
        "shipped_qty",
        "hold_state",
        "expires_at",
    )
    list_filter = ("state", "kind", SourceTypeFilter, "channel")
    exclude = ()
    fields = (
        ("document", "line_no"),
        ("hold_state", "kind"),
        ("bucket", "channel"),
        ("quantity", "shipped_qty"),
        ("member", "expires_at"),
        ("supply_line", "promised_on"),
        "created_at",
    )
    readonly_fields = ("document", "hold_state", "member")
    list_select_related = (
        "channel",
        "bucket__pool__logical__sku",
        "bucket__pool__logical__warehouse",
        "bucket__pool__logical__owner",
    )

    @display(description=_("member"))
    def member(self, obj: Any) -> SafeString | str:
        """Who holds the goods, linked to the page about them."""
        if obj.partner_id is None:
            return "–"
        return link_to("partners_partner_change", obj.partner_id, get_partner(obj.partner_id))


@admin.register(InternalAllocation, site=namespace_site)
class InternalAllocationAdmin(PromiseAdmin):
    """Goods promised to internal documents."""

    logical_path = "logical"
    pick_state = choice_column("state", HOLD_COLOURS, description=_("state"))
    list_display = (
        "document",
        "line_no",
        "item",
        "warehouse_name",
        "quantity",
        "shipped_qty",
        "pick_state",
        "created_at",
    )
    list_filter = ("state", SourceTypeFilter)
    list_select_related = ("logical__sku__product", "logical__warehouse", "logical__owner")


@admin.register(PhysicalHold, site=namespace_site)
class PhysicalHoldAdmin(PromiseAdmin):
    """Goods held on locations for ship notices."""

    logical_path = "physical"
    pick_state = choice_column("state", PICK_COLOURS, description=_("state"))
    list_display = (
        "document",
        "line_no",
        "item",
        "place",
        "quantity",
        "shipped_qty",
        "pick_state",
        "created_at",
    )
    list_filter = ("state", SourceTypeFilter)
    list_select_related = ("physical__sku__product", "physical__location")


@admin.register(Inspection, site=namespace_site)
class InspectionAdmin(PromiseAdmin):
    """Returned goods and their verdicts."""

    logical_path = "physical"
    list_display = (
        "document",
        "line_no",
        "item",
        "place",
        "quantity",
        "good_qty",
        "bad_qty",
        "created_at",
    )
    list_filter = (SourceTypeFilter,)
    list_select_related = ("physical__sku__product", "physical__location")
