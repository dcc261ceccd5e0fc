"""``confirm_outbound``: goods left the building; every layer goes down together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer, PickState, Purpose
from inventory.exceptions import HoldNotOpen, OverConfirmed
from inventory.hooks import Route, transfer_route
from inventory.services.commands import claim
from inventory.services.kinds import share_changes, share_join
from inventory.services.movement import Change, Context, move_layers
from inventory.services.promises import plan_promises
from inventory.services.rebalance import back_shipment, lower_shortage
from inventory.services.reported import ReportedPlaces, sum_by_hold
from inventory.services.supply_dispatch import Arrivals, send_on
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from vmi.events.catalogue import StockShipped
from vmi.events.services import record


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """Units of one document line that left; ``location`` and ``batch`` where the warehouse says from which place."""

    line_no: int
    quantity: int
    location: str = ""
    batch: str = ""


@command
def confirm_outbound(
    *,
    source: Source,
    lines: Sequence[ShippedLine] | None = None,
    reference: str = "",
    company: str = "",
    tracking_no: str = "",
    route: Route | None = None,
    actor: Actor,
    dry_run: bool = False,
) -> bool:
    """Take shipped units off every layer; returns whether the document is now shipped completely.

    Goods of a transfer are expected at the destination of its ``route`` from then on (S001-33), in the same
    transaction; empty: the one registered for the document, if any.

    ``lines`` empty means all that is still open. ``reference`` tells partial confirmations apart (the WMS message):
    the same one again changes nothing. Raises OverConfirmed naming the line, HoldNotOpen when nothing was noticed.
    Records StockShipped.
    """
    context = Context(Command.CONFIRM_OUTBOUND, source, actor, clock.now())
    content = [
        (line.line_no, line.quantity, line.location, line.batch) if line.location else (line.line_no, line.quantity)
        for line in lines or ()
    ]
    if not claim(
        command=context.command, source=source, content=content, actor=actor, at=context.at, reference=reference
    ):
        return not _open_holds(source)
    holds = _open_holds(source)
    if not holds:
        raise HoldNotOpen(details={"source": source.subject})
    shipped = _match(holds, lines)
    capped = _mark_shipped(shipped, source)
    arriving = send_on(shipped, route or transfer_route(source), context)
    if arriving.bucket_ids:
        context = replace(context, command=Command.DISPATCH_TRANSFER)
    short = [(row, quantity) for row, quantity in shipped if row["bucket_id"] and row["shortage_qty"]]
    if short:
        back_shipment(
            units=_by_bucket(short), beside={row["logical_id"] for row, _quantity in shipped}, context=context
        )
    _lower_layers(shipped, capped, arriving, context)
    if short:
        lower_shortage(logical_ids={row["logical_id"] for row, _quantity in short}, context=context)
    plan_promises(bucket_ids=arriving.bucket_ids, context=context)
    complete = sum(row["open_qty"] for row in holds) == sum(quantity for _row, quantity in shipped)
    record(
        StockShipped(
            source_type=source.type,
            source_sn=source.sn,
            complete=complete,
            company=company,
            tracking_no=tracking_no,
        ),
        subject=source.subject,
        actor=actor,
    )
    return complete


def _open_holds(source: Source) -> list[dict[str, Any]]:
    """The open physical holds of a document with the rows above them, locked in key order."""
    return fetch_prepared(_OPEN, {"source_type": source.type, "source_sn": source.sn})


def _match(holds: Sequence[dict[str, Any]], lines: Sequence[ShippedLine] | None) -> list[tuple[dict[str, Any], int]]:
    """Spread the confirmed units of each line over its holds; raises OverConfirmed for more than is open."""
    if not lines:
        return [(row, row["open_qty"]) for row in holds]
    by_line: dict[int, list[dict[str, Any]]] = defaultdict(list)
    # A line picked from two places is confirmed in two parts: the second starts where the first ended.
    left = {row["id"]: row["open_qty"] for row in holds}
    for row in holds:
        by_line[row["line_no"]].append(row)
    places = ReportedPlaces(holds, lines)
    matched = []
    for line in lines:
        rest = line.quantity
        for row in places.in_order(by_line[line.line_no], line):
            part = min(rest, left[row["id"]])
            left[row["id"]] -= part
            rest -= part
            if part:
                matched.append(({**row, "taken_id": places.taken_from(row, line, part)}, part))
        if rest:
            raise OverConfirmed(
                details={"line": line.line_no, "confirmed": line.quantity, "open": line.quantity - rest}
            )
    return matched


def _mark_shipped(shipped: Sequence[tuple[dict[str, Any], int]], source: Source) -> list[dict[str, Any]]:
    """Raise the shipped counters of the holds and of the promises they served; returns the units off caps by share."""
    units = sum_by_hold(shipped)
    fetch_prepared(
        _SHIP_HOLDS,
        {"ids": list(units), "quantities": list(units.values())},
    )
    sold = _sum_lines((row["line_no"], row["bucket_id"], quantity) for row, quantity in shipped if row["bucket_id"])
    internal = _sum_lines((row["line_no"], 0, quantity) for row, quantity in shipped if not row["bucket_id"])
    key = {"source_type": source.type, "source_sn": source.sn}
    capped = fetch_prepared(_SHIP_RESERVATIONS, {**key, **sold}) if sold else []
    if internal:
        fetch_prepared(_SHIP_INTERNAL, {**key, "lines": internal["lines"], "quantities": internal["quantities"]})
    return capped


def _sum_lines(parts: Iterable[tuple[int, int, int]]) -> dict[str, list[int]]:
    """Units by (line, bucket) as parallel arrays; empty when there are none."""
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for line_no, bucket_id, quantity in parts:
        sums[line_no, bucket_id] += quantity
    if not sums:
        return {}
    keys = sorted(sums)
    return {
        "lines": [line_no for line_no, _bucket in keys],
        "buckets": [bucket for _line, bucket in keys],
        "quantities": [sums[key] for key in keys],
    }


def _by_bucket(shipped: Sequence[tuple[dict[str, Any], int]]) -> dict[int, int]:
    """Units by bucket."""
    units: dict[int, int] = defaultdict(int)
    for row, quantity in shipped:
        units[row["bucket_id"]] += quantity
    return units


def _lower_layers(
    shipped: Sequence[tuple[dict[str, Any], int]],
    capped: Sequence[dict[str, Any]],
    arriving: Arrivals,
    context: Context,
) -> None:
    """Channel, caps, pool, logical, physical: each goes down by what left, in the fixed order; a destination up."""
    channel, pool, logical, physical = list(arriving.channel), [], list(arriving.logical), []
    for row, quantity in shipped:
        line_no = row["line_no"]
        if row["bucket_id"]:
            # A cancellation came too late: its units were frozen instead of sold.
            sold = Counter.FROZEN if row["is_frozen"] else Counter.SOLD
            channel.append(Change(row["bucket_id"], line_no, {sold: -quantity, Counter.BASE_QUOTA: -quantity}))
        pool.append(Change(row["pool_id"], line_no, {Counter.QUOTA: -quantity}))
        logical.append(Change(row["logical_id"], line_no, {Counter.BASE: -quantity, Counter.ALLOCATED: -quantity}))
        physical.append(Change(row["physical_id"], line_no, {Counter.PHYSICAL_HELD: -quantity}))
        physical.append(Change(row.get("taken_id", row["physical_id"]), line_no, {Counter.QUANTITY: -quantity}))
    move_layers(
        [
            (Layer.CHANNEL, channel),
            (Layer.SHARE, share_changes(capped, sign=-1)),
            (Layer.POOL, pool),
            (Layer.LOGICAL, logical),
            (Layer.PHYSICAL, physical),
        ],
        context,
    )


_OPEN = f"""
    SELECT h.id, h.line_no, h.physical_id, h.bucket_id, h.is_frozen, h.quantity - h.shipped_qty AS open_qty,
           s.logical_id, s.sku_id, l.unit_cost, p.id AS pool_id,
           coalesce(c.shortage_qty, 0) AS shortage_qty
    FROM inventory_physicalhold h
    JOIN inventory_physicalstock s ON s.id = h.physical_id
    JOIN inventory_logicalstock l ON l.id = s.logical_id
    LEFT JOIN inventory_channelstock c ON c.id = h.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
      OR (h.bucket_id IS NULL AND p.logical_id = s.logical_id AND p.purpose = {int(Purpose.INTERNAL)})
    WHERE h.source_type = %(source_type)s AND h.source_sn = %(source_sn)s AND h.state = {int(PickState.OPEN)}
    ORDER BY h.id FOR UPDATE OF h
