"""The promise queue: oversold and presold units that wait for goods, and how they are served (S001-30, S001-35).

Two calls for other commands: :func:`serve_waiting` after anything that freed quota, :func:`plan_promises` after
anything that changed what is expected.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer
from inventory.services import promises_sql
from inventory.services.kinds import HELD, SOLD
from inventory.services.movement import Change, Context, move
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from vmi.events.catalogue import PromiseRescheduled, PromiseServed
from vmi.events.services import Entry, record_many

HELD_COUNTERS = HELD
"""The counter of unpaid units by the kind of their promise."""

SOLD_COUNTERS = SOLD
"""The counter of paid, not shipped units by the kind of their promise."""


@dataclass(frozen=True, slots=True)
class Served:
    """``units`` of a waiting reservation that get goods now."""

    row: dict[str, Any]
    units: int


def serve_waiting(*, bucket_ids: Collection[int], context: Context) -> int:
    """Serve the oldest waiting paid oversold units of these buckets from their free quota; returns the units.

    Joins the caller's transaction, to be called last by whatever freed quota: oversold sold −, sold +, logical
    allocated +, unit by unit. Presold units wait for their supply line instead. One statement when nothing waits.
    A channel's cap in a shared bucket is respected: units beyond it wait on, younger ones of others are served.
    """
    if not bucket_ids:
        return 0
    free = fetch_prepared(promises_sql.FREE, {"buckets": sorted(bucket_ids)})
    if not free:
        return 0
    params = {"buckets": [row["id"] for row in free], "free": [row["free_qty"] for row in free]}
    waiting = lockable(fetch_prepared(promises_sql.WAITING, params))
    served = _share_out(waiting, {row["id"]: row["free_qty"] for row in free})
    if not served:
        return 0
    serving = replace(context, command=Command.SERVE_PROMISES)
    logical_of = {row["id"]: row["logical_id"] for row in free}
    book_served(served, serving)
    move(
        Layer.LOGICAL,
        [
            Change(logical_of[item.row["bucket_id"]], item.row["line_no"], {Counter.ALLOCATED: item.units})
            for item in served
        ],
        serving,
    )
    return sum(item.units for item in served)


@command
def tend_queues(*, actor: Actor) -> int:
    """Serve and plan every promise queue; returns the units served. Repeats what was left to a busy document."""
    buckets = [row["id"] for row in fetch_prepared(promises_sql.QUEUED)]
    now = clock.now()
    sweep = Source("queue", f"{now:%Y%m%d%H%M%S%f}")
    context = Context(Command.SERVE_PROMISES, sweep, actor, now)
    served = serve_waiting(bucket_ids=buckets, context=context)
    plan_promises(bucket_ids=buckets, context=context)
    return served


def _share_out(waiting: Sequence[dict[str, Any]], free: dict[int, int]) -> list[Served]:
    """Give the free units of each bucket to its waiting rows in their order, within the caps of their channels."""
    left = dict(free)
    shares = {row["share_id"]: row["share_qty"] for row in waiting if row["share_id"]}
    served = []
    for row in waiting:
        units = min(row["quantity"], left[row["bucket_id"]])
        if row["share_id"]:
            units = max(min(units, shares[row["share_id"]]), 0)
            shares[row["share_id"]] -= units
        left[row["bucket_id"]] -= units
        if units:
            served.append(Served(row, units))
    return served


def lockable(waiting: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows whose line's spot row, if it has one, could be locked too: served units join it.

    ``has_spot`` is added to each. Rows of a document another command is working on are left out, never waited for.
    """
    if not waiting:
        return []
    siblings = {
        row["waiting_id"]: row["spot_id"]
        for row in fetch_prepared(promises_sql.SIBLINGS, {"ids": [row["id"] for row in waiting]})
    }
    locked: set[int] = set()
    if siblings:
        found = fetch_prepared(promises_sql.LOCK_SIBLINGS, {"ids": sorted(siblings.values())})
        locked = {row["id"] for row in found}
    return [
        {**row, "has_spot": row["id"] in siblings}
        for row in waiting
        if row["id"] not in siblings or siblings[row["id"]] in locked
    ]


def book_served(served: Sequence[Served], context: Context, *, along: Sequence[Change] = ()) -> None:
    """Turn units of locked waiting rows into spot units of the same state, on bucket and cap; tells the documents.

    ``along`` are changes of buckets that happen with it, such as the goods that serve.
    """
    whole = [item.row["id"] for item in served if item.units == item.row["quantity"] and not item.row["has_spot"]]
    parts = [item for item in served if item.units < item.row["quantity"] or item.row["has_spot"]]
    if whole:
        fetch_prepared(promises_sql.TURN, {"ids": whole})
    if parts:
        ids, units = [item.row["id"] for item in parts], [item.units for item in parts]
        fetch_prepared(promises_sql.SPLIT, {"ids": ids, "units": units})
    move(Layer.CHANNEL, [*along, *(_to_spot(item) for item in served)], context)
    move(
        Layer.SHARE,
        [
            Change(item.row["share_id"], item.row["line_no"], {Counter.SHARE_USED: item.units})
            for item in served
            if item.row["share_id"]
        ],
        context,
    )
    _tell_served([item for item in served if item.row["state"] == HoldState.SOLD], context)


def _to_spot(item: Served) -> Change:
    """The bucket's side of a served promise."""
    counters = SOLD_COUNTERS if item.row["state"] == HoldState.SOLD else HELD_COUNTERS
    deltas = {counters[HoldKind(item.row["kind"])]: -item.units, counters[HoldKind.SPOT]: item.units}
    return Change(item.row["bucket_id"], item.row["line_no"], deltas)


def _tell_served(served: Sequence[Served], context: Context) -> None:
    """One event per document whose waiting units were served."""
    units: dict[tuple[str, str], int] = defaultdict(int)
    for item in served:
        units[item.row["source_type"], item.row["source_sn"]] += item.units
    entries = [
        Entry(PromiseServed(source_type=kind, source_sn=sn, units=count), f"{kind}:{sn}")
        for (kind, sn), count in units.items()
    ]
    if entries:
        record_many(entries, actor=context.actor)


def plan_promises(*, bucket_ids: Collection[int], context: Context) -> int:
    """Plan the waiting promises of these buckets on open supply lines anew; returns how many changed their day.

    Paid before unpaid, each oldest first, on the lines by due day. Writes ``supply_line`` and ``promised_on`` where
    they differ and records PromiseRescheduled for every promise whose announced day changed.
    """
    if not bucket_ids:
        return 0
    rows = fetch_prepared(
        promises_sql.PLAN,
        {
            "buckets": sorted(bucket_ids),
            "presale": int(HoldKind.PRESALE),
            "oversold": int(HoldKind.OVERSOLD),
        },
    )
    entries = [
        Entry(
            PromiseRescheduled(
                source_type=row["source_type"],
                source_sn=row["source_sn"],
                line_no=row["line_no"],
                sku=row["sku"],
                quantity=row["quantity"],
                old_date=row["old_on"].isoformat(),
                new_date=row["new_on"].isoformat() if row["new_on"] else "",
            ),
            f"{row['source_type']}:{row['source_sn']}",
        )
        for row in rows
    ]
    if entries:
        record_many(entries, actor=context.actor)
    return len(rows)
