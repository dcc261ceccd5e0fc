"""Internal outbound: goods for a transfer, a supplier return, own use or scrap pass the sellable layer first."""

from collections.abc import Sequence
from dataclasses import astuple

from inventory.choices import Command, Counter, HoldState, Layer, PickState, Purpose
from inventory.exceptions import HoldNotOpen
from inventory.services.commands import claim
from inventory.services.internal_sources import AllocateLine, name_buckets, plan_takings, take_quota
from inventory.services.movement import Change, Context, move
from inventory.services.promises import serve_waiting
from inventory.services.quota_lines import Target
from inventory.services.rebalance import lower_shortage
from inventory.services.receive import offered_units
from inventory.services.rows import find_chains
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@command
def allocate(
    *,
    warehouse_id: int,
    owner_id: int,
    lines: Sequence[AllocateLine],
    quota: Target | None = None,
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> bool:
    """Promise unsold goods to an internal document; False when it was promised before.

    Units that are in no pool are taken first: that disturbs no channel. What they do not cover comes from the shared
    bucket of the default pool. A line that names a bucket takes from it alone, a document that names a ``quota`` (of a
    channel, or shared for a purpose) from its rows' buckets of that alone. Raises InsufficientStock naming every
    line that finds too little: held and sold units are never taken. NotFound for a bucket of other goods.
    """
    context = Context(Command.ALLOCATE, source, actor, clock.now())
    content = [warehouse_id, owner_id, [line.content for line in lines], *(astuple(quota) if quota else ())]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at):
        return False
    chains = find_chains(warehouse_id=warehouse_id, owner_id=owner_id, sku_ids=[line.sku_id for line in lines])
    takings = plan_takings(lines if quota is None else name_buckets(lines, chains, quota), chains)
    take_quota(lines, takings, context)
    move(
        Layer.POOL,
        [
            change
            for taking in takings
            for change in (
                Change(taking.pool_id, taking.line.line_no, {Counter.QUOTA: -taking.of_bucket}),
                Change(taking.chain.internal_id, taking.line.line_no, {Counter.QUOTA: taking.line.quantity}),
            )
        ],
        context,
    )
    move(
        Layer.LOGICAL,
        [
            Change(taking.chain.logical_id, taking.line.line_no, {Counter.ALLOCATED: taking.line.quantity})
            for taking in takings
        ],
        context,
    )
    fetch_prepared(
        _INSERT,
        {
            "source_type": source.type,
            "source_sn": source.sn,
            "at": context.at,
            "lines": [taking.line.line_no for taking in takings],
            "logicals": [taking.chain.logical_id for taking in takings],
            "buckets": [taking.bucket_id for taking in takings],
            "quantities": [taking.line.quantity for taking in takings],
            "unassigned": [taking.unassigned for taking in takings],
        },
    )
    return True


@command
def cancel_internal(
    *,
    source: Source,
    notice_withdrawn: bool = False,
    held_back: bool = False,
    actor: Actor,
    dry_run: bool = False,
) -> int:
    """Give the goods of a cancelled internal document back where they came from; returns the units.

    Goods that were lost or locked meanwhile are not: what is short is covered first, by units of no pool before those
    of a bucket; the rest is offered again.
    ``notice_withdrawn`` says that the warehouse was told not to ship, so its locations are free again; ``held_back``
    that it confirmed so of all that had not left: the rest of what left in part is given back too. Raises HoldNotOpen
    when a ship notice still holds goods, or, unless held back, when some of them have left.
    """
    context = Context(Command.CANCEL_INTERNAL, source, actor, clock.now())
    key = {"source_type": source.type, "source_sn": source.sn}
    # The holds of a notice first, as whoever ships locks them.
    freed = fetch_prepared(_FREE, {**key, "held_back": held_back}) if notice_withdrawn or held_back else []
    rows = fetch_prepared(_CANCEL, key)
    has_left = not held_back and any(row["shipped_qty"] for row in rows)
    if has_left or (rows and fetch_prepared(_NOTICED, key)):
        raise HoldNotOpen(details={"source": source.subject})
    offers = offered_units([(row["logical_id"], row["quantity"]) for row in rows], context)
    given = [
        (row, min(units, row["quantity"] - row["unassigned_qty"])) for row, units in zip(rows, offers, strict=True)
    ]
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


def is_internal(source: Source) -> bool:
    """Whether a document takes goods for reasons of our own: it is no sale."""
    return bool(fetch_prepared(_INTERNAL, {"source_type": source.type, "source_sn": source.sn}))


_INTERNAL = """
    SELECT 1 AS found FROM inventory_internalallocation
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s LIMIT 1
"""

_INSERT = f"""
    INSERT INTO inventory_internalallocation
        (source_type, source_sn, line_no, logical_id, taken_from_id, quantity, unassigned_qty, state, created_at)
    SELECT %(source_type)s, %(source_sn)s, w.line_no, w.logical, w.bucket, w.quantity, w.unassigned,
           {int(HoldState.SOLD)}, %(at)s::timestamptz
    FROM unnest(%(lines)s::int[], %(logicals)s::bigint[], %(buckets)s::bigint[], %(quantities)s::int[],
                %(unassigned)s::int[]) AS w(line_no, logical, bucket, quantity, unassigned)
"""  # noqa: S608 - built from fixed names only

_CANCEL = f"""
    UPDATE inventory_internalallocation a SET state = {int(HoldState.RELEASED)}
    FROM inventory_channelstock c
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_allocationpool i ON i.logical_id = p.logical_id AND i.purpose = {int(Purpose.INTERNAL)}
    WHERE c.id = a.taken_from_id AND a.source_type = %(source_type)s AND a.source_sn = %(source_sn)s
      AND a.state = {int(HoldState.SOLD)}
    RETURNING a.line_no, a.quantity - a.shipped_qty AS quantity, a.shipped_qty, a.logical_id, c.id AS bucket_id,
              p.id AS pool_id, greatest(a.unassigned_qty - a.shipped_qty, 0) AS unassigned_qty, i.id AS internal_id
"""  # noqa: S608 - built from fixed names only

_FREE = f"""
    WITH locked AS MATERIALIZED (
        SELECT id FROM inventory_physicalhold
        WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s AND state = {int(PickState.OPEN)}
        ORDER BY id FOR UPDATE
    )
    UPDATE inventory_physicalhold h SET state = {int(PickState.CANCELLED)}
    FROM locked WHERE h.id = locked.id AND (h.shipped_qty = 0 OR %(held_back)s::boolean)
    RETURNING h.physical_id, h.line_no, h.quantity - h.shipped_qty AS quantity
"""  # noqa: S608 - built from fixed names only

_NOTICED = f"""
    SELECT 1 AS noticed FROM inventory_physicalhold
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s AND state = {int(PickState.OPEN)} LIMIT 1
"""  # noqa: S608 - built from fixed names only
