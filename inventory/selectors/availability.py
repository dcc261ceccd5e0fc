"""What may be sold and what lies where, for many keys at once."""

from collections.abc import Collection, Sequence

from inventory.choices import HoldState, Purpose, Quality
from vmi.core import clock
from vmi.core.db import fetch_prepared

_SELLABLE = f"""
    SELECT l.sku_id, sum(c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty
                         + coalesce(x.expired, 0))::int AS sellable
    FROM inventory_channelsource s
    JOIN inventory_logicalstock l ON l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
    JOIN inventory_allocationpool p ON p.logical_id = l.id AND p.purpose = %(normal)s::smallint
    JOIN inventory_channelstock c ON c.pool_id = p.id
    LEFT JOIN LATERAL (
        SELECT sum(r.quantity) AS expired FROM inventory_reservation r
        WHERE r.bucket_id = c.id AND r.state = {int(HoldState.HELD)} AND r.expires_at <= %(now)s::timestamptz
    ) x ON true
    WHERE s.channel_id = %(channel)s::bigint AND l.sku_id = ANY(%(skus)s::bigint[])
      AND (c.channel_id IS NULL OR c.channel_id = s.channel_id)
    GROUP BY l.sku_id
"""  # noqa: S608 - built from fixed names only

_SELLABLE_BY_CHANNEL = (
    _SELLABLE.replace("SELECT l.sku_id,", "SELECT s.channel_id, l.sku_id,")
    .replace("s.channel_id = %(channel)s::bigint", "s.channel_id = ANY(%(channels)s::bigint[])")
    .replace("GROUP BY l.sku_id", "GROUP BY s.channel_id, l.sku_id")
)

_STORE_COUNTS = """
    SELECT sku_id, location_id, sum(quantity)::int AS quantity FROM inventory_physicalstock
    WHERE location_id = ANY(%(locations)s::bigint[]) AND sku_id = ANY(%(skus)s::bigint[])
      AND quality = %(qualified)s::smallint AND quantity > 0
    GROUP BY sku_id, location_id
"""

_SHELF_USAGE = """
    SELECT o.shelf_id, sum(p.quantity)::int AS quantity
    FROM inventory_physicalstock p JOIN warehousing_location o ON o.id = p.location_id
    WHERE o.shelf_id = ANY(%(shelves)s::bigint[])
    GROUP BY o.shelf_id
"""


def sellable(channel_id: int, sku_ids: Collection[int]) -> dict[int, int]:
    """Units each SKU can be sold through a channel right now; expired holds no longer count. Unknown SKUs read 0."""
    rows = fetch_prepared(
        _SELLABLE,
        {"channel": channel_id, "skus": sorted(sku_ids), "normal": int(Purpose.NORMAL), "now": clock.now()},
    )
    found = {row["sku_id"]: row["sellable"] for row in rows}
    return {sku_id: found.get(sku_id, 0) for sku_id in sku_ids}


def sellable_by_channel(channel_ids: Collection[int], sku_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """As ``sellable``, for many channels at once: units by (channel, SKU). Pairs without stock are left out."""
    rows = fetch_prepared(
        _SELLABLE_BY_CHANNEL,
        {
            "channels": sorted(channel_ids),
            "skus": sorted(sku_ids),
            "normal": int(Purpose.NORMAL),
            "now": clock.now(),
        },
    )
    return {(row["channel_id"], row["sku_id"]): row["sellable"] for row in rows}


def store_counts(location_ids: Collection[int], sku_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Qualified units of each SKU by location, among these locations: what ``goods.count`` sums (C-01, I9)."""
    rows = fetch_prepared(
        _STORE_COUNTS,
        {"locations": sorted(location_ids), "skus": sorted(sku_ids), "qualified": int(Quality.QUALIFIED)},
    )
    found: dict[int, dict[int, int]] = {sku_id: {} for sku_id in sku_ids}
    for row in rows:
        found[row["sku_id"]][row["location_id"]] = row["quantity"]
    return found


def shelf_usage(shelf_ids: Sequence[int]) -> dict[int, int]:
    """Units on the locations of each shelf, whatever their quality (I9)."""
    rows = fetch_prepared(_SHELF_USAGE, {"shelves": sorted(shelf_ids)})
    found = {row["shelf_id"]: row["quantity"] for row in rows}
    return {shelf_id: found.get(shelf_id, 0) for shelf_id in shelf_ids}
