"""Which policies of safety stock somebody should look at."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory.choices import ReviewState
from inventory.selectors.safety import locked_on
from vmi.core import clock


class SafetyStateFilter(SimpleListFilter):
    """Policies somebody should look at."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """What may be the matter."""
        return [
            ("deficit", _("Not fully backed")),
            ("released", _("Partly released")),
            ("locked", _("Locked")),
            ("proposal", _("With a proposal")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The policies in this state."""
        match self.value():
            case "deficit":
                return queryset.filter(deficit_qty__gt=0)
            case "released":
                return queryset.filter(released_qty__gt=0)
            case "locked":
                return queryset.filter(locked_on(clock.local_date(clock.now())))
            case "proposal":
                return queryset.filter(reviews__state=ReviewState.PROPOSED)
        return queryset
