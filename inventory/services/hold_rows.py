"""Open holds as rows: locking them, changing their quantity, ending them; always with bucket and ledger."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer
from inventory.selectors.offer_sql import in_window
from inventory.services.kinds import HELD, LEAST_FIRST, ended, share_join, waiting_buckets
from inventory.services.movement import Change, Context, move_layers, try_move
from inventory.services.occupy import Reach, lock_offers
from inventory.services.promises import plan_promises, serve_waiting
from inventory.services.release import EXPIRY_SOURCE, reclaim_expired
from vmi.core.actors import Actor
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@dataclass(frozen=True, slots=True)
class HeldRow:
    """An open hold, locked until the transaction ends: ``quantity`` units of a bucket for a line of a document.

    ``share_id`` is the cap it counts against, ``is_open`` whether its bucket sells at this moment.
    """

    id: int
    line_no: int
    sku_id: int
    bucket_id: int
    warehouse_id: int
    quantity: int
    expires_at: datetime
    channel_id: int
    kind: HoldKind
    share_id: int | None
    is_open: bool

    def less(self, units: int) -> dict[str, Any]:
        """``units`` of it as a row that ends."""
        return {
            "bucket_id": self.bucket_id,
            "line_no": self.line_no,
            "kind": self.kind,
            "quantity": units,
            "share_id": self.share_id,
        }


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes holds for which document at what moment."""

    source: Source
    actor: Actor
    at: datetime

    def context(self, command: Command) -> Context:
        """The same for the ledger, under a command."""
        return Context(command, self.source, self.actor, self.at)


def lock_holds(*, source: Source, channel_id: int, sku_ids: Collection[int], at: datetime) -> list[HeldRow]:
    """The open holds of a document on these SKUs in a channel, expired ones included, locked by key.

    A hold that is being expired or taken over at this moment is waited for and then left out.
    """
    params = {
        "source_type": source.type,
        "source_sn": source.sn,
        "channel": channel_id,
        "skus": sorted(sku_ids),
        "at": at,
    }
    rows = fetch_prepared(_LOCK, params)
    if waiting_buckets(rows):  # units whose goods arrived while we waited for these rows stand in rows of their own
        rows = fetch_prepared(_LOCK, params)
    return [HeldRow(**{**row, "kind": HoldKind(row["kind"])}) for row in rows]


def lock_buckets(*, channel_id: int, sku_ids: Collection[int], hand: Hand) -> None:
    """Lock every bucket open to a channel for these SKUs, by key: for commands that touch them in two steps."""
    lock_offers(Reach(channel_id, sku_ids, hand.at, hand.actor))


def resize(targets: Mapping[HeldRow, int], hand: Hand) -> list[HeldRow]:
    """Give each hold its new quantity (1 or more) on its own bucket; returns the holds whose bucket has too little.

    Growth is a guarded occupation like any reservation, after reclaiming expired holds where it is short. Only plain
    holds of goods grow: one with a cap, of another kind or on a bucket that is closed now is returned.
    """
    shrunk = {row: target for row, target in targets.items() if target < row.quantity}
    grown = {row: target for row, target in targets.items() if target > row.quantity}
    plain = {row: target for row, target in grown.items() if _may_grow(row)}
    move_layers(
        ended([row.less(row.quantity - target) for row, target in shrunk.items()], HELD),
        hand.context(Command.RELEASE),
    )
    refused = _grow(plain, hand)
    done = shrunk | {row: target for row, target in plain.items() if row.bucket_id not in refused}
    if done:
        fetch_prepared(_RESIZE, {"ids": [row.id for row in done], "quantities": list(done.values())})
    return [row for row in grown if row not in done]


def _may_grow(row: HeldRow) -> bool:
    return row.kind == HoldKind.SPOT and row.share_id is None and row.is_open


def _grow(grown: Mapping[HeldRow, int], hand: Hand) -> set[int]:
    """Occupy the additional units; returns the buckets that cannot give them."""
    changes = [
        Change(row.bucket_id, row.line_no, {Counter.HELD: target - row.quantity}) for row, target in grown.items()
    ]
    _moved, refused = try_move(Layer.CHANNEL, changes, hand.context(Command.RESERVE))
    if not refused:
        return set()
    reclaim_expired(bucket_ids=refused, now=hand.at, actor=hand.actor)
    again = [change for change in changes if change.row_id in refused]
    _moved, refused = try_move(Layer.CHANNEL, again, hand.context(Command.RESERVE))
    return refused


