"""Which channels sell a bucket right now."""

from collections.abc import Collection
from dataclasses import dataclass

from inventory.selectors.offer_sql import JOIN_BUCKETS, is_open
from vmi.core import clock
from vmi.core.db import fetch_prepared


@dataclass(frozen=True, slots=True)
class Seller:
    """A channel that sells from a bucket; ``cap_qty`` is the most it may have of it at a time (None: no cap)."""

    channel_id: int
    code: str
    name: str
    cap_qty: int | None


def sellers_of(bucket_id: int) -> list[Seller]:
    """The channels to which the bucket is open now, by code; nobody outside its window."""
    rows = fetch_prepared(_SELLERS, {"ids": [bucket_id], "now": clock.now()})
    return [Seller(row["channel_id"], row["code"], row["name"], row["cap_qty"]) for row in rows]


def without_sellers(bucket_ids: Collection[int]) -> list[int]:
    """Those of the buckets that are open to no channel now, in their order."""
    rows = fetch_prepared(_SELLERS, {"ids": sorted(bucket_ids), "now": clock.now()})
    sold = {row["bucket_id"] for row in rows}
    return [bucket_id for bucket_id in bucket_ids if bucket_id not in sold]


_SELLERS = f"""
    SELECT c.id AS bucket_id, h.id AS channel_id, h.code, h.name, x.cap_qty
    FROM inventory_channelstock t
    JOIN inventory_allocationpool tp ON tp.id = t.pool_id
    JOIN inventory_logicalstock l ON l.id = tp.logical_id
    JOIN inventory_channelsource s ON s.warehouse_id = l.warehouse_id AND s.owner_id = l.owner_id
    JOIN inventory_channel h ON h.id = s.channel_id
    {JOIN_BUCKETS}
    WHERE t.id = ANY(%(ids)s::bigint[]) AND c.id = t.id AND {is_open("%(now)s::timestamptz")}
    ORDER BY h.code, c.id
"""  # noqa: S608 - built from fixed names only
