"""What a stock row is, for people: its SKU and its place, for many rows of any layer at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from inventory.choices import Layer
from vmi.core.db import fetch_all


@dataclass(frozen=True, slots=True)
class RowTitle:
    """The SKU of a row, and where it stands: warehouse and owner, with channel or location where the layer has one."""

    sku_id: int
    sku: str
    place: str


_PLACES = "w.name || ' · ' || o.name"
_POOLED = "JOIN inventory_logicalstock l ON l.id = p.logical_id"
_CHANNELS = (
    f"inventory_channelstock r JOIN inventory_allocationpool p ON p.id = r.pool_id {_POOLED} "
    "LEFT JOIN inventory_channel h ON h.id = r.channel_id"
)
_PLACED = (
    "inventory_physicalstock r JOIN inventory_logicalstock l ON l.id = r.logical_id "
    "JOIN warehousing_location x ON x.id = r.location_id"
)
_CHAIN = {
    Layer.LOGICAL: (_PLACES, "inventory_logicalstock r JOIN inventory_logicalstock l ON l.id = r.id"),
    Layer.POOL: (_PLACES, f"inventory_allocationpool r JOIN inventory_allocationpool p ON p.id = r.id {_POOLED}"),
    Layer.CHANNEL: (
        f"{_PLACES} || coalesce(' · ' || h.name, '')",
        _CHANNELS,
    ),
    Layer.PHYSICAL: (
        f"{_PLACES} || ' · ' || x.code",
        _PLACED,
    ),
    Layer.SHARE: (
        f"{_PLACES} || ' · ' || g.name",
        (
            "inventory_channelshare r JOIN inventory_channel g ON g.id = r.channel_id "
            "JOIN inventory_channelstock b ON b.id = r.bucket_id "
            f"JOIN inventory_allocationpool p ON p.id = b.pool_id {_POOLED}"
        ),
    ),
}
_ROWS = """
    SELECT r.id, l.sku_id, i.sku, {place} AS place FROM {chain}
      JOIN catalog_productinfo i ON i.id = l.sku_id
      JOIN warehousing_warehouse w ON w.id = l.warehouse_id JOIN warehousing_owner o ON o.id = l.owner_id
     WHERE r.id = ANY(%(ids)s::bigint[])
"""


_OF_SKU = """
    WITH rows AS (SELECT id FROM inventory_logicalstock WHERE sku_id = %(sku)s),
    pools AS (SELECT p.id FROM inventory_allocationpool p JOIN rows ON rows.id = p.logical_id),
    buckets AS (SELECT c.id FROM inventory_channelstock c JOIN pools ON pools.id = c.pool_id)
    SELECT 3 AS layer, id FROM rows UNION ALL SELECT 2, id FROM pools UNION ALL SELECT 1, id FROM buckets
    UNION ALL SELECT 4, s.id FROM inventory_physicalstock s JOIN rows ON rows.id = s.logical_id
    UNION ALL SELECT 5, x.id FROM inventory_channelshare x JOIN buckets ON buckets.id = x.bucket_id
"""


def rows_of_sku(sku_id: int) -> dict[int, list[int]]:
    """The ids of every stock row of a SKU, by layer; one query."""
    found: dict[int, list[int]] = defaultdict(list)
    for row in fetch_all(_OF_SKU, {"sku": sku_id}):
        found[row["layer"]].append(row["id"])
    return dict(found)


def row_titles(keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], RowTitle]:
    """Titles by (layer, row id); a query per layer that occurs. Unknown rows are left out."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for layer, row_id in keys:
        wanted[layer].add(row_id)
    found: dict[tuple[int, int], RowTitle] = {}
    for layer, ids in wanted.items():
        place, chain = _CHAIN[Layer(layer)]
        for row in fetch_all(_ROWS.format(place=place, chain=chain), {"ids": sorted(ids)}):
            found[layer, row["id"]] = RowTitle(row["sku_id"], row["sku"], row["place"])
    return found
