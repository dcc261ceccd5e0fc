"""Which sellable buckets may serve a channel."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from inventory.choices import Purpose
from vmi.core.db import fetch_prepared

_CANDIDATES = """
    SELECT l.sku_id, l.warehouse_id, c.id AS bucket_id,
           c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty AS open_qty
    FROM inventory_channelsource s
    JOIN inventory_logicalstock l ON l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
    JOIN inventory_allocationpool p ON p.logical_id = l.id AND p.purpose = %(normal)s::smallint
    JOIN inventory_channelstock c ON c.pool_id = p.id
    WHERE s.channel_id = %(channel)s::bigint AND l.sku_id = ANY(%(skus)s::bigint[])
      AND (c.channel_id IS NULL OR c.channel_id = s.channel_id)
    ORDER BY l.sku_id, c.channel_id NULLS LAST, s.priority, c.id
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bucket that sells a SKU to a channel, with its open units as read (expired holds still counted)."""

    bucket_id: int
    open_qty: int
    warehouse_id: int


def candidate_buckets(channel_id: int, sku_ids: Collection[int]) -> dict[int, list[Candidate]]:
    """The buckets of each SKU for a channel: its own quota first, then shared ones by source priority."""
    rows = fetch_prepared(_CANDIDATES, {"channel": channel_id, "skus": sorted(sku_ids), "normal": int(Purpose.NORMAL)})
    found: dict[int, list[Candidate]] = defaultdict(list)
    for row in rows:
        found[row["sku_id"]].append(Candidate(row["bucket_id"], row["open_qty"], row["warehouse_id"]))
    return found


def sku_codes(sku_ids: Collection[int]) -> dict[int, str]:
    """The codes of these SKUs, for messages."""
    rows = fetch_prepared(
        "SELECT id, sku FROM catalog_productinfo WHERE id = ANY(%(ids)s::bigint[])", {"ids": sorted(sku_ids)}
    )
    return {row["id"]: row["sku"] for row in rows}
