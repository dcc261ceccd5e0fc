"""Customer returns: received for inspection outside the quota, then sellable again or locked (C-03, C-47)."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from inventory.choices import Command, Counter, Layer, Quality
from inventory.exceptions import HoldNotOpen, OverConfirmed
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move
from inventory.services.promises import serve_waiting
from inventory.services.room import check_room
from inventory.services.rows import Place, ensure_chains, ensure_places
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from vmi.events.catalogue import StockReceived
from vmi.events.services import record


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Units a customer brought back, put on a location to be inspected."""

    line_no: int
    sku_id: int
    location_id: int
    batch: str
    quantity: int


@dataclass(frozen=True, slots=True)
class InspectLine:
    """The verdict on a received return line: units good and bad."""

    line_no: int
    good: int
    bad: int


@command
def receive_return(
    *,
    warehouse_id: int,
    owner_id: int,
    lines: Sequence[ReturnLine],
    source: Source,
    reference: str = "",
    actor: Actor,
    dry_run: bool = False,
) -> bool:
    """Take returned goods in: on hand and in the base, but locked until inspected; False when booked before.

    A return that goes to several warehouses or owners is booked in parts, each with a ``reference`` of its own.
    """
    context = Context(Command.RECEIVE_RETURN, source, actor, clock.now())
    content = [warehouse_id, owner_id, [astuple(line) for line in lines]]
    if not claim(
        command=context.command, source=source, content=content, actor=actor, at=context.at, reference=reference
    ):
        return False
    chains = ensure_chains(warehouse_id=warehouse_id, owner_id=owner_id, sku_ids=[line.sku_id for line in lines])
    check_room(chains, lines)
    keys = {line.line_no: Place(line.sku_id, line.location_id, line.batch, Quality.PENDING) for line in lines}
    places = ensure_places(owner_id=owner_id, places=list(keys.values()), chains=chains)
    move(
        Layer.CHANNEL,
        [Change(chains[line.sku_id].bucket_id, line.line_no, {Counter.RETURNING: line.quantity}) for line in lines],
        context,
    )
    move(
        Layer.LOGICAL,
        [
            Change(
                chains[line.sku_id].logical_id,
                line.line_no,
                {Counter.BASE: line.quantity, Counter.LOCKED: line.quantity},
            )
            for line in lines
        ],
        context,
    )
    move(
        Layer.PHYSICAL,
        [Change(places[keys[line.line_no]], line.line_no, {Counter.QUANTITY: line.quantity}) for line in lines],
        context,
    )
    fetch_prepared(
        _INSERT,
        {
            "source_type": source.type,
            "source_sn": source.sn,
            "at": context.at,
            "lines": [line.line_no for line in lines],
            "buckets": [chains[line.sku_id].bucket_id for line in lines],
            "places": [places[keys[line.line_no]] for line in lines],
            "quantities": [line.quantity for line in lines],
        },
    )
    record(StockReceived(source_type=source.type, source_sn=source.sn), subject=source.subject, actor=actor)
    return True


@command
def inspect_return(
    *, source: Source, lines: Sequence[InspectLine], reference: str = "", actor: Actor, dry_run: bool = False
) -> bool:
    """Book the verdict: good units are sellable again, bad ones stay locked. False when booked before.

    Paid promises that wait get the good units first.
    Raises HoldNotOpen when nothing was received for the source, OverConfirmed for more units than wait.
    """
    context = Context(Command.INSPECT_RETURN, source, actor, clock.now())
    content = [astuple(line) for line in lines]
    if not claim(
        command=context.command, source=source, content=content, actor=actor, at=context.at, reference=reference
    ):
        return False
    waiting = {
        row["line_no"]: row for row in fetch_prepared(_WAITING, {"source_type": source.type, "source_sn": source.sn})
    }
    if not waiting:
        raise HoldNotOpen(details={"source": source.subject})
    _check(lines, waiting)
    judged = [(line, waiting[line.line_no]) for line in lines if line.good + line.bad]
    fetch_prepared(
        _JUDGE,
        {
            "ids": [row["id"] for _line, row in judged],
            "good": [line.good for line, _row in judged],
            "bad": [line.bad for line, _row in judged],
        },
    )
    _book(judged, context)
    serve_waiting(bucket_ids={row["bucket_id"] for line, row in judged if line.good}, context=context)
    return True


