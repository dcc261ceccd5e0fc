"""``cancel_paid``: a paid sale is called off before the warehouse was told."""

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer
from inventory.exceptions import HoldNotOpen
from inventory.services.kinds import SOLD, ended, share_join, waiting_buckets
from inventory.services.movement import Change, Context, move_layers
from inventory.services.promises import plan_promises, serve_waiting
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@command
def cancel_paid(*, source: Source, actor: Actor, dry_run: bool = False) -> int:
    """Free the sold, not yet noticed units of a document; returns them. Running it again frees nothing.

    Each kind of promise leaves its own counter; only goods were allocated. What is freed serves paid promises that
    wait, oldest first. Raises HoldNotOpen when a ship notice already holds goods for it.
    """
    context = Context(Command.CANCEL_PAID, source, actor, clock.now())
    params = {"source_type": source.type, "source_sn": source.sn}
    rows = fetch_prepared(_CANCEL, params)
    if waiting_buckets(rows):  # units served while we waited for these rows stand in rows of their own
        rows += fetch_prepared(_CANCEL, params)
    if rows and fetch_prepared(_NOTICED, params):
        raise HoldNotOpen(details={"source": source.subject})
    spot = [row for row in rows if row["kind"] == HoldKind.SPOT]
    allocated = [Change(row["logical_id"], row["line_no"], {Counter.ALLOCATED: -row["quantity"]}) for row in spot]
    move_layers([*ended(rows, SOLD), (Layer.LOGICAL, allocated)], context)
    serve_waiting(bucket_ids={row["bucket_id"] for row in rows}, context=context)
    plan_promises(bucket_ids=waiting_buckets(rows), context=context)
    return sum(row["quantity"] for row in rows)


_CANCEL = f"""
    WITH done AS (
        UPDATE inventory_reservation r SET state = {int(HoldState.RELEASED)}
        FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
        WHERE c.id = r.bucket_id AND r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
          AND r.state = {int(HoldState.SOLD)}
        RETURNING r.bucket_id, r.channel_id, r.line_no, r.kind, r.quantity, p.logical_id
    )
    SELECT done.*, x.id AS share_id FROM done {share_join("done")}
"""  # noqa: S608 - built from fixed names only

_NOTICED = """
    SELECT 1 AS noticed FROM inventory_physicalhold
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s LIMIT 1
"""