def cut(rows: Sequence[HeldRow], units: int) -> tuple[dict[HeldRow, int], list[HeldRow]]:
    """How holds give up ``units`` together: new quantities, and holds that end. Waiting promises go first."""
    targets: dict[HeldRow, int] = {}
    ending = []
    for row in sorted(rows, key=lambda row: (LEAST_FIRST.index(row.kind), -row.id)):
        taken = min(units, row.quantity)
        units -= taken
        if taken == row.quantity:
            ending.append(row)
        elif taken:
            targets[row] = row.quantity - taken
    return targets, ending


def settle(rows: Sequence[HeldRow], hand: Hand) -> None:
    """After a document gave up units of these holds: serve paid promises that wait, plan the rest anew."""
    context = hand.context(Command.RELEASE)
    serve_waiting(bucket_ids={row.bucket_id for row in rows}, context=context)
    waiting = {row.bucket_id for row in rows if row.kind != HoldKind.SPOT}
    plan_promises(bucket_ids=waiting, context=context)


def end_holds(rows: Sequence[HeldRow], hand: Hand) -> int:
    """Release these holds; returns the units freed. The caller may take them again before it calls ``settle``."""
    return _end(rows, HoldState.RELEASED, hand.context(Command.RELEASE))


def drop_expired(rows: Sequence[HeldRow], hand: Hand) -> list[HeldRow]:
    """End those among the rows whose deadline has passed and return the others: expired holds never count (C-08)."""
    expired = [row for row in rows if row.expires_at <= hand.at]
    sweep = Source(EXPIRY_SOURCE, f"{hand.at:%Y%m%d%H%M%S%f}")
    _end(expired, HoldState.EXPIRED, Context(Command.EXPIRE, sweep, hand.actor, hand.at))
    settle(expired, hand)
    return [row for row in rows if row.expires_at > hand.at]


def _end(rows: Sequence[HeldRow], state: HoldState, context: Context) -> int:
    if not rows:
        return 0
    fetch_prepared(_END, {"ids": [row.id for row in rows], "state": int(state)})
    move_layers(ended([row.less(row.quantity) for row in rows], HELD), context)
    return sum(row.quantity for row in rows)


def lock_line(hold_id: int, *, at: datetime) -> list[dict[str, Any]]:
    """Every reservation of the line a hold belongs to, locked by key, with document and state; none: no such id."""
    rows = fetch_prepared(_LOCK_LINE, {"id": hold_id, "at": at})
    if waiting_buckets(rows):  # as in ``lock_holds``
        rows = fetch_prepared(_LOCK_LINE, {"id": hold_id, "at": at})
    return rows


_COLUMNS = f"""
    SELECT r.id, r.line_no, l.sku_id, r.bucket_id, l.warehouse_id, r.quantity, r.expires_at, r.channel_id, r.kind,
           x.id AS share_id, {in_window("c", "%(at)s::timestamptz")} AS is_open
"""

_FROM = f"""
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
    {share_join("r")}
"""

_LOCK = f"""
    {_COLUMNS} {_FROM}
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s AND r.state = {int(HoldState.HELD)}
      AND r.channel_id = %(channel)s::bigint AND l.sku_id = ANY(%(skus)s::bigint[])
    ORDER BY r.id FOR UPDATE OF r
"""

_LOCK_LINE = f"""
    {_COLUMNS}, r.state, r.source_type, r.source_sn, r.partner_id
    {_FROM}
    JOIN inventory_reservation h ON h.source_type = r.source_type AND h.source_sn = r.source_sn
        AND h.line_no = r.line_no AND h.channel_id = r.channel_id
    WHERE h.id = %(id)s::bigint ORDER BY r.id FOR UPDATE OF r
"""

_RESIZE = """
    UPDATE inventory_reservation r SET quantity = w.quantity
    FROM unnest(%(ids)s::bigint[], %(quantities)s::int[]) AS w(id, quantity) WHERE r.id = w.id
"""

_END = """
    UPDATE inventory_reservation SET state = %(state)s::smallint WHERE id = ANY(%(ids)s::bigint[])
"""
