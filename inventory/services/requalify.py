"""Units that change their quality where they lie: the rows of another quality beside given ones."""

from collections.abc import Collection

from inventory.choices import Quality
from vmi.core.db import fetch_prepared


def twins(*, physical_ids: Collection[int], quality: Quality) -> dict[int, int]:
    """The rows of ``quality`` in the same places as ``physical_ids``, by their id; created where missing."""
    params = {"ids": sorted(set(physical_ids)), "quality": int(quality)}
    fetch_prepared(_CREATE, params)
    return {row["id"]: row["twin_id"] for row in fetch_prepared(_FIND, params)}


_CREATE = """
    INSERT INTO inventory_physicalstock (sku_id, owner_id, location_id, batch_id, quality, logical_id)
    SELECT s.sku_id, s.owner_id, s.location_id, s.batch_id, %(quality)s::smallint, s.logical_id
    FROM inventory_physicalstock s WHERE s.id = ANY(%(ids)s::bigint[])
    ORDER BY s.sku_id, s.owner_id, s.location_id, s.batch_id
    ON CONFLICT (sku_id, owner_id, location_id, batch_id, quality) DO NOTHING
"""

_FIND = """
    SELECT s.id, t.id AS twin_id FROM inventory_physicalstock s
    JOIN inventory_physicalstock t ON t.sku_id = s.sku_id AND t.owner_id = s.owner_id
     AND t.location_id = s.location_id AND t.batch_id = s.batch_id AND t.quality = %(quality)s::smallint
    WHERE s.id = ANY(%(ids)s::bigint[])
"""
