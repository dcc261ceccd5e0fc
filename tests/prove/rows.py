"""What the database holds, in the model's words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.prove.state import Bucket, Key, Logical, Place
from vmi.core.db import fetch_all


@dataclass(frozen=True)
class Row:
    """A reservation as it stands."""

    id: int
    units: int
    expires: datetime
    channel: int


@dataclass(frozen=True)
class Waiting:
    """Units of a ship notice on a location."""

    line: int
    place: Place
    bucket: Bucket | None
    units: int


@dataclass
class Rows:
    """Every figure, the reservations by (document, line, bucket, kind, state), and what the rows are called."""

    figures: dict[Key, int] = field(default_factory=dict)
    promises: dict[Key, Row] = field(default_factory=dict)
    buckets: dict[int, Bucket] = field(default_factory=dict)
    logicals: dict[int, Logical] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    shares: dict[tuple[Bucket, int], int | None] = field(default_factory=dict)

    def id_of(self, what: Any) -> int:
        """The row of a bucket, a logical row or a place."""
        known: Iterator[tuple[int, Any]] = (
            pair for names in (self.buckets, self.logicals, self.places) for pair in names.items()
        )
        return next(pk for pk, found in known if found == what)


def read() -> Rows:
    """Read everything."""
    rows = Rows()
    names: dict[str, dict[int, Any]] = {"channel": rows.buckets, "place": rows.places}
    for layer, sql in _LAYERS.items():
        for row in fetch_all(sql):
            key = _key(layer, row)
            if layer == "logical":
                rows.logicals[row["id"]] = key[1]
            elif layer in names:
                names[layer][row["id"]] = key[1:]
            for counter, value in row.items():
                if value and (counter.endswith("_qty") or counter == "quantity"):
                    rows.figures[*key, counter] = value
    for row in fetch_all(_SHARES):
        bucket = rows.buckets[row["bucket_id"]]
        rows.shares[bucket, row["channel_id"]] = row["cap_qty"]
        if row["used_qty"]:
            rows.figures["share", *bucket, row["channel_id"], "used_qty"] = row["used_qty"]
    for row in fetch_all(_PROMISES):
        key = (row["source_sn"], row["line_no"], rows.buckets[row["bucket_id"]], row["kind"], row["state"])
        rows.promises[key] = Row(row["id"], row["units"], row["expires_at"], row["channel_id"])
    return rows


def noticed(sn: str, rows: Rows) -> list[Waiting]:
    """What a document's ship notice holds where, in the order it was chosen."""
    found = fetch_all(_NOTICED, {"sn": sn})
    return [
        Waiting(row["line_no"], rows.places[row["physical_id"]], rows.buckets.get(row["bucket_id"]), row["units"])
        for row in found
    ]


def _key(layer: str, row: dict[str, Any]) -> Key:
    logical = (row["sku_id"], row["warehouse_id"], row["owner_id"])
    if layer == "channel":
        return (layer, logical, row["purpose"], row["channel_id"] or 0)
    if layer == "pool":
        return (layer, logical, row["purpose"])
    if layer == "place":
        return (layer, logical, row["location_id"], row["batch"], row["quality"])
    return (layer, logical)


_LAYERS = {
    "channel": """
        SELECT c.id, c.channel_id, p.purpose, l.sku_id, l.warehouse_id, l.owner_id, c.base_quota_qty, c.held_qty,
               c.sold_qty, c.frozen_qty, c.returning_qty, c.shortage_qty, c.oversell_limit_qty, c.oversold_held_qty,
               c.oversold_sold_qty, c.presale_qty, c.presale_held_qty, c.presale_sold_qty
        FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
        JOIN inventory_logicalstock l ON l.id = p.logical_id
    """,
    "pool": """
        SELECT p.purpose, p.quota_qty, l.sku_id, l.warehouse_id, l.owner_id
        FROM inventory_allocationpool p JOIN inventory_logicalstock l ON l.id = p.logical_id
    """,
    "logical": """
        SELECT id, sku_id, warehouse_id, owner_id, physical_base_qty, allocated_qty, locked_qty, safety_qty,
               in_transit_qty, shortage_qty FROM inventory_logicalstock
    """,
    "place": """
        SELECT s.id, l.sku_id, l.warehouse_id, l.owner_id, s.location_id, b.code AS batch, s.quality, s.quantity,
               s.held_qty
        FROM inventory_physicalstock s JOIN inventory_logicalstock l ON l.id = s.logical_id
        JOIN inventory_batch b ON b.id = s.batch_id
    """,
}

_PROMISES = """
    SELECT id, source_sn, line_no, bucket_id, channel_id, kind, state, quantity - shipped_qty AS units, expires_at
    FROM inventory_reservation
"""

_SHARES = "SELECT bucket_id, channel_id, cap_qty, used_qty FROM inventory_channelshare"

_NOTICED = """
    SELECT line_no, physical_id, bucket_id, quantity - shipped_qty AS units FROM inventory_physicalhold
    WHERE source_sn = %(sn)s AND state = 1 ORDER BY id
"""
