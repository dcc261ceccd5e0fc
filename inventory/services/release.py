"""``release`` and expiry: a held promise ends without a sale and its units can be sold again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from inventory.choices import Command, HoldState
from inventory.services.kinds import HELD, ended, share_join, waiting_buckets
from inventory.services.movement import WHOLE_DOCUMENT, Context, move_layers
from inventory.services.promises import plan_promises, serve_waiting
from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source

SWEEP_CHUNK = 5_000
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
    params = {"source_type": source.type, "source_sn": source.sn, "state": int(state)}
    rows = fetch_prepared(_RELEASE, params)
    if waiting_buckets(rows):  # units whose goods arrived while we waited for these rows stand in rows of their own
        rows += fetch_prepared(_RELEASE, params)
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
    """Lower the counters these holds lay on; paid promises that wait get the goods first (S001-30)."""
    if not rows:
        return
    move_layers(ended(rows, HELD), context)
    serve_waiting(bucket_ids={row["bucket_id"] for row in rows}, context=context)
    plan_promises(bucket_ids=waiting_buckets(rows), context=context)


def _with_caps(update: str) -> str:
    """The rows an UPDATE of reservations ``r`` ends, each with the capped share it used."""
    return f"""
        WITH done AS ({update} RETURNING r.bucket_id, r.channel_id, r.line_no, r.kind, r.quantity)
        SELECT done.*, x.id AS share_id FROM done {share_join("done")}
    """  # noqa: S608 - built from fixed names only


_RELEASE = _with_caps(f"""
    UPDATE inventory_reservation r SET state = %(state)s::smallint
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s AND r.state = {int(HoldState.HELD)}
""")  # noqa: S608 - built from fixed names only

_RECLAIM = _with_caps(f"""
    UPDATE inventory_reservation r SET state = {int(HoldState.EXPIRED)}
    WHERE r.id IN (
        SELECT id FROM inventory_reservation
        WHERE bucket_id = ANY(%(buckets)s::bigint[]) AND state = {int(HoldState.HELD)}
          AND expires_at <= %(now)s::timestamptz
        ORDER BY id FOR UPDATE SKIP LOCKED
    )
""")  # noqa: S608 - built from fixed names only

_SWEEP = f"""
    WITH done AS (
        UPDATE inventory_reservation r SET state = {int(HoldState.EXPIRED)}
        WHERE r.ctid = ANY(ARRAY(
            SELECT ctid FROM inventory_reservation
            WHERE state = {int(HoldState.HELD)} AND expires_at <= %(now)s::timestamptz
            ORDER BY bucket_id, expires_at LIMIT %(limit)s::int FOR UPDATE SKIP LOCKED
        ))
        RETURNING r.bucket_id, r.channel_id, r.line_no, r.kind, r.quantity
    ), sums AS (
        SELECT bucket_id, channel_id, kind, sum(quantity)::int AS quantity, count(*)::int AS holds,
               CASE WHEN min(line_no) = max(line_no) THEN min(line_no) ELSE {WHOLE_DOCUMENT} END AS line_no
        FROM done GROUP BY bucket_id, channel_id, kind
    )
    SELECT sums.*, x.id AS share_id FROM sums {share_join("sums")}
"""  # noqa: S608 - built from fixed names only
