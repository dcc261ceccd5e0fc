"""``issue_ship_notice``: choose batches and locations for sold goods and hold them there (FEFO, then FIFO)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer, PickState, Quality
from inventory.exceptions import HoldNotOpen, PhysicalShort, PromisesWaiting, StockBusy, WaitingLine
from inventory.services.movement import Change, Context, try_move
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@dataclass(frozen=True, slots=True)
class Pick:
    """Units of one line to take from one location: what the warehouse is told, in codes and ids."""

    line_no: int
    sku_id: int
    sku: str
    warehouse_id: int
    owner_id: int
    owner: str
    location_id: int
    location: str
    batch: str
    quantity: int
    unit_cost: Decimal


@dataclass(frozen=True, slots=True)
class _Taken:
    """Units of one physical row chosen for one promise."""

    promise: dict[str, Any]
    place: dict[str, Any]
    quantity: int


@command
def issue_ship_notice(*, source: Source, actor: Actor, dry_run: bool = False) -> list[Pick]:
    """Hold the goods of a paid order or an approved internal outbound on their locations; returns the picks.

    Running it again returns the same picks. Raises HoldNotOpen when nothing is sold or allocated for the source,
    PromisesWaiting while oversold or presold units of it have no goods yet, PhysicalShort with the figures when the
    shelves hold fewer free qualified units than promised.
    """
    now = clock.now()
    key = {"source_type": source.type, "source_sn": source.sn}
    promises = fetch_prepared(_PROMISES, key)
    if existing := fetch_prepared(_EXISTING, key):
        return [_pick(row) for row in existing]
    if not promises:
        raise HoldNotOpen(details={"source": source.subject})
    if waiting := [row for row in promises if row["kind"] != HoldKind.SPOT]:
        raise PromisesWaiting([_waiting_line(row) for row in waiting])
    places = fetch_prepared(_PLACES, {"logicals": sorted({row["logical_id"] for row in promises})})
    taken = _take(promises, places)
    context = Context(Command.ISSUE_SHIP_NOTICE, source, actor, now)
    changes = [
        Change(item.place["id"], item.promise["line_no"], {Counter.PHYSICAL_HELD: item.quantity}) for item in taken
    ]
    _moved, refused = try_move(Layer.PHYSICAL, changes, context)
    if refused:
        # Another notice took the same shelf between reading and holding: nothing stays, the caller repeats.
        raise StockBusy
    _insert_holds(taken, context)
    return [_pick({**item.place, **item.promise, "quantity": item.quantity}) for item in taken]


def _waiting_line(row: dict[str, Any]) -> WaitingLine:
    return WaitingLine(line=row["line_no"], sku=row["sku"], waiting=row["quantity"], promised_on=row["promised_on"])


def _take(promises: Sequence[dict[str, Any]], places: Sequence[dict[str, Any]]) -> list[_Taken]:
    """Serve the promises from the places in their order; raises PhysicalShort naming what is missing."""
    queues: dict[int, list[dict[str, Any]]] = defaultdict(list)
    free = {place["id"]: place["free_qty"] for place in places}
    for place in places:
        queues[place["logical_id"]].append(place)
    taken, short = [], []
    for promise in promises:
        missing = promise["quantity"]
        for place in queues[promise["logical_id"]]:
            part = min(missing, free[place["id"]])
            if part:
                free[place["id"]] -= part
                missing -= part
                taken.append(_Taken(promise, place, part))
        if missing:
            short.append({"line": promise["line_no"], "sku": promise["sku"], "missing": missing})
    if short:
        raise PhysicalShort(details={"lines": short})
    return taken


def _insert_holds(taken: Sequence[_Taken], context: Context) -> None:
    """Write one physical hold per pick: the open ones sum to the rows' held counters (I6)."""
    fetch_prepared(
        _INSERT,
        {
            "source_type": context.source.type,
            "source_sn": context.source.sn,
            "at": context.at,
            "lines": [item.promise["line_no"] for item in taken],
            "places": [item.place["id"] for item in taken],
            "buckets": [item.promise["bucket_id"] for item in taken],
            "quantities": [item.quantity for item in taken],
        },
    )


def _pick(row: dict[str, Any]) -> Pick:
    """A pick from a joined row."""
    return Pick(**{name: row[name] for name in Pick.__slots__})


