"""Warehouse systems: connections, ship notices, inbox."""

import json
from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter, RelatedDropdownFilter
from unfold.decorators import display

from vmi.core.actors import Actor
from vmi.core.admin import ReadOnlyAdmin, TabularInline, TrackedAdmin, namespace_site, service_action, status_column
from vmi.core.admin.columns import choice_column, reference_column
from vmi.core.admin.filters import status_filter
from vmi.core.admin.sources import source_link
from warehousing import services
from warehousing.admin.adopt import adopt
from warehousing.admin.forms import ConnectionForm, ParcelForm
from warehousing.choices import SHIP_NOTICE_MACHINE, CancelState, MessageState, ShipNoticeStatus
from warehousing.models import ShipNotice, ShipNoticeLine, WmsConnection, WmsMessage
from warehousing.services.unappliable import REASONS

CONSIGNEE_ORDER = ("name", "phone", "province", "city", "district", "address")

MESSAGE_COLOURS = {
    MessageState.RECEIVED.value: "info",
    MessageState.APPLIED.value: "success",
    MessageState.DUPLICATE.value: "default",
    MessageState.QUARANTINED.value: "danger",
}


def is_called_off(notice: Any) -> bool:
    """Whether the warehouse was asked to hold it back and has not answered."""
    return bool(notice.cancel_state == CancelState.REQUESTED)


@admin.register(WmsConnection, site=namespace_site)
class WmsConnectionAdmin(TrackedAdmin):
    """Links to warehouse systems; secrets are written, rotated, and never shown again."""

    form = ConnectionForm
    list_display = ("code", "warehouse", "mode", "endpoint", "has_secret", "previous_valid_until", "is_enabled")
    list_filter = (("mode", ChoicesDropdownFilter), "is_enabled")
    list_select_related = ("warehouse",)
    search_fields = ("code", "warehouse__code", "warehouse__name", "endpoint")
    service_actions = ("rotate",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The secret is entered once, at creation."""
        common = ("code", "warehouse", "mode", "endpoint")
        asked = ("figures", "stock_url", "poll_minutes", "next_poll_at", "poll_error")
        return (
            (*common, "secret")
            if obj is None
            else (*common, "is_enabled", "has_secret", "previous_valid_until", *asked)
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Changing a connection does not touch its secret."""
        if obj is not None:
            kwargs["form"] = ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The webhook's address carries the code."""
        known = ("code", "warehouse", "has_secret", "previous_valid_until", "next_poll_at", "poll_error")
        fixed = known if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    @display(description=_("secret"), boolean=True)
    def has_secret(self, obj: Any) -> bool:
        """Whether webhooks can be verified."""
        return bool(obj.secret)

    def create_object(self, request: HttpRequest, obj: Any, form: Any, actor: Actor) -> None:
        """Through the service, which checks the address."""
        values = {name: getattr(obj, name) for name in ("code", "mode", "endpoint", "secret")}
        adopt(obj, services.connect_wms(warehouse_id=obj.warehouse_id, actor=actor, **values))

    @service_action(description=_("Rotate the secret"), permission="warehousing.rotate_wmsconnection")
    def rotate(self, request: HttpRequest, obj: Any) -> str:
        """A new secret, shown this once; the old one is accepted for another day."""
        secret = services.rotate_secret(connection_id=obj.pk, actor=self.actor(request))
        return _now("The new secret, shown only now: %(secret)s") % {"secret": secret}


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
    list_display = ("sn", "place", "source", "state", "company", "tracking_no", "attempts", "create_time")
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
    service_actions = ("confirm", "confirm_cancel", "refuse_cancel", "send_again")

    @display(description=_("document"), ordering="source_sn")
    def source(self, obj: Any) -> SafeString | str:
        """The document it ships, linked to its page."""
        return source_link(obj.source_type, obj.source_sn)

    @display(description=_("consignee"))
    def consignee_text(self, obj: Any) -> str:
        """To whom, as one line."""
        known = [obj.consignee.get(name) for name in CONSIGNEE_ORDER]
        return " ".join(str(value) for value in known if value)

    @service_action(
        description=_("Confirm as shipped"),
        permission="warehousing.confirm_shipnotice",
        when=lambda notice: notice.status_id in SHIP_NOTICE_MACHINE.group("open"),
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
        description=_("Send again now"),
        permission="warehousing.send_shipnotice",
        when=lambda notice: notice.status_id == ShipNoticeStatus.TO_SEND,
    )
    def send_again(self, request: HttpRequest, obj: Any) -> ShipNotice:
        """Due at once; the next sweep sends it."""
        return services.retry_ship_notice(notice_id=obj.pk, actor=self.actor(request))


@admin.register(WmsMessage, site=namespace_site)
class WmsMessageAdmin(ReadOnlyAdmin):
    """The inbox; quarantined messages are red until somebody has removed the cause and replays them."""

    list_display = ("event_id", "connection", "notice_sn", "coloured_state", "reason", "repeats", "occurred_at")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("connection", RelatedDropdownFilter),
        ("occurred_at", RangeDateTimeFilter),
        "reason",
    )
    list_select_related = ("connection",)
    search_fields = ("event_id", "notice_sn")
    fieldsets = (
        (None, {"fields": (("event_id", "type"), ("connection", "seq"), ("coloured_state", "reason_text"))}),
        (_("Content"), {"fields": ("notice_sn", "notice", "content")}),
        (_("Times"), {"fields": (("occurred_at", "create_time"), ("processed_at", "repeats"))}),
    )
    readonly_fields = ("coloured_state", "reason_text", "content")
    service_actions = ("replay",)
    coloured_state = choice_column("state", MESSAGE_COLOURS, description=_("state"))

    @display(description=_("reason"))
    def reason_text(self, obj: Any) -> str:
        """Why it was put aside."""
        return str(REASONS.get(obj.reason, obj.reason))

    @display(description=_("content"))
    def content(self, obj: Any) -> str:
        """The message as it arrived."""
        return format_html("<pre>{}</pre>", json.dumps(obj.payload, ensure_ascii=False, indent=2))

    @service_action(
        description=_("Replay"),
        permission="warehousing.replay_wmsmessage",
        when=lambda message: message.state == MessageState.QUARANTINED,
    )
    def replay(self, request: HttpRequest, obj: Any) -> str:
        """Try again what was put aside."""
        return str(services.replay_message(message_id=obj.pk, actor=self.actor(request)).label)
