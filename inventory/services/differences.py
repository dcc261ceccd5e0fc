"""What a count found more or less than the books say, booked on every layer: the base first (S001-13)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.choices import Counter, Layer, Purpose, Quality
from inventory.exceptions import PhysicalShort
from inventory.services.movement import WHOLE_DOCUMENT, Change, Context, move, try_move
from inventory.services.promises import serve_waiting
from inventory.services.quota_rows import lock_rows
from inventory.services.rebalance import Trim, cover_shortage, lower_shortage, make_room
from vmi.core.db import fetch_prepared


@dataclass(frozen=True, slots=True)
class Difference:
    """Units found (negative: missing) on one physical row."""

    line_no: int
    physical_id: int
    logical_id: int
    quality: Quality
    units: int


@dataclass(frozen=True, slots=True)
class Booked:
    """The effect in units; ``shortage`` of the lost ones were promised already."""

    gained: int
    lost: int
    shortage: int
    trims: tuple[Trim, ...] = ()


def book_differences(differences: Sequence[Difference], context: Context) -> Booked:
    """Move every layer by the differences; joins the caller's transaction.

    Lost units leave the unassigned rest and open quotas first; of promised goods they raise the shortage. Found units
    cover what is short, then the default pool sells them. Raises PhysicalShort naming the lines that miss goods which
    wait to leave: their notice has to be cancelled or confirmed first.
    """
    told = [item for item in differences if item.units]
    base: dict[int, int] = defaultdict(int)
    locked: dict[int, int] = defaultdict(int)
    for item in told:
        base[item.logical_id] += item.units
        if item.quality != Quality.QUALIFIED:
            locked[item.logical_id] += item.units
    if not told:
        return Booked(0, 0, 0)
    lock_rows(base)
    good = {key: base[key] - locked.get(key, 0) for key in base}
    trims = make_room(
        units={key: -units for key, units in good.items() if units < 0}, context=context, allow_shortage=True
    )
    buckets = _offer({key: units for key, units in good.items() if units > 0}, context)
    deltas = [
        Change(key, WHOLE_DOCUMENT, {Counter.BASE: base[key], Counter.LOCKED: locked.get(key, 0)}) for key in base
    ]
    move(Layer.LOGICAL, deltas, context)
    changes = [Change(item.physical_id, item.line_no, {Counter.QUANTITY: item.units}) for item in told]
    _moved, refused = try_move(Layer.PHYSICAL, changes, context)
    if refused:
        raise _missing(told, refused)
    lower_shortage(logical_ids=base, context=context)
    serve_waiting(bucket_ids=buckets, context=context)
    gained = sum(item.units for item in told if item.units > 0)
    lost = -sum(item.units for item in told if item.units < 0)
    return Booked(gained, lost, sum(trim.shortage for trim in trims), tuple(trims))


def _offer(found: Mapping[int, int], context: Context) -> list[int]:
    """Give found units to promises without backing, then to the default pool; answers its buckets."""
    if not found:
        return []
    offered = cover_shortage(arriving=found, context=context)
    rows = fetch_prepared(_DEFAULT, {"ids": sorted(found)})
    move(
        Layer.CHANNEL,
        [Change(row["bucket_id"], WHOLE_DOCUMENT, {Counter.BASE_QUOTA: offered[row["id"]]}) for row in rows],
        context,
    )
    move(
        Layer.POOL,
        [Change(row["pool_id"], WHOLE_DOCUMENT, {Counter.QUOTA: offered[row["id"]]}) for row in rows],
        context,
    )
    return [row["bucket_id"] for row in rows]


def _missing(told: Sequence[Difference], refused: set[int]) -> PhysicalShort:
    """The refusal of lines that miss more than lies free on their place."""
    lines = [item for item in told if item.physical_id in refused]
    found: dict[int, dict[str, Any]] = {
        row["id"]: row for row in fetch_prepared(_PLACES, {"ids": sorted(item.physical_id for item in lines)})
    }
    return PhysicalShort(
        details={
            "lines": [
                {
                    "line": item.line_no,
                    "sku": found[item.physical_id]["sku"],
                    "location": found[item.physical_id]["location"],
                    "wanted": -item.units,
                    "available": found[item.physical_id]["free_qty"],
                }
                for item in lines
            ]
        }
    )


_DEFAULT = f"""
    SELECT p.logical_id AS id, p.id AS pool_id, c.id AS bucket_id
    FROM inventory_allocationpool p JOIN inventory_channelstock c ON c.pool_id = p.id AND c.channel_id IS NULL
    WHERE p.logical_id = ANY(%(ids)s::bigint[]) AND p.purpose = {int(Purpose.NORMAL)}
"""  # noqa: S608 - built from fixed names only

_PLACES = """
    SELECT s.id, i.sku, o.code AS location, s.quantity - s.held_qty AS free_qty
    FROM inventory_physicalstock s JOIN catalog_productinfo i ON i.id = s.sku_id
    JOIN warehousing_location o ON o.id = s.location_id
    WHERE s.id = ANY(%(ids)s::bigint[])
"""
