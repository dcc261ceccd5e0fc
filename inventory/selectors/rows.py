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
