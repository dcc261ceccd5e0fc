"""Internal outbound: goods for a transfer, a supplier return, own use or scrap pass the sellable layer first."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from inventory.choices import Command, Counter, HoldState, Layer, PickState, Purpose
from inventory.exceptions import HoldNotOpen, InsufficientStock, ShortLine
from inventory.selectors.buckets import sku_codes
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move, try_move
from inventory.services.promises import serve_waiting
from inventory.services.rebalance import lower_shortage
from inventory.services.receive import offered_units
from inventory.services.release import reclaim_expired
from inventory.services.rows import Chain, find_chains
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@dataclass(frozen=True, slots=True)
class AllocateLine:
    """Units of a SKU that an internal document takes."""

    line_no: int
    sku_id: int
    quantity: int


@command
def allocate(
    *,
    warehouse_id: int,
    owner_id: int,
    lines: Sequence[AllocateLine],
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> bool:
    """Promise unsold goods of the default pool to an internal document; False when it was promised before.

    Raises InsufficientStock naming every line the shared bucket cannot spare: held and sold units are never taken.
    """
    context = Context(Command.ALLOCATE, source, actor, clock.now())
    content = [warehouse_id, owner_id, [astuple(line) for line in lines]]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at):
        return False
    chains = find_chains(warehouse_id=warehouse_id, owner_id=owner_id, sku_ids=[line.sku_id for line in lines])
    _take_quota(lines, chains, context)
    move(
        Layer.POOL,
        [
            change
            for line in lines
            for change in (
                Change(chains[line.sku_id].pool_id, line.line_no, {Counter.QUOTA: -line.quantity}),
                Change(chains[line.sku_id].internal_id, line.line_no, {Counter.QUOTA: line.quantity}),
            )
        ],
        context,
    )
    move(
        Layer.LOGICAL,
        [Change(chains[line.sku_id].logical_id, line.line_no, {Counter.ALLOCATED: line.quantity}) for line in lines],
        context,
    )
    fetch_prepared(
        _INSERT,
        {
            "source_type": source.type,
            "source_sn": source.sn,
            "at": context.at,
            "lines": [line.line_no for line in lines],
            "logicals": [chains[line.sku_id].logical_id for line in lines],
            "buckets": [chains[line.sku_id].bucket_id for line in lines],
            "quantities": [line.quantity for line in lines],
        },
    )
    return True


@command
def cancel_internal(*, source: Source, notice_withdrawn: bool = False, actor: Actor, dry_run: bool = False) -> int:
    """Give the goods of a cancelled internal document back where they came from; returns the units.

    Goods that were lost or locked meanwhile are not: what is short is covered first, the rest is offered again.
    ``notice_withdrawn`` says that the warehouse was told not to ship, so its locations are free again. Raises
    HoldNotOpen when a ship notice still holds goods, or when some of them have left.
    """
    context = Context(Command.CANCEL_INTERNAL, source, actor, clock.now())
    key = {"source_type": source.type, "source_sn": source.sn}
    rows = fetch_prepared(_CANCEL, key)
    freed = fetch_prepared(_FREE, key) if notice_withdrawn else []
    if rows and fetch_prepared(_NOTICED, key):
        raise HoldNotOpen(details={"source": source.subject})
    offers = offered_units([(row["logical_id"], row["quantity"]) for row in rows], context)
    given = list(zip(rows, offers, strict=True))
    move(
        Layer.CHANNEL,
        [Change(row["bucket_id"], row["line_no"], {Counter.BASE_QUOTA: units}) for row, units in given],
        context,
    )
    move(
        Layer.POOL,
        [
            change
            for row, units in given
            for change in (
                Change(row["pool_id"], row["line_no"], {Counter.QUOTA: units}),
                Change(row["internal_id"], row["line_no"], {Counter.QUOTA: -row["quantity"]}),
            )
        ],
        context,
    )
    move(
        Layer.LOGICAL,
        [Change(row["logical_id"], row["line_no"], {Counter.ALLOCATED: -row["quantity"]}) for row in rows],
        context,
    )
    move(
        Layer.PHYSICAL,
        [Change(row["physical_id"], row["line_no"], {Counter.PHYSICAL_HELD: -row["quantity"]}) for row in freed],
        context,
    )
    lower_shortage(logical_ids={row["logical_id"] for row in rows}, context=context)
    serve_waiting(bucket_ids={row["bucket_id"] for row in rows}, context=context)
    return sum(row["quantity"] for row in rows)


def _take_quota(lines: Sequence[AllocateLine], chains: dict[int, Chain], context: Context) -> None:
    """Lower the shared buckets; raises InsufficientStock with the open units of every refused line."""
    known = [line for line in lines if line.sku_id in chains]
    changes = [
        Change(chains[line.sku_id].bucket_id, line.line_no, {Counter.BASE_QUOTA: -line.quantity}) for line in known
    ]
    _moved, refused = try_move(Layer.CHANNEL, changes, context)
    if refused and reclaim_expired(bucket_ids=refused, now=context.at, actor=context.actor):
        again = [change for change in changes if change.row_id in refused]
        _moved, refused = try_move(Layer.CHANNEL, again, context)
    short = [line for line in lines if line.sku_id not in chains or chains[line.sku_id].bucket_id in refused]
    if not short:
        return
    open_by_bucket = {row["id"]: row["open_qty"] for row in fetch_prepared(_OPEN, {"ids": sorted(refused)})}
    codes = sku_codes({line.sku_id for line in short})
    raise InsufficientStock(
        [
            ShortLine(
                line=line.line_no,
                sku=codes.get(line.sku_id, str(line.sku_id)),
                wanted=line.quantity,
                available=open_by_bucket.get(chains[line.sku_id].bucket_id, 0) if line.sku_id in chains else 0,
            )
            for line in short
        ]
    )


_OPEN = """
    SELECT id, base_quota_qty - held_qty - sold_qty - frozen_qty AS open_qty
    FROM inventory_channelstock WHERE id = ANY(%(ids)s::bigint[])
