"""Calling off goods the warehouse was told to ship: frozen until it says whether they left (S002-32)."""

from collections.abc import Sequence
from typing import Any

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer, PickState
from inventory.exceptions import HoldNotOpen
from inventory.services.commands import claim
from inventory.services.kinds import share_changes, share_join
from inventory.services.movement import Change, Context, move, move_layers
from inventory.services.promises import serve_waiting
from inventory.services.rebalance import lower_shortage
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from vmi.events.catalogue import StockCancelled
from vmi.events.services import record


@command
def request_cancel(*, source: Source, actor: Actor, dry_run: bool = False) -> int:
    """Freeze what is still open of a noticed sale: sold −, frozen +; returns the units, 0 when asked before.

    From then on the warehouse decides: :func:`confirm_cancel`, or ``confirm_outbound`` if it had already shipped.
    Raises HoldNotOpen when nothing waits to leave any more.
    """
    context = Context(Command.REQUEST_CANCEL, source, actor, clock.now())
    params = {"source_type": source.type, "source_sn": source.sn}
    rows = fetch_prepared(_FREEZE, params)
    if not rows:
        if fetch_prepared(_FROZEN, params):
            return 0
        raise HoldNotOpen(details={"source": source.subject})
    move(
        Layer.CHANNEL,
        [
            Change(row["bucket_id"], row["line_no"], {Counter.SOLD: -row["units"], Counter.FROZEN: row["units"]})
            for row in rows
        ],
        context,
    )
    return sum(row["units"] for row in rows)


@command
def confirm_cancel(
    *, source: Source, warehouse_id: int, reference: str = "", actor: Actor, dry_run: bool = False
) -> int:
    """The warehouse held the frozen goods back: they may be sold again, waiting promises first; returns the units.

    frozen −, allocated −, held −. The same ``reference`` again changes nothing. Raises HoldNotOpen when nothing of
    the document is frozen in this warehouse. Records StockCancelled.
    """
    context = Context(Command.CONFIRM_CANCEL, source, actor, clock.now())
    if not claim(
        command=context.command,
        source=source,
        content=warehouse_id,
        actor=actor,
        at=context.at,
        reference=reference or str(warehouse_id),
    ):
        return 0
    params = {"source_type": source.type, "source_sn": source.sn}
    rows = fetch_prepared(_RELEASE, {**params, "warehouse": warehouse_id})
    if not rows:
        raise HoldNotOpen(details={"source": source.subject})
    promises = fetch_prepared(_RELEASE_PROMISES, {**params, **_by_line(rows)})
    _move(rows, promises, context)
    lower_shortage(logical_ids={row["logical_id"] for row in rows}, context=context)
    serve_waiting(bucket_ids={row["bucket_id"] for row in rows}, context=context)
    _tell(rows, warehouse_id, context)
    return sum(row["units"] for row in rows)


def _by_line(rows: Sequence[dict[str, Any]]) -> dict[str, list[int]]:
    """The lines and buckets of the freed holds."""
    keys = sorted({(row["line_no"], row["bucket_id"]) for row in rows})
    return {"lines": [line_no for line_no, _bucket in keys], "buckets": [bucket for _line, bucket in keys]}


def _move(rows: Sequence[dict[str, Any]], promises: Sequence[dict[str, Any]], context: Context) -> None:
    """Channel, caps, logical and physical rows, in the fixed order."""
    move_layers(
        [
            (
                Layer.CHANNEL,
                [Change(row["bucket_id"], row["line_no"], {Counter.FROZEN: -row["units"]}) for row in rows],
            ),
            (Layer.SHARE, share_changes(promises, sign=-1)),
            (
                Layer.LOGICAL,
                [Change(row["logical_id"], row["line_no"], {Counter.ALLOCATED: -row["units"]}) for row in rows],
            ),
            (
                Layer.PHYSICAL,
                [Change(row["physical_id"], row["line_no"], {Counter.PHYSICAL_HELD: -row["units"]}) for row in rows],
            ),
        ],
        context,
    )


