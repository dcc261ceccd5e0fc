"""The statements of ``apply_wms_snapshot``; all of them work on temporary tables of the running transaction.

``wms_row`` holds what was sent, ``wms_found`` every place where it and we differ, ``wms_logical`` the sums by logical
row that the bulk path books, see ``snapshot_book``.
"""

from inventory.choices import (
    Command,
    Counter,
    DifferenceState,
    Layer,
    LockState,
    Purpose,
    Quality,
)

CORRECTIONS = (Command.ADJUST, Command.APPLY_STOCKTAKE, Command.APPLY_WMS_SNAPSHOT, Command.CORRECT)
"""Commands that change what we believe, not what lies on the shelf: they count as known at any earlier instant."""

_CORRECTING = ", ".join(str(int(command)) for command in CORRECTIONS)

TURN = "SELECT pg_advisory_xact_lock(hashtextextended('count:' || current_schema() || ':' || %(warehouse)s, 0))::text"
"""Counts, snapshots and decisions about one warehouse take turns: none sees half of another's corrections."""

CREATE = """
    DROP TABLE IF EXISTS pg_temp.wms_row, pg_temp.wms_found, pg_temp.wms_logical;
    CREATE TEMP TABLE wms_row
        (sku varchar, owner varchar, location varchar, batch varchar, quality smallint, quantity int,
         code varchar GENERATED ALWAYS AS (upper(sku)) STORED) ON COMMIT DROP;
"""

COPY = "COPY wms_row (sku, owner, location, batch, quality, quantity) FROM STDIN"

CORRECTED_SINCE = f"""
    SELECT coalesce(sum(delta), 0)::int AS units FROM inventory_ledgerentry
    WHERE layer = {int(Layer.PHYSICAL)} AND row_id = %(physical)s::bigint AND counter = {int(Counter.QUANTITY)}
      AND command IN ({_CORRECTING}) AND at > %(since)s::timestamptz
"""  # noqa: S608 - built from fixed names only

