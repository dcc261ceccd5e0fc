"""Which channels sell a bucket right now."""

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
    rows = fetch_prepared(_SELLERS, {"id": bucket_id, "now": clock.now()})
    return [Seller(**row) for row in rows]


_SELLERS = f"""
    SELECT h.id AS channel_id, h.code, h.name, x.cap_qty
    FROM inventory_channelstock t
    JOIN inventory_allocationpool tp ON tp.id = t.pool_id
    JOIN inventory_logicalstock l ON l.id = tp.logical_id
    JOIN inventory_channelsource s ON s.warehouse_id = l.warehouse_id AND s.owner_id = l.owner_id
    JOIN inventory_channel h ON h.id = s.channel_id
    {JOIN_BUCKETS}
    WHERE t.id = %(id)s::bigint AND c.id = t.id AND {is_open("%(now)s::timestamptz")}
    ORDER BY h.code
"""  # noqa: S608 - built from fixed names only
