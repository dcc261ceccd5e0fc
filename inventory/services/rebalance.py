"""Quotas follow the goods: room for units that vanish, and backing for promises when units come (I4, I5).

A command that will take units from what may be sold (a loss, a lock, a higher safety stock) calls ``make_room``
before it moves the logical row; one that brings units calls ``cover_shortage`` before and ``lower_shortage`` after.
All of them join the caller's transaction and take rows in the fixed order channel, pool, logical.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.choices import Counter, Layer, Purpose
from inventory.exceptions import PromisedLine, UnitsPromised
from inventory.services.movement import WHOLE_DOCUMENT, Change, Context, move
from inventory.services.release import reclaim_expired
from inventory.services.trimming import Part, cover, cut_open, cut_promised, oversell_limit, parts_in_order
from vmi.core.db import fetch_prepared


@dataclass(frozen=True, slots=True)
class Trim:
    """What one bucket lost, in units; ``channel_id`` empty: shared by the channels of its pool.

    ``bucket_id`` empty: the part of the pool that no bucket offered. ``shortage`` of the units were promised;
    ``sellable_qty`` is what the bucket can still promise, at most 0 when it stopped selling.
    """

    logical_id: int
    pool_id: int
    bucket_id: int | None
    channel_id: int | None
    units: int
    shortage: int = 0
    sellable_qty: int = 0


def make_room(*, units: Mapping[int, int], context: Context, allow_shortage: bool) -> list[Trim]:
    """Trim quotas so that ``units`` by logical row may vanish from what is sold; returns what each bucket lost.

    To be called before the logical rows move. Unassigned units vanish first, then open parts of pools by priority
    (see ``trimming``), never what is held or sold. With ``allow_shortage`` (a confirmed loss or lock) what cannot be
    trimmed raises the shortage of bucket and logical row; without it UnitsPromised names the rows and nothing moves.
    """
    logical_ids = sorted(units)
    rows = _read(logical_ids)
    if any(_is_tight(rows[key], units[key]) for key in rows):
        reclaim_expired(bucket_ids=_bucket_ids(rows), now=context.at, actor=context.actor)
        rows = _read(logical_ids)
    refused = []
    for key, row in rows.items():
        missing = max(units[key] - row["unassigned"], 0)
        left = cut_open(row["parts"], missing)
        if left and not allow_shortage:
            refused.append(_promised(row, units[key], units[key] - left))
        cut_promised(row["parts"], left)
    if refused:
        raise UnitsPromised(refused)
    _apply(rows, context)
    shortages = {key: row["allocated_qty"] + row["locked_qty"] + units[key] for key, row in rows.items()}
    _raise_logical(rows, shortages, context)
    return [_trim(key, part) for key, row in rows.items() for part in row["parts"] if part.cut]


def rebalance(*, logical_ids: Collection[int], context: Context) -> list[Trim]:
    """Trim whatever the goods no longer back, after the fact; returns what each bucket lost."""
    return make_room(units=dict.fromkeys(logical_ids, 0), context=context, allow_shortage=True)


def cover_shortage(*, arriving: Mapping[int, int], context: Context) -> dict[int, int]:
    """Back promises that lost their goods from ``arriving`` units by logical row; returns what may be offered of them.

    To be called before the logical rows rise; units that fill a deficit of safety stock are not offered either. One
    cheap statement when nothing is short.
    """
    short = [row["id"] for row in fetch_prepared(_SHORT, {"ids": sorted(arriving)})]
    offered = dict(arriving)
    rows = _read(short) if short else {}
    for key, row in rows.items():
        left = cover(row["parts"], max(arriving[key] + row["unassigned"], 0))
        offered[key] = min(left, arriving[key])
    _apply(rows, context)
    return offered


def lower_shortage(*, logical_ids: Collection[int], context: Context) -> int:
    """Lower reported shortages to what is still missing, after promises ended or goods came; returns the units.

    To be called last, by commands that moved these rows. One cheap statement when nothing is short.
    """
    params = {"ids": sorted(logical_ids)}
    buckets = fetch_prepared(_COVERED_BUCKETS, params)
    logical = fetch_prepared(_COVERED_LOGICAL, params)
    changes = []
    for row in buckets:
        deltas = {Counter.CHANNEL_SHORTAGE: row["shortage"] - row["shortage_qty"]}
        limit = oversell_limit(row, row["base_quota_qty"], row["shortage"])
        changes.append(
            Change(row["id"], WHOLE_DOCUMENT, {**deltas, Counter.OVERSELL_LIMIT: limit - row["oversell_limit_qty"]})
        )
    move(Layer.CHANNEL, changes, context)
    move(
        Layer.LOGICAL,
        [
            Change(row["id"], WHOLE_DOCUMENT, {Counter.SHORTAGE: row["shortage"] - row["shortage_qty"]})
            for row in logical
        ],
        context,
    )
    return sum(row["shortage_qty"] - row["shortage"] for row in buckets)


def _read(logical_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The logical rows with ``unassigned`` units (negative: a deficit) and their parts, all locked in fixed order."""
    params = {"ids": list(logical_ids)}
    fetch_prepared(_LOCK, params)
    rows = {row["id"]: row for row in fetch_prepared(_LOGICAL, params)}
    pools, buckets = defaultdict(list), defaultdict(list)
    for pool in fetch_prepared(_POOLS, params):
        pools[pool["logical_id"]].append(pool)
    for bucket in fetch_prepared(_BUCKETS, params):
        buckets[bucket["logical_id"]].append(bucket)
    for key, row in rows.items():
        row["parts"] = parts_in_order(pools[key], buckets[key])
        row["unassigned"] = row["capacity"] - sum(pool["quota_qty"] for pool in pools[key])
    return rows


