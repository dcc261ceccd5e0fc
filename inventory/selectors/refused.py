"""How much demand was refused for want of stock, day by day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from vmi.core.db import fetch_prepared


@dataclass(frozen=True, slots=True)
class Refused:
    """One day of a stock row: units that were missing, buyers who missed them, and how often they tried."""

    units: int
    askers: int
    times: int


def refused_by_day(logical_ids: Collection[int], *, since: date, until: date) -> dict[int, dict[date, Refused]]:
    """Refused demand of these rows from ``since`` up to, not including, ``until``; days without any are left out."""
    params = {"ids": sorted(logical_ids), "since": since, "until": until}
    found: dict[int, dict[date, Refused]] = {}
    for row in fetch_prepared(_BY_DAY, params):
        found.setdefault(row["logical_id"], {})[row["day"]] = Refused(row["units"], row["askers"], row["times"])
    return found


_BY_DAY = """
    SELECT logical_id, day, sum(units)::bigint AS units, count(*)::int AS askers, sum(times)::bigint AS times
    FROM inventory_refuseddemand
    WHERE logical_id = ANY(%(ids)s::bigint[]) AND day >= %(since)s::date AND day < %(until)s::date
    GROUP BY logical_id, day ORDER BY logical_id, day
"""
