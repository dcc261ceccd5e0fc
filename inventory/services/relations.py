"""The sentences I2–I7 as SQL: every row a statement returns is a difference (id, actual, expected).

A statement about several columns names the ``column`` in its rows.
"""

from inventory.choices import HoldKind, HoldState, PickState, Purpose, SupplyState

_LOGICAL = "inventory_logicalstock"
_BUCKET = "inventory_channelstock"
_POOL = "inventory_allocationpool"
_PHYSICAL = "inventory_physicalstock"

_SUPPLY = "inventory_supplyline"
_SHARE = "inventory_channelshare"

_PROMISED = (
    (HoldState.HELD, HoldKind.SPOT, "held_qty"),
    (HoldState.HELD, HoldKind.OVERSOLD, "oversold_held_qty"),
    (HoldState.HELD, HoldKind.PRESALE, "presale_held_qty"),
    (HoldState.SOLD, HoldKind.SPOT, "sold_qty + frozen_qty"),
    (HoldState.SOLD, HoldKind.OVERSOLD, "oversold_sold_qty"),
    (HoldState.SOLD, HoldKind.PRESALE, "presale_sold_qty"),
)


def _promises() -> str:
    """I6 for every kind of promise: the bucket's counter equals the sum of its reservations, read once."""
    sums = ", ".join(
        f"sum(quantity - shipped_qty) FILTER (WHERE state = {int(state)} AND kind = {int(kind)})"
        f" AS total{int(state)}{int(kind)}"
        for state, kind, _column in _PROMISED
    )
    values = ", ".join(
        f"('{column}', {' + '.join(f'c.{name}' for name in column.split(' + '))}, s.total{int(state)}{int(kind)})"
        for state, kind, column in _PROMISED
    )
    return f"""
        WITH promised AS (
            SELECT bucket_id, {sums} FROM inventory_reservation
            WHERE state IN ({int(HoldState.HELD)}, {int(HoldState.SOLD)}) GROUP BY bucket_id
        )
        SELECT coalesce(c.id, s.bucket_id) AS id, v.name AS column,
               coalesce(v.stands, 0) AS actual, coalesce(v.promised, 0) AS expected
        FROM inventory_channelstock c FULL JOIN promised s ON s.bucket_id = c.id
        CROSS JOIN LATERAL (VALUES {values}) AS v(name, stands, promised)
        WHERE coalesce(v.stands, 0) <> coalesce(v.promised, 0) ORDER BY 1, 2
    """  # noqa: S608 - built from fixed names only


