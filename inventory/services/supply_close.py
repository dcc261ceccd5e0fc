"""Goods that will not come: promises move to other expected goods of their bucket, or are given up (S001-36)."""

from collections.abc import Sequence
from typing import Any

from inventory.choices import Command, Counter, HoldState, Layer, SupplyState
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move
from inventory.services.promises import HELD_COUNTERS, SOLD_COUNTERS, plan_promises
from inventory.services.supply_rows import SupplyRow, lock_open_line, lock_presold, note_steps, write_lines
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from vmi.events.catalogue import PromiseLost, SupplyLineClosed
from vmi.events.services import Entry, record, record_many

REASON_LENGTH_MAX = 200


@command
def close_supply(*, line_id: int, reason: str = "", source: Source, actor: Actor, dry_run: bool = False) -> int:
    """Say that the rest of a supply line will not come; returns the promised units that nothing covers any more.

    Its presale closes. Promises beyond what is left move to other open lines presold through the same bucket, whose
    presale opens for them, earliest first. What finds no room is given up, unpaid before paid, youngest first, and
    told by PromiseLost: nothing of it stays held. The same source again changes nothing. Raises NotFound,
    SupplyClosed.
    """
    context = Context(Command.CLOSE_SUPPLY, source, actor, clock.now())
    content = [line_id]
    if not claim(
        command=context.command,
        source=source,
        content=content,
        actor=actor,
        at=context.at,
        reason=reason[:REASON_LENGTH_MAX],
    ):
        return 0
    line, others = lock_open_line(line_id)
    units, presale = line.open_qty, line.presale_qty
    line.closed_qty += units
    line.presale_qty = 0
    line.state = SupplyState.CLOSED
    given_up = _withdraw(line, others, presale, context) if line.bucket_id else []
    move(Layer.LOGICAL, [Change(line.logical_id, line.line_no, {Counter.IN_TRANSIT: -units})], context)
    write_lines([line], at=context.at)
    note_steps([(line, units)], context=context)
    _tell(line, given_up, context)
    lost = sum(row["quantity"] for row in given_up)
    payload = SupplyLineClosed(
        line_id=line.id, sku=line.sku, quantity=units, lost=lost, reason=reason[:REASON_LENGTH_MAX]
    )
    record(payload, subject=f"{line.source_type}:{line.source_sn}", actor=actor)
    plan_promises(bucket_ids={line.default_id, line.bucket_id or line.default_id}, context=context)
    return lost


def _withdraw(line: SupplyRow, others: Sequence[SupplyRow], presale: int, context: Context) -> list[dict[str, Any]]:
    """Close ``presale`` units of the bucket; returns the promises that found no other cover and ended."""
    bucket_id = line.bucket_id or 0
    promises = lock_presold([bucket_id], logical_ids=[line.logical_id], now=context.at, actor=context.actor).get(
        bucket_id, []
    )
    (bucket,) = fetch_prepared(_GRANTED, {"id": bucket_id})
    uncovered = sum(row["quantity"] for row in promises) - (bucket["presale_qty"] - presale)
    moved = _move_on([row for row in others if row.bucket_id == bucket_id], uncovered)
    given_up = _give_up(promises, uncovered - sum(moved.values()))
    changes = [Change(bucket_id, line.line_no, {Counter.PRESALE: sum(moved.values()) - presale})]
    changes += [Change(bucket_id, row["line_no"], {_counter(row): -row["quantity"]}) for row in given_up]
    if given_up:
        fetch_prepared(_END, {"ids": [row["id"] for row in given_up]})
    move(Layer.CHANNEL, changes, context)
    write_lines([row for row in others if row.id in moved], at=context.at)
    return given_up


def _move_on(others: Sequence[SupplyRow], uncovered: int) -> dict[int, int]:
    """Open presale on other lines for units that lost theirs, earliest line first; units by line id."""
    moved = {}
    for row in others:
        part = min(row.room_qty, uncovered)
        if part > 0:
            row.presale_qty += part
            uncovered -= part
            moved[row.id] = part
    return moved


def _give_up(promises: Sequence[dict[str, Any]], uncovered: int) -> list[dict[str, Any]]:
    """Whole promises to end, from the back of the queue, until the rest is covered."""
    given_up = []
    for row in reversed(promises):
        if uncovered <= 0:
            break
        given_up.append(row)
        uncovered -= row["quantity"]
    return given_up


def _counter(row: dict[str, Any]) -> Counter:
    counters = SOLD_COUNTERS if row["state"] == HoldState.SOLD else HELD_COUNTERS
    return counters[row["kind"]]


def _tell(line: SupplyRow, given_up: Sequence[dict[str, Any]], context: Context) -> None:
    """Tell every document that lost units."""
    entries = [
        Entry(
            PromiseLost(
                source_type=row["source_type"],
                source_sn=row["source_sn"],
                line_no=row["line_no"],
                sku=line.sku,
                quantity=row["quantity"],
                paid=row["state"] == HoldState.SOLD,
            ),
            f"{row['source_type']}:{row['source_sn']}",
        )
        for row in given_up
    ]
    if entries:
        record_many(entries, actor=context.actor)


_GRANTED = """
    SELECT presale_qty FROM inventory_channelstock WHERE id = %(id)s::bigint
"""

_END = f"""
    UPDATE inventory_reservation
    SET state = {int(HoldState.RELEASED)}, supply_line_id = NULL, promised_on = NULL WHERE id = ANY(%(ids)s::bigint[])
"""  # noqa: S608 - built from fixed names only
