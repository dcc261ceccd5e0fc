"""The statement behind ``reserve``: choose, lock, check, occupy and record in one round trip.

All or nothing by construction: ``moved`` runs only when every line found a bucket and every locked bucket has
enough, judged on the locked, current version of the row. It carries no check of its own on purpose: were the
judgement ever stale, the CHECK constraint would refuse the whole statement instead of half of it passing.
"""

from inventory.choices import Command, Counter, HoldState, Layer, Purpose

RESERVE = f"""
    WITH moment AS MATERIALIZED (
        SELECT coalesce(%(at)s::timestamptz, clock_timestamp()) AS at
    ), want AS MATERIALIZED (
        SELECT w.line_no, w.sku_id, w.quantity, w.warehouse_id
        FROM unnest(%(lines)s::int[], %(skus)s::bigint[], %(quantities)s::int[], %(warehouses)s::bigint[])
             AS w(line_no, sku_id, quantity, warehouse_id)
        WHERE NOT EXISTS (SELECT 1 FROM inventory_reservation r
                          WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
                            AND r.line_no = w.line_no)
    ), chosen AS MATERIALIZED (
        SELECT DISTINCT ON (w.line_no) w.line_no, w.quantity, c.id AS bucket_id
        FROM want w
        JOIN inventory_channelsource s
          ON s.channel_id = %(channel)s::bigint AND (w.warehouse_id IS NULL OR s.warehouse_id = w.warehouse_id)
        JOIN inventory_logicalstock l
          ON l.sku_id = w.sku_id AND l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
        JOIN inventory_allocationpool p ON p.logical_id = l.id AND p.purpose = {int(Purpose.NORMAL)}
        JOIN inventory_channelstock c
          ON c.pool_id = p.id AND (c.channel_id IS NULL OR c.channel_id = s.channel_id)
        ORDER BY w.line_no,
                 c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty >= w.quantity DESC,
                 c.channel_id NULLS LAST, s.priority, c.id
    ), need AS MATERIALIZED (
        SELECT bucket_id, sum(quantity)::int AS quantity,
               CASE WHEN count(*) = 1 THEN min(line_no) ELSE 0 END AS line_no
        FROM chosen GROUP BY bucket_id
    ), locked AS MATERIALIZED (
        SELECT t.id, t.base_quota_qty - t.held_qty - t.sold_qty - t.frozen_qty >= n.quantity AS enough
        FROM inventory_channelstock t JOIN need n ON n.bucket_id = t.id ORDER BY t.id FOR UPDATE OF t
    ), moved AS (
        UPDATE inventory_channelstock t SET held_qty = t.held_qty + n.quantity, version = t.version + 1
        FROM need n
        WHERE t.id = n.bucket_id
          AND (SELECT bool_and(enough) FROM locked)
          AND (SELECT count(*) FROM chosen) = %(count)s::int
        RETURNING t.id, t.version, t.held_qty, n.quantity, n.line_no
    ), entries AS (
        INSERT INTO inventory_ledgerentry
            (layer, row_id, counter, delta, balance_after, version, command,
             source_type, source_sn, line_no, actor_id, at)
        SELECT {int(Layer.CHANNEL)}, m.id, {int(Counter.HELD)}, m.quantity, m.held_qty, m.version,
               {int(Command.RESERVE)}, %(source_type)s, %(source_sn)s, m.line_no, %(actor)s::bigint, moment.at
        FROM moved m, moment
    )
    INSERT INTO inventory_reservation
        (source_type, source_sn, line_no, bucket_id, channel_id, partner_id, quantity, state, expires_at, created_at)
    SELECT %(source_type)s, %(source_sn)s, w.line_no, w.bucket_id, %(channel)s::bigint, %(partner)s::bigint,
           w.quantity, {int(HoldState.HELD)}, %(expires_at)s::timestamptz, moment.at
    FROM chosen w JOIN moved m ON m.id = w.bucket_id CROSS JOIN moment
    RETURNING id, line_no, bucket_id, quantity, expires_at
"""  # noqa: S608 - built from fixed names only

EXISTING = """
    SELECT r.id, r.line_no, r.bucket_id, r.quantity, r.expires_at, l.sku_id
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
    ORDER BY r.line_no
"""
