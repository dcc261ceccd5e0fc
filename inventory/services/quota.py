"""Commands on quotas: granting, returning and moving what may be sold, and percentages that follow their pool."""

from collections.abc import Collection, Sequence
from dataclasses import astuple

from inventory.choices import Command, Purpose
from inventory.exceptions import QuotaExclusive, QuotaInsufficient
from inventory.services.commands import claim
from inventory.services.movement import Context
from inventory.services.pools import ensure_buckets
from inventory.services.promises import serve_waiting
from inventory.services.quota_lines import (
    Effect,
    Line,
    QuotaLine,
    QuotaMove,
    QuotaReturn,
    Target,
    check_lines,
)
from inventory.services.quota_plan import Plan, follow_percents
from inventory.services.quota_rows import QuotaRow, apply_cuts, lock_rows, read_rows, tell_moved
from inventory.services.release import reclaim_expired
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@command
def grant_quota(
    *, lines: Sequence[QuotaLine], source: Source, actor: Actor, reason: str = "", dry_run: bool = False
) -> list[Effect]:
    """Give units to buckets, which are created when missing; returns what each bucket gained or lost.

    Raises QuotaInsufficient naming every line whose source has too little open (the total of pools never exceeds
    base − locked − safety, C-39), QuotaExclusive, NotFound, InvalidRequest. Serves waiting oversold units at once.
    The same source again changes nothing and returns no effects.
    """
    return _run(Command.GRANT_QUOTA, lines, source, actor, reason)


@command
def return_quota(
    *, lines: Sequence[QuotaReturn], source: Source, actor: Actor, reason: str = "", dry_run: bool = False
) -> list[Effect]:
    """Give unsold units back to the default pool's shared bucket, or to no pool at all; as :func:`grant_quota`."""
    return _run(Command.RETURN_QUOTA, lines, source, actor, reason)


@command
def move_quota(
    *, lines: Sequence[QuotaMove], source: Source, actor: Actor, reason: str = "", dry_run: bool = False
) -> list[Effect]:
    """Move unsold units between channels or pools of a logical row; as :func:`grant_quota` (S001-29)."""
    return _run(Command.MOVE_QUOTA, lines, source, actor, reason)


def follow_pools(*, pool_ids: Collection[int], context: Context) -> list[Effect]:
    """Let percentages follow pools whose quota was changed by something else; returns the changed buckets.

    Quotas, caps and oversell limits in percent follow grants and receipts, never shipping. One cheap statement when
    none of these pools has a percentage. Joins the caller's transaction.
    """
    found = fetch_prepared(_FOLLOWED, {"ids": sorted(pool_ids)})
    if not found:
        return []
    logical_ids = [row["logical_id"] for row in found]
    lock_rows(logical_ids)
    plan = Plan(read_rows(logical_ids))
    for row in plan.rows.values():
        follow_percents(row)
    return _finish(plan, context)


def _run(kind: Command, lines: Sequence[Line], source: Source, actor: Actor, reason: str) -> list[Effect]:
    """Claim, lock, create, plan, refuse or carry out."""
    check_lines(lines)
    context = Context(kind, source, actor, clock.now())
    content = [astuple(line) for line in lines]
    if not claim(command=kind, source=source, content=content, actor=actor, at=context.at, reason=reason):
        return []
    logical_of = _logical_rows(lines)
    logical_ids = {line.logical_id for line in lines if isinstance(line, QuotaLine)} | set(logical_of.values())
    lock_rows(logical_ids)
    _create(lines, logical_of)
    plan = _plan(lines, logical_of, logical_ids)
    if plan.short and _reclaim(plan.rows.values(), context):
        plan = _plan(lines, logical_of, logical_ids)
    if plan.exclusive:
        raise QuotaExclusive(plan.exclusive)
    if plan.short:
        raise QuotaInsufficient(plan.short)
    _set_rules(lines, plan)
    return _finish(plan, context)


