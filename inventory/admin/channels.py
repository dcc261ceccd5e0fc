"""Sales channels and what they sell."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory.models import Channel, ChannelSource
from inventory.services.channels import add_channel_source, remove_channel_source
from vmi.core.admin import ReadOnlyAdmin, TabularInline, TrackedAdmin, namespace_site


class ChannelSourceInline(TabularInline):
    """Whose goods the channel sells from where."""

    model = ChannelSource
    fields = ("warehouse", "owner", "priority")
    autocomplete_fields = ("warehouse", "owner")
    can_delete = True


@admin.register(Channel, site=namespace_site)
class ChannelAdmin(TrackedAdmin):
    """Channels with their sources; a store opens its own."""

    list_display = ("code", "name", "display_rule", "warehouse_choice", "create_time")
    list_filter = ("display_rule", "warehouse_choice")
    search_fields = ("code", "name")
    fieldsets = (
        (None, {"fields": ("code", "name")}),
        (
            _("Holds"),
            {
                "fields": (
                    ("cart_hold_minutes", "order_hold_minutes", "oversell_hold_minutes"),
                    ("hold_units_max", "hold_share_max"),
                )
            },
        ),
        (_("What customers see"), {"fields": (("display_rule", "display_units"),)}),
        (_("Which warehouse serves"), {"fields": (("warehouse_choice", "may_split"),)}),
    )
    inlines = (ChannelSourceInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The code is what documents refer to: fixed once given."""
        declared = super().get_readonly_fields(request, obj)
        return (*declared, "code") if obj else declared

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Sources are added and removed by the commands, which write the channel's history."""
        formset.save(commit=False)
        gone = [_key(source) for source in formset.deleted_objects]
        gone += [key for source, names in formset.changed_objects if (key := _old_key(source, names))]
        for warehouse_id, owner_id in gone:
            remove_channel_source(
                channel_id=form.instance.pk, warehouse_id=warehouse_id, owner_id=owner_id, actor=self.actor(request)
            )
        for source in (*formset.new_objects, *(source for source, _names in formset.changed_objects)):
            add_channel_source(
                channel_id=form.instance.pk,
                warehouse_id=source.warehouse_id,
                owner_id=source.owner_id,
                priority=source.priority,
                actor=self.actor(request),
            )


def _key(source: ChannelSource) -> tuple[int, int]:
    return source.warehouse_id, source.owner_id


def _old_key(source: ChannelSource, changed: Sequence[str]) -> tuple[int, int] | None:
    """Warehouse and owner that a row stood for before it was changed to another place; None: still the same."""
    if {"warehouse", "owner"}.isdisjoint(changed):
        return None
    return _key(ChannelSource.objects.get(pk=source.pk))


@admin.register(ChannelSource, site=namespace_site)
class ChannelSourceAdmin(ReadOnlyAdmin):
    """Every source in one list, to see which channels share a warehouse."""

    list_display = ("channel", "warehouse", "owner", "priority")
    list_filter = ("channel", "warehouse")
    list_select_related = ("channel", "warehouse", "owner")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Reached from the channel; no menu entry of its own."""
        return False


ChannelSourceInline.verbose_name_plural = _("sources")