"""

_INSERT = f"""
    INSERT INTO inventory_internalallocation
        (source_type, source_sn, line_no, logical_id, taken_from_id, quantity, state, created_at)
    SELECT %(source_type)s, %(source_sn)s, w.line_no, w.logical, w.bucket, w.quantity,
           {int(HoldState.SOLD)}, %(at)s::timestamptz
    FROM unnest(%(lines)s::int[], %(logicals)s::bigint[], %(buckets)s::bigint[], %(quantities)s::int[])
         AS w(line_no, logical, bucket, quantity)
"""  # noqa: S608 - built from fixed names only

_CANCEL = f"""
    UPDATE inventory_internalallocation a SET state = {int(HoldState.RELEASED)}
    FROM inventory_channelstock c
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_allocationpool i ON i.logical_id = p.logical_id AND i.purpose = {int(Purpose.INTERNAL)}
    WHERE c.id = a.taken_from_id AND a.source_type = %(source_type)s AND a.source_sn = %(source_sn)s
      AND a.state = {int(HoldState.SOLD)}
    RETURNING a.line_no, a.quantity, a.logical_id, c.id AS bucket_id, p.id AS pool_id, i.id AS internal_id
"""  # noqa: S608 - built from fixed names only

_FREE = f"""
    UPDATE inventory_physicalhold SET state = {int(PickState.CANCELLED)}
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s
      AND state = {int(PickState.OPEN)} AND shipped_qty = 0
    RETURNING physical_id, line_no, quantity
"""  # noqa: S608 - built from fixed names only

_NOTICED = f"""
    SELECT 1 AS noticed FROM inventory_physicalhold
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s AND state = {int(PickState.OPEN)} LIMIT 1
"""  # noqa: S608 - built from fixed names only