_PROMISES = f"""
    WITH sold AS MATERIALIZED (
        SELECT line_no, bucket_id, quantity, kind, promised_on FROM inventory_reservation
        WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s AND state = {int(HoldState.SOLD)}
        ORDER BY id FOR UPDATE
    ), internal AS MATERIALIZED (
        SELECT line_no, logical_id, quantity FROM inventory_internalallocation
        WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s AND state = {int(HoldState.SOLD)}
        ORDER BY id FOR UPDATE
    )
    SELECT r.line_no, r.bucket_id, r.quantity, w.logical_id, w.sku_id, w.sku, r.kind, r.promised_on::text
    FROM sold r
    CROSS JOIN LATERAL (
        SELECT p.logical_id, l.sku_id, i.sku
        FROM inventory_channelstock c
        JOIN inventory_allocationpool p ON p.id = c.pool_id
        JOIN inventory_logicalstock l ON l.id = p.logical_id
        JOIN catalog_productinfo i ON i.id = l.sku_id
        WHERE c.id = r.bucket_id LIMIT 1
    ) w
    UNION ALL
    SELECT a.line_no, NULL, a.quantity, a.logical_id, w.sku_id, w.sku, {int(HoldKind.SPOT)}, NULL
    FROM internal a
    CROSS JOIN LATERAL (
        SELECT l.sku_id, i.sku
        FROM inventory_logicalstock l JOIN catalog_productinfo i ON i.id = l.sku_id
        WHERE l.id = a.logical_id LIMIT 1
    ) w
    ORDER BY line_no
"""  # noqa: S608 - built from fixed names only
"""Locked, so that no second notice and no cancellation of the document comes between: whoever waits sees what the
other did. From the document to its few rows, then along the primary keys row by row: ``LIMIT 1`` leaves the planner
no other way, whatever it believes of tables that were filled since it looked at them."""

_PLACE_COLUMNS = """
    s.logical_id, s.sku_id, i.sku, l.warehouse_id, s.owner_id, w.code AS owner, s.location_id,
    o.code AS location, b.code AS batch, l.unit_cost
"""

_PLACE_JOINS = """
    JOIN inventory_logicalstock l ON l.id = s.logical_id
    JOIN inventory_batch b ON b.id = s.batch_id
    JOIN catalog_productinfo i ON i.id = s.sku_id
    JOIN warehousing_owner w ON w.id = s.owner_id
    JOIN warehousing_location o ON o.id = s.location_id
"""

_PLACES = f"""
    SELECT s.id, s.quantity - s.held_qty AS free_qty, {_PLACE_COLUMNS}
    FROM inventory_physicalstock s {_PLACE_JOINS}
    WHERE s.logical_id = ANY(%(logicals)s::bigint[]) AND s.quality = {int(Quality.QUALIFIED)}
      AND s.quantity > s.held_qty
    ORDER BY s.logical_id, b.expires_on NULLS LAST, s.id
"""  # noqa: S608 - built from fixed names only

_EXISTING = f"""
    SELECT h.line_no, CASE WHEN h.state = {int(PickState.CANCELLED)} THEN h.shipped_qty ELSE h.quantity END AS quantity,
           {_PLACE_COLUMNS}
    FROM inventory_physicalhold h JOIN inventory_physicalstock s ON s.id = h.physical_id {_PLACE_JOINS}
    WHERE h.source_type = %(source_type)s AND h.source_sn = %(source_sn)s
      AND (h.state <> {int(PickState.CANCELLED)} OR h.shipped_qty > 0)
    ORDER BY h.line_no, h.id
"""  # noqa: S608 - built from fixed names only

_INSERT = f"""
    INSERT INTO inventory_physicalhold
        (source_type, source_sn, line_no, physical_id, bucket_id, quantity, state, created_at)
    SELECT %(source_type)s, %(source_sn)s, w.line_no, w.place, w.bucket, w.quantity,
           {int(PickState.OPEN)}, %(at)s::timestamptz
    FROM unnest(%(lines)s::int[], %(places)s::bigint[], %(buckets)s::bigint[], %(quantities)s::int[])
         AS w(line_no, place, bucket, quantity)
"""  # noqa: S608 - built from fixed names only
