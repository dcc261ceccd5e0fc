"""A SKU's stock as a waterfall across the four layers, every number with the key of its ledger entries."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from inventory.choices import COLUMNS, Counter, HoldKind, HoldState, Layer, Purpose, Quality
from vmi.core import clock
from vmi.core.db import fetch_all


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the waterfall; ``layer``, ``row_id`` and ``counter`` lead to the entries that made it."""

    counter: Counter
    amount: int
    layer: Layer
    row_id: int


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a layer: its title and figures, and what it derives from them."""

    title: str
    row_id: int
    figures: list[Figure]
    derived: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branch:
    """One logical row (warehouse and owner) with what lies below and what is carved out above."""

    warehouse: str
    owner: str
    logical: Step
    physical: list[Step]
    pools: list[Step]
    buckets: list[Step]
    shares: list[Step] = field(default_factory=list)


def waterfall(sku_id: int) -> list[Branch]:
    """The branches of a SKU, one per warehouse and owner; five queries whatever their number."""
    now = clock.now()
    logical = fetch_all(_LOGICAL, {"sku": sku_id})
    physical = fetch_all(_PHYSICAL, {"sku": sku_id})
    pools = fetch_all(_POOLS, {"sku": sku_id})
    buckets = fetch_all(_BUCKETS, {"sku": sku_id, "now": now})
    shares = fetch_all(_SHARES, {"sku": sku_id})
    return [
        Branch(
            warehouse=row["warehouse"],
            owner=row["owner"],
            logical=_step(Layer.LOGICAL, row, row["warehouse"], {"available": row["available_qty"]}),
            physical=[_physical_step(place) for place in physical if place["logical_id"] == row["id"]],
            pools=[
                _step(Layer.POOL, pool, str(Purpose(pool["purpose"]).label), {})
                for pool in pools
                if pool["logical_id"] == row["id"]
            ],
            buckets=[
                _step(
                    Layer.CHANNEL,
                    bucket,
                    _bucket_title(bucket),
                    {"sellable": bucket["sellable"] + bucket["expired"], "expired": bucket["expired"]},
                )
                for bucket in buckets
                if bucket["logical_id"] == row["id"]
            ],
            shares=[
                _step(Layer.SHARE, share, _bucket_title(share), {"cap": share["cap_qty"]})
                for share in shares
                if share["logical_id"] == row["id"]
            ],
        )
        for row in logical
    ]


def _bucket_title(row: dict[str, Any]) -> str:
    """Who sells: the channel or the channels that share, with the purpose where it is not the default pool's."""
    channel = str(row["channel"] or _("open to no channel"))
    if row["purpose"] == Purpose.NORMAL:
        return channel
    return f"{channel} · {Purpose(row['purpose']).label}"


def _physical_step(row: dict[str, Any]) -> Step:
    """A location's step: where, which batch, which quality."""
    title = " · ".join(part for part in (row["location"], row["batch"], str(Quality(row["quality"]).label)) if part)
    return _step(
        Layer.PHYSICAL,
        row,
        title,
        {"free": row["quantity"] - row["held_qty"], "qualified": row["quality"] == Quality.QUALIFIED},
    )


def _step(layer: Layer, row: dict[str, Any], title: str, derived: dict[str, int]) -> Step:
    """A step with a figure for every counter of its layer."""
    figures = [
        Figure(counter, row[COLUMNS[counter]], layer, row["id"]) for counter in Counter if counter.layer == layer
    ]
    return Step(title=title, row_id=row["id"], figures=figures, derived=derived)


_LOGICAL = """
    SELECT l.*, w.name AS warehouse, o.name AS owner
    FROM inventory_logicalstock l
    JOIN warehousing_warehouse w ON w.id = l.warehouse_id JOIN warehousing_owner o ON o.id = l.owner_id
    WHERE l.sku_id = %(sku)s ORDER BY w.code, o.code
"""

_PHYSICAL = """
    SELECT s.*, o.code AS location, b.code AS batch
    FROM inventory_physicalstock s
    JOIN warehousing_location o ON o.id = s.location_id JOIN inventory_batch b ON b.id = s.batch_id
    WHERE s.sku_id = %(sku)s ORDER BY o.code, b.code, s.quality
"""

_POOLS = """
    SELECT p.* FROM inventory_allocationpool p JOIN inventory_logicalstock l ON l.id = p.logical_id
    WHERE l.sku_id = %(sku)s ORDER BY p.purpose
"""

_BUCKETS = f"""
    SELECT c.*, p.logical_id, p.purpose, c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty AS sellable,
           coalesce((SELECT sum(r.quantity) FROM inventory_reservation r
                     WHERE r.bucket_id = c.id AND r.state = {int(HoldState.HELD)}
                       AND r.kind = {int(HoldKind.SPOT)} AND r.expires_at <= %(now)s), 0)::int AS expired,
           coalesce(h.name, coalesce((
               SELECT string_agg(x.name, ' + ' ORDER BY x.code) FROM inventory_channelsource s
               JOIN inventory_channel x ON x.id = s.channel_id
               LEFT JOIN inventory_channelshare y ON y.bucket_id = c.id AND y.channel_id = x.id
               WHERE s.warehouse_id = l.warehouse_id AND s.owner_id = l.owner_id
                 AND (p.purpose = {int(Purpose.NORMAL)} OR y.id IS NOT NULL)), '')) AS channel
    FROM inventory_channelstock c
    JOIN inventory_allocationpool p ON p.id = c.pool_id JOIN inventory_logicalstock l ON l.id = p.logical_id
    LEFT JOIN inventory_channel h ON h.id = c.channel_id
    WHERE l.sku_id = %(sku)s ORDER BY c.channel_id NULLS LAST, c.id
"""  # noqa: S608 - built from fixed names only

_SHARES = """
    SELECT x.id, x.cap_qty, x.used_qty, p.logical_id, p.purpose, h.name AS channel
    FROM inventory_channelshare x
    JOIN inventory_channel h ON h.id = x.channel_id
    JOIN inventory_channelstock c ON c.id = x.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id JOIN inventory_logicalstock l ON l.id = p.logical_id
    WHERE l.sku_id = %(sku)s AND x.cap_qty IS NOT NULL ORDER BY p.purpose, h.code
"""
