"""List filters that several apps share."""

from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum


class StatusFilter(SimpleListFilter):
    """The states of one enumeration, in its order and by the names the list shows; subclass and set ``enum``.

    Another column than ``status`` names itself in ``title`` and ``parameter_name``.
    """

    title = _("status")
    parameter_name = "status"
    enum: ClassVar[type[StatusEnum]]

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        """Value and name of each state."""
        table: Any = model_admin.model._meta.get_field(self.parameter_name).related_model
        return [(str(member.value), table.of(member.value).label) for member in self.enum]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows in the chosen state."""
        value = self.value()
        if value is None or not value.isdecimal():
            return queryset
        return self.chosen(queryset, int(value))

    def chosen(self, queryset: QuerySet[Any], value: int) -> QuerySet[Any]:
        """Rows whose column has this value."""
        return queryset.filter(**{f"{self.parameter_name}_id": value})


def status_filter(enum: type[StatusEnum]) -> type[StatusFilter]:
    """The filter of one enumeration, for ``list_filter``."""
    return type(f"{enum.__name__}Filter", (StatusFilter,), {"enum": enum, "__doc__": f"Filter by {enum.__name__}."})