def _is_tight(row: dict[str, Any], units: int) -> bool:
    """Whether the open parts do not suffice."""
    return bool(units - row["unassigned"] > sum(part.open for part in row["parts"]))


def _bucket_ids(rows: Mapping[int, dict[str, Any]]) -> list[int]:
    return [part.bucket_id for row in rows.values() for part in row["parts"] if part.bucket_id is not None]


def _apply(rows: Mapping[int, dict[str, Any]], context: Context) -> None:
    """Move buckets and pools by the cuts (negative ones give back)."""
    parts = [part for row in rows.values() for part in row["parts"] if part.cut]
    move(
        Layer.CHANNEL,
        [Change(part.bucket_id, WHOLE_DOCUMENT, _deltas(part)) for part in parts if part.bucket_id is not None],
        context,
    )
    move(Layer.POOL, [Change(part.pool_id, WHOLE_DOCUMENT, {Counter.QUOTA: -part.cut}) for part in parts], context)


def _deltas(part: Part) -> dict[Counter, int]:
    """How the counters of a bucket follow its cut."""
    limit = oversell_limit(part.row, part.quota - part.cut, part.short)
    return {
        Counter.BASE_QUOTA: -part.cut,
        Counter.CHANNEL_SHORTAGE: part.short - part.shortage,
        Counter.OVERSELL_LIMIT: limit - part.row["oversell_limit_qty"],
    }


def _raise_logical(rows: Mapping[int, dict[str, Any]], needed: Mapping[int, int], context: Context) -> None:
    """Report on the logical rows what their base will not hold of promises and locks; here it only rises."""
    changes = []
    for key, row in rows.items():
        rise = needed[key] - row["physical_base_qty"] - row["shortage_qty"]
        if rise > 0:
            changes.append(Change(key, WHOLE_DOCUMENT, {Counter.SHORTAGE: rise}))
    move(Layer.LOGICAL, changes, context)


def _promised(row: dict[str, Any], wanted: int, available: int) -> PromisedLine:
    return PromisedLine(
        logical=row["id"], sku=row["sku"], warehouse=row["warehouse"], wanted=wanted, available=max(available, 0)
    )


