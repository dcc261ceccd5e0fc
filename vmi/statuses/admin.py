"""The status table in the platform's back office: to look at, never to change (C-12)."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from vmi.core.admin import ReadOnlyAdmin, platform_site
from vmi.statuses.models import Status


@admin.register(Status, site=platform_site)
class StatusAdmin(ReadOnlyAdmin):
    """All statuses with their kind and both names."""

    list_display = ("value", "described", "name", "name_en")
    list_filter = ("kind",)
    search_fields = ("name", "name_en")
    list_per_page = 100

    @admin.display(description=_("kind"), ordering="kind")
    def described(self, obj: Status) -> str:
        """What the status describes."""
        return obj.kind_name
