"""The log in the back office: what happened, and what is still on its way."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from vmi.core.actors import ActorKind
from vmi.core.admin import ReadOnlyAdmin, TabularInline, namespace_site, service_action
from vmi.core.admin.columns import choice_column
from vmi.core.admin.sources import subject_link
from vmi.events import dashboard
from vmi.events.choices import DeliveryState
from vmi.events.models import Delivery, Event
from vmi.events.payloads import all_payload_classes, title_of
from vmi.events.services import retry_delivery

STATE_COLOURS = {DeliveryState.PENDING: "info", DeliveryState.DONE: "success", DeliveryState.PARKED: "danger"}


def as_block(value: Any) -> SafeString:
    """JSON for reading, escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) if value is not None else "–"
    return format_html("<pre>{}</pre>", text)


class TypeFilter(SimpleListFilter):
    """By kind of event, under its title."""

    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every type of the catalogue."""
        return [(name, str(payload.title)) for name, payload in sorted(all_payload_classes().items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """The events of one type."""
        return queryset.filter(type=self.value()) if self.value() else queryset


ACTOR_KINDS = {
    ActorKind.STAFF: _("staff"),
    ActorKind.CUSTOMER: _("customer"),
    ActorKind.SYSTEM: _("the system itself"),
    ActorKind.WMS: _("warehouse system"),
    ActorKind.GATEWAY: _("payment provider"),
}


class ActorFilter(SimpleListFilter):
    """By the kind of hand that did it."""

    title = _("kind of actor")
    parameter_name = "actor_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every kind."""
        return [(kind.value, name) for kind, name in ACTOR_KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """What this kind of hand did."""
        return queryset.filter(actor_kind=self.value()) if self.value() else queryset


class DeliveryInline(TabularInline):
    """Who reacted to an event."""

    model = Delivery
    extra = 0
    can_delete = False
    fields = ("handler", "state", "attempts", "next_at", "last_error")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deliveries come from record()."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing here is edited."""
        return False


@admin.register(Event, site=namespace_site)
class EventAdmin(ReadOnlyAdmin):
    """The history of the namespace; search a subject such as ``order:ORD-…`` to see one object's."""

    list_display = ("title", "about", "actor_label", "at")
    list_filter = (TypeFilter, ActorFilter, "at")
    search_fields = ("subject__startswith",)
    search_help_text = _("Subject, for example order:ORD-20261122-000001")
    fields = (("title", "at"), ("about", "actor_label"), "payload_block", "changes_block")
    readonly_fields = ("title", "about", "payload_block", "changes_block")
    inlines = (DeliveryInline,)

    @display(description=_("event"), ordering="type")
    def title(self, obj: Event) -> str:
        """What happened."""
        return title_of(obj.type)

    @display(description=_("subject"), ordering="subject")
    def about(self, obj: Event) -> SafeString | str:
        """To what it happened, linked to its page."""
        return subject_link(obj.subject)

    @display(description=_("payload"))
    def payload_block(self, obj: Event) -> SafeString:
        """What the event carries."""
        return as_block(obj.payload)

    @display(description=_("changes"))
    def changes_block(self, obj: Event) -> SafeString:
        """Values before and after."""
        return as_block(obj.changes if obj.changes is not None else obj.payload.get("changes"))


@admin.register(Delivery, site=namespace_site)
class DeliveryAdmin(ReadOnlyAdmin):
    """Reactions to events; parked ones are red and can be tried again."""

    list_display = ("event_name", "subject", "handler", "state_label", "attempts", "next_at")
    list_filter = ("state", "handler")
    list_select_related = ("event",)
    search_fields = ("event__subject__startswith",)
    fields = ("event", "handler", "state_label", "attempts", "next_at", "last_error")
    readonly_fields = ("state_label",)
    service_actions = ("retry",)
    state_label = choice_column("state", STATE_COLOURS, description=_("state"))

    @display(description=_("event"))
    def event_name(self, obj: Delivery) -> str:
        """What happened."""
        return title_of(obj.event.type)

    @display(description=_("subject"))
    def subject(self, obj: Delivery) -> SafeString | str:
        """To what it happened, linked to its page."""
        return subject_link(obj.event.subject)

    @service_action(
        description=_("Try again"),
        permission="events.retry_delivery",
        when=lambda delivery: delivery.state == DeliveryState.PARKED,
    )
    def retry(self, request: HttpRequest, obj: Delivery) -> None:
        """Put a parked delivery back into the queue."""
        retry_delivery(delivery_id=obj.pk, actor=self.actor(request))


dashboard.register()
