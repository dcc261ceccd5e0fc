"""Warehouse systems: connections and the inbox."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter, RelatedDropdownFilter
from unfold.decorators import display

from vmi.core.actors import Actor
from vmi.core.admin import ReadOnlyAdmin, TrackedAdmin, namespace_site, service_action
from vmi.core.admin.columns import choice_column
from warehousing import services
from warehousing.admin.adopt import adopt
from warehousing.admin.forms import ConnectionForm
from warehousing.choices import MessageState
from warehousing.models import WmsConnection, WmsMessage
from warehousing.services.unappliable import REASONS

MESSAGE_COLOURS = {
    MessageState.RECEIVED.value: "info",
    MessageState.APPLIED.value: "success",
    MessageState.DUPLICATE.value: "default",
    MessageState.QUARANTINED.value: "danger",
}


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


class ReasonFilter(admin.SimpleListFilter):
    """Why messages were put aside, in words."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every reason there is."""
        return list(REASONS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Messages put aside for the chosen reason."""
        return queryset.filter(reason=self.value()) if self.value() else queryset


@admin.register(WmsMessage, site=namespace_site)
class WmsMessageAdmin(ReadOnlyAdmin):
    """The inbox; quarantined messages are red until somebody has removed the cause and replays them."""

    list_display = ("event_id", "connection", "notice_sn", "coloured_state", "reason_text", "repeats", "occurred_at")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("connection", RelatedDropdownFilter),
        ("occurred_at", RangeDateTimeFilter),
        ReasonFilter,
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

    @display(description=_("reason"), ordering="reason")
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
