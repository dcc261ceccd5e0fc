"""What is known of rows with a safety stock, day by day: outbound, availability, releases, refusals, late supply."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from inventory.choices import Command, Counter, Layer, SafetyStep, SupplyState
from inventory.selectors.refused import Refused, refused_by_day
from vmi.core import clock
from vmi.core.db import fetch_prepared

SUPPLY_DAYS = 180
"""Days of deliveries the lateness of suppliers looks back on."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a row: units sent, the least available, how often demand brought it to 0, releases made.

    ``refused`` are the units buyers could not have, ``refused_buyers`` how many buyers missed them.
    """

    on: date
    outbound: int = 0
    least: int = 0
    stock_outs: int = 0
    releases: int = 0
    released_units: int = 0
    was_released: bool = False
    refused: int = 0
    refused_buyers: int = 0

    @property
    def ran_out(self) -> bool:
        """Whether demand brought the row to 0, or found it there."""
        return self.stock_outs > 0 or (self.refused > 0 and self.least <= 0)

    @property
    def is_idle(self) -> bool:
        """Whether the safety part was not needed: nothing released or refused, something else available all day."""
        return self.least > 0 and not self.was_released and not self.refused


@dataclass(frozen=True, slots=True)
class Supply:
    """How reliable deliveries were: lines seen, lines late, days late and days from order to arrival on average."""

    lines: int = 0
    late_lines: int = 0
    late_days: Decimal = Decimal(0)
    lead_days: Decimal | None = None


@dataclass(slots=True)
class Facts:
    """The days of a row, oldest first, none before its first entry, and its supply."""

    days: list[Day] = field(default_factory=list)
    supply: Supply = field(default_factory=Supply)


def safety_facts(logical_ids: Collection[int], *, since: date, until: date) -> dict[int, Facts]:
    """The facts of these rows for the days from ``since`` up to, not including, ``until``; four statements."""
    zone = clock.local_zone()
    params: dict[str, Any] = {
        "ids": sorted(logical_ids),
        "zone": str(zone),
        "since": datetime.combine(since, time(), tzinfo=zone),
        "until": datetime.combine(until, time(), tzinfo=zone),
        "today": until,
        "supply_since": datetime.combine(until - timedelta(days=SUPPLY_DAYS), time(), tzinfo=zone),
    }
    supply = {row.pop("id"): Supply(**row) for row in fetch_prepared(_SUPPLY, params)}
    ledger, releases = _by_row(fetch_prepared(_LEDGER, params)), _by_row(fetch_prepared(_RELEASES, params))
    refused = refused_by_day(logical_ids, since=since, until=until)
    return {
        key: Facts(
            _days(ledger[key], releases.get(key, {}), refused.get(key, {}), since, until), supply.get(key, Supply())
        )
        for key in ledger
    }


def _by_row(rows: list[dict[str, Any]]) -> dict[int, dict[date | None, dict[str, Any]]]:
    """Rows by id and day; the day None carries what stands before the first day."""
    found: dict[int, dict[date | None, dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["id"], {})[row["day"]] = row
        found[row["id"]].setdefault(None, row)
    return found


def _days(
    ledger: Mapping[date | None, dict[str, Any]],
    releases: Mapping[date | None, dict[str, Any]],
    refused: Mapping[date, Refused],
    since: date,
    until: date,
) -> list[Day]:
    """Every day, also those on which nothing happened."""
    opening = ledger[None]
    available, released = int(opening["opening"]), int(releases[None]["opening"]) if releases else 0
    first = max(since, opening["born"])
    days = []
    for number in range((until - first).days):
        on = first + timedelta(days=number)
        moved, freed, missed = ledger.get(on, _QUIET), releases.get(on, _QUIET), refused.get(on, _NOBODY)
        levels = [moved["least"], *([] if on == opening["born"] else [available])]
        days.append(
            Day(
                on,
                outbound=int(moved["outbound"]),
                least=int(min(level for level in levels if level is not None)),
                stock_outs=moved["stock_outs"],
                releases=freed["releases"],
                released_units=int(freed["units"]),
                was_released=released > 0 or freed["releases"] > 0,
                refused=missed.units,
                refused_buyers=missed.askers,
            )
        )
        available = available if moved["closing"] is None else int(moved["closing"])
        released += int(freed["change"])
    return days


_QUIET: dict[str, Any] = {
    "outbound": 0,
    "least": None,
    "stock_outs": 0,
    "closing": None,
    "releases": 0,
    "units": 0,
    "change": 0,
}
"""A day on which nothing happened."""

_NOBODY = Refused(0, 0, 0)
"""A day on which everybody got what they wanted."""

_LEDGER = f"""
    WITH steps AS (
        SELECT e.row_id AS id, e.version, e.at, e.command,
               sum(CASE WHEN e.counter = {int(Counter.BASE)} THEN e.delta
                        WHEN e.counter IN ({int(Counter.ALLOCATED)}, {int(Counter.LOCKED)}, {int(Counter.SAFETY)})
                        THEN -e.delta ELSE 0 END) AS change,
               sum(CASE WHEN e.counter = {int(Counter.BASE)} AND e.command = {int(Command.CONFIRM_OUTBOUND)}
                        THEN -e.delta ELSE 0 END) AS outbound
        FROM inventory_ledgerentry e
        WHERE e.layer = {int(Layer.LOGICAL)} AND e.row_id = ANY(%(ids)s::bigint[]) AND e.at >= %(since)s::timestamptz
        GROUP BY e.row_id, e.version, e.at, e.command
    ), opening AS (
        SELECT l.id, l.available_qty - coalesce((SELECT sum(s.change) FROM steps s WHERE s.id = l.id), 0) AS opening,
               (SELECT (e.at AT TIME ZONE %(zone)s)::date FROM inventory_ledgerentry e
                WHERE e.layer = {int(Layer.LOGICAL)} AND e.row_id = l.id ORDER BY e.version LIMIT 1) AS born
        FROM inventory_logicalstock l WHERE l.id = ANY(%(ids)s::bigint[])
    ), running AS (
        SELECT s.*, o.opening + sum(s.change) OVER (PARTITION BY s.id ORDER BY s.version) AS after
        FROM steps s JOIN opening o USING (id)
    ), days AS (
        SELECT id, (at AT TIME ZONE %(zone)s)::date AS day, sum(outbound) AS outbound, min(after) AS least,
               count(*) FILTER (
                   WHERE after <= 0 AND after - change > 0
                     AND command NOT IN ({int(Command.SET_SAFETY)}, {int(Command.REARM_SAFETY)})
               ) AS stock_outs,
               (array_agg(after ORDER BY version DESC))[1] AS closing
        FROM running WHERE at < %(until)s::timestamptz GROUP BY id, 2
    )
    SELECT o.id, o.opening, o.born, d.day, d.outbound, d.least, d.stock_outs, d.closing
    FROM opening o LEFT JOIN days d USING (id) WHERE o.born IS NOT NULL ORDER BY o.id, d.day
