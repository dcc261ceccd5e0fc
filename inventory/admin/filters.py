"""List filters of the stock pages."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory.models import LogicalStock
from inventory.selectors.alerts import Alert, rows_with_alert


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
