"""Where goods for a bucket could be transferred from: the channel's own quota elsewhere, then shared ones (S001-31)."""

from dataclasses import dataclass

from inventory.choices import Purpose
from inventory.selectors.offer_sql import SPOT_NOW, in_window, join_expired
from vmi.core import clock
from vmi.core.db import fetch_prepared

SOURCES_MAX = 50
"""Most places one answer names."""


@dataclass(frozen=True, slots=True)
class TransferSource:
    """A bucket of the same SKU and owner in another warehouse with units nobody was promised.

    ``own``: it belongs to the same channel; else the channels of its pool share it. Another channel's own quota is
    never named.
    """

    bucket_id: int
    warehouse_id: int
    warehouse: str
    purpose: Purpose
    own: bool
    open_qty: int


def transfer_sources(bucket_id: int) -> list[TransferSource]:
    """The places with open units, the channel's own first, then by what they have; expired holds count as open."""
    rows = fetch_prepared(_SOURCES, {"id": bucket_id, "now": clock.now(), "limit": SOURCES_MAX})
    return [TransferSource(**{**row, "purpose": Purpose(row["purpose"])}) for row in rows]


_NOW = "%(now)s::timestamptz"

_SOURCES = f"""
    SELECT * FROM (
        SELECT c.id AS bucket_id, l.warehouse_id, w.code AS warehouse, p.purpose, c.channel_id IS NOT NULL AS own,
               ({SPOT_NOW})::int AS open_qty
        FROM inventory_channelstock t
        CROSS JOIN LATERAL (SELECT t.channel_id) s(channel_id)
        JOIN inventory_allocationpool tp ON tp.id = t.pool_id
        JOIN inventory_logicalstock tl ON tl.id = tp.logical_id
        JOIN inventory_logicalstock l
          ON l.sku_id = tl.sku_id AND l.owner_id = tl.owner_id AND l.warehouse_id <> tl.warehouse_id
        JOIN warehousing_warehouse w ON w.id = l.warehouse_id
        JOIN inventory_allocationpool p ON p.logical_id = l.id AND p.purpose <> {int(Purpose.INTERNAL)}
        JOIN inventory_channelstock c ON c.pool_id = p.id AND (c.channel_id IS NULL OR c.channel_id = t.channel_id)
        LEFT JOIN inventory_channelshare x ON x.bucket_id = c.id AND x.channel_id = t.channel_id
        {join_expired(_NOW)}
        WHERE t.id = %(id)s::bigint AND {in_window("c", _NOW)}
    ) found
    WHERE open_qty > 0 ORDER BY own DESC, open_qty DESC, bucket_id LIMIT %(limit)s::int
"""  # noqa: S608 - built from fixed names only
