"""The status table in the platform's back office: to look at, never to change (C-12)."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vmi.core.admin import ReadOnlyAdmin, platform_site
from vmi.statuses.models import Status

KIND_NAMES: Final = {
    1: _("order"),
    2: _("stock document"),
    3: _("product"),
    4: _("member"),
    5: _("goods"),
    6: _("shelf"),
    7: _("reward policy"),
    8: _("payment of an order"),
    9: _("fulfilment of an order"),
    10: _("after-sale of an order"),
    11: _("return"),
    12: _("payment"),
    13: _("refund"),
    14: _("ship notice"),
}
"""What the statuses of each kind describe, for people."""


class KindFilter(admin.SimpleListFilter):
    """Statuses of one kind, by the kinds' names."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every kind."""
        return [(str(kind), name) for kind, name in KIND_NAMES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Status]) -> QuerySet[Status]:
        """The statuses of the chosen kind."""
        chosen = self.value() or ""
        return queryset.filter(kind=int(chosen)) if chosen.isdecimal() else queryset


@admin.register(Status, site=platform_site)
class StatusAdmin(ReadOnlyAdmin):
    """All statuses with their kind and both names."""

    list_display = ("value", "described", "name", "name_en")
    list_filter = (KindFilter,)
    search_fields = ("name", "name_en")
    list_per_page = 100

    @admin.display(description=_("kind"), ordering="kind")
    def described(self, obj: Status) -> str:
        """What the status describes."""
        return str(KIND_NAMES.get(obj.kind, obj.kind_name))
