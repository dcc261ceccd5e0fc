"""What a stock row is, for people: its SKU and its place, for many rows of any layer at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from inventory.choices import Layer, Purpose, Quality
from vmi.core.db import fetch_all


@dataclass(frozen=True, slots=True)
class RowTitle:
    """The SKU of a row, and where it stands: warehouse and owner, then what tells it from others of its layer.

    That is the purpose of a pool (the default one goes without saying), the channel of a bucket of its own, the
    location, the batch, and the quality of units that are not good.
    """

    sku_id: int
    sku: str
    place: str


_POOLED = "JOIN inventory_logicalstock l ON l.id = p.logical_id"
_CHAIN = {
    Layer.LOGICAL: ("NULL", "''", "inventory_logicalstock r JOIN inventory_logicalstock l ON l.id = r.id"),
    Layer.POOL: (
        "p.purpose",
        "''",
        f"inventory_allocationpool r JOIN inventory_allocationpool p ON p.id = r.id {_POOLED}",
    ),
    Layer.CHANNEL: (
        "p.purpose",
        "h.name",
        (
            f"inventory_channelstock r JOIN inventory_allocationpool p ON p.id = r.pool_id {_POOLED} "
            "LEFT JOIN inventory_channel h ON h.id = r.channel_id"
        ),
    ),
    Layer.PHYSICAL: (
        "r.quality",
        "concat_ws(' · ', x.code, nullif(b.code, ''))",
        (
            "inventory_physicalstock r JOIN inventory_logicalstock l ON l.id = r.logical_id "
            "JOIN warehousing_location x ON x.id = r.location_id JOIN inventory_batch b ON b.id = r.batch_id"
        ),
    ),
    Layer.SHARE: (
        "p.purpose",
        "g.name",
        (
            "inventory_channelshare r JOIN inventory_channel g ON g.id = r.channel_id "
            "JOIN inventory_channelstock b ON b.id = r.bucket_id "
            f"JOIN inventory_allocationpool p ON p.id = b.pool_id {_POOLED}"
        ),
    ),
}
"""By layer: its kind (purpose or quality), its name, and the way from the row ``r`` to its logical row ``l``."""

_ROWS = """
    SELECT r.id, l.sku_id, i.sku, w.name || ' · ' || o.name AS place, {kind} AS kind, {name} AS name FROM {chain}
      JOIN catalog_productinfo i ON i.id = l.sku_id
      JOIN warehousing_warehouse w ON w.id = l.warehouse_id JOIN warehousing_owner o ON o.id = l.owner_id
     WHERE r.id = ANY(%(ids)s::bigint[])
"""

_UNSAID = {Layer.PHYSICAL: Quality.QUALIFIED}
"""The kind of a layer's rows that is not named; of pools and what they offer it is the default purpose."""


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
        kind, name, chain = _CHAIN[Layer(layer)]
        for row in fetch_all(_ROWS.format(kind=kind, name=name, chain=chain), {"ids": sorted(ids)}):
            found[layer, row["id"]] = RowTitle(row["sku_id"], row["sku"], _place(Layer(layer), row))
    return found


def _place(layer: Layer, row: dict[str, Any]) -> str:
    """Where a row stands, in the reader's language."""
    said = "" if row["kind"] in (None, _UNSAID.get(layer, Purpose.NORMAL)) else str(_kind(layer, row["kind"]))
    parts = (row["place"], row["name"], said) if layer == Layer.PHYSICAL else (row["place"], said, row["name"])
    return " · ".join(part for part in parts if part)


def _kind(layer: Layer, value: int) -> str | Promise:
    """The quality or purpose for people."""
    return Quality(value).label if layer == Layer.PHYSICAL else Purpose(value).label
