"""Goods that were expected arrive: what was presold of them is served before the rest can be bought (C-40)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.choices import Command, Counter, HoldState, Layer, SupplyKind, SupplyState
from inventory.exceptions import SupplyExceeded, SupplyLineShort, WrongWarehouse
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move
from inventory.services.promises import Served, book_served, plan_promises, serve_waiting
from inventory.services.quota import follow_pools
from inventory.services.rebalance import lower_shortage
from inventory.services.receive import blend_cost, raise_sellable
from inventory.services.rows import Chain, Place, ensure_places
from inventory.services.supply_rows import SupplyRow, lock_lines, lock_presold, note_steps, refuse_closed, write_lines
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source
from vmi.events.catalogue import StockReceived
from vmi.events.services import record


@dataclass(frozen=True, slots=True)
class ArrivalLine:
    """Units of a supply line put on a location; without a ``unit_cost`` they cost what was expected."""

    line_no: int
    supply_line_id: int
    location_id: int
    batch: str
    quantity: int
    unit_cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Arrival:
    """Units of one supply line that arrive now, ``presold`` of them from its presale part."""

    line: SupplyRow
    line_no: int
    quantity: int
    presold: int


@command
def receive_supply(*, lines: Sequence[ArrivalLine], source: Source, actor: Actor, dry_run: bool = False) -> bool:
    """Book expected goods as received, in part or all; False when this document was booked before.

    The presale part of each supply line arrives first: its bucket gets the units as quota and presold promises turn
    into ordinary ones, paid before unpaid, each oldest first. The rest serves paid oversold promises and is then
    offered as any receipt. Raises NotFound, SupplyClosed, SupplyExceeded line by line, WrongWarehouse.
    """
    context = Context(Command.RECEIVE_SUPPLY, source, actor, clock.now())
    content = [astuple(line) for line in lines]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at):
        return False
    rows = lock_lines({line.supply_line_id for line in lines})
    _check(lines, rows)
    arrivals = _arrivals(lines, rows)
    places = _ensure_places(lines, rows)
    presold = {item.line.bucket_id for item in arrivals if item.presold and item.line.bucket_id}
    logical_ids = {item.line.logical_id for item in arrivals}
    promises = lock_presold(presold, logical_ids=logical_ids, now=context.at, actor=actor)
    served = _share_out(arrivals, promises)
    raised = raise_sellable(
        [(_chain(item.line), item.line_no, item.quantity - item.presold) for item in arrivals], context
    )
    pools = _book_presold(arrivals, served, context)
    blend_cost([(rows[line.supply_line_id].logical_id, line.quantity, _cost(line, rows)) for line in lines])
    _book_logical(arrivals, served, context)
    move(
        Layer.PHYSICAL,
        [Change(places[_place(line, rows)], line.line_no, {Counter.QUANTITY: line.quantity}) for line in lines],
        context,
    )
    _close_full([item.line for item in arrivals], context)
    note_steps([(item.line, item.quantity) for item in arrivals], context=context)
    lower_shortage(logical_ids=logical_ids, context=context)
    serve_waiting(bucket_ids=raised | presold, context=context)
    follow_pools(pool_ids=pools, context=context)
    plan_promises(bucket_ids={item.line.default_id for item in arrivals} | raised | presold, context=context)
    record(StockReceived(source_type=source.type, source_sn=source.sn), subject=source.subject, actor=actor)
    return True


@command
def receive_transfer(*, lines: Sequence[ArrivalLine], source: Source, actor: Actor, dry_run: bool = False) -> bool:
    """Like :func:`receive_supply`, for goods another warehouse of ours sent; raises InvalidRequest for others."""
    rows = lock_lines({line.supply_line_id for line in lines})
    for index, line in enumerate(lines):
        if rows[line.supply_line_id].kind != SupplyKind.TRANSFER:
            raise InvalidRequest(code="supply_kind", param=f"lines[{index}].supplyLine")
    return receive_supply(lines=lines, source=source, actor=actor)


def _check(lines: Sequence[ArrivalLine], rows: Mapping[int, SupplyRow]) -> None:
    """Refuse a receipt of several warehouses or owners, closed lines, locations elsewhere, more than is to come."""
    if len({(rows[line.supply_line_id].warehouse_id, rows[line.supply_line_id].owner_id) for line in lines}) != 1:
        raise InvalidRequest(_("A receipt is for one warehouse and one owner."), code="supply_mixed", param="lines")
    found = fetch_prepared(_WAREHOUSES, {"ids": sorted({line.location_id for line in lines})})
    warehouse_of = {row["id"]: row["warehouse_id"] for row in found}
    left = {key: row.open_qty for key, row in rows.items()}
    short = []
    for index, line in enumerate(lines):
        row = rows[line.supply_line_id]
        refuse_closed(row)
        if line.quantity < 1:
            raise InvalidRequest(code="quantity_invalid", param=f"lines[{index}].quantity")
        if warehouse_of.get(line.location_id) != row.warehouse_id:
            raise WrongWarehouse(param=f"lines[{index}].location")
        if line.quantity > left[row.id]:
            short.append(_short(line, row, left[row.id]))
        left[row.id] -= line.quantity
    if short:
        raise SupplyExceeded(short)


def _short(line: ArrivalLine, row: SupplyRow, left: int) -> SupplyLineShort:
    return SupplyLineShort(
        line=line.line_no, sku=row.sku, source=row.subject, wanted=line.quantity, available=max(left, 0)
    )


def _arrivals(lines: Sequence[ArrivalLine], rows: Mapping[int, SupplyRow]) -> list[_Arrival]:
    """What arrives by supply line; lowers what the lines still expect and have open for presale."""
    arrivals = []
    for line in lines:
        row = rows[line.supply_line_id]
        presold = min(line.quantity, row.presale_qty)
        row.presale_qty -= presold
        row.received_qty += line.quantity
        arrivals.append(_Arrival(row, line.line_no, line.quantity, presold))
    return arrivals


def _share_out(arrivals: Sequence[_Arrival], promises: Mapping[int, Sequence[dict[str, Any]]]) -> list[Served]:
    """Give the presale parts that arrived to the promises of their buckets in their order."""
    units: dict[int, int] = defaultdict(int)
    for item in arrivals:
        if item.line.bucket_id:
            units[item.line.bucket_id] += item.presold
    served = []
    for row in (row for bucket_id in units for row in promises.get(bucket_id, ())):
        part = min(row["quantity"], units[row["bucket_id"]])
        units[row["bucket_id"]] -= part
        if part:
            served.append(Served(row, part))
    return served


def _book_presold(arrivals: Sequence[_Arrival], served: Sequence[Served], context: Context) -> set[int]:
    """The presale parts become quota of their buckets and pools, their promises ordinary ones; returns the pools."""
    pool_of = {row["id"]: row["pool_id"] for row in fetch_prepared(_POOLS, {"ids": _buckets(arrivals)})}
    channel, pool = [], []
    for item in arrivals:
        if item.presold and item.line.bucket_id:
            deltas = {Counter.PRESALE: -item.presold, Counter.BASE_QUOTA: item.presold}
            channel.append(Change(item.line.bucket_id, item.line_no, deltas))
            pool.append(Change(pool_of[item.line.bucket_id], item.line_no, {Counter.QUOTA: item.presold}))
    _lift_caps(served)
    book_served(served, context, along=channel)
    move(Layer.POOL, pool, context)
    return {change.row_id for change in pool}


def _book_logical(arrivals: Sequence[_Arrival], served: Sequence[Served], context: Context) -> None:
    """The base rises by what came, in transit falls, paid promises are allocated."""
    logical_of = {item.line.bucket_id: item.line.logical_id for item in arrivals}
    changes = [
        Change(
            item.line.logical_id,
            item.line_no,
            {Counter.IN_TRANSIT: -item.quantity, Counter.BASE: item.quantity},
        )
        for item in arrivals
    ]
    changes += [
        Change(logical_of[item.row["bucket_id"]], item.row["line_no"], {Counter.ALLOCATED: item.units})
        for item in served
        if item.row["state"] == HoldState.SOLD
    ]
    move(Layer.LOGICAL, changes, context)


def _buckets(arrivals: Sequence[_Arrival]) -> list[int]:
    return sorted({item.line.bucket_id for item in arrivals if item.line.bucket_id})


def _lift_caps(served: Sequence[Served]) -> None:
    """A channel's cap gives way to goods it sold before they came: they are its own already."""
    units: dict[int, int] = defaultdict(int)
    for item in served:
        if item.row["share_id"]:
            units[item.row["share_id"]] += item.units
    if units:
        ids = sorted(units)
        fetch_prepared(_LIFT, {"ids": ids, "units": [units[share] for share in ids]})


