"""The statement behind ``reserve``: choose, lock, check, occupy and record in one round trip.

It serves the plain case: every line whole, from the goods of one bucket without a cap. All or nothing by
construction: ``moved`` runs only when every line found a bucket and every locked bucket has enough, judged on the
locked, current version of the row; a document that is seen to need more than that locks nothing, and so does one
whose best bucket has a cap. It carries no check of its own on purpose: were the judgement ever stale, the CHECK
constraint would refuse the whole statement instead of half of it passing. What it cannot serve, ``occupy`` divides.
"""

from inventory.choices import Command, Counter, HoldState, Layer, WarehouseChoice
from inventory.selectors.offer_sql import BEST_FIRST, JOIN_BUCKETS, OPEN, is_open

_RESERVE = f"""
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
        SELECT * FROM (
            SELECT DISTINCT ON (w.line_no) w.line_no, w.quantity, c.id AS bucket_id, x.cap_qty
            FROM want w CROSS JOIN moment
            JOIN inventory_channelsource s
              ON s.channel_id = %(channel)s::bigint AND (w.warehouse_id IS NULL OR s.warehouse_id = w.warehouse_id)
            JOIN inventory_channel h ON h.id = s.channel_id
            JOIN inventory_logicalstock l
              ON l.sku_id = w.sku_id AND l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
            {JOIN_BUCKETS}
            WHERE least({OPEN}, x.cap_qty - x.used_qty) >= w.quantity
              AND (h.warehouse_choice <> {int(WarehouseChoice.FEWEST_PARCELS)} OR %(count)s::int = 1)
              AND {is_open("moment.at")}
            ORDER BY w.line_no, {BEST_FIRST},
                     CASE WHEN h.warehouse_choice = {int(WarehouseChoice.MOST_STOCK)} THEN -({OPEN}) END,
                     s.priority, c.id
        ) best WHERE cap_qty IS NULL
    ), need AS MATERIALIZED (
        SELECT bucket_id, sum(quantity)::int AS quantity,
               CASE WHEN count(*) = 1 THEN min(line_no) ELSE 0 END AS line_no
        FROM chosen GROUP BY bucket_id
    ), locked AS MATERIALIZED (
        SELECT t.id, t.base_quota_qty - t.held_qty - t.sold_qty - t.frozen_qty >= n.quantity AS enough
        FROM inventory_channelstock t JOIN need n ON n.bucket_id = t.id
        WHERE (SELECT count(*) FROM chosen) = %(count)s::int
        ORDER BY t.id FOR UPDATE OF t
    ), moved AS (
        UPDATE inventory_channelstock t SET held_qty = t.held_qty + n.quantity, version = t.version + 1
        FROM need n
        WHERE t.id = n.bucket_id
          AND (SELECT bool_and(enough) FROM locked)
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
    RETURNING id, line_no, bucket_id, quantity
"""  # noqa: S608 - built from fixed names only

RESERVE = " ".join(_RESERVE.split())
"""On one line it stays below 4,096 characters, the longest text whose parsing the driver remembers."""

EXISTING = """
    SELECT r.id, r.line_no, r.bucket_id, r.kind, r.quantity, r.expires_at, l.sku_id
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
    ORDER BY r.line_no, r.id
"""

_INSERT = f"""
    INSERT INTO inventory_reservation AS t
        (source_type, source_sn, line_no, bucket_id, channel_id, partner_id, kind, quantity, state,
         expires_at, created_at)
    SELECT %(source_type)s, %(source_sn)s, w.line_no, w.bucket, %(channel)s::bigint, %(partner)s::bigint, w.kind,
           w.quantity, {int(HoldState.HELD)}, %(expires_at)s::timestamptz, %(at)s::timestamptz
    FROM unnest(%(lines)s::int[], %(buckets)s::bigint[], %(kinds)s::smallint[], %(quantities)s::int[])
         AS w(line_no, bucket, kind, quantity)
"""  # noqa: S608 - built from fixed names only

_RETURNING = "RETURNING id, line_no, bucket_id, kind, quantity, expires_at"

INSERT = f"{_INSERT} {_RETURNING}"

ADD = f"""
    {_INSERT} ON CONFLICT (source_type, source_sn, line_no, bucket_id, kind) DO UPDATE
    SET quantity = excluded.quantity
            + CASE WHEN t.state = {int(HoldState.HELD)} THEN t.quantity ELSE 0 END,
        state = excluded.state, expires_at = excluded.expires_at, supply_line_id = NULL, promised_on = NULL
    {_RETURNING}
"""  # noqa: S608 - built from fixed names only
"""As ``INSERT``, onto the reservations a document has: for lines that grow. Ended ones begin anew."""