def _trim(logical_id: int, part: Part) -> Trim:
    return Trim(
        logical_id,
        part.pool_id,
        part.bucket_id,
        part.channel_id,
        part.cut,
        max(part.short - part.shortage, 0),
        part.quota - part.cut - part.promised,
    )


_LOCK = """
    WITH buckets AS MATERIALIZED (
        SELECT c.id FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
        WHERE p.logical_id = ANY(%(ids)s::bigint[]) ORDER BY c.id FOR UPDATE OF c
    ), pools AS MATERIALIZED (
        SELECT id FROM inventory_allocationpool WHERE logical_id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE
    ), logical AS MATERIALIZED (
        SELECT id FROM inventory_logicalstock WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE
    )
    SELECT count(*) AS n FROM buckets UNION ALL SELECT count(*) FROM pools UNION ALL SELECT count(*) FROM logical
"""
"""The branches of the union run one after the other, which is the fixed order; what they lock is read afterwards."""

_LOGICAL = f"""
    SELECT l.id, i.sku, w.code AS warehouse, l.physical_base_qty, l.allocated_qty, l.locked_qty, l.shortage_qty,
           l.physical_base_qty - l.locked_qty - l.safety_qty - coalesce(n.quota_qty, 0) AS capacity
    FROM inventory_logicalstock l
    JOIN catalog_productinfo i ON i.id = l.sku_id JOIN warehousing_warehouse w ON w.id = l.warehouse_id
    LEFT JOIN inventory_allocationpool n ON n.logical_id = l.id AND n.purpose = {int(Purpose.INTERNAL)}
    WHERE l.id = ANY(%(ids)s::bigint[]) ORDER BY l.id
"""  # noqa: S608 - built from fixed names only

_POOLS = f"""
    SELECT id, logical_id, purpose, priority, quota_qty FROM inventory_allocationpool
    WHERE logical_id = ANY(%(ids)s::bigint[]) AND purpose <> {int(Purpose.INTERNAL)}
"""  # noqa: S608 - built from fixed names only

_RULES = "c.oversell_units, c.oversell_percent, c.oversell_limit_qty, c.oversold_held_qty, c.oversold_sold_qty"

_BUCKETS = f"""
    SELECT c.id, p.logical_id, c.pool_id, c.channel_id, c.base_quota_qty, c.held_qty, c.sold_qty, c.frozen_qty,
           c.shortage_qty, {_RULES}
    FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE p.logical_id = ANY(%(ids)s::bigint[])
"""  # noqa: S608 - built from fixed names only

_SHORT = """
    SELECT l.id FROM inventory_logicalstock l JOIN inventory_allocationpool p ON p.logical_id = l.id
    LEFT JOIN LATERAL (
        SELECT max(c.shortage_qty) AS units FROM inventory_channelstock c WHERE c.pool_id = p.id
    ) s ON true
    WHERE l.id = ANY(%(ids)s::bigint[])
    GROUP BY l.id
    HAVING max(s.units) > 0 OR sum(p.quota_qty) > l.physical_base_qty - l.locked_qty - l.safety_qty
    ORDER BY l.id
"""

_COVERED_BUCKETS = f"""
    SELECT c.id, c.base_quota_qty, c.shortage_qty, {_RULES},
           greatest(c.held_qty + c.sold_qty + c.frozen_qty - c.base_quota_qty, 0) AS shortage
    FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE p.logical_id = ANY(%(ids)s::bigint[]) AND c.shortage_qty > 0
      AND c.held_qty + c.sold_qty + c.frozen_qty - c.base_quota_qty < c.shortage_qty
    ORDER BY c.id FOR UPDATE OF c
"""  # noqa: S608 - built from fixed names only

_COVERED_LOGICAL = """
    SELECT id, shortage_qty, greatest(allocated_qty + locked_qty - physical_base_qty, 0) AS shortage
    FROM inventory_logicalstock
    WHERE id = ANY(%(ids)s::bigint[]) AND shortage_qty > 0
      AND allocated_qty + locked_qty - physical_base_qty < shortage_qty
    ORDER BY id FOR UPDATE
"""
