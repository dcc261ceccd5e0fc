"""Quotas follow the goods: room for units that vanish, and backing for promises when units come (I4, I5).

A command that will take units from what may be sold (a loss, a lock, a higher safety stock) calls ``make_room``
before it moves the logical row; one that brings units calls ``cover_shortage`` before and ``lower_shortage`` after.
All of them join the caller's transaction and take rows in the fixed order channel, pool, logical.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from inventory.choices import Command, Counter, Layer
from inventory.exceptions import PromisedLine, UnitsPromised
from inventory.services.movement import WHOLE_DOCUMENT, Change, Context, move
from inventory.services.quota_rows import QuotaRow, apply_cuts, lock_rows, read_rows, tell_moved
from inventory.services.release import reclaim_expired
from inventory.services.trimming import Part, cover, cut_open, cut_promised, oversell_limit
from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source

SETTLED_MAX = 200
"""Logical rows looked at in one transaction."""


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
    lock_rows(units)
    rows = read_rows(units)
    if any(_is_tight(row, units[row.id]) for row in rows.values()):
        buckets = [bucket_id for row in rows.values() for bucket_id in row.bucket_ids]
        if reclaim_expired(bucket_ids=buckets, now=context.at, actor=context.actor):
            rows = read_rows(units)
    refused = []
    for row in rows.values():
        left = cut_open(row.parts, max(units[row.id] - row.unassigned, 0))
        if left and not allow_shortage:
            refused.append(_promised(row, units[row.id], units[row.id] - left))
        cut_promised(row.parts, left)
    if refused:
        raise UnitsPromised(refused)
    apply_cuts(rows.values(), context)
    _raise_logical(rows.values(), units, context)
    tell_moved(rows.values(), context)
    return [_trim(row.id, part) for row in rows.values() for part in row.parts if part.cut]


def rebalance(*, logical_ids: Collection[int], context: Context) -> list[Trim]:
    """Trim whatever the goods no longer back, after the fact; returns what each bucket lost."""
    return make_room(units=dict.fromkeys(logical_ids, 0), context=context, allow_shortage=True)


def cover_shortage(*, arriving: Mapping[int, int], context: Context) -> dict[int, int]:
    """Back promises that lost their goods from ``arriving`` units by logical row; returns what may be offered of them.

    To be called before the logical rows rise; units that fill a deficit of safety stock are not offered either. One
    cheap statement when nothing is short.
    """
    offered = dict(arriving)
    short = [row["id"] for row in fetch_prepared(_SHORT, {"ids": sorted(arriving)})]
    if not short:
        return offered
    lock_rows(arriving)
    rows = read_rows(short)
    for row in rows.values():
        left = cover(row.parts, max(arriving[row.id] + row.unassigned, 0))
        offered[row.id] = min(left, arriving[row.id])
    apply_cuts(rows.values(), context)
    return offered


def lower_shortage(*, logical_ids: Collection[int], context: Context) -> int:
    """Lower reported shortages to what is still missing, after promises ended or goods came; returns the units.

    To be called last, by commands that moved these rows. One cheap statement when nothing is short. A bucket that
    others use meanwhile is left to the sweep: who has a logical row does not wait for a bucket.
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


def taken_from_promises(*, bucket_ids: Collection[int]) -> set[int]:
    """The buckets whose quota a change just lowered below what is held, sold and frozen of them.

    Where promises ended since a shortage was reported, the report would still seem to back such a change.
    """
    return {row["id"] for row in fetch_prepared(_TAKEN, {"ids": sorted(bucket_ids)})}


