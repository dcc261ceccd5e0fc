"""What may be sold and what lies where, for many keys at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from inventory.choices import DisplayRule, Quality, SupplyState
from inventory.display import Shown, shown
from inventory.selectors.offer_sql import (
    JOIN_BUCKETS,
    OVERSELL_NOW,
    PRESALE_NOW,
    SPOT_NOW,
    is_open,
    join_expired,
)
from vmi.core import clock
from vmi.core.db import fetch_prepared

_NOW = "%(now)s::timestamptz"

_SOURCES = f"""
    FROM inventory_channelsource s
    JOIN inventory_logicalstock l ON l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
    {JOIN_BUCKETS} {join_expired(_NOW)}
"""

_SELLABLE = f"""
    SELECT l.sku_id, sum({SPOT_NOW})::bigint AS sellable
    {_SOURCES}
    WHERE s.channel_id = %(channel)s::bigint AND l.sku_id = ANY(%(skus)s::bigint[]) AND {is_open(_NOW)}
    GROUP BY l.sku_id
"""

_SELLABLE_BY_CHANNEL = f"""
    SELECT s.channel_id, l.sku_id, sum({SPOT_NOW})::bigint AS sellable
    {_SOURCES}
    WHERE s.channel_id = ANY(%(channels)s::bigint[]) AND l.sku_id = ANY(%(skus)s::bigint[]) AND {is_open(_NOW)}
    GROUP BY s.channel_id, l.sku_id
"""

_AVAILABILITY = f"""
    WITH offered AS (
        SELECT l.sku_id, c.id, c.channel_id IS NULL AS is_shared, c.display_rule, c.display_units,
               {SPOT_NOW} AS spot, {PRESALE_NOW} AS presale, {OVERSELL_NOW} AS oversell, d.due_on
        {_SOURCES}
        LEFT JOIN LATERAL (
            -- The line that brings the next unit nobody was promised.
            SELECT y.due_on FROM (
                SELECT g.due_on, g.id, sum(g.presale_qty) OVER (ORDER BY g.due_on NULLS LAST, g.id) AS upto
                FROM inventory_supplyline g
                WHERE g.bucket_id = c.id AND g.state = {int(SupplyState.OPEN)} AND g.presale_qty > 0
            ) y
            WHERE y.upto > c.presale_held_qty + c.presale_sold_qty - e.presale ORDER BY y.upto LIMIT 1
        ) d ON c.presale_qty > 0
        WHERE s.channel_id = %(channel)s::bigint AND l.sku_id = ANY(%(skus)s::bigint[]) AND {is_open(_NOW)}
    )
    SELECT w.sku_id, coalesce(sum(o.spot), 0)::bigint AS spot, coalesce(sum(o.presale), 0)::bigint AS presale,
           coalesce(sum(o.oversell), 0)::bigint AS oversell, min(o.due_on) FILTER (WHERE o.presale > 0) AS presale_on,
           coalesce((array_agg(o.display_rule ORDER BY o.is_shared, o.id)
                     FILTER (WHERE o.display_rule IS NOT NULL))[1], h.display_rule) AS rule,
           coalesce((array_agg(coalesce(o.display_units, h.display_units) ORDER BY o.is_shared, o.id)
                     FILTER (WHERE o.display_rule IS NOT NULL))[1], h.display_units) AS rule_units
    FROM unnest(%(skus)s::bigint[]) AS w(sku_id)
    JOIN inventory_channel h ON h.id = %(channel)s::bigint
    LEFT JOIN offered o ON o.sku_id = w.sku_id
    GROUP BY w.sku_id, h.display_rule, h.display_units
"""  # noqa: S608 - built from fixed names only

_STORE_COUNTS = """
    SELECT sku_id, location_id, sum(quantity)::bigint AS quantity FROM inventory_physicalstock
    WHERE location_id = ANY(%(locations)s::bigint[]) AND sku_id = ANY(%(skus)s::bigint[])
      AND quality = %(qualified)s::smallint AND quantity > 0
    GROUP BY sku_id, location_id
"""

_SHELF_USAGE = """
    SELECT o.shelf_id, sum(p.quantity)::bigint AS quantity
    FROM inventory_physicalstock p JOIN warehousing_location o ON o.id = p.location_id
    WHERE o.shelf_id = ANY(%(shelves)s::bigint[])
    GROUP BY o.shelf_id
"""


@dataclass(frozen=True, slots=True)
class Availability:
    """What a channel can promise of a SKU right now, each kind on its own, in units.

    ``spot`` goods on hand, ``presale`` goods on their way (the next of them due on ``presale_on``, None: no day
    known), ``oversell`` units beyond the goods. Customers are told ``shown``, by the channel's display rule.
    """

    sku_id: int
    spot: int
    presale: int
    oversell: int
    presale_on: date | None
    rule: DisplayRule
    rule_units: int

    @property
    def shown(self) -> Shown:
        """What customers are told (C-37, C-46)."""
        return shown(self.rule, self.rule_units, self.spot, self.oversell)


def availability_of(channel_id: int, sku_ids: Collection[int]) -> dict[int, Availability]:
    """What a channel can promise of these SKUs, in one query; SKUs without stock read 0, an unknown channel nothing."""
    rows = fetch_prepared(_AVAILABILITY, {"channel": channel_id, "skus": sorted(set(sku_ids)), "now": clock.now()})
    return {row["sku_id"]: Availability(**{**row, "rule": DisplayRule(row["rule"])}) for row in rows}


def sellable(channel_id: int, sku_ids: Collection[int]) -> dict[int, int]:
    """Units each SKU can be sold through a channel right now; expired holds no longer count. Unknown SKUs read 0."""
    rows = fetch_prepared(
        _SELLABLE,
        {"channel": channel_id, "skus": sorted(sku_ids), "now": clock.now()},
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
