"""Logical rows with their pools and buckets, locked together: what every command on quotas reads and writes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from inventory.choices import Counter, Layer, Purpose
from inventory.services.movement import Change, Context, move
from inventory.services.trimming import Part, oversell_limit, parts_in_order
from vmi.core.db import fetch_prepared
from vmi.events.catalogue import QuotaMoved
from vmi.events.services import record


@dataclass(slots=True)
class QuotaRow:
    """A logical row with what its pools offer, in units; ``parts`` stand in the order in which they give.

    ``ceiling`` is what pools may hold in all (base − locked − safety), ``pools_qty`` what they hold, the internal
    pool included; a negative ``unassigned`` is a deficit.
    """

    id: int
    sku_id: int
    sku: str
    warehouse: str
    base: int
    allocated: int
    locked: int
    shortage: int
    ceiling: int
    pools_qty: int
    unassigned: int
    pools: list[dict[str, Any]]
    parts: list[Part]

    @property
    def is_changed(self) -> bool:
        """Whether some part gives or takes."""
        return any(part.cut for part in self.parts)

    @property
    def bucket_ids(self) -> list[int]:
        """The buckets of all its pools."""
        return [part.bucket_id for part in self.parts if part.bucket_id is not None]


def lock_rows(logical_ids: Collection[int]) -> None:
    """Lock the buckets, the pools and the logical rows themselves, in the fixed order."""
    fetch_prepared(_LOCK, {"ids": sorted(logical_ids)})


def read_rows(logical_ids: Collection[int]) -> dict[int, QuotaRow]:
    """The rows as they are now; unknown ids are left out. Lock them first to rely on the figures."""
    params = {"ids": sorted(logical_ids)}
    pools, buckets = defaultdict(list), defaultdict(list)
    for pool in fetch_prepared(_POOLS, params):
        pools[pool["logical_id"]].append(pool)
    for bucket in fetch_prepared(_BUCKETS, params):
        buckets[bucket["logical_id"]].append(bucket)
    return {row["id"]: _row(row, pools[row["id"]], buckets[row["id"]]) for row in fetch_prepared(_LOGICAL, params)}


def apply_cuts(rows: Iterable[QuotaRow], context: Context) -> None:
    """Move buckets and pools by the cuts of their parts (negative ones give); limits and caps follow the quotas."""
    parts = [part for row in rows for part in row.parts if part.cut]
    buckets = [Change(part.bucket_id, part.line_no, deltas(part)) for part in parts if part.bucket_id is not None]
    move(Layer.CHANNEL, buckets, context)
    if buckets:
        fetch_prepared(_CAPS, {"ids": sorted(change.row_id for change in buckets)})
    move(Layer.POOL, [Change(part.pool_id, part.line_no, {Counter.QUOTA: -part.cut}) for part in parts], context)


def deltas(part: Part) -> dict[Counter, int]:
    """How the counters of a bucket follow its cut."""
    limit = oversell_limit(part.row, part.quota - part.cut, part.short)
    return {
        Counter.BASE_QUOTA: -part.cut,
        Counter.CHANNEL_SHORTAGE: part.short - part.shortage,
        Counter.OVERSELL_LIMIT: limit - part.row["oversell_limit_qty"],
    }


def tell_moved(rows: Iterable[QuotaRow], context: Context) -> None:
    """Record QuotaMoved for every row whose buckets changed, with the quotas before and after."""
    for row in rows:
        changes = [
            {
                "channel": part.row["channel"],
                "purpose": part.row["purpose"],
                "before": part.quota,
                "after": part.quota - part.cut,
                "sellable": part.quota - part.cut - part.promised,
            }
            for part in row.parts
            if part.cut and part.bucket_id is not None
        ]
        if changes:
            payload = QuotaMoved(row.sku, row.warehouse, context.command.name.lower(), changes)
            record(payload, subject=f"stock:{row.id}", actor=context.actor)


def _row(row: dict[str, Any], pools: list[dict[str, Any]], buckets: list[dict[str, Any]]) -> QuotaRow:
    pools_qty = row["internal_qty"] + sum(pool["quota_qty"] for pool in pools)
    return QuotaRow(
        id=row["id"],
        sku_id=row["sku_id"],
        sku=row["sku"],
        warehouse=row["warehouse"],
        base=row["physical_base_qty"],
        allocated=row["allocated_qty"],
        locked=row["locked_qty"],
        shortage=row["shortage_qty"],
        ceiling=row["ceiling"],
        pools_qty=pools_qty,
        unassigned=row["ceiling"] - pools_qty,
        pools=pools,
        parts=parts_in_order(pools, buckets),
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
    SELECT l.id, l.sku_id, i.sku, w.code AS warehouse, l.physical_base_qty, l.allocated_qty, l.locked_qty,
           l.shortage_qty, coalesce(n.quota_qty, 0) AS internal_qty,
           l.physical_base_qty - l.locked_qty - l.safety_qty AS ceiling
    FROM inventory_logicalstock l
    JOIN catalog_productinfo i ON i.id = l.sku_id JOIN warehousing_warehouse w ON w.id = l.warehouse_id
    LEFT JOIN inventory_allocationpool n ON n.logical_id = l.id AND n.purpose = {int(Purpose.INTERNAL)}
    WHERE l.id = ANY(%(ids)s::bigint[]) ORDER BY l.id
"""  # noqa: S608 - built from fixed names only

_POOLS = f"""
    SELECT id, logical_id, purpose, priority, quota_qty FROM inventory_allocationpool
    WHERE logical_id = ANY(%(ids)s::bigint[]) AND purpose <> {int(Purpose.INTERNAL)}
"""  # noqa: S608 - built from fixed names only

_BUCKETS = """
    SELECT c.id, p.logical_id, c.pool_id, c.channel_id, h.code AS channel, p.purpose,
           c.base_quota_qty, c.held_qty, c.sold_qty, c.frozen_qty, c.shortage_qty, c.quota_percent,
           c.oversell_units, c.oversell_percent, c.oversell_limit_qty, c.oversold_held_qty, c.oversold_sold_qty
    FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    LEFT JOIN inventory_channel h ON h.id = c.channel_id
    WHERE p.logical_id = ANY(%(ids)s::bigint[])
"""

_CAPS = """
    UPDATE inventory_channelshare s SET cap_qty = greatest(s.used_qty, s.cap_percent * c.base_quota_qty / 100)
    FROM inventory_channelstock c
    WHERE c.id = s.bucket_id AND s.cap_percent IS NOT NULL AND c.id = ANY(%(ids)s::bigint[])
"""
