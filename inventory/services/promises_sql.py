"""Statements of the promise queue: what waits, what serves it, which expected goods it is planned on."""

from inventory.choices import HoldKind, HoldState, Purpose, SupplyState

FREE = """
    SELECT c.id, p.logical_id, c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty AS free_qty
    FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE c.id = ANY(%(buckets)s::bigint[]) AND c.oversold_sold_qty > 0
      AND c.base_quota_qty > c.held_qty + c.sold_qty + c.frozen_qty
    ORDER BY c.id FOR UPDATE OF c
"""
"""The buckets that have both waiting paid units and free ones; usually the caller holds their locks."""

QUEUED = f"""
    SELECT id FROM inventory_channelstock WHERE id IN (
        SELECT bucket_id FROM inventory_reservation
        WHERE kind > {int(HoldKind.SPOT)} AND state <= {int(HoldState.SOLD)}
    ) ORDER BY id FOR UPDATE
"""  # noqa: S608 - built from fixed names only
"""The buckets with a promise queue, locked: a plan is made of what stands still."""

WAITING = f"""
    SELECT r.id, r.source_type, r.source_sn, r.line_no, r.bucket_id, r.channel_id, r.kind, r.state, r.quantity,
           s.id AS share_id, s.cap_qty - s.used_qty AS share_qty
    FROM unnest(%(buckets)s::bigint[], %(free)s::int[]) AS w(bucket, free)
    CROSS JOIN LATERAL (
        SELECT x.* FROM inventory_reservation x
        WHERE x.bucket_id = w.bucket AND x.kind = {int(HoldKind.OVERSOLD)} AND x.state = {int(HoldState.SOLD)}
        ORDER BY x.id LIMIT w.free FOR UPDATE SKIP LOCKED
    ) r
    LEFT JOIN inventory_channelshare s
      ON s.bucket_id = r.bucket_id AND s.channel_id = r.channel_id AND s.cap_qty IS NOT NULL
    ORDER BY r.id
"""  # noqa: S608 - built from fixed names only
"""The oldest waiting paid units of each bucket, as many rows as could be served.

A row somebody decides about at this moment (a cancellation) is left to them.
"""

SIBLINGS = f"""
    SELECT r.id AS waiting_id, s.id AS spot_id
    FROM inventory_reservation r
    JOIN inventory_reservation s ON s.source_type = r.source_type AND s.source_sn = r.source_sn
     AND s.line_no = r.line_no AND s.bucket_id = r.bucket_id AND s.kind = {int(HoldKind.SPOT)}
    WHERE r.id = ANY(%(ids)s::bigint[])
"""  # noqa: S608 - built from fixed names only

LOCK_SIBLINGS = """
    SELECT id FROM inventory_reservation WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE SKIP LOCKED
"""

TURN = f"""
    UPDATE inventory_reservation SET kind = {int(HoldKind.SPOT)}, supply_line_id = NULL, promised_on = NULL
    WHERE id = ANY(%(ids)s::bigint[])
"""  # noqa: S608 - built from fixed names only
"""Rows whose every unit is served and whose line has no spot row yet become that row."""

SPLIT = f"""
    WITH served AS (
        SELECT r.*, w.units FROM unnest(%(ids)s::bigint[], %(units)s::int[]) AS w(id, units)
        JOIN inventory_reservation r USING (id)
    ), spot AS (
        INSERT INTO inventory_reservation AS t
            (source_type, source_sn, line_no, bucket_id, channel_id, partner_id, kind, quantity, state,
             expires_at, created_at)
        SELECT source_type, source_sn, line_no, bucket_id, channel_id, partner_id, {int(HoldKind.SPOT)}, units, state,
               expires_at, created_at
        FROM served ORDER BY id
        ON CONFLICT (source_type, source_sn, line_no, bucket_id, kind) DO UPDATE
        SET quantity = excluded.quantity + CASE
                WHEN t.state IN ({int(HoldState.HELD)}, {int(HoldState.SOLD)}, {int(HoldState.SHIPPED)})
                THEN t.quantity ELSE t.shipped_qty END,
            state = excluded.state, expires_at = excluded.expires_at
        RETURNING t.id
    ), gone AS (
        DELETE FROM inventory_reservation r USING served s WHERE r.id = s.id AND s.units = s.quantity RETURNING r.id
    )
    UPDATE inventory_reservation r SET quantity = r.quantity - s.units
    FROM served s WHERE r.id = s.id AND s.units < s.quantity RETURNING r.id
"""  # noqa: S608 - built from fixed names only
"""Served units leave their waiting row and join (or begin) the spot row of the same line."""