def _close_full(rows: Sequence[SupplyRow], context: Context) -> None:
    """Write the lines back; one that expects nothing more is received."""
    unique = {row.id: row for row in rows}
    for row in unique.values():
        if row.open_qty == 0:
            row.state = SupplyState.RECEIVED if row.closed_qty == 0 else SupplyState.CLOSED
    write_lines(list(unique.values()), at=context.at)


def _place(line: ArrivalLine, rows: Mapping[int, SupplyRow]) -> Place:
    return Place(rows[line.supply_line_id].sku_id, line.location_id, line.batch)


def _chain(row: SupplyRow) -> Chain:
    """The default chain of a supply line's stock row."""
    return Chain(row.logical_id, row.default_pool_id, row.internal_id, row.default_id)


def _cost(line: ArrivalLine, rows: Mapping[int, SupplyRow]) -> Decimal:
    return rows[line.supply_line_id].unit_cost if line.unit_cost is None else line.unit_cost


def _ensure_places(lines: Sequence[ArrivalLine], rows: Mapping[int, SupplyRow]) -> dict[Place, int]:
    """The physical rows the goods go to, created where missing."""
    found = [rows[line.supply_line_id] for line in lines]
    chains = {row.sku_id: _chain(row) for row in found}
    return ensure_places(owner_id=found[0].owner_id, places=[_place(line, rows) for line in lines], chains=chains)


_WAREHOUSES = """
    SELECT id, warehouse_id FROM warehousing_location WHERE id = ANY(%(ids)s::bigint[])
"""

_POOLS = """
    SELECT id, pool_id FROM inventory_channelstock WHERE id = ANY(%(ids)s::bigint[])
"""

_LIFT = """
    UPDATE inventory_channelshare s SET cap_qty = greatest(s.cap_qty, s.used_qty + w.units)
    FROM unnest(%(ids)s::bigint[], %(units)s::int[]) AS w(id, units) WHERE s.id = w.id
"""
