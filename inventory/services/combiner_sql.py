"""The statements of the combiner: three for a batch of any size. They write the same rows as ``reserve_sql``."""

from inventory.choices import Command, Counter, HoldState, Layer, Purpose, WarehouseChoice
from inventory.selectors.offer_sql import JOIN_BUCKETS, OPEN, OPEN_OVERSELL, OPEN_PRESALE, is_open

LOCK = f"""
    WITH found AS MATERIALIZED (
        SELECT w.channel_id, c.id AS bucket_id, l.sku_id, l.id AS logical_id, l.warehouse_id,
               c.channel_id IS NOT NULL AS is_exclusive, p.purpose = {int(Purpose.NORMAL)} AS is_normal, s.priority,
               CASE WHEN x.cap_qty IS NOT NULL THEN x.id END AS share_id, x.cap_qty - x.used_qty AS cap_qty,
               h.warehouse_choice, h.may_split
        FROM unnest(%(channels)s::bigint[], %(skus)s::bigint[]) AS w(channel_id, sku_id)
        JOIN inventory_channelsource s ON s.channel_id = w.channel_id
        JOIN inventory_channel h ON h.id = s.channel_id
        CROSS JOIN LATERAL (
            SELECT k.id, k.sku_id, k.warehouse_id FROM inventory_logicalstock k
            WHERE k.sku_id = w.sku_id AND k.warehouse_id = s.warehouse_id AND k.owner_id = s.owner_id OFFSET 0
        ) l
        {JOIN_BUCKETS}
        WHERE {is_open("statement_timestamp()")}
    ), locked AS MATERIALIZED (
        SELECT c.id, {OPEN} AS open_qty, {OPEN_PRESALE} AS presale_qty, {OPEN_OVERSELL} AS oversell_qty,
               c.held_qty, c.version
        FROM inventory_channelstock c
        WHERE c.id = ANY(ARRAY(SELECT bucket_id FROM found))
        ORDER BY c.id FOR UPDATE OF c
    )
    SELECT f.channel_id, f.bucket_id, f.sku_id, f.logical_id, f.warehouse_id, f.is_exclusive, f.is_normal, f.priority,
           l.open_qty, l.presale_qty, l.oversell_qty, f.share_id, f.cap_qty, f.warehouse_choice, f.may_split,
           l.held_qty, l.version
    FROM found f JOIN locked l ON l.id = f.bucket_id
    ORDER BY f.channel_id, f.sku_id, NOT f.is_exclusive, f.is_normal,
             CASE WHEN f.warehouse_choice = {int(WarehouseChoice.MOST_STOCK)} THEN -l.open_qty END,
             f.priority, f.bucket_id
"""  # noqa: S608 - built from fixed names only
"""Lock every bucket open to a (channel, SKU), in key order; answer them in the order of preference.

``OFFSET 0`` makes the plan, which knows no figures, find each row by its own key.
"""

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
