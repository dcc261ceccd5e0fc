"""The world of the proof: two SKUs, two warehouses, two owners, four channels, and what the rows say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.services import add_channel_source, open_channel
from tests.factories.catalog import make_sku
from tests.prove.model import HELD, SOLD, Bucket, Key, Logical
from vmi.core.actors import system_actor
from vmi.core.db import fetch_all
from warehousing.models import Location
from warehousing.services import create_warehouse, create_zone, open_rack, register_owner

ACTOR = system_actor("proof")
MEMBERS = (71, 72)


@dataclass(frozen=True)
class World:
    """Ids of what was built; ``sources`` are the (warehouse, owner) a channel sells from, by priority."""

    skus: tuple[int, ...]
    warehouses: tuple[int, ...]
    owners: tuple[int, ...]
    locations: dict[int, tuple[int, ...]]
    channels: tuple[int, ...]
    sources: dict[int, tuple[tuple[int, int], ...]]

    def logicals(self) -> list[Logical]:
        """Every logical row there may be: the second owner only stores in the first warehouse."""
        first, second = self.warehouses
        places = [(first, self.owners[0]), (second, self.owners[0]), (first, self.owners[1])]
        return [(sku, *place) for sku in self.skus for place in places]


def build() -> World:
    """Build it; two channels share a warehouse, one sells from both, one sells the second owner's goods."""
    warehouses, locations = [], {}
    for name in ("East", "West"):
        warehouse = create_warehouse(name=name, actor=ACTOR)
        zone = create_zone(warehouse_id=warehouse.pk, code="ST", name="Storage", actor=ACTOR)
        open_rack(warehouse_id=warehouse.pk, zone_id=zone.pk, rack="01", levels=1, slots=2, actor=ACTOR)
        warehouses.append(warehouse.pk)
        rack = Location.objects.filter(warehouse_id=warehouse.pk, code__contains="-01-").order_by("code")
        locations[warehouse.pk] = tuple(rack.values_list("pk", flat=True))[:2]
    owners = [register_owner(name=name, actor=ACTOR).pk for name in ("Ours", "Theirs")]
    east, west = warehouses
    plans = (
        ((east, owners[0]),),
        ((east, owners[0]), (west, owners[0])),
        ((east, owners[0]),),
        ((east, owners[1]),),
    )
    sources = {}
    for number, plan in enumerate(plans):
        channel = open_channel(code=f"PROOF-{number}", name=f"Proof {number}", actor=ACTOR)
        for priority, (warehouse_id, owner_id) in enumerate(plan):
            add_channel_source(
                channel_id=channel.pk, warehouse_id=warehouse_id, owner_id=owner_id, priority=priority, actor=ACTOR
            )
        sources[channel.pk] = plan
    return World(
        skus=(make_sku().pk, make_sku().pk),
        warehouses=tuple(warehouses),
        owners=tuple(owners),
        locations=locations,
        channels=tuple(sources),
        sources=sources,
    )


@dataclass(frozen=True)
class Rows:
    """What the database holds, in the model's words."""

    figures: dict[Key, int]
    promises: dict[Key, tuple[int, datetime | None]]
    ended: dict[int, int]
    buckets: dict[int, Bucket]
    bucket_of: dict[int, Bucket]
    logicals: dict[int, Logical]


def read() -> Rows:
    """Every counter of every layer, the open promises by document, line, bucket and kind, and the ended rows."""
    figures: dict[Key, int] = {}
    buckets: dict[int, Bucket] = {}
    logicals: dict[int, Logical] = {}
    for layer, sql in _LAYERS.items():
        for row in fetch_all(sql):
            key = _key(layer, row)
            if layer == "channel":
                buckets[row["id"]] = (key[1], key[2], key[3])
            elif layer == "logical":
                logicals[row["id"]] = key[1]
            for counter, value in row.items():
                if value and (counter.endswith("_qty") or counter == "quantity"):
                    figures[*key, counter] = value
    promises: dict[Key, tuple[int, datetime | None]] = {}
    ended: dict[int, int] = {}
    bucket_of = {}
    for row in fetch_all(_PROMISES):
        bucket_of[row["id"]] = buckets[row["bucket_id"]]
        if row["state"] in (HELD, SOLD):
            promises[row["source_sn"], row["line_no"], buckets[row["bucket_id"]], row["kind"], row["state"]] = (
                row["units"],
                row["expires_at"] if row["state"] == HELD else None,
            )
        else:
            ended[row["id"]] = row["state"]
    return Rows(figures, promises, ended, buckets, bucket_of, logicals)


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
        SELECT l.sku_id, l.warehouse_id, l.owner_id, s.location_id, b.code AS batch, s.quality, s.quantity, s.held_qty
        FROM inventory_physicalstock s JOIN inventory_logicalstock l ON l.id = s.logical_id
        JOIN inventory_batch b ON b.id = s.batch_id
    """,
}

_PROMISES = """
    SELECT id, source_sn, line_no, bucket_id, kind, state, quantity - shipped_qty AS units, expires_at
    FROM inventory_reservation
"""
