"""List filters of the back office."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum
from vmi.core.states import Machine
from vmi.statuses.models import status_label


def status_filter(machine: Machine) -> type[SimpleListFilter]:
    """A filter by the states of one machine; the stock one would list the states of every kind."""

    class StatusFilter(SimpleListFilter):
        """The states of one kind."""

        title = _("status")
        parameter_name = "status"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            """Every state of the machine."""
            members: list[StatusEnum] = list(machine.enum)
            return [(str(int(member)), status_label(int(member))) for member in members]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            """Rows in the chosen state."""
            chosen = self.value()
            known = {str(int(member)) for member in machine.enum}
            return queryset.filter(status=int(chosen)) if chosen in known else queryset

    return StatusFilter