def _plan(lines: Sequence[Line], logical_of: dict[int, int], logical_ids: Collection[int]) -> Plan:
    plan = Plan(read_rows(logical_ids))
    plan.carry_out(lines, logical_of)
    return plan


def _finish(plan: Plan, context: Context) -> list[Effect]:
    """Write the plan, tell it, serve who waited for the units."""
    apply_cuts(plan.rows.values(), context)
    tell_moved(plan.rows.values(), context)
    effects = plan.effects()
    raised = [effect.bucket_id for effect in effects if effect.quota_after > effect.quota_before]
    serve_waiting(bucket_ids=raised, context=context)
    return effects


def _reclaim(rows: Collection[QuotaRow], context: Context) -> int:
    buckets = [bucket_id for row in rows for bucket_id in row.bucket_ids]
    return reclaim_expired(bucket_ids=buckets, now=context.at, actor=context.actor)


def _logical_rows(lines: Sequence[Line]) -> dict[int, int]:
    """The logical row of every bucket that is named, by bucket."""
    named = {line.bucket_id if isinstance(line, QuotaReturn) else line.from_bucket_id for line in lines} - {None}
    rows = fetch_prepared(_LOGICAL_OF, {"ids": sorted(bucket_id for bucket_id in named if bucket_id is not None)})
    return {row["id"]: row["logical_id"] for row in rows}


def _create(lines: Sequence[Line], logical_of: dict[int, int]) -> None:
    """Create the buckets that lines want to fill."""
    wanted: set[tuple[int, Purpose, int | None]] = set()
    priorities: dict[tuple[int, Purpose], int] = {}
    for line in lines:
        if isinstance(line, QuotaReturn):
            logical_id, target = logical_of.get(line.bucket_id), Target()
        elif isinstance(line, QuotaMove):
            logical_id, target = logical_of.get(line.from_bucket_id), line.target
        else:
            logical_id, target = line.logical_id, line.target
            priorities[logical_id, target.purpose] = line.priority
        if logical_id is not None:
            wanted.add((logical_id, target.purpose, target.channel_id))
            wanted.add((logical_id, target.purpose, None))
    ensure_buckets(wanted, priorities)


def _set_rules(lines: Sequence[Line], plan: Plan) -> None:
    """Write the percentages and windows that the lines name."""
    if plan.percents:
        buckets = sorted(plan.percents)
        fetch_prepared(_PERCENTS, {"ids": buckets, "percents": [plan.percents[bucket_id] for bucket_id in buckets]})
    for line in lines:
        if isinstance(line, QuotaLine) and (line.effective_from or line.effective_to):
            fetch_prepared(
                _WINDOW,
                {
                    "logical": line.logical_id,
                    "purpose": int(line.target.purpose),
                    "channel": line.target.channel_id,
                    "from": line.effective_from,
                    "to": line.effective_to,
                },
            )


_LOGICAL_OF = """
    SELECT c.id, p.logical_id FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE c.id = ANY(%(ids)s::bigint[])
"""

_FOLLOWED = """
    SELECT DISTINCT p.logical_id FROM inventory_allocationpool p JOIN inventory_channelstock c ON c.pool_id = p.id
    WHERE p.id = ANY(%(ids)s::bigint[]) AND c.quota_percent IS NOT NULL
"""

_PERCENTS = """
    UPDATE inventory_channelstock c SET quota_percent = w.percent
    FROM unnest(%(ids)s::bigint[], %(percents)s::smallint[]) AS w(id, percent) WHERE c.id = w.id
"""

_WINDOW = """
    UPDATE inventory_channelstock c
    SET effective_from = %(from)s::timestamptz, effective_to = %(to)s::timestamptz
    FROM inventory_allocationpool p
    WHERE p.id = c.pool_id AND p.logical_id = %(logical)s::bigint AND p.purpose = %(purpose)s::smallint
      AND c.channel_id = %(channel)s::bigint
"""