def _check(lines: Sequence[InspectLine], waiting: dict[int, dict[str, Any]]) -> None:
    """Refuse verdicts on unknown lines or on more units than wait."""
    for line in lines:
        open_qty = waiting[line.line_no]["open_qty"] if line.line_no in waiting else 0
        if line.good < 0 or line.bad < 0 or line.good + line.bad > open_qty:
            raise OverConfirmed(details={"line": line.line_no, "confirmed": line.good + line.bad, "open": open_qty})


def _book(judged: Sequence[tuple[InspectLine, dict[str, Any]]], context: Context) -> None:
    """Move judged units: out of returning and pending, into the quota (good) or a locked row (bad)."""
    move(
        Layer.CHANNEL,
        [
            Change(
                row["bucket_id"],
                line.line_no,
                {Counter.RETURNING: -(line.good + line.bad), Counter.BASE_QUOTA: line.good},
            )
            for line, row in judged
        ],
        context,
    )
    move(
        Layer.POOL,
        [Change(row["pool_id"], line.line_no, {Counter.QUOTA: line.good}) for line, row in judged],
        context,
    )
    move(
        Layer.LOGICAL,
        [Change(row["logical_id"], line.line_no, {Counter.LOCKED: -line.good}) for line, row in judged],
        context,
    )
    move(Layer.PHYSICAL, _requalify(judged), context)


def _requalify(judged: Sequence[tuple[InspectLine, dict[str, Any]]]) -> list[Change]:
    """Physical changes of the verdict: pending units become qualified or locked where they lie."""
    changes = []
    for line, row in judged:
        targets = ensure_places_like(row, good=line.good, bad=line.bad)
        changes.append(Change(row["physical_id"], line.line_no, {Counter.QUANTITY: -(line.good + line.bad)}))
        changes += [Change(place, line.line_no, {Counter.QUANTITY: units}) for place, units in targets]
    return changes


def ensure_places_like(row: dict[str, Any], *, good: int, bad: int) -> list[tuple[int, int]]:
    """The qualified and locked twins of a pending physical row, with the units that move to each."""
    found = []
    for quality, units in ((Quality.QUALIFIED, good), (Quality.LOCKED, bad)):
        if units:
            fetch_prepared(_TWIN, {"id": row["physical_id"], "quality": int(quality)})
            twin = fetch_prepared(_FIND_TWIN, {"id": row["physical_id"], "quality": int(quality)})
            found.append((twin[0]["id"], units))
    return found


_INSERT = """
    INSERT INTO inventory_inspection (source_type, source_sn, line_no, bucket_id, physical_id, quantity, created_at)
    SELECT %(source_type)s, %(source_sn)s, w.line_no, w.bucket, w.place, w.quantity, %(at)s::timestamptz
    FROM unnest(%(lines)s::int[], %(buckets)s::bigint[], %(places)s::bigint[], %(quantities)s::int[])
         AS w(line_no, bucket, place, quantity)
"""

_WAITING = """
    SELECT i.id, i.line_no, i.bucket_id, i.physical_id, i.quantity - i.good_qty - i.bad_qty AS open_qty,
           c.pool_id, s.logical_id
    FROM inventory_inspection i
    JOIN inventory_channelstock c ON c.id = i.bucket_id
    JOIN inventory_physicalstock s ON s.id = i.physical_id
    WHERE i.source_type = %(source_type)s AND i.source_sn = %(source_sn)s
    ORDER BY i.id FOR UPDATE OF i
"""

_JUDGE = """
    UPDATE inventory_inspection i SET good_qty = i.good_qty + w.good, bad_qty = i.bad_qty + w.bad
    FROM unnest(%(ids)s::bigint[], %(good)s::int[], %(bad)s::int[]) AS w(id, good, bad)
    WHERE i.id = w.id
"""

_TWIN = """
    INSERT INTO inventory_physicalstock (sku_id, owner_id, location_id, batch_id, quality, logical_id)
    SELECT sku_id, owner_id, location_id, batch_id, %(quality)s::smallint, logical_id
    FROM inventory_physicalstock WHERE id = %(id)s::bigint
    ON CONFLICT (sku_id, owner_id, location_id, batch_id, quality) DO NOTHING
"""

_FIND_TWIN = """
    SELECT t.id FROM inventory_physicalstock s
    JOIN inventory_physicalstock t ON t.sku_id = s.sku_id AND t.owner_id = s.owner_id
     AND t.location_id = s.location_id AND t.batch_id = s.batch_id AND t.quality = %(quality)s::smallint
    WHERE s.id = %(id)s::bigint
"""