def back_shipment(*, units: Mapping[int, int], beside: Collection[int], context: Context) -> None:
    """Give short buckets the quota for what they are about to ship, by bucket; other promises then lack it instead.

    Goods that leave were there, whoever's quota they stood in: which promise a confirmed loss hits is only known when
    the warehouse ships. To be called before the rows move, with buckets that have a shortage; ``beside``: every logical
    row the shipment lowers, locked together because its other buckets come before these logical rows.
    """
    found = fetch_prepared(_LOGICAL_OF, {"ids": sorted(units)})
    logical_ids = {row["logical_id"] for row in found}
    lock_rows({*logical_ids, *beside})
    rows = read_rows(logical_ids)
    for row in rows.values():
        for part in row.parts:
            lacking = units.get(part.bucket_id or 0, 0) - (part.quota - part.cut)
            if lacking <= 0:
                continue
            others = [other for other in row.parts if other is not part and other.bucket_id not in units]
            cut_promised(others, cut_open(others, lacking))
            part.cut -= lacking
    apply_cuts(rows.values(), context)


@command
def settle_shortages(*, limit: int = SETTLED_MAX, actor: Actor | None = None) -> int:
    """Cover what is short from units that no pool holds, and lower reports that ended; returns the rows looked at."""
    now = clock.now()
    found = [row["id"] for row in fetch_prepared(_REPORTED, {"limit": limit})]
    if found:
        source = Source("rebalance", f"{now:%Y%m%d%H%M%S%f}")
        context = Context(Command.REBALANCE, source, actor or system_actor("shortages"), now)
        cover_shortage(arriving=dict.fromkeys(found, 0), context=context)
        lower_shortage(logical_ids=found, context=context)
    return len(found)


def _is_tight(row: QuotaRow, units: int) -> bool:
    """Whether the open parts do not suffice."""
    return units - row.unassigned > sum(part.open for part in row.parts)


def _raise_logical(rows: Collection[QuotaRow], units: Mapping[int, int], context: Context) -> None:
    """Report on the logical rows what their base will not hold of promises and locks; here it only rises."""
    changes = []
    for row in rows:
        rise = row.allocated + row.locked + units[row.id] - row.base - row.shortage
        if rise > 0:
            changes.append(Change(row.id, WHOLE_DOCUMENT, {Counter.SHORTAGE: rise}))
    move(Layer.LOGICAL, changes, context)


def _promised(row: QuotaRow, wanted: int, available: int) -> PromisedLine:
    return PromisedLine(
        logical=row.id, sku=row.sku, warehouse=row.warehouse, wanted=wanted, available=max(available, 0)
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

_TAKEN = """
    SELECT id FROM inventory_channelstock
    WHERE id = ANY(%(ids)s::bigint[]) AND shortage_qty > 0 AND held_qty + sold_qty + frozen_qty > base_quota_qty
"""

_LOGICAL_OF = """
    SELECT DISTINCT p.logical_id FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE c.id = ANY(%(ids)s::bigint[])
"""

_REPORTED = """
    SELECT DISTINCT p.logical_id AS id
    FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE c.shortage_qty > 0 ORDER BY 1 LIMIT %(limit)s::int
"""

_COVERED_BUCKETS = """
    SELECT c.id, c.base_quota_qty, c.shortage_qty, c.oversell_units, c.oversell_percent, c.oversell_limit_qty,
           c.oversold_held_qty, c.oversold_sold_qty,
           greatest(c.held_qty + c.sold_qty + c.frozen_qty - c.base_quota_qty, 0) AS shortage
    FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE p.logical_id = ANY(%(ids)s::bigint[]) AND c.shortage_qty > 0
      AND c.held_qty + c.sold_qty + c.frozen_qty - c.base_quota_qty < c.shortage_qty
    ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
"""

_COVERED_LOGICAL = """
    SELECT id, shortage_qty, greatest(allocated_qty + locked_qty - physical_base_qty, 0) AS shortage
    FROM inventory_logicalstock
    WHERE id = ANY(%(ids)s::bigint[]) AND shortage_qty > 0
      AND allocated_qty + locked_qty - physical_base_qty < shortage_qty
    ORDER BY id FOR UPDATE
"""
