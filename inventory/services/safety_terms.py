"""What a safety policy may say, and the average daily outbound its days of cover are counted with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.choices import Command, Counter, Layer, ReviewEvery
from inventory.models.safety import COVER_DAYS_MAX, EMERGENCY_PERCENT, RISK_PERCENT, normal_part, target_of
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest
from vmi.core.fields import QUANTITY_MAX

AVERAGE_DAYS = 30
"""Days of outbound an average looks back on; fewer for a row that is younger."""

_MILLI = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class SafetyTerms:
    """The parts of a safety stock: units or days of cover, and the extras in % of that normal part (S001-19, S001-21).

    ``review_every`` empty: as it was, weekly for a new policy.
    """

    normal_units: int | None = None
    cover_days: int | None = None
    emergency_percent: int = 0
    supplier_risk_percent: int = 0
    review_every: ReviewEvery | None = None

    def check(self) -> None:
        """Raise InvalidRequest naming the part that is out of bounds."""
        if (self.normal_units is None) == (self.cover_days is None):
            raise InvalidRequest(
                _("Give the normal part in units or in days of cover, not both."),
                code="safety_normal_part",
                param="normalUnits",
            )
        _within("normalUnits", self.normal_units, (0, QUANTITY_MAX))
        _within("coverDays", self.cover_days, (0, COVER_DAYS_MAX))
        _within("emergencyPercent", self.emergency_percent or None, EMERGENCY_PERCENT)
        _within("supplierRiskPercent", self.supplier_risk_percent or None, RISK_PERCENT)

    def target(self, average: Decimal) -> int:
        """The target in whole units for this average daily outbound. Raises InvalidRequest when it is out of bounds."""
        normal = normal_part(self.normal_units, self.cover_days, average)
        target = target_of(normal, self.emergency_percent, self.supplier_risk_percent)
        if target > QUANTITY_MAX:
            raise InvalidRequest(_("This quantity is out of bounds."), code="quantity_invalid", param="normalUnits")
        return target


def _within(param: str, value: int | None, bounds: tuple[int, int]) -> None:
    """Raise InvalidRequest for a value outside its bounds; None passes."""
    if value is not None and not bounds[0] <= value <= bounds[1]:
        raise InvalidRequest(
            _("This must lie between %(least)s and %(most)s."),
            code="out_of_bounds",
            param=param,
            details={"least": bounds[0], "most": bounds[1]},
        )


def daily_averages(logical_ids: Collection[int], *, at: datetime, days: int = AVERAGE_DAYS) -> dict[int, Decimal]:
    """The average daily outbound of each row over its last ``days`` days, in units to three digits; one statement.

    Counts what the warehouse confirmed as shipped. A row younger than that is averaged over its own days.
    """
    params: dict[str, Any] = {"ids": sorted(logical_ids), "since": at - timedelta(days=days), "at": at}
    found = {row["id"]: row for row in fetch_prepared(_OUTBOUND, params)}
    return {
        key: (Decimal(found[key]["units"]) / found[key]["days"]).quantize(_MILLI) if key in found else Decimal(0)
        for key in logical_ids
    }


_OUTBOUND = f"""
    WITH wanted AS (SELECT unnest(%(ids)s::bigint[]) AS id), age AS (
        SELECT w.id, (
            SELECT e.at FROM inventory_ledgerentry e WHERE e.layer = {int(Layer.LOGICAL)} AND e.row_id = w.id
            ORDER BY e.version LIMIT 1
        ) AS born FROM wanted w
    ), sent AS (
        SELECT row_id AS id, -sum(delta) AS units FROM inventory_ledgerentry
        WHERE layer = {int(Layer.LOGICAL)} AND row_id = ANY(%(ids)s::bigint[]) AND counter = {int(Counter.BASE)}
          AND command = {int(Command.CONFIRM_OUTBOUND)}
          AND at >= %(since)s::timestamptz AND at < %(at)s::timestamptz
        GROUP BY row_id
    )
    SELECT s.id, s.units::bigint AS units, greatest(ceil(extract(epoch FROM
               %(at)s::timestamptz - greatest(a.born, %(since)s::timestamptz)) / 86400), 1)::int AS days
    FROM sent s JOIN age a USING (id)
"""  # noqa: S608 - built from fixed names only
