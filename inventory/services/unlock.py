"""``unlock``: locked units may be sold again, where the lock took them from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.choices import Command, Counter, Layer, LockState
from inventory.exceptions import OverConfirmed, StockBusy
from inventory.services.commands import claim
from inventory.services.lock import SOURCE_TYPE
from inventory.services.movement import WHOLE_DOCUMENT, Change, Context, move, try_move
from inventory.services.promises import serve_waiting
from inventory.services.rebalance import cover_shortage, lower_shortage
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.sources import Source
from vmi.events.catalogue import StockUnlocked
from vmi.events.services import record


@dataclass(frozen=True, slots=True)
class UnlockLine:
    """Units of one line of a lock."""

    line_no: int
    quantity: int


@command
def unlock(
    *,
    sn: str,
    lines: Sequence[UnlockLine] | None = None,
    reference: str = "",
    note: str = "",
    actor: Actor,
    dry_run: bool = False,
) -> int:
    """Unlock units of a lock, all that is left unless ``lines`` say otherwise; returns the units.

    Promises that lost their backing are covered first, then the quotas the lock trimmed; the rest is unassigned, as it
    was. Waiting promises are served. ``reference`` tells partial unlocks apart: the same again changes nothing.
    Raises NotFound, OverConfirmed for more than is locked, InvalidRequest for a line named twice, StockBusy.
    """
    context = Context(Command.UNLOCK, Source(SOURCE_TYPE, sn), actor, clock.now())
    rows = fetch_prepared(_OPEN, {"sn": sn})
    if not rows:
        raise NotFound(param="id")
    wanted = _wanted(rows, lines)
    content = [astuple(line) for line in lines or ()]
    if not wanted or not claim(
        command=context.command,
        source=context.source,
        content=content,
        actor=actor,
        at=context.at,
        reference=reference,
        reason=note,
    ):
        return 0
    fetch_prepared(_RELEASE, {"ids": [row["id"] for row, _units in wanted], "units": [units for _row, units in wanted]})
    fetch_prepared(_CLOSE, {"lock": rows[0]["lock_id"], "at": context.at})
    _book(wanted, context)
    total = sum(units for _row, units in wanted)
    record(StockUnlocked(sn=sn, units=total), subject=context.source.subject, actor=actor)
    return total


def _wanted(rows: Sequence[dict[str, Any]], lines: Sequence[UnlockLine] | None) -> list[tuple[dict[str, Any], int]]:
    """The lines with the units to unlock; raises OverConfirmed or InvalidRequest naming the line."""
    if lines is None:
        return [(row, row["open_qty"]) for row in rows if row["open_qty"]]
    by_line = {row["line_no"]: row for row in rows}
    named: set[int] = set()
    for index, line in enumerate(lines):
        if line.line_no in named:
            raise InvalidRequest(_("This row is named twice."), code="repeated", param=f"lines[{index}].lineNo")
        named.add(line.line_no)
        open_qty = by_line[line.line_no]["open_qty"] if line.line_no in by_line else 0
        if not 0 < line.quantity <= open_qty:
            raise OverConfirmed(
                _("Only %(open)d units of this line are still locked."),
                param=f"lines[{index}].quantity",
                details={"line": line.line_no, "confirmed": line.quantity, "open": open_qty},
            )
    return [(by_line[line.line_no], line.quantity) for line in lines]


def _book(wanted: Sequence[tuple[dict[str, Any], int]], context: Context) -> None:
    """Promises, quotas, logical and physical rows, in the fixed order; then whoever waits."""
    arriving: dict[int, int] = defaultdict(int)
    for row, units in wanted:
        arriving[row["logical_id"]] += units
    offered = cover_shortage(arriving=arriving, context=context)
    buckets = _give_back(offered, context)
    move(Layer.LOGICAL, [Change(key, WHOLE_DOCUMENT, {Counter.LOCKED: -arriving[key]}) for key in arriving], context)
    changes = []
    for row, units in wanted:
        changes.append(Change(row["locked_id"], row["line_no"], {Counter.QUANTITY: -units}))
        changes.append(Change(row["origin_id"], row["line_no"], {Counter.QUANTITY: units}))
    _moved, refused = try_move(Layer.PHYSICAL, changes, context)
    if refused:
        # Somebody corrected the locked units away; counting the place shows what is really there.
        raise StockBusy
    lower_shortage(logical_ids=arriving, context=context)
    serve_waiting(bucket_ids=buckets, context=context)


def _give_back(offered: Mapping[int, int], context: Context) -> list[int]:
    """Return up to ``offered`` units by logical row to the buckets and pools this lock trimmed; answers the buckets."""
    left = dict(offered)
    channel, pool = [], []
    for row in fetch_prepared(_TRIMMED, {"type": SOURCE_TYPE, "sn": context.source.sn, "logicals": sorted(left)}):
        units = min(left[row["logical_id"]], row["trimmed"])
        if units <= 0:
            continue
        left[row["logical_id"]] -= units
        pool.append(Change(row["pool_id"], WHOLE_DOCUMENT, {Counter.QUOTA: units}))
        if row["bucket_id"]:
            channel.append(Change(row["bucket_id"], WHOLE_DOCUMENT, {Counter.BASE_QUOTA: units}))
    move(Layer.CHANNEL, channel, context)
    move(Layer.POOL, pool, context)
    return [change.row_id for change in channel]


_OPEN = """
    SELECT n.id, n.lock_id, n.line_no, n.origin_id, n.locked_id, n.quantity - n.released_qty AS open_qty, s.logical_id
    FROM inventory_stocklock d JOIN inventory_stocklockline n ON n.lock_id = d.id
    JOIN inventory_physicalstock s ON s.id = n.origin_id
    WHERE d.sn = %(sn)s ORDER BY n.id FOR UPDATE OF d, n