FIND = f"""
    CREATE TEMP TABLE wms_found ON COMMIT DROP AS
    WITH later AS (
        -- What left or arrived after the picture was taken, by our own clock.
        SELECT row_id, coalesce(sum(delta) FILTER (WHERE counter = {int(Counter.QUANTITY)}), 0) AS quantity,
               coalesce(sum(delta) FILTER (WHERE counter = {int(Counter.PHYSICAL_HELD)}), 0) AS held
        FROM inventory_ledgerentry
        WHERE layer = {int(Layer.PHYSICAL)} AND at > %(taken)s::timestamptz AND command NOT IN ({_CORRECTING})
        GROUP BY row_id
    ), under AS (
        SELECT x.row_id, sum(x.units) AS units FROM inventory_stocklock d
        JOIN inventory_stocklockline n ON n.lock_id = d.id
        CROSS JOIN LATERAL (VALUES (n.origin_id, n.quantity - n.released_qty),
                                   (n.locked_id, n.released_qty - n.quantity)) AS x(row_id, units)
        WHERE d.state = {int(LockState.OPEN)} GROUP BY x.row_id
    ), places AS (
        SELECT w.sku, w.owner, w.location, w.batch, w.quality, w.quantity AS wms, false AS absent,
               i.id AS sku_id, o.id AS owner_id, l.id AS location_id, s.id AS physical_id, s.logical_id,
               coalesce(s.quantity, 0) AS quantity, coalesce(s.held_qty, 0) AS held,
               coalesce(g.in_transit_qty, 0) AS coming
        FROM wms_row w
        LEFT JOIN catalog_productinfo i ON upper(i.sku) = w.code
        LEFT JOIN warehousing_owner o ON o.code = w.owner
        LEFT JOIN warehousing_location l ON l.code = w.location AND l.warehouse_id = %(warehouse)s
        LEFT JOIN inventory_batch b ON b.sku_id = i.id AND b.code = w.batch
        LEFT JOIN inventory_physicalstock s ON s.sku_id = i.id AND s.owner_id = o.id AND s.location_id = l.id
         AND s.batch_id = b.id AND s.quality = w.quality
        LEFT JOIN inventory_logicalstock g ON g.sku_id = i.id AND g.owner_id = o.id AND g.warehouse_id = %(warehouse)s
        WHERE NOT (%(net)s AND w.quality <> {int(Quality.QUALIFIED)})
        UNION ALL
        SELECT i.sku, o.code, l.code, b.code, s.quality, 0, true, i.id, o.id, l.id, s.id, s.logical_id,
               s.quantity, s.held_qty, 0
        FROM inventory_physicalstock s
        JOIN warehousing_location l ON l.id = s.location_id AND l.warehouse_id = %(warehouse)s
        JOIN catalog_productinfo i ON i.id = s.sku_id
        JOIN warehousing_owner o ON o.id = s.owner_id
        JOIN inventory_batch b ON b.id = s.batch_id
        WHERE %(complete)s AND s.quantity > 0 AND NOT (%(net)s AND s.quality <> {int(Quality.QUALIFIED)})
          AND NOT EXISTS (SELECT 1 FROM wms_row w WHERE w.code = upper(i.sku) AND w.owner = o.code
                          AND w.location = l.code AND w.batch = b.code AND w.quality = s.quality)
    ), compared AS (
        SELECT p.*, p.quantity - coalesce(t.quantity, 0) AS ours, greatest(p.held - coalesce(t.held, 0), 0) AS leaving,
               coalesce(u.units, 0) AS under
        FROM places p LEFT JOIN later t ON t.row_id = p.physical_id LEFT JOIN under u ON u.row_id = p.physical_id
    ), judged AS (
        SELECT *, (sku_id IS NULL OR owner_id IS NULL OR location_id IS NULL) AS unknown,
               CASE WHEN wms > ours + greatest(under, 0) THEN wms - ours - greatest(under, 0)
                    WHEN wms < ours - leaving + least(under, 0) THEN wms - (ours - leaving + least(under, 0))
                    ELSE 0 END AS difference
        FROM compared WHERE wms <> ours OR sku_id IS NULL OR owner_id IS NULL OR location_id IS NULL
    )
    SELECT sku, owner, location, batch, quality::smallint, wms::int, ours::int, leaving::int, difference::int, sku_id,
           owner_id, location_id, physical_id, logical_id,
           (CASE WHEN unknown THEN {int(DifferenceState.UNKNOWN)}
                 WHEN difference = 0 THEN {int(DifferenceState.EXPLAINED)}
                 WHEN absent OR abs(difference) > %(limit)s OR quantity + difference < held
                      OR (difference > 0 AND coming > 0)
                 THEN {int(DifferenceState.REVIEW)}
                 ELSE {int(DifferenceState.APPLIED)} END)::smallint AS state
    FROM judged
"""  # noqa: S608 - built from fixed names only

MISSING_PLACES = f"""
    SELECT sku, owner_id, sku_id, location_id, batch, quality FROM wms_found
    WHERE physical_id IS NULL AND state IN ({int(DifferenceState.APPLIED)}, {int(DifferenceState.REVIEW)})
"""  # noqa: S608 - built from fixed names only

FILL_PLACES = """
    UPDATE wms_found f SET physical_id = s.id, logical_id = s.logical_id
    FROM inventory_batch b, inventory_physicalstock s
    WHERE f.physical_id IS NULL AND b.sku_id = f.sku_id AND b.code = f.batch AND s.sku_id = f.sku_id
      AND s.owner_id = f.owner_id AND s.location_id = f.location_id AND s.batch_id = b.id AND s.quality = f.quality
"""

