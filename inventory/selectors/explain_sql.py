"""What an explanation reads: every pool and bucket of the goods a channel sells from, in the words of ``offer_sql``."""

from inventory.choices import Purpose, SupplyState
from inventory.selectors.offer_sql import OVERSELL_NOW, PRESALE_NOW, SPOT_NOW, in_window, is_open, join_expired

_NOW = "%(now)s::timestamptz"

ROWS = """
    SELECT l.id AS logical_id, w.name AS warehouse, o.name AS owner, s.priority,
           l.physical_base_qty, l.locked_qty, l.safety_qty, l.in_transit_qty, l.shortage_qty AS logical_shortage_qty,
           q.total AS pooled_qty
    FROM inventory_channelsource s
    JOIN inventory_logicalstock l ON l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
    JOIN warehousing_warehouse w ON w.id = l.warehouse_id JOIN warehousing_owner o ON o.id = l.owner_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(quota_qty), 0)::int AS total FROM inventory_allocationpool WHERE logical_id = l.id) q
    WHERE s.channel_id = %(channel)s::bigint AND l.sku_id = %(sku)s::bigint
    ORDER BY s.priority, w.code, o.code, l.id
"""

POOLS = f"""
    SELECT l.id AS logical_id, p.id AS pool_id, p.purpose, p.quota_qty,
           p.purpose = {int(Purpose.INTERNAL)} AS is_internal,
           c.id AS bucket_id, c.channel_id, c.channel_id = s.channel_id AS is_own, h.name AS channel,
           x.id AS share_id, x.cap_qty, x.used_qty,
           c.base_quota_qty, c.held_qty, c.sold_qty, c.frozen_qty, c.shortage_qty, c.effective_from, c.effective_to,
           c.oversell_enabled, c.oversell_limit_qty, c.oversold_held_qty, c.oversold_sold_qty,
           c.presale_qty, c.presale_held_qty, c.presale_sold_qty,
           e.spot AS expired_spot, e.own AS expired_own, e.presale AS expired_presale, e.oversold AS expired_oversold,
           {in_window("c", _NOW)} AS in_window,
           c.id IS NOT NULL AND p.purpose <> {int(Purpose.INTERNAL)}
               AND (c.channel_id IS NULL OR c.channel_id = s.channel_id) AND {is_open(_NOW)} AS is_open,
           {SPOT_NOW} AS spot_now, {PRESALE_NOW} AS presale_now, {OVERSELL_NOW} AS oversell_now
    FROM inventory_channelsource s
    JOIN inventory_logicalstock l ON l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
    JOIN inventory_allocationpool p ON p.logical_id = l.id
    LEFT JOIN inventory_channelstock c ON c.pool_id = p.id
    LEFT JOIN inventory_channel h ON h.id = c.channel_id
    LEFT JOIN inventory_channelshare x ON x.bucket_id = c.id AND x.channel_id = s.channel_id
    {join_expired(_NOW)}
    WHERE s.channel_id = %(channel)s::bigint AND l.sku_id = %(sku)s::bigint
    ORDER BY p.purpose, p.id, c.channel_id NULLS LAST, c.id
"""  # noqa: S608 - built from fixed names only

COMING = f"""
    SELECT g.logical_id, g.id, g.source_type, g.source_sn, g.due_on, g.presale_qty,
           g.expected_qty - g.received_qty - g.closed_qty AS coming_qty
    FROM inventory_supplyline g
    JOIN inventory_logicalstock l ON l.id = g.logical_id
    JOIN inventory_channelsource s ON l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
    WHERE s.channel_id = %(channel)s::bigint AND l.sku_id = %(sku)s::bigint AND g.state = {int(SupplyState.OPEN)}
    ORDER BY g.due_on NULLS LAST, g.id
"""  # noqa: S608 - built from fixed names only

CHANNELS = """
    SELECT h.id, h.name FROM inventory_channel h
    WHERE EXISTS (SELECT 1 FROM inventory_channelsource s JOIN inventory_logicalstock l
                    ON l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
                  WHERE s.channel_id = h.id AND l.sku_id = %(sku)s::bigint)
    ORDER BY h.code
"""
