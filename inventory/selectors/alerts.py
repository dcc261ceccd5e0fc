"""Which logical rows need somebody's attention: sold out, low, owing units, or not compared with their warehouse."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from inventory.models import LogicalStock
from vmi.core.db import fetch_all


class Alert(models.TextChoices):
    """Kinds of alerts (S003: stock warnings)."""

    OUT = "out", _("Nothing available")
    LOW = "low", _("Below the warning line")
    SHORT = "short", _("Shortage")
    STALE = "stale", _("Not compared with the warehouse for a day")


FRESH_FOR = timedelta(days=1)
"""How old the last comparison with a warehouse system may be (S001-17); rows never compared have no system."""

CONDITIONS: dict[str, Q] = {
    Alert.OUT: Q(available_qty__lte=0),
    Alert.LOW: Q(available_qty__gt=0, available_qty__lte=F("alert_threshold")),
    Alert.SHORT: Q(shortage_qty__gt=0),
    Alert.STALE: Q(last_synced_at__lt=Now() - FRESH_FOR),
}

_ALERTS = """
    SELECT count(*) FILTER (WHERE available_qty <= 0) AS out,
           count(*) FILTER (WHERE available_qty > 0 AND available_qty <= alert_threshold) AS low,
           count(*) FILTER (WHERE shortage_qty > 0) AS short,
           count(DISTINCT sku_id) FILTER (WHERE physical_base_qty > 0) AS skus,
           coalesce(sum(physical_base_qty), 0) AS units
      FROM inventory_logicalstock
"""


@dataclass(frozen=True, slots=True)
class StockAlerts:
    """Rows by alert; SKUs and units in stock."""

    out: int
    low: int
    short: int
    skus: int
    units: int


def stock_alerts() -> StockAlerts:
    """The numbers of the namespace, in one statement."""
    (row,) = fetch_all(_ALERTS)
    return StockAlerts(**{name: int(value) for name, value in row.items()})


def rows_with_alert(alert: str, rows: QuerySet[LogicalStock] | None = None) -> QuerySet[LogicalStock]:
    """The logical rows (of ``rows``) an alert is about; all alerts for an empty name."""
    found = LogicalStock.objects.all() if rows is None else rows
    any_of = CONDITIONS[Alert.OUT] | CONDITIONS[Alert.LOW] | CONDITIONS[Alert.SHORT]
    return found.filter(CONDITIONS.get(alert, any_of))
