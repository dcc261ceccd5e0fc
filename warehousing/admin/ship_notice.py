"""Ship notices in the back office: what warehouses were asked to send, and what became of it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter, RelatedDropdownFilter
from unfold.decorators import display

from vmi.core.admin import ReadOnlyAdmin, TabularInline, namespace_site, service_action, status_column
from vmi.core.admin.columns import badge, reference_column
from vmi.core.admin.filters import status_filter
from vmi.core.admin.sources import source_link
from warehousing import services
from warehousing.admin.forms import HeldBackForm, LeftForm, ParcelForm
from warehousing.choices import SHIP_NOTICE_MACHINE, CancelState, ShipNoticeStatus
from warehousing.models import ShipNotice, ShipNoticeLine, WmsMessage
from warehousing.services.ship_notice import has_http_wms

CONSIGNEE_ORDER = ("name", "phone", "province", "city", "district", "address")

CANCEL_COLOURS = {
    CancelState.REQUESTED.value: "warning",
    CancelState.CONFIRMED.value: "default",
    CancelState.REFUSED.value: "danger",
}


def is_asked(notice: Any) -> bool:
    """Whether the warehouse was asked to hold it back and has not answered."""
    return bool(notice.cancel_state == CancelState.REQUESTED)


def is_called_off(notice: Any) -> bool:
    """Whether staff of a warehouse without a system have to answer."""
    return is_asked(notice) and not has_http_wms(notice.warehouse_id)


def is_unanswered(notice: Any) -> bool:
    """Whether a warehouse system has to answer."""
    return is_asked(notice) and has_http_wms(notice.warehouse_id)


def is_for_hand(notice: Any) -> bool:
    """Whether it is open in a warehouse without a system."""
    return notice.status_id in SHIP_NOTICE_MACHINE.group("open") and not has_http_wms(notice.warehouse_id)


class LineInline(TabularInline):
    """What is to be shipped and what has left."""

    model = ShipNoticeLine
    fields = ("line_no", "sku", "owner", "location", "batch", "quantity", "shipped_quantity")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lines come with the notice."""
        return False


class MessageInline(TabularInline):
    """What was said about the notice."""

    model = WmsMessage
    fields = ("event_id", "connection", "occurred_at", "state", "reason")
    readonly_fields = fields
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Messages arrive."""
        return False


@admin.register(ShipNotice, site=namespace_site)
class ShipNoticeAdmin(ReadOnlyAdmin):
    """Ship notices with their lines; confirming by hand is for warehouses without a system."""

    state = status_column(machine=SHIP_NOTICE_MACHINE)
    place = reference_column("warehouse", "warehousing_warehouse", description=_("warehouse"))
    list_display = (
        "sn",
        "place",
        "source",
        "state",
        "cancellation",
        "company",
        "tracking_no",
        "attempts",
        "create_time",
    )
    list_filter = (
        status_filter(ShipNoticeStatus),
        ("cancel_state", ChoicesDropdownFilter),
        ("warehouse", RelatedDropdownFilter),
        ("create_time", RangeDateTimeFilter),
    )
    list_select_related = ("warehouse",)
    search_fields = ("sn", "source_sn", "tracking_no", "lines__sku")
    date_hierarchy = "create_time"
    fieldsets = (
        (None, {"fields": (("sn", "state"), ("warehouse", "source"), "consignee_text")}),
        (_("Shipment"), {"fields": (("company", "tracking_no"), ("create_time", "sent_at"), "done_at")}),
        (_("Sending"), {"fields": (("attempts", "next_attempt_at"), "last_error")}),
        (
            _("Cancellation"),
            {"fields": (("cancel_state", "cancel_requested_at"), ("cancel_attempts", "cancel_next_at"))},
        ),
    )
    readonly_fields = ("state", "source", "consignee_text")
    inlines = (LineInline, MessageInline)
    service_actions = ("confirm", "confirm_cancel", "refuse_cancel", "settle_back", "settle_gone", "send_again")

    @display(description=_("document"), ordering="source_sn")
    def source(self, obj: Any) -> SafeString | str:
        """The document it ships, linked to its page."""
        return source_link(obj.source_type, obj.source_sn)

    @display(description=_("cancellation"), ordering="cancel_state")
    def cancellation(self, obj: Any) -> SafeString | str:
        """Whether it was called off, and what the warehouse said; empty for most."""
        colour = CANCEL_COLOURS.get(obj.cancel_state)
        return badge(obj.get_cancel_state_display(), colour) if colour else ""

    @display(description=_("consignee"))
    def consignee_text(self, obj: Any) -> str:
        """To whom, as one line."""
        known = [obj.consignee.get(name) for name in CONSIGNEE_ORDER]
        return " ".join(str(value) for value in known if value)

    @service_action(
        description=_("Confirm as shipped"),
        permission="warehousing.confirm_shipnotice",
        when=is_for_hand,
        form=ParcelForm,
    )
    def confirm(self, request: HttpRequest, obj: Any, *, company: str, tracking_no: str) -> ShipNotice:
        """Everything still open has left, with this parcel."""
        return services.confirm_manually(
            notice_id=obj.pk, company=company, tracking_no=tracking_no, actor=self.actor(request)
        )

    @service_action(
        description=_("Confirm that it was held back"),
        permission="warehousing.cancel_shipnotice",
        when=is_called_off,
    )
    def confirm_cancel(self, request: HttpRequest, obj: Any) -> ShipNotice:
        """The goods are still there."""
        return services.confirm_cancel_manually(notice_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("It had left already"),
        permission="warehousing.cancel_shipnotice",
        when=is_called_off,
        form=ParcelForm,
    )
    def refuse_cancel(self, request: HttpRequest, obj: Any, *, company: str, tracking_no: str) -> ShipNotice:
        """The goods are gone, with this parcel."""
        return services.refuse_cancel_manually(
            notice_id=obj.pk, company=company, tracking_no=tracking_no, actor=self.actor(request)
        )

    @service_action(
        description=_("No answer: it was held back"),
        permission="warehousing.settle_shipnotice",
        when=is_unanswered,
        form=HeldBackForm,
    )
    def settle_back(self, request: HttpRequest, obj: Any, *, reason: str) -> ShipNotice:
        """A person found the goods still there, and answers for the warehouse system."""
        return services.settle_held_back(notice_id=obj.pk, reason=reason, actor=self.actor(request))

    @service_action(
        description=_("No answer: it had left"),
        permission="warehousing.settle_shipnotice",
        when=is_unanswered,
        form=LeftForm,
    )
    def settle_gone(self, request: HttpRequest, obj: Any, *, company: str, tracking_no: str, reason: str) -> ShipNotice:
        """A person found out that the goods had left, and answers for the warehouse system."""
        return services.settle_left(
            notice_id=obj.pk, company=company, tracking_no=tracking_no, reason=reason, actor=self.actor(request)
        )

    @service_action(
        description=_("Send again now"),
        permission="warehousing.send_shipnotice",
        when=lambda notice: notice.status_id == ShipNoticeStatus.TO_SEND,
    )
    def send_again(self, request: HttpRequest, obj: Any) -> ShipNotice:
        """Due at once; the next sweep sends it."""
        return services.retry_ship_notice(notice_id=obj.pk, actor=self.actor(request))
