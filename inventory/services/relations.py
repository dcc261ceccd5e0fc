"""The sentences I2–I6 as SQL: every row a statement returns is a difference (id, actual, expected)."""

from inventory.choices import HoldState, PickState, Purpose

_LOGICAL = "inventory_logicalstock"
_BUCKET = "inventory_channelstock"
_POOL = "inventory_allocationpool"
_PHYSICAL = "inventory_physicalstock"

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
        """
        SELECT l.id, sum(p.quota_qty) AS actual, l.physical_base_qty - l.locked_qty - l.safety_qty AS expected
        FROM inventory_logicalstock l JOIN inventory_allocationpool p ON p.logical_id = l.id
        GROUP BY l.id HAVING sum(p.quota_qty) > l.physical_base_qty - l.locked_qty - l.safety_qty ORDER BY l.id
        """,
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
    (
        "I6",
        _BUCKET,
        "held_qty",
        f"""
        WITH holds AS (SELECT bucket_id, sum(quantity) AS total FROM inventory_reservation
                       WHERE state = {int(HoldState.HELD)} GROUP BY bucket_id)
        SELECT coalesce(c.id, h.bucket_id) AS id, coalesce(c.held_qty, 0) AS actual, coalesce(h.total, 0) AS expected
        FROM inventory_channelstock c FULL JOIN holds h ON h.bucket_id = c.id
        WHERE coalesce(c.held_qty, 0) <> coalesce(h.total, 0) ORDER BY 1
        """,  # noqa: S608 - built from fixed names only
    ),
    (
        "I6",
        _BUCKET,
        "sold_qty + frozen_qty",
        f"""
        WITH sales AS (SELECT bucket_id, sum(quantity - shipped_qty) AS total FROM inventory_reservation
                       WHERE state = {int(HoldState.SOLD)} GROUP BY bucket_id)
        SELECT coalesce(c.id, s.bucket_id) AS id, coalesce(c.sold_qty + c.frozen_qty, 0) AS actual,
               coalesce(s.total, 0) AS expected
        FROM inventory_channelstock c FULL JOIN sales s ON s.bucket_id = c.id
        WHERE coalesce(c.sold_qty + c.frozen_qty, 0) <> coalesce(s.total, 0) ORDER BY 1
        """,  # noqa: S608 - built from fixed names only
    ),
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
)