SUMS = f"""
    CREATE TEMP TABLE wms_logical ON COMMIT DROP AS
    WITH sums AS (
        SELECT logical_id, sum(difference)::int AS base,
               coalesce(sum(difference) FILTER (WHERE quality <> {int(Quality.QUALIFIED)}), 0)::int AS locked
        FROM wms_found WHERE state = {int(DifferenceState.APPLIED)} GROUP BY logical_id
    ), pools AS (
        SELECT p.logical_id, sum(p.quota_qty) AS quota,
               count(*) FILTER (WHERE p.quota_qty > 0 AND p.purpose NOT IN ({int(Purpose.NORMAL)},
                                {int(Purpose.INTERNAL)})) AS others
        FROM inventory_allocationpool p JOIN sums USING (logical_id) GROUP BY p.logical_id
    )
    SELECT m.logical_id, m.base, m.locked, m.base - m.locked AS good, n.id AS pool_id, c.id AS bucket_id,
           -- Booked in bulk: all that is sold is sold through the default pool's shared bucket, and nothing is short.
           (q.others = 0 AND l.shortage_qty = 0 AND c.shortage_qty = 0 AND c.base_quota_qty = n.quota_qty
            AND q.quota = l.physical_base_qty - l.locked_qty - l.safety_qty
            AND c.oversell_percent IS NULL AND c.oversold_sold_qty = 0
            AND c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty >= -(m.base - m.locked)
            AND NOT EXISTS (SELECT 1 FROM inventory_channelshare x
                            WHERE x.bucket_id = c.id AND x.cap_percent IS NOT NULL)) AS plain
    FROM sums m JOIN inventory_logicalstock l ON l.id = m.logical_id JOIN pools q ON q.logical_id = m.logical_id
    JOIN inventory_allocationpool n ON n.logical_id = m.logical_id AND n.purpose = {int(Purpose.NORMAL)}
    JOIN inventory_channelstock c ON c.pool_id = n.id AND c.channel_id IS NULL
"""  # noqa: S608 - built from fixed names only

SPECIAL = f"""
    SELECT row_number() OVER (ORDER BY f.physical_id)::int AS line_no, f.physical_id, f.logical_id, f.quality,
           f.difference
    FROM wms_found f JOIN wms_logical g ON g.logical_id = f.logical_id
    WHERE f.state = {int(DifferenceState.APPLIED)} AND NOT g.plain
"""  # noqa: S608 - built from fixed names only

SUPERSEDE = f"""
    UPDATE inventory_snapshotdifference d SET state = {int(DifferenceState.SUPERSEDED)}
    FROM inventory_wmssnapshot s
    WHERE s.id = d.snapshot_id AND s.warehouse_id = %(warehouse)s AND d.state = {int(DifferenceState.REVIEW)}
      AND (%(complete)s OR d.physical_id IN (
          SELECT p.id FROM wms_row w JOIN warehousing_location l ON l.code = w.location
          JOIN warehousing_owner o ON o.code = w.owner
          JOIN catalog_productinfo i ON upper(i.sku) = w.code
          JOIN inventory_physicalstock p ON p.sku_id = i.id AND p.owner_id = o.id AND p.location_id = l.id))
"""  # noqa: S608 - built from fixed names only

REPORT = """
    INSERT INTO inventory_snapshotdifference
        (snapshot_id, physical_id, sku, owner, location, batch, quality, wms_qty, our_qty, held_qty, difference_qty,
         state)
    SELECT %(snapshot)s, physical_id, sku, owner, location, batch, quality, wms, ours, leaving, difference, state
    FROM wms_found
"""

COUNTS = f"""
    SELECT count(*) FILTER (WHERE state = {int(DifferenceState.APPLIED)}) AS applied_count,
           count(*) FILTER (WHERE state = {int(DifferenceState.EXPLAINED)}) AS explained_count,
           count(*) FILTER (WHERE state = {int(DifferenceState.REVIEW)}) AS review_count,
           count(*) FILTER (WHERE state = {int(DifferenceState.UNKNOWN)}) AS unknown_count,
           coalesce(sum(difference) FILTER (WHERE state = {int(DifferenceState.APPLIED)} AND difference > 0), 0)
               AS gained_qty,
           coalesce(-sum(difference) FILTER (WHERE state = {int(DifferenceState.APPLIED)} AND difference < 0), 0)
               AS lost_qty
    FROM wms_found
"""  # noqa: S608 - built from fixed names only

STAMP = """
    WITH seen AS (
        SELECT DISTINCT l.id FROM wms_row w
        JOIN catalog_productinfo i ON upper(i.sku) = w.code JOIN warehousing_owner o ON o.code = w.owner
        JOIN inventory_logicalstock l ON l.sku_id = i.id AND l.owner_id = o.id AND l.warehouse_id = %(warehouse)s
        WHERE l.last_synced_at IS NULL OR l.last_synced_at < %(before)s::timestamptz
    ), locked AS MATERIALIZED (
        SELECT l.id FROM inventory_logicalstock l JOIN seen USING (id) ORDER BY l.id FOR UPDATE OF l
    )
    UPDATE inventory_logicalstock l SET last_synced_at = %(at)s::timestamptz FROM locked WHERE l.id = locked.id
"""
