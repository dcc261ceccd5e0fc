"""``post_payment``: held units become sold; goods are allocated in the warehouse, other promises wait (C-04)."""

from collections.abc import Sequence
from typing import Any

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer
from inventory.exceptions import HoldNotOpen, InsufficientStock, ShortLine
from inventory.selectors.buckets import sku_codes
from inventory.services.kinds import HELD, SOLD, share_join, waiting_buckets
from inventory.services.movement import Change, Context, move, try_move
from inventory.services.pay_late import find_again, take_again
from inventory.services.promises import plan_promises, serve_waiting
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@command
def post_payment(*, source: Source, actor: Actor) -> int:
    """Turn every hold of a document into a sale; returns the units sold now (0 when it was sold already).

    Oversold and presold units stand in the promise queue from now on, and are not allocated before they are served;
    that happens at once where there are goods for them. A hold nobody reclaimed still owns its units; a reclaimed one
    competes anew (C-08), of whatever kind it was first for goods, then for the promise it had. Raises
    InsufficientStock when it cannot, or when goods were lost or locked while they were held, HoldNotOpen when a line
    was released. A caller that catches one and refunds wraps the call in a savepoint.
    """
    now = clock.now()
    context = Context(Command.POST_PAYMENT, source, actor, now)
    params = {"source_type": source.type, "source_sn": source.sn}
    rows = fetch_prepared(_LOCK, params)
    if waiting_buckets(rows):  # units whose goods arrived while we waited for these rows stand in rows of their own
        rows = fetch_prepared(_LOCK, params)
    if not rows or any(row["state"] == HoldState.RELEASED for row in rows):
        raise HoldNotOpen(details={"source": source.subject})
    held = [row for row in rows if row["state"] == HoldState.HELD]
    expired = [row for row in rows if row["state"] == HoldState.EXPIRED]
    if not held and not expired:
        return 0
    found = find_again(rows, expired, context) if expired else []
    fetch_prepared(_SELL, params)
    move(Layer.CHANNEL, [_paid(row) for row in held], context)
    sold = held + take_again(found, rows, context)
    spot = [row for row in sold if row["kind"] == HoldKind.SPOT]
    _allocate(spot, context)
    waiting = waiting_buckets(sold)
    serve_waiting(bucket_ids=waiting, context=context)
    plan_promises(bucket_ids=waiting, context=context)
    return sum(row["quantity"] for row in held + expired)


def _allocate(rows: Sequence[dict[str, Any]], context: Context) -> None:
    """Allocate paid goods in their warehouses; goods that were lost or locked while they were held are refused."""
    changes = [_change(row, row["logical_id"], {Counter.ALLOCATED: row["quantity"]}) for row in rows]
    _moved, refused = try_move(Layer.LOGICAL, changes, context)
    if not refused:
        return
    left = {row["id"]: row["left_qty"] for row in fetch_prepared(_LEFT, {"ids": sorted(refused)})}
    gone = [row for row in rows if row["logical_id"] in refused]
    codes = sku_codes({row["sku_id"] for row in gone})
    raise InsufficientStock(
        [
            ShortLine(
                line=row["line_no"],
                sku=codes.get(row["sku_id"], str(row["sku_id"])),
                wanted=row["quantity"],
                available=max(left[row["logical_id"]], 0),
            )
            for row in gone
        ]
    )


def _paid(row: dict[str, Any]) -> Change:
    kind = HoldKind(row["kind"])
    return _change(row, row["bucket_id"], {HELD[kind]: -row["quantity"], SOLD[kind]: row["quantity"]})


def _change(row: dict[str, Any], row_id: int, deltas: dict[Counter, int]) -> Change:
    """A change on behalf of one reservation's line."""
    return Change(row_id, row["line_no"], deltas)


_LOCK = f"""
    SELECT r.id, r.line_no, r.bucket_id, r.kind, r.quantity, r.state, r.channel_id, r.partner_id,
           l.id AS logical_id, l.sku_id, l.warehouse_id, x.id AS share_id
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
    {share_join("r")}
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
    ORDER BY r.id FOR UPDATE OF r
"""  # noqa: S608 - built from fixed names only

_LEFT = """
    SELECT id, physical_base_qty + shortage_qty - allocated_qty - locked_qty AS left_qty
    FROM inventory_logicalstock WHERE id = ANY(%(ids)s::bigint[])
"""

_SELL = f"""
    UPDATE inventory_reservation SET state = {int(HoldState.SOLD)}
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s
      AND state IN ({int(HoldState.HELD)}, {int(HoldState.EXPIRED)})
"""  # noqa: S608 - built from fixed names only
