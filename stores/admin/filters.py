"""List filters of the stores app."""

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from stores.choices import DocumentStatus, GoodsStatus
from vmi.core.choices import StatusEnum
from vmi.statuses.models import status_label


class StatusFilter(SimpleListFilter):
    """The states of one enumeration, in its order and by the names the list shows."""

    title = _("status")
    parameter_name = "status"
    enum: type[StatusEnum]

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        """Value and name of each state."""
        return [(str(member.value), status_label(member.value)) for member in self.enum]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows in the chosen state."""
        value = self.value()
        if value is None or not value.isdecimal():
            return queryset
        return queryset.filter(status_id=int(value))


class DocumentStatusFilter(StatusFilter):
    """Filter documents by state."""

    enum = DocumentStatus


class GoodsStatusFilter(StatusFilter):
    """Filter listings by state."""

    enum = GoodsStatus
