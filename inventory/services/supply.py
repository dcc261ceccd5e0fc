"""Goods on their way: what is expected when, and how much of it may be sold before it arrives (S001-32 to S001-36)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from inventory.choices import Command, Counter, Layer, SupplyKind, SupplyState
from inventory.exceptions import PresaleElsewhere, SupplyExceeded, SupplyLineShort, UnknownSku
from inventory.selectors.buckets import sku_codes
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move
from inventory.services.promises import plan_promises
from inventory.services.rows import Chain, ensure_chains
from inventory.services.supply_rows import SupplyRow, lock_open_line, lock_presold, note_steps, refuse_past, write_lines
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source
from vmi.events.catalogue import SupplyRescheduled
from vmi.events.services import record
from warehousing.selectors import get_warehouse, require_enabled_owner


@dataclass(frozen=True, slots=True)
class ExpectLine:
    """Units of a SKU that are on their way, expected on a day (None: not known yet), at a cost per unit."""

    line_no: int
    sku_id: int
    quantity: int
    due_on: date | None = None
    unit_cost: Decimal = Decimal(0)


@command
def expect_supply(
    *,
    warehouse_id: int,
    owner_id: int,
    lines: Sequence[ExpectLine],
    kind: SupplyKind = SupplyKind.PURCHASE,
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> bool:
    """Enter what a document brings: in transit of its stock rows rises; False when it was entered before.

    ``source`` is the document that brings it, e.g. the supplier's order; its lines become supply lines. Raises
    InvalidRequest for a quantity that is not 1 or more or a repeated line, UnknownSku; a purchase for an unknown
    warehouse or owner, one that takes no new business, or a day that is over raises WarehouseNotFound, OwnerNotFound,
    OwnerDisabled, InvalidRequest.
    """
    _check(lines)
    context = Context(Command.EXPECT_SUPPLY, source, actor, clock.now())
    content = [int(kind), warehouse_id, owner_id, [asdict(line) for line in lines]]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at):
        return False
    if kind == SupplyKind.PURCHASE:
        for index, line in enumerate(lines):
            refuse_past(line.due_on, at=context.at, param=f"lines[{index}].dueOn")
        get_warehouse(warehouse_id)
        require_enabled_owner(owner_id)
    chains = ensure_chains(warehouse_id=warehouse_id, owner_id=owner_id, sku_ids=[line.sku_id for line in lines])
    insert_lines(kind=kind, lines=lines, chains=chains, context=context)
    move(
        Layer.LOGICAL,
        [Change(chains[line.sku_id].logical_id, line.line_no, {Counter.IN_TRANSIT: line.quantity}) for line in lines],
        context,
    )
    plan_promises(bucket_ids={chains[line.sku_id].bucket_id for line in lines}, context=context)
    return True


def _check(lines: Sequence[ExpectLine]) -> None:
    """Refuse an empty document, repeated lines, quantities out of bounds and unknown SKUs."""
    if not lines:
        raise InvalidRequest(code="lines_required", param="lines")
    if len({line.line_no for line in lines}) < len(lines):
        raise InvalidRequest(code="line_repeated", param="lines")
    codes = sku_codes({line.sku_id for line in lines})
    for index, line in enumerate(lines):
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise InvalidRequest(code="quantity_invalid", param=f"lines[{index}].quantity")
        if line.sku_id not in codes:
            raise UnknownSku(param=f"lines[{index}].sku")


def insert_lines(
    *, kind: SupplyKind, lines: Sequence[ExpectLine], chains: dict[int, Chain], context: Context
) -> dict[int, int]:
    """Write supply lines, or add to those the document has already (it leaves in parts); their ids by line number."""
    rows = fetch_prepared(
        _INSERT,
        {
            "kind": int(kind),
            "source_type": context.source.type,
            "source_sn": context.source.sn,
            "actor": context.actor.user_id,
            "at": context.at,
            "lines": [line.line_no for line in lines],
            "logicals": [chains[line.sku_id].logical_id for line in lines],
            "quantities": [line.quantity for line in lines],
            "dues": [line.due_on.isoformat() if line.due_on else "" for line in lines],
            "costs": [line.unit_cost for line in lines],
        },
    )
    return {row["line_no"]: row["id"] for row in rows}


@command
def open_presale(
    *,
    line_id: int,
    quantity: int,
    bucket_id: int | None = None,
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> bool:
    """Let ``quantity`` more units of a supply line be sold before they arrive; False when done before.

    Through a bucket of its stock row, or (empty) the one all channels share. Raises NotFound (line, or a bucket of
    other stock), SupplyClosed, PresaleElsewhere, SupplyExceeded beyond what is still to come.
    """
    context = Context(Command.OPEN_PRESALE, source, actor, clock.now())
    if not claim(
        command=context.command, source=source, content=[line_id, quantity, bucket_id], actor=actor, at=context.at
    ):
        return False
    line, _others = lock_open_line(line_id)
    _require_units(line, quantity, line.room_qty)
    through = _bucket_of(line, bucket_id)
    if line.presale_qty and line.bucket_id != through:
        raise PresaleElsewhere(details={"source": line.subject, "sku": line.sku})
    line.bucket_id = through
    line.presale_qty += quantity
    move(Layer.CHANNEL, [Change(through, line.line_no, {Counter.PRESALE: quantity})], context)
    write_lines([line], at=context.at)
    note_steps([(line, quantity)], context=context)
    plan_promises(bucket_ids={through, line.default_id}, context=context)
    return True


@command
def close_presale(*, line_id: int, quantity: int, source: Source, actor: Actor, dry_run: bool = False) -> bool:
    """Take ``quantity`` units of a supply line out of presale again; False when done before.

    Units that were promised stay: raises SupplyExceeded naming how many are open. Also NotFound, SupplyClosed.
    """
    context = Context(Command.CLOSE_PRESALE, source, actor, clock.now())
    if not claim(command=context.command, source=source, content=[line_id, quantity], actor=actor, at=context.at):
        return False
    line, _others = lock_open_line(line_id)
    if line.bucket_id is None:
        raise _exceeded(line, quantity, 0)
    promises = lock_presold([line.bucket_id], logical_ids=[line.logical_id], now=context.at, actor=actor)
    (bucket,) = fetch_prepared(_GRANTED, {"id": line.bucket_id})
    promised = sum(row["quantity"] for row in promises.get(line.bucket_id, []))
    _require_units(line, quantity, min(line.presale_qty, bucket["presale_qty"] - promised))
    line.presale_qty -= quantity
    move(Layer.CHANNEL, [Change(line.bucket_id, line.line_no, {Counter.PRESALE: -quantity})], context)
    write_lines([line], at=context.at)
    note_steps([(line, quantity)], context=context)
    plan_promises(bucket_ids={line.bucket_id, line.default_id}, context=context)
    return True


@command
def reschedule_supply(*, line_id: int, due_on: date | None, actor: Actor, dry_run: bool = False) -> int:
    """Expect a supply line on another day; returns how many promises got another day (S001-36).

    Every document whose promise moved is told by PromiseRescheduled. The same day again changes nothing.
    Raises NotFound, SupplyClosed, InvalidRequest for a day that is over.
    """
    line, _others = lock_open_line(line_id)
    if line.due_on == due_on:
        return 0
    context = Context(Command.EXPECT_SUPPLY, Source(line.source_type, line.source_sn), actor, clock.now())
    refuse_past(due_on, at=context.at, param="dueOn")
    fetch_prepared(_RESCHEDULE, {"id": line.id, "due": due_on.isoformat() if due_on else "", "at": context.at})
    payload = SupplyRescheduled(
        line_id=line.id,
        sku=line.sku,
        old_date=line.due_on.isoformat() if line.due_on else "",
        new_date=due_on.isoformat() if due_on else "",
    )
    record(payload, subject=context.source.subject, actor=actor)
    return plan_promises(bucket_ids={line.default_id, line.bucket_id or line.default_id}, context=context)


def _bucket_of(line: SupplyRow, bucket_id: int | None) -> int:
    """The bucket that may presell a line: one of its own stock row, or the shared one."""
    if bucket_id is None:
        return line.default_id
    if not fetch_prepared(_OWN_BUCKET, {"id": bucket_id, "logical": line.logical_id}):
        raise NotFound(param="bucket")
    return bucket_id


def _require_units(line: SupplyRow, wanted: int, available: int) -> None:
    if wanted < 1:
        raise InvalidRequest(code="quantity_invalid", param="quantity")
    if wanted > available:
        raise _exceeded(line, wanted, max(available, 0))


def _exceeded(line: SupplyRow, wanted: int, available: int) -> SupplyExceeded:
    short = SupplyLineShort(line=1, sku=line.sku, source=line.subject, wanted=wanted, available=available)
    return SupplyExceeded([short], param="quantity")


_INSERT = f"""
    INSERT INTO inventory_supplyline AS s
        (kind, source_type, source_sn, line_no, logical_id, expected_qty, unit_cost, due_on, first_due_on,
         state, creater_id, create_time, modify_time)
    SELECT %(kind)s::smallint, %(source_type)s, %(source_sn)s, w.line_no, w.logical, w.quantity, w.cost,
           nullif(w.due, '')::date, nullif(w.due, '')::date, {int(SupplyState.OPEN)},
           %(actor)s::bigint, %(at)s::timestamptz, %(at)s::timestamptz
    FROM unnest(%(lines)s::int[], %(logicals)s::bigint[], %(quantities)s::int[], %(costs)s::numeric[],
                %(dues)s::varchar[]) AS w(line_no, logical, quantity, cost, due)
    ORDER BY w.line_no
    ON CONFLICT (source_type, source_sn, line_no) DO UPDATE
    SET expected_qty = s.expected_qty + excluded.expected_qty, state = {int(SupplyState.OPEN)},
        modify_time = excluded.modify_time
    RETURNING s.id, s.line_no
"""  # noqa: S608 - built from fixed names only

_GRANTED = """
    SELECT presale_qty FROM inventory_channelstock WHERE id = %(id)s::bigint
"""

_RESCHEDULE = """
    UPDATE inventory_supplyline
    SET due_on = nullif(%(due)s, '')::date, first_due_on = coalesce(first_due_on, nullif(%(due)s, '')::date),
        modify_time = %(at)s::timestamptz
    WHERE id = %(id)s::bigint
"""

_OWN_BUCKET = """
    SELECT c.id FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE c.id = %(id)s::bigint AND p.logical_id = %(logical)s::bigint
"""
