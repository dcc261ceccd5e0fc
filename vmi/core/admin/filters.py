"""List filters that several apps share."""

from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum


class StatusFilter(SimpleListFilter):
    """The states of one enumeration, in its order, without asking the platform table; subclass and set ``enum``."""

    title = _("status")
    parameter_name = "status"
    enum: ClassVar[type[StatusEnum]]

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        """Value and label of each state."""
        return [(str(member.value), member.label) for member in self.enum]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows in the chosen state."""
        value = self.value()
        if value is None or not value.isdecimal():
            return queryset
        return queryset.filter(status_id=int(value))


def status_filter(enum: type[StatusEnum]) -> type[StatusFilter]:
    """The filter of one enumeration, for ``list_filter``."""
    return type(f"{enum.__name__}Filter", (StatusFilter,), {"enum": enum, "__doc__": f"Filter by {enum.__name__}."})