def _tell(rows: Sequence[dict[str, Any]], warehouse_id: int, context: Context) -> None:
    """Say what was called off, and whether anything of the document is still open or has left."""
    source = context.source
    (rest,) = fetch_prepared(_REST, {"source_type": source.type, "source_sn": source.sn, "warehouse": warehouse_id})
    record(
        StockCancelled(
            source_type=source.type,
            source_sn=source.sn,
            complete=rest["open_units"] == 0,
            shipped=rest["shipped"],
            warehouse_id=warehouse_id,
            shipped_here=rest["shipped_here"],
            lines=[{"line_no": row["line_no"], "quantity": row["units"]} for row in rows],
        ),
        subject=source.subject,
        actor=context.actor,
    )


_OF_SOURCE = f"""source_type = %(source_type)s AND source_sn = %(source_sn)s AND state = {int(PickState.OPEN)}
        AND bucket_id IS NOT NULL"""

_FREEZE = f"""
    WITH locked AS MATERIALIZED (
        SELECT id FROM inventory_physicalhold WHERE {_OF_SOURCE} AND NOT is_frozen ORDER BY id FOR UPDATE
    )
    UPDATE inventory_physicalhold h SET is_frozen = true FROM locked WHERE h.id = locked.id
    RETURNING h.bucket_id, h.line_no, h.quantity - h.shipped_qty AS units
"""  # noqa: S608 - built from fixed names only

_FROZEN = f"SELECT id FROM inventory_physicalhold WHERE {_OF_SOURCE} AND is_frozen LIMIT 1"  # noqa: S608

_RELEASE = f"""
    WITH locked AS MATERIALIZED (
        SELECT id FROM inventory_physicalhold WHERE {_OF_SOURCE} AND is_frozen ORDER BY id FOR UPDATE
    )
    UPDATE inventory_physicalhold h SET state = {int(PickState.CANCELLED)}
    FROM locked, inventory_physicalstock s, inventory_logicalstock l
    WHERE h.id = locked.id AND s.id = h.physical_id AND l.id = s.logical_id AND l.warehouse_id = %(warehouse)s::bigint
    RETURNING h.bucket_id, h.line_no, h.physical_id, s.logical_id, h.quantity - h.shipped_qty AS units
"""  # noqa: S608 - built from fixed names only

_RELEASE_PROMISES = f"""
    WITH done AS (
        UPDATE inventory_reservation r SET state = {int(HoldState.RELEASED)}
        FROM unnest(%(lines)s::int[], %(buckets)s::bigint[]) AS w(line_no, bucket)
        WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s AND r.line_no = w.line_no
          AND r.bucket_id = w.bucket AND r.kind = {int(HoldKind.SPOT)} AND r.state = {int(HoldState.SOLD)}
        RETURNING r.bucket_id, r.channel_id, r.line_no, r.kind, r.quantity - r.shipped_qty AS quantity
    )
    SELECT done.*, x.id AS share_id FROM done {share_join("done")}
"""  # noqa: S608 - built from fixed names only

_REST = f"""
    SELECT coalesce(sum(h.quantity - h.shipped_qty) FILTER (WHERE h.state = {int(PickState.OPEN)}), 0)::int
               AS open_units,
           coalesce(sum(h.shipped_qty), 0)::int AS shipped,
           coalesce(sum(h.shipped_qty) FILTER (WHERE l.warehouse_id = %(warehouse)s::bigint), 0)::int AS shipped_here
    FROM inventory_physicalhold h JOIN inventory_physicalstock s ON s.id = h.physical_id
    JOIN inventory_logicalstock l ON l.id = s.logical_id
    WHERE h.source_type = %(source_type)s AND h.source_sn = %(source_sn)s
"""  # noqa: S608 - built from fixed names only
