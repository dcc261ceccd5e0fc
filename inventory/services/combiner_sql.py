"""The statements of the combiner: three for a batch of any size. They write the same rows as ``reserve_sql``."""

from inventory.choices import Command, Counter, HoldState, Layer, Purpose

LOCK = f"""
    WITH found AS MATERIALIZED (
        SELECT w.channel_id, w.sku_id, s.warehouse_id, s.priority, c.id AS bucket_id, c.channel_id IS NULL AS is_shared
        FROM unnest(%(channels)s::bigint[], %(skus)s::bigint[]) AS w(channel_id, sku_id)
        JOIN inventory_channelsource s ON s.channel_id = w.channel_id
        JOIN inventory_logicalstock l
          ON l.sku_id = w.sku_id AND l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
        JOIN inventory_allocationpool p ON p.logical_id = l.id AND p.purpose = {int(Purpose.NORMAL)}
        JOIN inventory_channelstock c ON c.pool_id = p.id AND (c.channel_id IS NULL OR c.channel_id = w.channel_id)
    ), locked AS MATERIALIZED (
        SELECT t.id, t.base_quota_qty - t.held_qty - t.sold_qty - t.frozen_qty AS open_qty, t.held_qty, t.version
        FROM inventory_channelstock t
        WHERE t.id = ANY(ARRAY(SELECT bucket_id FROM found))
        ORDER BY t.id FOR UPDATE OF t
    )
    SELECT f.channel_id, f.sku_id, f.warehouse_id, l.id, l.open_qty, l.held_qty, l.version
    FROM found f JOIN locked l ON l.id = f.bucket_id
    ORDER BY f.channel_id, f.sku_id, f.is_shared, f.priority, f.bucket_id
"""  # noqa: S608 - built from fixed names only
"""Lock every bucket that may serve a (channel, SKU), in key order; answer them in the order of preference."""

KNOWN = """
    SELECT w.n FROM unnest(%(types)s::varchar[], %(sns)s::varchar[]) WITH ORDINALITY AS w(source_type, source_sn, n)
    WHERE EXISTS (SELECT 1 FROM inventory_reservation r
                  WHERE r.source_type = w.source_type AND r.source_sn = w.source_sn)
"""
"""Which documents of the batch (counted from 1) hold something already. A statement of its own, after the locks:
its snapshot sees what was committed while the batch waited for them."""

WRITE = f"""
    WITH moment AS MATERIALIZED (
        SELECT clock_timestamp() AS at
    ), moved AS (
        UPDATE inventory_channelstock t SET held_qty = t.held_qty + n.units, version = t.version + n.times
        FROM unnest(%(buckets)s::bigint[], %(units)s::int[], %(times)s::int[]) AS n(id, units, times)
        WHERE t.id = n.id
    ), entries AS (
        INSERT INTO inventory_ledgerentry
            (layer, row_id, counter, delta, balance_after, version, command,
             source_type, source_sn, line_no, actor_id, at)
        SELECT {int(Layer.CHANNEL)}, e.row_id, {int(Counter.HELD)}, e.delta, e.balance, e.version,
               {int(Command.RESERVE)}, e.source_type, e.source_sn, e.line_no, e.actor_id, moment.at
        FROM unnest(%(e_rows)s::bigint[], %(e_deltas)s::int[], %(e_balances)s::int[], %(e_versions)s::bigint[],
                    %(e_types)s::varchar[], %(e_sns)s::varchar[], %(e_lines)s::int[], %(e_actors)s::bigint[])
             AS e(row_id, delta, balance, version, source_type, source_sn, line_no, actor_id), moment
    )
    INSERT INTO inventory_reservation
        (source_type, source_sn, line_no, bucket_id, channel_id, partner_id, quantity, state, expires_at, created_at)
    SELECT h.source_type, h.source_sn, h.line_no, h.bucket_id, h.channel_id, h.partner_id, h.quantity,
           {int(HoldState.HELD)}, h.expires_at, moment.at
    FROM unnest(%(h_types)s::varchar[], %(h_sns)s::varchar[], %(h_lines)s::int[], %(h_buckets)s::bigint[],
                %(h_channels)s::bigint[], %(h_partners)s::bigint[], %(h_quantities)s::int[],
                %(h_deadlines)s::timestamptz[])
         AS h(source_type, source_sn, line_no, bucket_id, channel_id, partner_id, quantity, expires_at), moment
    RETURNING id, source_type, source_sn, line_no
"""  # noqa: S608 - built from fixed names only
"""Occupy, record, hold. It carries no check of its own: the rows are locked, and were the judgement ever wrong, the
CHECK constraint would refuse the whole batch."""
