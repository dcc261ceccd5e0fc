"""``post_payment``: held units become sold; goods are allocated in the warehouse, other promises wait (C-04)."""

from collections.abc import Sequence
from typing import Any

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer
from inventory.exceptions import HoldNotOpen, InsufficientStock, ShortLine
from inventory.selectors.buckets import sku_codes
from inventory.selectors.offer_sql import OPEN, OPEN_OVERSELL, OPEN_PRESALE
from inventory.services.kinds import HELD, SOLD, share_changes, share_join, waiting_buckets
from inventory.services.movement import Change, Context, move, try_move
from inventory.services.promises import plan_promises, serve_waiting
from inventory.services.release import reclaim_expired
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@command
def post_payment(*, source: Source, actor: Actor) -> int:
    """Turn every hold of a document into a sale; returns the units sold now (0 when it was sold already).

    Oversold and presold units stand in the promise queue from now on, and are not allocated before they are served;
    that happens at once where there are goods for them. A hold that expired is taken again if the same promise can
    still be made (C-08): a hold nobody reclaimed still owns its units, a reclaimed one competes anew. Raises
    InsufficientStock when it cannot, HoldNotOpen when a line was released. A caller that catches one and refunds
    wraps the call in a savepoint.
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
    fetch_prepared(_SELL, params)
    _sell(held, expired, context)
    spot = [row for row in held + expired if row["kind"] == HoldKind.SPOT]
    move(
        Layer.LOGICAL, [_change(row, row["logical_id"], {Counter.ALLOCATED: row["quantity"]}) for row in spot], context
    )
    waiting = waiting_buckets(held + expired)
    serve_waiting(bucket_ids=waiting, context=context)
    plan_promises(bucket_ids=waiting, context=context)
    return sum(row["quantity"] for row in held + expired)


def _sell(held: Sequence[dict[str, Any]], expired: Sequence[dict[str, Any]], context: Context) -> None:
    """Raise the sold counters; a reclaimed hold has no held units left and takes what is open, if enough is."""
    closed = [row for row in expired if row["kind"] == HoldKind.OVERSOLD and row["open_qty"] < row["quantity"]]
    if closed:  # the rule may have been switched off since, which the limit alone does not tell
        raise InsufficientStock(_shortages(closed))
    changes = [_paid(row) for row in held] + [
        _change(row, row["bucket_id"], {_sold(row): row["quantity"]}) for row in expired
    ]
    _moved, refused = try_move(Layer.CHANNEL, changes, context)
    if refused:
        reclaim_expired(bucket_ids=refused, now=context.at, actor=context.actor)
        again = [change for change in changes if change.row_id in refused]
        _moved, refused = try_move(Layer.CHANNEL, again, context)
    if refused:
        raise InsufficientStock(_shortages([row for row in expired if row["bucket_id"] in refused]))
    _moved, refused = try_move(Layer.SHARE, share_changes(expired, sign=1), context)
    if refused:
        raise InsufficientStock(_shortages([row for row in expired if row["share_id"] in refused]))


def _paid(row: dict[str, Any]) -> Change:
    held = HELD[HoldKind(row["kind"])]
    return _change(row, row["bucket_id"], {held: -row["quantity"], _sold(row): row["quantity"]})


def _sold(row: dict[str, Any]) -> Counter:
    return SOLD[HoldKind(row["kind"])]


def _shortages(rows: Sequence[dict[str, Any]]) -> list[ShortLine]:
    """The figures of the lines whose goods are gone."""
    codes = sku_codes({row["sku_id"] for row in rows})
    return [
        ShortLine(
            line=row["line_no"],
            sku=codes.get(row["sku_id"], str(row["sku_id"])),
            wanted=row["quantity"],
            available=max(row["open_qty"], 0),
        )
        for row in rows
    ]


def _change(row: dict[str, Any], row_id: int, deltas: dict[Counter, int]) -> Change:
    """A change on behalf of one reservation's line."""
    return Change(row_id, row["line_no"], deltas)


_LOCK = f"""
    SELECT r.id, r.line_no, r.bucket_id, r.kind, r.quantity, r.state, l.id AS logical_id, l.sku_id, x.id AS share_id,
           CASE r.kind WHEN {int(HoldKind.SPOT)} THEN least({OPEN}, x.cap_qty - x.used_qty)
                       WHEN {int(HoldKind.PRESALE)} THEN {OPEN_PRESALE} ELSE {OPEN_OVERSELL} END AS open_qty
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
    {share_join("r")}
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
    ORDER BY r.id FOR UPDATE OF r
"""  # noqa: S608 - built from fixed names only

_SELL = f"""
    UPDATE inventory_reservation SET state = {int(HoldState.SOLD)}
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s
      AND state IN ({int(HoldState.HELD)}, {int(HoldState.EXPIRED)})
"""  # noqa: S608 - built from fixed names only
