"""Goods owners."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from partners.choices import PARTNER_MACHINE, PartnerStatus
from vmi.core.actors import Actor
from vmi.core.admin import TrackedAdmin, namespace_site, service_action, status_column
from vmi.core.admin.filters import status_filter
from warehousing import services
from warehousing.admin.adopt import adopt
from warehousing.models import Owner
from warehousing.services.owner import OWNER_CHANGEABLE


@admin.register(Owner, site=namespace_site)
class OwnerAdmin(TrackedAdmin):
    """Owners with contact and terms; enabling and disabling are actions."""

    state = status_column(machine=PARTNER_MACHINE)
    list_display = ("code", "name", "type", "contact", "phone", "settlement_cycle", "state")
    list_filter = (
        status_filter(PartnerStatus),
        ("type", ChoicesDropdownFilter),
        ("settlement_cycle", ChoicesDropdownFilter),
    )
    search_fields = ("code", "name", "contact", "phone", "email")
    fieldsets = (
        (None, {"fields": ("code", "name", "type", "status")}),
        (_("Contact"), {"fields": ("contact", "phone", "email")}),
        (_("Settlement"), {"fields": ("settlement_cycle", "storage_fee", "handling_fee", "settlement_terms")}),
    )
    service_actions = ("disable", "enable")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The code is given by the system when left empty."""
        form = super().get_form(request, obj, change, **kwargs)
        if "code" in form.base_fields:
            form.base_fields["code"].required = False
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Stock and documents carry the code."""
        return (*super().get_readonly_fields(request, obj), *(("code",) if obj is not None else ()))

    def create_object(self, request: HttpRequest, obj: Any, form: Any, actor: Actor) -> None:
        """Through the service, which gives the code."""
        values = {name: getattr(obj, name) for name in OWNER_CHANGEABLE}
        adopt(obj, services.register_owner(code=obj.code or None, actor=actor, **values))

    @service_action(
        description=_("Disable"),
        permission="warehousing.change_owner",
        when=lambda owner: owner.status_id == PartnerStatus.ENABLED,
    )
    def disable(self, request: HttpRequest, obj: Any) -> Owner:
        """No new business with these owners (S001-1)."""
        return services.disable_owner(owner_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("Enable"),
        permission="warehousing.change_owner",
        when=lambda owner: owner.status_id == PartnerStatus.DISABLED,
    )
    def enable(self, request: HttpRequest, obj: Any) -> Owner:
        """New business again."""
        return services.enable_owner(owner_id=obj.pk, actor=self.actor(request))
