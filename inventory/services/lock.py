"""``lock``: units leave the sale for a while, with a reason; quotas they no longer back are trimmed (S001-10)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from inventory.choices import Command, Counter, Layer, LockReason, Quality
from inventory.exceptions import PhysicalShort, StockBusy
from inventory.models import StockLock, StockLockLine
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move, try_move
from inventory.services.rebalance import make_room
from inventory.services.requalify import twins
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.rows import insert, load
from vmi.core.sources import Source
from vmi.events.catalogue import StockLocked
from vmi.events.services import record

SOURCE_TYPE = "lock"
"""How the ledger names a lock; its trims are read back from there when it is unlocked."""

NOTE_LENGTH_MAX = 200
LINES_MAX = 500


@dataclass(frozen=True, slots=True)
class LockLine:
    """Free qualified units of one physical row."""

    line_no: int
    physical_id: int
    quantity: int


@command
def lock(
    *,
    sn: str,
    lines: Sequence[LockLine],
    reason: LockReason,
    note: str = "",
    until: date | None = None,
    actor: Actor,
    dry_run: bool = False,
) -> StockLock:
    """Lock units where they lie: qualified → locked, logical locked +; the same number again answers the first lock.

    Unassigned units and open quotas give way first; units that were promised already raise the reported shortage.
    Raises PhysicalShort naming the lines that have fewer free qualified units, InvalidRequest.
    """
    _check(lines)
    context = Context(Command.LOCK, Source(SOURCE_TYPE, sn), actor, clock.now())
    content = [int(reason), note, str(until), [astuple(line) for line in lines]]
    if not claim(
        command=context.command, source=context.source, content=content, actor=actor, at=context.at, reason=note
    ):
        return load(StockLock, sn=sn)[0]
    places = _places(lines)
    beside = twins(physical_ids=places, quality=Quality.LOCKED)
    units: dict[int, int] = defaultdict(int)
    for line in lines:
        units[places[line.physical_id]["logical_id"]] += line.quantity
    trims = make_room(units=units, context=context, allow_shortage=True)
    move(Layer.LOGICAL, [Change(key, 0, {Counter.LOCKED: units[key]}) for key in units], context)
    _requalify(lines, beside, context)
    found = _keep(sn, lines, beside, (reason, note, until), context)
    shortage = sum(trim.shortage for trim in trims)
    record(
        StockLocked(sn=sn, reason=reason.name.lower(), units=sum(units.values()), shortage=shortage),
        subject=context.source.subject,
        actor=actor,
    )
    return found


@command
def lock_units(
    *,
    sn: str,
    logical_id: int,
    quantity: int,
    reason: LockReason,
    note: str = "",
    until: date | None = None,
    actor: Actor,
    dry_run: bool = False,
) -> StockLock:
    """Lock ``quantity`` units of a logical row, those that would leave last: the longest to live first.

    Raises NotFound, and PhysicalShort with the free qualified units of the row.
    """
    if found := load(StockLock, sn=sn):
        return found[0]
    if not load_logical(logical_id):
        raise NotFound(param="id")
    lines: list[LockLine] = []
    missing = quantity
    for row in fetch_prepared(_LAST, {"logical": logical_id}):
        part = min(missing, row["free_qty"])
        missing -= part
        if part:
            lines.append(LockLine(len(lines) + 1, row["id"], part))
    if missing > 0:
        raise PhysicalShort(param="quantity", details={"wanted": quantity, "available": quantity - missing})
    return lock(sn=sn, lines=lines, reason=reason, note=note, until=until, actor=actor)


def load_logical(logical_id: int) -> list[dict[str, Any]]:
    """The logical row, if there is one."""
    return fetch_prepared("SELECT id FROM inventory_logicalstock WHERE id = %(id)s::bigint", {"id": logical_id})


def _check(lines: Sequence[LockLine]) -> None:
    if not 1 <= len(lines) <= LINES_MAX:
        raise InvalidRequest(code="invalid_lines", param="lines", details={"max": LINES_MAX})
    for index, line in enumerate(lines):
        if line.quantity < 1:
            raise InvalidRequest(code="invalid_quantity", param=f"lines[{index}].quantity")


def _places(lines: Sequence[LockLine]) -> dict[int, dict[str, Any]]:
    """The physical rows of the lines; raises PhysicalShort naming each line that wants more than is free."""
    wanted: dict[int, int] = defaultdict(int)
    for line in lines:
        wanted[line.physical_id] += line.quantity
    found = {row["id"]: row for row in fetch_prepared(_PLACES, {"ids": sorted(wanted)})}
    short = [
        {
            "line": line.line_no,
            "sku": found[line.physical_id]["sku"] if line.physical_id in found else "",
            "wanted": wanted[line.physical_id],
            "available": found[line.physical_id]["free_qty"] if line.physical_id in found else 0,
        }
        for line in lines
        if line.physical_id not in found or wanted[line.physical_id] > found[line.physical_id]["free_qty"]
    ]
    if short:
        raise PhysicalShort(param=f"lines[{int(short[0]['line']) - 1}].quantity", details={"lines": short})
    return found


def _requalify(lines: Sequence[LockLine], beside: dict[int, int], context: Context) -> None:
    """Qualified − and locked + in the same place; StockBusy when a notice took the units in between."""
    changes = []
    for line in lines:
        changes.append(Change(line.physical_id, line.line_no, {Counter.QUANTITY: -line.quantity}))
        changes.append(Change(beside[line.physical_id], line.line_no, {Counter.QUANTITY: line.quantity}))
    _moved, refused = try_move(Layer.PHYSICAL, changes, context)
    if refused:
        raise StockBusy


def _keep(
    sn: str,
    lines: Sequence[LockLine],
    beside: dict[int, int],
    terms: tuple[LockReason, str, date | None],
    context: Context,
) -> StockLock:
    """Write the document."""
    reason, note, until = terms
    (found,) = insert(
        [
            StockLock(
                sn=sn,
                reason=reason,
                note=note[:NOTE_LENGTH_MAX],
                until=until,
                creater_id=context.actor.user_id,
                create_time=context.at,
                modify_time=context.at,
            )
        ]
    )
    insert(
        [
            StockLockLine(
                lock_id=found.pk,
                line_no=line.line_no,
                origin_id=line.physical_id,
                locked_id=beside[line.physical_id],
                quantity=line.quantity,
                released_qty=0,
            )
            for line in lines
        ]
    )
    return found


_PLACES = f"""
    SELECT s.id, s.logical_id, i.sku, s.quantity - s.held_qty AS free_qty
    FROM inventory_physicalstock s JOIN catalog_productinfo i ON i.id = s.sku_id
    WHERE s.id = ANY(%(ids)s::bigint[]) AND s.quality = {int(Quality.QUALIFIED)}
"""  # noqa: S608 - built from fixed names only

_LAST = f"""
    SELECT s.id, s.quantity - s.held_qty AS free_qty
    FROM inventory_physicalstock s JOIN inventory_batch b ON b.id = s.batch_id
    WHERE s.logical_id = %(logical)s::bigint AND s.quality = {int(Quality.QUALIFIED)} AND s.quantity > s.held_qty
    ORDER BY b.expires_on DESC NULLS FIRST, s.id DESC
"""  # noqa: S608 - built from fixed names only
