"""``release`` and expiry: a held promise ends without a sale and its units can be sold again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from inventory.choices import Command, Counter, HoldState, Layer
from inventory.services.movement import WHOLE_DOCUMENT, Change, Context, move
from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source

SWEEP_CHUNK = 10_000
"""Holds one sweep transaction releases: long enough to be cheap, short enough to block nobody (W5)."""

EXPIRY_SOURCE = "expiry"

EXPIRED_REASON = "expired"
"""The reason of a release because nobody paid in time."""


@command
def release(*, source: Source, actor: Actor, reason: str = "", dry_run: bool = False) -> int:
    """End the open holds of a document; returns how many units were freed. Running it again frees nothing.

    With the reason ``EXPIRED_REASON`` the holds may be taken again by a late payment; released ones may not.
    """
    now = clock.now()
    state = HoldState.EXPIRED if reason == EXPIRED_REASON else HoldState.RELEASED
    rows = fetch_prepared(
        _RELEASE,
        {"source_type": source.type, "source_sn": source.sn, "state": int(state)},
    )
    _free(rows, Context(Command.RELEASE, source, actor, now))
    return sum(row["quantity"] for row in rows)


def reclaim_expired(*, bucket_ids: Collection[int], now: datetime, actor: Actor) -> int:
    """Take back the expired holds of these buckets, inside the caller's transaction; returns the units.

    Holds another transaction is deciding about (a late payment) are left to it.
    """
    rows = fetch_prepared(_RECLAIM, {"buckets": sorted(bucket_ids), "now": now})
    _free_each(rows, now, actor)
    return sum(row["quantity"] for row in rows)


@command
def release_expired(*, limit: int = SWEEP_CHUNK, actor: Actor | None = None) -> int:
    """Tidy one chunk of expired holds; returns how many. Not load-bearing: expiry is judged when read."""
    now = clock.now()
    rows = fetch_prepared(_SWEEP, {"now": now, "limit": limit})
    _free_each(rows, now, actor or system_actor("expiry"))
    return sum(row["holds"] for row in rows)


def _free_each(rows: Sequence[dict[str, Any]], now: datetime, actor: Actor) -> None:
    """Give expired units back to their buckets; the sweep itself is the ledger's source document."""
    source = Source(EXPIRY_SOURCE, f"{now:%Y%m%d%H%M%S%f}")
    _free(rows, Context(Command.EXPIRE, source, actor, now))


def _free(rows: Sequence[dict[str, Any]], context: Context) -> None:
    """Lower the held counter of the buckets these holds lay on."""
    move(
        Layer.CHANNEL,
        [Change(row["bucket_id"], row["line_no"], {Counter.HELD: -row["quantity"]}) for row in rows],
        context,
    )


_RELEASE = f"""
    UPDATE inventory_reservation SET state = %(state)s::smallint
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s AND state = {int(HoldState.HELD)}
    RETURNING bucket_id, line_no, quantity
"""  # noqa: S608 - built from fixed names only

_RECLAIM = f"""
    UPDATE inventory_reservation r SET state = {int(HoldState.EXPIRED)}
    WHERE r.id IN (
        SELECT id FROM inventory_reservation
        WHERE bucket_id = ANY(%(buckets)s::bigint[]) AND state = {int(HoldState.HELD)}
          AND expires_at <= %(now)s::timestamptz
        ORDER BY id FOR UPDATE SKIP LOCKED
    )
    RETURNING r.bucket_id, r.line_no, r.quantity
"""  # noqa: S608 - built from fixed names only

_SWEEP = f"""
    WITH done AS (
        UPDATE inventory_reservation r SET state = {int(HoldState.EXPIRED)}
        WHERE r.ctid = ANY(ARRAY(
            SELECT ctid FROM inventory_reservation
            WHERE state = {int(HoldState.HELD)} AND expires_at <= %(now)s::timestamptz
            ORDER BY bucket_id, expires_at LIMIT %(limit)s::int FOR UPDATE SKIP LOCKED
        ))
        RETURNING r.bucket_id, r.line_no, r.quantity
    )
    SELECT bucket_id, CASE WHEN min(line_no) = max(line_no) THEN min(line_no) ELSE {WHOLE_DOCUMENT} END AS line_no,
           sum(quantity)::int AS quantity, count(*)::int AS holds
    FROM done GROUP BY bucket_id
"""  # noqa: S608 - built from fixed names only