"""

_RELEASE = """
    UPDATE inventory_stocklockline n SET released_qty = n.released_qty + w.units
    FROM unnest(%(ids)s::bigint[], %(units)s::int[]) AS w(id, units) WHERE n.id = w.id
"""

_CLOSE = f"""
    UPDATE inventory_stocklock SET modify_time = %(at)s::timestamptz,
        state = CASE WHEN x.open_qty = 0 THEN {int(LockState.CLOSED)} ELSE state END,
        closed_at = CASE WHEN x.open_qty = 0 THEN %(at)s::timestamptz END
    FROM (SELECT sum(quantity - released_qty) AS open_qty FROM inventory_stocklockline
          WHERE lock_id = %(lock)s::bigint) x
    WHERE id = %(lock)s::bigint
"""  # noqa: S608 - built from fixed names only

_TRIMMED = f"""
    WITH taken AS (
        SELECT layer, row_id, -sum(delta) AS units FROM inventory_ledgerentry
        WHERE source_type = %(type)s AND source_sn = %(sn)s
          AND counter IN ({int(Counter.BASE_QUOTA)}, {int(Counter.QUOTA)})
        GROUP BY layer, row_id
    ), buckets AS (
        SELECT c.id AS bucket_id, c.pool_id, t.units FROM taken t
        JOIN inventory_channelstock c ON c.id = t.row_id WHERE t.layer = {int(Layer.CHANNEL)}
    ), loose AS (
        SELECT NULL::bigint AS bucket_id, t.row_id AS pool_id,
               t.units - coalesce((SELECT sum(b.units) FROM buckets b WHERE b.pool_id = t.row_id), 0) AS units
        FROM taken t WHERE t.layer = {int(Layer.POOL)}
    )
    SELECT x.bucket_id, x.pool_id, p.logical_id, x.units::int AS trimmed
    FROM (SELECT * FROM buckets UNION ALL SELECT * FROM loose) x
    JOIN inventory_allocationpool p ON p.id = x.pool_id
    WHERE x.units > 0 AND p.logical_id = ANY(%(logicals)s::bigint[])
    ORDER BY p.logical_id, p.priority DESC, p.purpose DESC, x.bucket_id DESC NULLS LAST, p.id
"""  # noqa: S608 - built from fixed names only
