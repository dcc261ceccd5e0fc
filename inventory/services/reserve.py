"""``reserve``: occupy sellable stock until a deadline. The only gate through which demand enters (S001-26)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from inventory.choices import Command, Counter, HoldState, Layer
from inventory.exceptions import InsufficientStock, ShortLine, SourceConflict, StockBusy
from inventory.selectors.buckets import Candidate, candidate_buckets, sku_codes
from inventory.services.movement import Context, context_params
from inventory.services.release import reclaim_expired
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@dataclass(frozen=True, slots=True)
class ReserveLine:
    """One document line: its number (from 1), the SKU and the units wanted."""

    line_no: int
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A promise made: ``quantity`` units of one bucket for one line, until ``expires_at``."""

    id: int
    line_no: int
    sku_id: int
    bucket_id: int
    quantity: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Demand:
    """What every attempt of one reservation shares."""

    channel_id: int
    partner_id: int | None
    expires_at: datetime
    context: Context


@command
def reserve(
    *,
    channel_id: int,
    lines: Sequence[ReserveLine],
    source: Source,
    expires_at: datetime,
    partner_id: int | None = None,
    actor: Actor,
    dry_run: bool = False,
) -> list[Hold]:
    """Hold every line or none, until ``expires_at``.

    The same source again returns the holds it already has (SourceConflict if the lines differ). A bucket that
    seems short gives up its expired holds first. Raises InsufficientStock naming every short line.
    """
    now = clock.now()
    demand = _Demand(channel_id, partner_id, expires_at, Context(Command.RESERVE, source, actor, now))
    by_line = {line.line_no: line for line in lines}
    chosen = _choose(lines, candidate_buckets(channel_id, {line.sku_id for line in lines}))
    held = _hold([(by_line[line_no], bucket) for line_no, bucket in chosen.items()], demand)
    if len(held) == len(lines):
        return held
    if existing := _existing(lines, source):
        return existing
    reclaim_expired(bucket_ids=set(chosen.values()), now=now, actor=actor)
    done = {hold.line_no for hold in held}
    rest = [line for line in lines if line.line_no not in done]
    candidates = candidate_buckets(channel_id, {line.sku_id for line in rest})
    chosen = _choose(rest, candidates)
    held += _hold([(by_line[line_no], bucket) for line_no, bucket in chosen.items()], demand)
    if len(held) < len(lines):
        raise InsufficientStock(_shortages(lines, held, candidates))
    return held


def _choose(lines: Sequence[ReserveLine], candidates: dict[int, list[Candidate]]) -> dict[int, int]:
    """The bucket for each line: the first that has enough left, else the fullest; lines without any are left out."""
    spent: dict[int, int] = defaultdict(int)
    chosen = {}
    for line in lines:
        buckets = candidates.get(line.sku_id)
        if not buckets:
            continue
        enough = [bucket for bucket in buckets if bucket.open_qty - spent[bucket.bucket_id] >= line.quantity]
        best = enough[0] if enough else max(buckets, key=lambda bucket: bucket.open_qty - spent[bucket.bucket_id])
        spent[best.bucket_id] += line.quantity
        chosen[line.line_no] = best.bucket_id
    return chosen


def _hold(chosen: Sequence[tuple[ReserveLine, int]], demand: _Demand) -> list[Hold]:
    """Occupy the chosen buckets where they still have enough; the answer lacks the lines they refused."""
    if not chosen:
        return []
    skus = {line.line_no: line.sku_id for line, _bucket in chosen}
    params: dict[str, Any] = {
        "lines": [line.line_no for line, _bucket in chosen],
        "buckets": [bucket for _line, bucket in chosen],
        "quantities": [line.quantity for line, _bucket in chosen],
        "channel": demand.channel_id,
        "partner": demand.partner_id,
        "expires_at": demand.expires_at,
        **context_params(demand.context),
    }
    try:
        rows = fetch_prepared(_RESERVE, params)
    except IntegrityError as error:
        # The same source reserved at the same moment: the caller repeats and meets the other's holds.
        raise StockBusy from error
    return [
        Hold(row["id"], row["line_no"], skus[row["line_no"]], row["bucket_id"], row["quantity"], demand.expires_at)
        for row in rows
    ]