"""  # noqa: S608 - built from fixed names only

_SHIP_HOLDS = f"""
    UPDATE inventory_physicalhold h
    SET shipped_qty = h.shipped_qty + w.quantity,
        state = CASE WHEN h.shipped_qty + w.quantity = h.quantity THEN {int(PickState.SHIPPED)} ELSE h.state END
    FROM unnest(%(ids)s::bigint[], %(quantities)s::int[]) AS w(id, quantity)
    WHERE h.id = w.id
"""  # noqa: S608 - built from fixed names only

_SHIP_RESERVATIONS = f"""
    WITH done AS (
        UPDATE inventory_reservation r
        SET shipped_qty = r.shipped_qty + w.quantity,
            state = CASE WHEN r.shipped_qty + w.quantity = r.quantity THEN {int(HoldState.SHIPPED)} ELSE r.state END
        FROM unnest(%(lines)s::int[], %(buckets)s::bigint[], %(quantities)s::int[]) AS w(line_no, bucket, quantity)
        WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
          AND r.line_no = w.line_no AND r.bucket_id = w.bucket AND r.kind = {int(HoldKind.SPOT)}
        RETURNING r.bucket_id, r.channel_id, r.line_no, r.kind, w.quantity
    )
    SELECT done.line_no, done.kind, done.quantity, x.id AS share_id
    FROM done {share_join("done").removeprefix("LEFT ")}
"""  # noqa: S608 - built from fixed names only
"""Answers the units that leave a cap."""

_SHIP_INTERNAL = f"""
    UPDATE inventory_internalallocation a
    SET shipped_qty = a.shipped_qty + w.quantity,
        state = CASE WHEN a.shipped_qty + w.quantity = a.quantity THEN {int(HoldState.SHIPPED)} ELSE a.state END
    FROM unnest(%(lines)s::int[], %(quantities)s::int[]) AS w(line_no, quantity)
    WHERE a.source_type = %(source_type)s AND a.source_sn = %(source_sn)s AND a.line_no = w.line_no
"""  # noqa: S608 - built from fixed names only