_LINES = f"""
    presold AS (
        SELECT s.id, s.due_on, b.id AS bucket_id, s.presale_qty AS units,
               sum(s.presale_qty) OVER (PARTITION BY b.id ORDER BY s.due_on NULLS LAST, s.id)
                   - b.presale_held_qty - b.presale_sold_qty AS spare
        FROM inventory_supplyline s JOIN buckets b ON b.id = s.bucket_id
        WHERE s.state = {int(SupplyState.OPEN)}
    ), lines AS (
        SELECT id, due_on, bucket_id, %(presale)s::smallint AS kind, units FROM presold
        UNION ALL
        -- Presale nobody bought becomes quota of its bucket, where oversold units wait for it.
        SELECT id, due_on, bucket_id, %(oversold)s::smallint, least(units, greatest(spare, 0)) FROM presold
        UNION ALL
        -- What was not granted to presale goes on arrival to the shared bucket.
        SELECT s.id, s.due_on, b.id, %(oversold)s::smallint,
               s.expected_qty - s.received_qty - s.closed_qty - s.presale_qty
        FROM inventory_supplyline s JOIN buckets b ON b.logical_id = s.logical_id AND b.is_default
        WHERE s.state = {int(SupplyState.OPEN)}
    ), ranges AS (
        SELECT id, due_on, bucket_id, kind, sum(units) AS units,
               sum(sum(units)) OVER (PARTITION BY bucket_id, kind ORDER BY due_on NULLS LAST, id) AS upto
        FROM lines WHERE units > 0 GROUP BY id, due_on, bucket_id, kind
    )
"""  # noqa: S608 - built from fixed names only

QUEUE = f"""
    buckets AS (
        SELECT c.id, p.logical_id, c.presale_held_qty, c.presale_sold_qty,
               (c.channel_id IS NULL AND p.purpose = {int(Purpose.NORMAL)}) AS is_default
        FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
        WHERE c.id = ANY(%(buckets)s::bigint[])
    ), {_LINES}, waiting AS (
        SELECT r.id, r.bucket_id, r.kind, r.quantity, r.state, r.supply_line_id, r.promised_on,
               r.source_type, r.source_sn, r.line_no,
               sum(r.quantity) OVER (PARTITION BY r.bucket_id, r.kind ORDER BY r.state DESC, r.id) AS upto
        FROM inventory_reservation r JOIN buckets b ON b.id = r.bucket_id
        WHERE r.kind > {int(HoldKind.SPOT)} AND r.state <= {int(HoldState.SOLD)}
    ), planned AS (
        -- The line that brings the last unit of a promise decides its day.
        SELECT w.*, l.id AS line_id, l.due_on
        FROM waiting w LEFT JOIN ranges l ON l.bucket_id = w.bucket_id AND l.kind = w.kind
         AND w.upto <= l.upto AND w.upto > l.upto - l.units
    )
"""  # noqa: S608 - built from fixed names only
"""The CTEs of a plan: paid before unpaid, each oldest first, on the expected goods of their bucket by due day."""

PLAN = f"""
    WITH {QUEUE}, told AS MATERIALIZED (
        SELECT r.id FROM inventory_reservation r JOIN planned p ON p.id = r.id
        WHERE (p.supply_line_id, p.promised_on) IS DISTINCT FROM (p.line_id, p.due_on)
        ORDER BY r.id FOR UPDATE OF r SKIP LOCKED
    ), changed AS (
        UPDATE inventory_reservation r SET supply_line_id = p.line_id, promised_on = p.due_on
        FROM planned p JOIN told USING (id) WHERE r.id = p.id
        RETURNING r.id
    )
    SELECT p.source_type, p.source_sn, p.line_no, p.quantity, i.sku, p.promised_on AS old_on, p.due_on AS new_on
    FROM planned p JOIN changed USING (id) JOIN buckets b ON b.id = p.bucket_id
    JOIN inventory_logicalstock l ON l.id = b.logical_id JOIN catalog_productinfo i ON i.id = l.sku_id
    WHERE p.promised_on IS NOT NULL AND p.promised_on IS DISTINCT FROM p.due_on
    ORDER BY p.id
"""  # noqa: S608 - built from fixed names only
"""Write the plan; returns the promises whose announced day changed. Rows somebody decides about are left to them."""