RELATIONS = (
    (
        "I2",
        _LOGICAL,
        "physical_base_qty",
        """
        SELECT l.id, l.physical_base_qty AS actual, coalesce(sum(s.quantity), 0) AS expected
        FROM inventory_logicalstock l LEFT JOIN inventory_physicalstock s ON s.logical_id = l.id
        GROUP BY l.id HAVING l.physical_base_qty <> coalesce(sum(s.quantity), 0) ORDER BY l.id
        """,
    ),
    (
        "I3",
        _LOGICAL,
        "allocated_qty + locked_qty",
        """
        SELECT id, allocated_qty + locked_qty AS actual, physical_base_qty + shortage_qty AS expected
        FROM inventory_logicalstock WHERE allocated_qty + locked_qty > physical_base_qty + shortage_qty ORDER BY id
        """,
    ),
    (
        "I4",
        _LOGICAL,
        "sum of pool quotas",
        # What internal documents were promised is no part of it: after a loss it is a reported shortage (I3), and a
        # safety stock that is under water withholds nothing.
        f"""
        SELECT l.id, sum(p.quota_qty) FILTER (WHERE p.purpose <> {int(Purpose.INTERNAL)}) AS actual,
               greatest(l.physical_base_qty - l.locked_qty - l.safety_qty
                        - coalesce(sum(p.quota_qty) FILTER (WHERE p.purpose = {int(Purpose.INTERNAL)}), 0), 0)
               AS expected
        FROM inventory_logicalstock l JOIN inventory_allocationpool p ON p.logical_id = l.id
        GROUP BY l.id
        HAVING sum(p.quota_qty) FILTER (WHERE p.purpose <> {int(Purpose.INTERNAL)}) >
               greatest(l.physical_base_qty - l.locked_qty - l.safety_qty
                        - coalesce(sum(p.quota_qty) FILTER (WHERE p.purpose = {int(Purpose.INTERNAL)}), 0), 0)
        ORDER BY l.id
        """,  # noqa: S608 - built from fixed names only
    ),
    (
        "I5",
        _BUCKET,
        "held_qty + sold_qty + frozen_qty",
        """
        SELECT id, held_qty + sold_qty + frozen_qty AS actual, base_quota_qty + shortage_qty AS expected
        FROM inventory_channelstock WHERE held_qty + sold_qty + frozen_qty > base_quota_qty + shortage_qty ORDER BY id
        """,
    ),
    (
        "I5",
        _POOL,
        "sum of base quotas",
        """
        SELECT p.id, sum(c.base_quota_qty) AS actual, p.quota_qty AS expected
        FROM inventory_allocationpool p JOIN inventory_channelstock c ON c.pool_id = p.id
        GROUP BY p.id HAVING sum(c.base_quota_qty) > p.quota_qty ORDER BY p.id
        """,
    ),
    ("I6", _BUCKET, "", _promises()),
    (
        "I6",
        _LOGICAL,
        "allocated_qty",
        f"""
        WITH sold AS (
            SELECT p.logical_id, sum(c.sold_qty + c.frozen_qty) AS total
            FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id GROUP BY p.logical_id
        ), internal AS (
            SELECT logical_id, sum(quantity - shipped_qty) AS total FROM inventory_internalallocation
            WHERE state = {int(HoldState.SOLD)} GROUP BY logical_id
        )
        SELECT l.id, l.allocated_qty AS actual, coalesce(s.total, 0) + coalesce(i.total, 0) AS expected
        FROM inventory_logicalstock l
        LEFT JOIN sold s ON s.logical_id = l.id LEFT JOIN internal i ON i.logical_id = l.id
        WHERE l.allocated_qty <> coalesce(s.total, 0) + coalesce(i.total, 0) ORDER BY l.id
        """,  # noqa: S608 - built from fixed names only
    ),
    (
        "I6",
        _POOL,
        "internal quota",
        f"""
        WITH internal AS (
            SELECT logical_id, sum(quantity - shipped_qty) AS total FROM inventory_internalallocation
            WHERE state = {int(HoldState.SOLD)} GROUP BY logical_id
        )
        SELECT p.id, p.quota_qty AS actual, coalesce(i.total, 0) AS expected
        FROM inventory_allocationpool p LEFT JOIN internal i ON i.logical_id = p.logical_id
        WHERE p.purpose = {int(Purpose.INTERNAL)} AND p.quota_qty <> coalesce(i.total, 0) ORDER BY p.id
        """,  # noqa: S608 - built from fixed names only
    ),
    (
        "I6",
        _PHYSICAL,
        "held_qty",
        f"""
        WITH holds AS (SELECT physical_id, sum(quantity - shipped_qty) AS total FROM inventory_physicalhold
                       WHERE state = {int(PickState.OPEN)} GROUP BY physical_id)
        SELECT s.id, s.held_qty AS actual, coalesce(h.total, 0) AS expected
        FROM inventory_physicalstock s LEFT JOIN holds h ON h.physical_id = s.id
        WHERE s.held_qty <> coalesce(h.total, 0) ORDER BY s.id
        """,  # noqa: S608 - built from fixed names only
    ),
    (
        "I6",
        _SHARE,
        "used_qty",
        f"""
        WITH used AS (
            SELECT bucket_id, channel_id, sum(quantity - shipped_qty) AS total FROM inventory_reservation
            WHERE state IN ({int(HoldState.HELD)}, {int(HoldState.SOLD)}) AND kind = {int(HoldKind.SPOT)}
            GROUP BY bucket_id, channel_id
        )
        SELECT s.id, s.used_qty AS actual, coalesce(u.total, 0) AS expected
        FROM inventory_channelshare s LEFT JOIN used u USING (bucket_id, channel_id)
        WHERE s.cap_qty IS NOT NULL AND s.used_qty <> coalesce(u.total, 0) ORDER BY s.id
        """,  # noqa: S608 - built from fixed names only
    ),
    (
        "I7",
        _LOGICAL,
        "in_transit_qty",
        f"""
        WITH coming AS (
            SELECT logical_id, sum(expected_qty - received_qty - closed_qty) AS total FROM inventory_supplyline
            WHERE state = {int(SupplyState.OPEN)} GROUP BY logical_id
        )
        SELECT l.id, l.in_transit_qty AS actual, coalesce(c.total, 0) AS expected
        FROM inventory_logicalstock l LEFT JOIN coming c ON c.logical_id = l.id
        WHERE l.in_transit_qty <> coalesce(c.total, 0) ORDER BY l.id
        """,  # noqa: S608 - built from fixed names only
    ),
    (
        "I7",
        _BUCKET,
        "presale_qty",
        """
        WITH open AS (SELECT bucket_id, sum(presale_qty) AS total FROM inventory_supplyline
                      WHERE bucket_id IS NOT NULL GROUP BY bucket_id)
        SELECT c.id, c.presale_qty AS actual, coalesce(o.total, 0) AS expected
        FROM inventory_channelstock c LEFT JOIN open o ON o.bucket_id = c.id
        WHERE c.presale_qty <> coalesce(o.total, 0) ORDER BY c.id
        """,
    ),
    (
        "I7",
        _SUPPLY,
        "bucket_id",
        # A promise names the line that brings its last unit; a closed line or another bucket's serves nobody.
        f"""
        SELECT s.id, s.bucket_id AS actual, r.bucket_id AS expected
        FROM inventory_reservation r JOIN inventory_supplyline s ON s.id = r.supply_line_id
        WHERE r.kind = {int(HoldKind.PRESALE)} AND r.state IN ({int(HoldState.HELD)}, {int(HoldState.SOLD)})
          AND (s.state <> {int(SupplyState.OPEN)} OR s.bucket_id IS DISTINCT FROM r.bucket_id)
        ORDER BY s.id
        """,  # noqa: S608 - built from fixed names only
    ),
)