def _existing(lines: Sequence[ReserveLine], source: Source) -> list[Hold]:
    """The holds this source already has, if any; raises SourceConflict when they are not these lines."""
    rows = fetch_prepared(_EXISTING, {"source_type": source.type, "source_sn": source.sn})
    # Holds written a moment ago by this very call count as none: the refused rest decides.
    if not rows or len(rows) < len(lines):
        return []
    holds = [
        Hold(row["id"], row["line_no"], row["sku_id"], row["bucket_id"], row["quantity"], row["expires_at"])
        for row in rows
    ]
    wanted = {(line.line_no, line.sku_id, line.quantity) for line in lines}
    if {(hold.line_no, hold.sku_id, hold.quantity) for hold in holds} != wanted:
        raise SourceConflict(details={"source": source.subject})
    return holds


def _shortages(
    lines: Sequence[ReserveLine], held: Sequence[Hold], candidates: dict[int, list[Candidate]]
) -> list[ShortLine]:
    """The figures of every line that was not held."""
    done = {hold.line_no for hold in held}
    short = [line for line in lines if line.line_no not in done]
    codes = sku_codes({line.sku_id for line in short})
    return [
        ShortLine(
            line=line.line_no,
            sku=codes.get(line.sku_id, str(line.sku_id)),
            wanted=line.quantity,
            available=max((bucket.open_qty for bucket in candidates.get(line.sku_id, [])), default=0),
        )
        for line in short
    ]


_RESERVE = f"""
    WITH want AS MATERIALIZED (
        SELECT w.* FROM unnest(%(lines)s::int[], %(buckets)s::bigint[], %(quantities)s::int[])
                        AS w(line_no, bucket_id, quantity)
        WHERE NOT EXISTS (SELECT 1 FROM inventory_reservation r
                          WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
                            AND r.line_no = w.line_no)
    ), need AS MATERIALIZED (
        SELECT bucket_id, sum(quantity)::int AS quantity,
               CASE WHEN count(*) = 1 THEN min(line_no) ELSE 0 END AS line_no
        FROM want GROUP BY bucket_id
    ), locked AS MATERIALIZED (
        SELECT t.id FROM inventory_channelstock t JOIN need n ON n.bucket_id = t.id ORDER BY t.id FOR UPDATE OF t
    ), moved AS (
        UPDATE inventory_channelstock t SET held_qty = t.held_qty + n.quantity, version = t.version + 1
        FROM need n JOIN locked ON locked.id = n.bucket_id
        WHERE t.id = n.bucket_id
          AND t.base_quota_qty - t.held_qty - t.sold_qty - t.frozen_qty >= n.quantity
        RETURNING t.id, t.version, t.held_qty, n.quantity, n.line_no
    ), entries AS (
        INSERT INTO inventory_ledgerentry
            (layer, row_id, counter, delta, balance_after, version, command,
             source_type, source_sn, line_no, actor_id, at)
        SELECT {int(Layer.CHANNEL)}, m.id, {int(Counter.HELD)}, m.quantity, m.held_qty, m.version,
               %(command)s::smallint, %(source_type)s, %(source_sn)s, m.line_no, %(actor)s::bigint,
               %(at)s::timestamptz
        FROM moved m
    )
    INSERT INTO inventory_reservation
        (source_type, source_sn, line_no, bucket_id, channel_id, partner_id, quantity, state, expires_at, created_at)
    SELECT %(source_type)s, %(source_sn)s, w.line_no, w.bucket_id, %(channel)s::bigint, %(partner)s::bigint,
           w.quantity, {int(HoldState.HELD)}, %(expires_at)s::timestamptz, %(at)s::timestamptz
    FROM want w JOIN moved m ON m.id = w.bucket_id
    RETURNING id, line_no, bucket_id, quantity
"""  # noqa: S608 - built from fixed names only

_EXISTING = """
    SELECT r.id, r.line_no, r.bucket_id, r.quantity, r.expires_at, l.sku_id
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
    ORDER BY r.line_no
"""
