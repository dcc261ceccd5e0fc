"""List filters of the stock pages."""

import re
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory.models import LogicalStock
from inventory.selectors.alerts import Alert, rows_with_alert
from vmi.core.actors import SYSTEM_USER_ID

_ID = re.compile(r"[0-9]{1,18}")


class AlertFilter(SimpleListFilter):
    """Logical rows somebody should look at."""

    title = _("alert")
    parameter_name = "alert"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The kinds of alerts."""
        return list(Alert.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogicalStock]) -> QuerySet[LogicalStock]:
        """Rows of the chosen kind."""
        return rows_with_alert(self.value() or "", queryset) if self.value() in Alert.values else queryset


PEOPLE_MAX = 200
"""People a filter offers; whoever is not among them is found by the address ``?actor_id=…``."""


class PersonFilter(SimpleListFilter):
    """What one person of the staff did, or the system itself."""

    title = _("by")
    parameter_name = "actor_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The staff, by name, and the system."""
        people = get_user_model().objects.filter(Q(is_staff=True) | Q(pk=SYSTEM_USER_ID))
        return [(str(person.pk), str(person)) for person in people.order_by("username")[:PEOPLE_MAX]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What this person did."""
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(actor_id=int(value)) if _ID.fullmatch(value) else queryset.none()