"""  # noqa: S608 - built from fixed names only

_RELEASES = f"""
    WITH steps AS (
        SELECT p.logical_id AS id, p.released_qty, (r.at AT TIME ZONE %(zone)s)::date AS day, r.at,
               CASE r.step WHEN {int(SafetyStep.RELEASE)} THEN r.quantity ELSE -r.quantity END AS change
        FROM inventory_safetyrelease r JOIN inventory_safetypolicy p ON p.id = r.policy_id
        WHERE p.logical_id = ANY(%(ids)s::bigint[]) AND r.at >= %(since)s::timestamptz
    ), opening AS (
        SELECT p.logical_id AS id,
               p.released_qty - coalesce((SELECT sum(s.change) FROM steps s WHERE s.id = p.logical_id), 0) AS opening
        FROM inventory_safetypolicy p WHERE p.logical_id = ANY(%(ids)s::bigint[])
    ), days AS (
        SELECT id, day, count(*) FILTER (WHERE change > 0) AS releases,
               coalesce(sum(change) FILTER (WHERE change > 0), 0) AS units, sum(change) AS change
        FROM steps WHERE at < %(until)s::timestamptz GROUP BY id, day
    )
    SELECT o.id, o.opening, d.day, d.releases, d.units, d.change
    FROM opening o LEFT JOIN days d USING (id) ORDER BY o.id, d.day
"""  # noqa: S608 - built from fixed names only

_SUPPLY = f"""
    SELECT id, count(*)::int AS lines, (count(*) FILTER (WHERE late > 0))::int AS late_lines,
           round(avg(greatest(late, 0)), 1) AS late_days, round(avg(lead), 1) AS lead_days
    FROM (
        SELECT logical_id AS id, arrived - first_due_on AS late,
               CASE WHEN state = {int(SupplyState.RECEIVED)}
                    THEN arrived - (create_time AT TIME ZONE %(zone)s)::date END AS lead
        FROM (
            SELECT *, CASE WHEN state = {int(SupplyState.RECEIVED)} THEN (modify_time AT TIME ZONE %(zone)s)::date
                           ELSE greatest(due_on, %(today)s::date) END AS arrived
            FROM inventory_supplyline
            WHERE logical_id = ANY(%(ids)s::bigint[]) AND modify_time >= %(supply_since)s::timestamptz
              AND (state = {int(SupplyState.RECEIVED)}
                   OR state = {int(SupplyState.OPEN)} AND first_due_on < %(today)s::date)
        ) seen
    ) judged GROUP BY id
"""  # noqa: S608 - built from fixed names only
