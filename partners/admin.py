"""Back-office pages of members and levels; every write goes through the same commands as the API."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.choices import PARTNER_MACHINE, PartnerStatus
from partners.models import Level, Partner
from partners.ports import partner_inlines
from partners.services import (
    create_level,
    disable_partner,
    enable_partner,
    register_partner,
    update_level,
    update_partner,
)
from vmi.core.admin import ModelAdmin, namespace_site, service_action, status_column
from vmi.core.admin.base import TRACKED_FIELDS
from vmi.core.admin.export import Columns, ExportMixin
from vmi.core.admin.filters import status_filter

PARTNER_FIELDS = ("name", "telephone", "wechat", "description")
LEVEL_FIELDS = ("name", "min_points", "max_points", "discount", "description", "sort")


def _in_status(status: PartnerStatus) -> Any:
    return lambda partner: partner.status_id == status


@admin.register(Partner, site=namespace_site)
class PartnerAdmin(ExportMixin, ModelAdmin):
    """Members; code, level, login and state are the system's."""

    source_type = "partner"
    source_field = "code"
    list_display = ("code", "name", "telephone", "wechat", "level", "referer", "state", "create_time")
    list_filter = (status_filter(PartnerStatus), "level", "create_time")
    search_fields = ("code", "name", "telephone", "wechat")
    list_select_related = ("level", "referer")
    autocomplete_fields = ("referer",)
    date_hierarchy = "create_time"
    service_actions = ("enable", "disable")
    fieldsets = (
        (None, {"fields": (("code", "state"), "name", ("telephone", "wechat"), "referer", ("level", "user"))}),
        (_("Notes"), {"fields": ("description",)}),
        (_("Record"), {"fields": (TRACKED_FIELDS,)}),
    )
    add_fieldsets = ((None, {"fields": ("name", ("telephone", "wechat"), "referer", "description")}),)

    state = status_column(machine=PARTNER_MACHINE)

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[Any, ...]:
        """What higher apps know about an existing member."""
        return () if obj is None else partner_inlines()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new member has neither code nor level to show."""
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """What the system decides is shown, not typed."""
        return () if obj is None else ("code", "state", "level", "user", *TRACKED_FIELDS)

    def save_model(self, request: HttpRequest, obj: Partner, form: Any, change: bool) -> None:
        """Register or change by command."""
        values = {name: getattr(obj, name) for name in PARTNER_FIELDS}
        if change:
            changes = {name: values[name] for name in form.changed_data if name in values}
            if "referer" in form.changed_data:
                changes["referer_id"] = obj.referer_id
            update_partner(partner_id=obj.pk, changes=changes, actor=self.actor(request))
            return
        referer_code = obj.referer.code if obj.referer else None
        created = register_partner(**values, referer_code=referer_code, actor=self.actor(request))
        obj.pk, obj.code = created.pk, created.code

    @service_action(
        description=_("enable"), permission="partners.disable_partner", when=_in_status(PartnerStatus.DISABLED)
    )
    def enable(self, request: HttpRequest, obj: Partner) -> None:
        """Let the member act again."""
        enable_partner(partner_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("disable"), permission="partners.disable_partner", when=_in_status(PartnerStatus.ENABLED)
    )
    def disable(self, request: HttpRequest, obj: Partner) -> None:
        """Stop the member from signing in, buying and spending."""
        disable_partner(partner_id=obj.pk, actor=self.actor(request))

    def export_columns(self) -> Columns:
        """The columns of the file."""
        return {
            str(_("member code")): lambda row: row.code,
            str(pgettext_lazy("person", "name")): lambda row: row.name,
            str(_("telephone")): lambda row: row.telephone,
            str(_("WeChat")): lambda row: row.wechat,
            str(_("level")): lambda row: row.level.name,
            str(_("referer")): lambda row: row.referer.code if row.referer else "",
            str(_("status")): lambda row: str(row.status),
            str(_("created at")): lambda row: row.create_time.isoformat(),
        }


@admin.register(Level, site=namespace_site)
class LevelAdmin(ModelAdmin):
    """Levels: half-open bands of points."""

    list_display = ("name", "min_points", "max_points", "discount", "sort")
    search_fields = ("name",)
    fieldsets = ((None, {"fields": ("name", ("min_points", "max_points"), ("discount", "sort"), "description")}),)

    def save_model(self, request: HttpRequest, obj: Level, form: Any, change: bool) -> None:
        """Add or change by command."""
        values = {name: getattr(obj, name) for name in LEVEL_FIELDS}
        if change:
            changes = {name: values[name] for name in form.changed_data if name in values}
            update_level(level_id=obj.pk, changes=changes, actor=self.actor(request))
            return
        obj.pk = create_level(**values, actor=self.actor(request)).pk
