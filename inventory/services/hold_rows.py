"""Open holds as rows: locking them, changing their quantity, ending them; always with bucket and ledger."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.choices import Command, Counter, HoldState, Layer, Purpose
from inventory.services.movement import Change, Context, move, try_move
from inventory.services.release import EXPIRY_SOURCE, reclaim_expired
from vmi.core.actors import Actor
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@dataclass(frozen=True, slots=True)
class HeldRow:
    """An open hold, locked until the transaction ends: ``quantity`` units of a bucket for a line of a document."""

    id: int
    line_no: int
    sku_id: int
    bucket_id: int
    warehouse_id: int
    quantity: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes holds for which document at what moment."""

    source: Source
    actor: Actor
    at: datetime

    def context(self, command: Command) -> Context:
        """The same for the ledger, under a command."""
        return Context(command, self.source, self.actor, self.at)


def lock_holds(*, source: Source, channel_id: int, sku_ids: Collection[int]) -> list[HeldRow]:
    """The open holds of a document on these SKUs in a channel, expired ones included, locked by key.

    A hold that is being expired or taken over at this moment is waited for and then left out.
    """
    params = {
        "source_type": source.type,
        "source_sn": source.sn,
        "channel": channel_id,
        "skus": sorted(sku_ids),
    }
    return [HeldRow(**row) for row in fetch_prepared(_LOCK, params)]


def lock_buckets(*, channel_id: int, sku_ids: Collection[int]) -> None:
    """Lock every bucket that may serve these SKUs, by key: for commands that touch them in two steps."""
    fetch_prepared(_LOCK_BUCKETS, {"channel": channel_id, "skus": sorted(sku_ids), "normal": int(Purpose.NORMAL)})


def resize(targets: Mapping[HeldRow, int], hand: Hand) -> list[HeldRow]:
    """Give each hold its new quantity (1 or more) on its own bucket; returns the holds whose bucket has too little.

    Growth is a guarded occupation like any reservation, after reclaiming expired holds where it is short.
    """
    shrunk = {row: target for row, target in targets.items() if target < row.quantity}
    grown = {row: target for row, target in targets.items() if target > row.quantity}
    move(Layer.CHANNEL, _changes(shrunk), hand.context(Command.RELEASE))
    refused = _grow(grown, hand)
    done = shrunk | {row: target for row, target in grown.items() if row.bucket_id not in refused}
    if done:
        fetch_prepared(_RESIZE, {"ids": [row.id for row in done], "quantities": list(done.values())})
    return [row for row in grown if row.bucket_id in refused]


def _grow(grown: Mapping[HeldRow, int], hand: Hand) -> set[int]:
    """Occupy the additional units; returns the buckets that cannot give them."""
    changes = _changes(grown)
    _moved, refused = try_move(Layer.CHANNEL, changes, hand.context(Command.RESERVE))
    if not refused:
        return set()
    reclaim_expired(bucket_ids=refused, now=hand.at, actor=hand.actor)
    again = [change for change in changes if change.row_id in refused]
    _moved, refused = try_move(Layer.CHANNEL, again, hand.context(Command.RESERVE))
    return refused


def _changes(targets: Mapping[HeldRow, int]) -> list[Change]:
    return [
        Change(row.bucket_id, row.line_no, {Counter.HELD: target - row.quantity}) for row, target in targets.items()
    ]


def end_holds(rows: Sequence[HeldRow], hand: Hand) -> int:
    """Release these holds; returns the units freed."""
    return _end(rows, HoldState.RELEASED, hand.context(Command.RELEASE))


def drop_expired(rows: Sequence[HeldRow], hand: Hand) -> list[HeldRow]:
    """End those among the rows whose deadline has passed and return the others: expired holds never count (C-08)."""
    expired = [row for row in rows if row.expires_at <= hand.at]
    sweep = Source(EXPIRY_SOURCE, f"{hand.at:%Y%m%d%H%M%S%f}")
    _end(expired, HoldState.EXPIRED, Context(Command.EXPIRE, sweep, hand.actor, hand.at))
    return [row for row in rows if row.expires_at > hand.at]


def _end(rows: Sequence[HeldRow], state: HoldState, context: Context) -> int:
    if not rows:
        return 0
    fetch_prepared(_END, {"ids": [row.id for row in rows], "state": int(state)})
    changes = [Change(row.bucket_id, row.line_no, {Counter.HELD: -row.quantity}) for row in rows]
    move(Layer.CHANNEL, changes, context)
    return sum(row.quantity for row in rows)


def lock_hold(hold_id: int) -> dict[str, Any] | None:
    """One reservation by id, locked, with its document, state and the open units of its bucket; None: no such id."""
    rows = fetch_prepared(_LOCK_ONE, {"id": hold_id})
    return rows[0] if rows else None


_COLUMNS = """
    SELECT r.id, r.line_no, l.sku_id, r.bucket_id, l.warehouse_id, r.quantity, r.expires_at
"""

_FROM = """
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
"""

_LOCK = f"""
    {_COLUMNS} {_FROM}
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s AND r.state = {int(HoldState.HELD)}
      AND r.channel_id = %(channel)s::bigint AND l.sku_id = ANY(%(skus)s::bigint[])
    ORDER BY r.id FOR UPDATE OF r
"""

_LOCK_ONE = f"""
    {_COLUMNS}, r.state, r.source_type, r.source_sn, i.sku,
           c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty AS open_qty
    {_FROM} JOIN catalog_productinfo i ON i.id = l.sku_id
    WHERE r.id = %(id)s::bigint FOR UPDATE OF r
"""

_LOCK_BUCKETS = """
    SELECT c.id
    FROM inventory_channelsource s
    JOIN inventory_logicalstock l ON l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
    JOIN inventory_allocationpool p ON p.logical_id = l.id AND p.purpose = %(normal)s::smallint
    JOIN inventory_channelstock c ON c.pool_id = p.id
    WHERE s.channel_id = %(channel)s::bigint AND l.sku_id = ANY(%(skus)s::bigint[])
      AND (c.channel_id IS NULL OR c.channel_id = s.channel_id)
    ORDER BY c.id FOR UPDATE OF c
"""

_RESIZE = """
    UPDATE inventory_reservation r SET quantity = w.quantity
    FROM unnest(%(ids)s::bigint[], %(quantities)s::int[]) AS w(id, quantity) WHERE r.id = w.id
"""

_END = """
    UPDATE inventory_reservation SET state = %(state)s::smallint WHERE id = ANY(%(ids)s::bigint[])
"""
