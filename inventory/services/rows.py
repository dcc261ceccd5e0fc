"""Creating the rows a receipt needs: logical row, its pools and shared bucket, batch, physical row.

Set-based and idempotent: existing rows are left alone, so that two first receipts may race.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.choices import Purpose, Quality
from vmi.core.db import fetch_prepared

_LOGICAL = """
    INSERT INTO inventory_logicalstock (sku_id, warehouse_id, owner_id)
    SELECT k.sku, %(warehouse)s::bigint, %(owner)s::bigint FROM unnest(%(skus)s::bigint[]) AS k(sku) ORDER BY k.sku
    ON CONFLICT (sku_id, warehouse_id, owner_id) DO NOTHING
"""

_POOLS = """
    INSERT INTO inventory_allocationpool (logical_id, purpose)
    SELECT l.id, p.purpose FROM inventory_logicalstock l
    CROSS JOIN (VALUES (%(normal)s::smallint), (%(internal)s::smallint)) AS p(purpose)
    WHERE l.warehouse_id = %(warehouse)s::bigint AND l.owner_id = %(owner)s::bigint
      AND l.sku_id = ANY(%(skus)s::bigint[])
      AND NOT EXISTS (SELECT 1 FROM inventory_allocationpool x WHERE x.logical_id = l.id AND x.purpose = p.purpose)
    ORDER BY l.id, p.purpose
    ON CONFLICT (logical_id, purpose) DO NOTHING
"""

_BUCKETS = """
    INSERT INTO inventory_channelstock (pool_id)
    SELECT p.id FROM inventory_allocationpool p JOIN inventory_logicalstock l ON l.id = p.logical_id
    WHERE p.purpose = %(normal)s::smallint AND l.warehouse_id = %(warehouse)s::bigint
      AND l.owner_id = %(owner)s::bigint AND l.sku_id = ANY(%(skus)s::bigint[])
      AND NOT EXISTS (SELECT 1 FROM inventory_channelstock x WHERE x.pool_id = p.id AND x.channel_id IS NULL)
    ORDER BY p.id
    ON CONFLICT (pool_id, channel_id) DO NOTHING
"""

_CHAIN = """
    SELECT l.sku_id, l.id AS logical_id, n.id AS pool_id, i.id AS internal_id, c.id AS bucket_id,
           l.physical_base_qty AS base_qty
    FROM inventory_logicalstock l
    JOIN inventory_allocationpool n ON n.logical_id = l.id AND n.purpose = %(normal)s::smallint
    JOIN inventory_allocationpool i ON i.logical_id = l.id AND i.purpose = %(internal)s::smallint
    JOIN inventory_channelstock c ON c.pool_id = n.id AND c.channel_id IS NULL
    WHERE l.warehouse_id = %(warehouse)s::bigint AND l.owner_id = %(owner)s::bigint
      AND l.sku_id = ANY(%(skus)s::bigint[])
"""

_BATCHES = """
    INSERT INTO inventory_batch (sku_id, code)
    SELECT DISTINCT b.sku, b.code FROM unnest(%(skus)s::bigint[], %(codes)s::varchar[]) AS b(sku, code)
    ORDER BY b.sku, b.code
    ON CONFLICT (sku_id, code) DO NOTHING
"""

_PLACES = """
    INSERT INTO inventory_physicalstock (sku_id, owner_id, location_id, batch_id, quality, logical_id)
    SELECT DISTINCT w.sku, %(owner)s::bigint, w.location, b.id, w.quality, w.logical
    FROM unnest(%(skus)s::bigint[], %(locations)s::bigint[], %(codes)s::varchar[],
                %(qualities)s::smallint[], %(logicals)s::bigint[]) AS w(sku, location, code, quality, logical)
    JOIN inventory_batch b ON b.sku_id = w.sku AND b.code = w.code
    ORDER BY 1, 3, 4, 5
    ON CONFLICT (sku_id, owner_id, location_id, batch_id, quality) DO NOTHING
"""

_FIND_PLACES = """
    SELECT p.id, p.sku_id, p.location_id, b.code, p.quality
    FROM inventory_physicalstock p JOIN inventory_batch b ON b.id = p.batch_id
    WHERE p.owner_id = %(owner)s::bigint AND p.sku_id = ANY(%(skus)s::bigint[])
      AND p.location_id = ANY(%(locations)s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """The rows of one SKU from logical stock up to the shared bucket of its default pool; units on hand when read."""

    logical_id: int
    pool_id: int
    internal_id: int
    bucket_id: int
    base_qty: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """The key of a physical row within one owner."""

    sku_id: int
    location_id: int
    batch: str
    quality: Quality = Quality.QUALIFIED


def ensure_chains(*, warehouse_id: int, owner_id: int, sku_ids: Sequence[int]) -> dict[int, Chain]:
    """The chains of these SKUs by SKU id, created where missing."""
    skus = sorted(set(sku_ids))
    found = find_chains(warehouse_id=warehouse_id, owner_id=owner_id, sku_ids=skus)
    missing = [sku for sku in skus if sku not in found]
    if not missing:
        return found
    key = {"warehouse": warehouse_id, "owner": owner_id, "skus": missing}
    purposes = {"normal": int(Purpose.NORMAL), "internal": int(Purpose.INTERNAL)}
    fetch_prepared(_LOGICAL, key)
    fetch_prepared(_POOLS, {**key, **purposes})
    fetch_prepared(_BUCKETS, {**key, "normal": purposes["normal"]})
    return found | find_chains(warehouse_id=warehouse_id, owner_id=owner_id, sku_ids=missing)


def find_chains(*, warehouse_id: int, owner_id: int, sku_ids: Sequence[int]) -> dict[int, Chain]:
    """The chains that already exist, by SKU id."""
    rows = fetch_prepared(
        _CHAIN,
        {
            "warehouse": warehouse_id,
            "owner": owner_id,
            "skus": sorted(set(sku_ids)),
            "normal": int(Purpose.NORMAL),
            "internal": int(Purpose.INTERNAL),
        },
    )
    return {row.pop("sku_id"): Chain(**row) for row in rows}


def ensure_places(*, owner_id: int, places: Sequence[Place], chains: dict[int, Chain]) -> dict[Place, int]:
    """The ids of the physical rows of these places, created where missing."""
    wanted = sorted(set(places), key=lambda place: (place.sku_id, place.location_id, place.batch, place.quality))
    skus = [place.sku_id for place in wanted]
    codes = [place.batch for place in wanted]
    locations = [place.location_id for place in wanted]
    fetch_prepared(_BATCHES, {"skus": skus, "codes": codes})
    fetch_prepared(
        _PLACES,
        {
            "owner": owner_id,
            "skus": skus,
            "locations": locations,
            "codes": codes,
            "qualities": [int(place.quality) for place in wanted],
            "logicals": [chains[place.sku_id].logical_id for place in wanted],
        },
    )
    rows = fetch_prepared(
        _FIND_PLACES,
        {"owner": owner_id, "skus": sorted(set(skus)), "locations": sorted(set(locations))},
    )
    return {Place(row["sku_id"], row["location_id"], row["code"], Quality(row["quality"])): row["id"] for row in rows}
