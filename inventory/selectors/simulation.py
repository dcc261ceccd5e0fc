"""What channels can sell and show of SKUs: the figures that a planned change of quotas is judged by."""

from collections.abc import Collection
from dataclasses import dataclass

from inventory.choices import DisplayRule
from inventory.display import Shown, shown
from inventory.selectors.offer_sql import JOIN_BUCKETS, OVERSELL_NOW, SPOT_NOW, is_open, join_expired
from vmi.core import clock
from vmi.core.db import fetch_prepared


@dataclass(frozen=True, slots=True)
class ChannelFigure:
    """One channel and SKU: units it can sell, units beyond them, and what its customers are shown."""

    channel_id: int
    channel: str
    channel_name: str
    sku_id: int
    sku: str
    sellable: int
    oversell: int
    shown: Shown


def channel_figures(logical_ids: Collection[int]) -> dict[tuple[int, int], ChannelFigure]:
    """The figures of every channel that sells these rows, by (channel, SKU), over all its sources.

    Expired holds no longer count.
    """
    rows = fetch_prepared(_FIGURES, {"ids": sorted(logical_ids), "now": clock.now()})
    return {
        (row["channel_id"], row["sku_id"]): ChannelFigure(
            channel_id=row["channel_id"],
            channel=row["channel"],
            channel_name=row["channel_name"],
            sku_id=row["sku_id"],
            sku=row["sku"],
            sellable=row["sellable"],
            oversell=row["oversell"],
            shown=shown(DisplayRule(row["rule"]), row["units"], row["sellable"], row["oversell"]),
        )
        for row in rows
    }


_NOW = "%(now)s::timestamptz"

_FIGURES = f"""
    WITH asked AS (
        SELECT DISTINCT s.channel_id, l.sku_id
        FROM inventory_logicalstock l
        JOIN inventory_channelsource s ON s.warehouse_id = l.warehouse_id AND s.owner_id = l.owner_id
        WHERE l.id = ANY(%(ids)s::bigint[])
    ), offered AS (
        SELECT s.channel_id, l.sku_id, c.id, c.channel_id IS NULL AS shared, c.display_rule, c.display_units,
               {SPOT_NOW} AS spot, {OVERSELL_NOW} AS oversell
        FROM asked a
        JOIN inventory_channelsource s ON s.channel_id = a.channel_id
        JOIN inventory_logicalstock l
          ON l.sku_id = a.sku_id AND l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
        {JOIN_BUCKETS} {join_expired(_NOW)}
        WHERE {is_open(_NOW)}
    )
    SELECT a.channel_id, h.code AS channel, h.name AS channel_name, a.sku_id, i.sku,
           coalesce(sum(o.spot), 0)::bigint AS sellable, coalesce(sum(o.oversell), 0)::bigint AS oversell,
           coalesce((array_agg(o.display_rule ORDER BY o.shared, o.id)
                     FILTER (WHERE o.display_rule IS NOT NULL))[1], h.display_rule) AS rule,
           coalesce((array_agg(o.display_units ORDER BY o.shared, o.id)
                     FILTER (WHERE o.display_rule IS NOT NULL))[1], h.display_units) AS units
    FROM asked a
    JOIN inventory_channel h ON h.id = a.channel_id
    JOIN catalog_productinfo i ON i.id = a.sku_id
    LEFT JOIN offered o ON o.channel_id = a.channel_id AND o.sku_id = a.sku_id
    GROUP BY a.channel_id, h.code, h.name, a.sku_id, i.sku, h.display_rule, h.display_units
    ORDER BY h.code, i.sku
"""  # noqa: S608 - built from fixed names only
