"""``rearm_safety``: released safety stock is withheld again, as far as it is unsold (S001-20).

What cannot be withheld now is a deficit; ``top_up_safety`` fills it from goods that come or are given back.
"""

from datetime import date
from typing import Any

from inventory.choices import Command, SafetyStep
from inventory.exceptions import SafetyShort
from inventory.services.commands import claim
from inventory.services.movement import Context
from inventory.services.safety import settle
from inventory.services.safety_moves import withhold
from inventory.services.safety_rows import (
    SAFETY,
    PolicyRow,
    SafetyEffect,
    lock_policies,
    lock_policy,
    report_deficit,
    save,
)
from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source
from vmi.events.catalogue import SafetyRearmed
from vmi.events.services import record

TOPPED_UP_MAX = 200
"""Policies one transaction tops up."""

DUE_REASON = "due"
"""The reason of a re-arming by the calendar."""


@command
def rearm_safety(
    *,
    logical_id: int,
    quantity: int | None = None,
    due_on: date | None = None,
    reason: str,
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> SafetyEffect:
    """Take back ``quantity`` released units (empty: all), the oldest release first; with ``due_on`` only due ones.

    Withholds what is unsold; the rest is reported as a deficit. Records SafetyRearmed. Raises SafetyShort when less
    was released, NotFound, InvalidRequest.
    """
    if not reason.strip():
        raise InvalidRequest(code="reason_required", param="reason")
    context = Context(Command.REARM_SAFETY, source, actor, clock.now())
    content = [logical_id, quantity, due_on]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at, reason=reason):
        return lock_policy(logical_id).effect()
    row = lock_policy(logical_id)
    open_releases = fetch_prepared(_OPEN, {"policy": row.id, "due": due_on})
    open_units = sum(release["open_qty"] for release in open_releases)
    units = open_units if quantity is None else quantity
    if not 0 < units <= open_units:
        figures = {"sku": row.sku, "warehouse": row.warehouse, "wanted": units, "available": open_units}
        raise SafetyShort(param="quantity", details=figures)
    row.released_qty -= units
    changes, trims = settle([row], context)
    moved = changes[logical_id]
    save([row], context)
    _record_steps(row, open_releases, units, moved, reason, context)
    payload = SafetyRearmed(row.sku, row.warehouse, units, row.safety_qty, row.deficit)
    record(payload, subject=f"stock:{logical_id}", actor=actor)
    report_deficit(row, actor)
    return row.effect(moved, trims)


def due_for_rearming(*, on: date, limit: int = TOPPED_UP_MAX) -> list[int]:
    """The logical rows with a release whose day has come, for the task that re-arms them one by one."""
    return [row["logical_id"] for row in fetch_prepared(_DUE, {"on": on, "limit": limit})]


@command
def top_up_safety(*, actor: Actor | None = None) -> int:
    """Fill deficits of safety stock from unsold goods; returns the units withheld.

    Looks at rows that have a deficit and something open to fill it, and locks no others; policies somebody is changing
    at this moment are left to the next look.
    """
    author, now = actor or system_actor("safety"), clock.now()
    rows = lock_policies([row["logical_id"] for row in fetch_prepared(_SHORT, {"limit": TOPPED_UP_MAX})])
    wanted = {key: row.deficit for key, row in rows.items()}
    context = Context(Command.REARM_SAFETY, Source(SAFETY, f"TOP-{now:%Y%m%d%H%M%S%f}"), author, now)
    taken, _trims = withhold(wanted, context)
    for key, units in taken.items():
        row = rows[key]
        row.safety_qty += units
        payload = SafetyRearmed(row.sku, row.warehouse, units, row.safety_qty, row.deficit)
        record(payload, subject=f"stock:{key}", actor=author)
    return sum(taken.values())


def _record_steps(
    row: PolicyRow, releases: list[dict[str, Any]], units: int, moved: int, reason: str, context: Context
) -> None:
    """One record for each release that was (partly) taken back, in one statement."""
    ids, quantities, withheld = [], [], []
    moved = max(moved, 0)
    for release in releases:
        step = min(release["open_qty"], units)
        if step:
            units -= step
            ids.append(release["id"])
            quantities.append(step)
            withheld.append(min(step, moved))
            moved -= min(step, moved)
    fetch_prepared(
        _INSERT,
        {
            "policy": row.id,
            "ids": ids,
            "quantities": quantities,
            "withheld": withheld,
            "reason": reason,
            "source_type": context.source.type,
            "source_sn": context.source.sn,
            "actor": context.actor.user_id,
            "at": context.at,
        },
    )


_OPEN_PART = """r.quantity - coalesce((
    SELECT sum(a.quantity) FROM inventory_safetyrelease a WHERE a.release_id = r.id), 0)"""

_OPEN = f"""
    SELECT id, open_qty FROM (
        SELECT r.id, ({_OPEN_PART})::int AS open_qty FROM inventory_safetyrelease r
        WHERE r.policy_id = %(policy)s::bigint AND r.step = {int(SafetyStep.RELEASE)}
          AND (%(due)s::date IS NULL OR r.until <= %(due)s::date)
    ) o WHERE open_qty > 0 ORDER BY id
"""  # noqa: S608 - built from fixed names only

_DUE = f"""
    SELECT p.logical_id FROM inventory_safetypolicy p
    WHERE p.released_qty > 0 AND EXISTS (
        SELECT 1 FROM inventory_safetyrelease r
        WHERE r.policy_id = p.id AND r.until <= %(on)s::date AND {_OPEN_PART} > 0
    )
    ORDER BY p.logical_id LIMIT %(limit)s::int
"""  # noqa: S608 - built from fixed names only

_SHORT = """
    SELECT p.logical_id FROM inventory_safetypolicy p JOIN inventory_logicalstock l ON l.id = p.logical_id
    WHERE p.target_qty - p.released_qty > l.safety_qty AND l.available_qty > 0 AND l.shortage_qty = 0
      AND (l.physical_base_qty - l.locked_qty - l.safety_qty > (
               SELECT coalesce(sum(x.quota_qty), 0) FROM inventory_allocationpool x WHERE x.logical_id = l.id
           ) OR EXISTS (
               SELECT 1 FROM inventory_allocationpool x JOIN inventory_channelstock c ON c.pool_id = x.id
               WHERE x.logical_id = l.id AND c.base_quota_qty > c.held_qty + c.sold_qty + c.frozen_qty
           ))
    ORDER BY p.logical_id LIMIT %(limit)s::int FOR UPDATE OF p SKIP LOCKED
"""

_INSERT = f"""
    INSERT INTO inventory_safetyrelease
        (policy_id, step, release_id, quantity, moved_qty, reason, is_override, source_type, source_sn, actor_id, at)
    SELECT %(policy)s::bigint, {int(SafetyStep.REARM)}, w.id, w.quantity, w.withheld, %(reason)s, false,
           %(source_type)s, %(source_sn)s, %(actor)s::bigint, %(at)s::timestamptz
    FROM unnest(%(ids)s::bigint[], %(quantities)s::int[], %(withheld)s::int[]) AS w(id, quantity, withheld)
"""  # noqa: S608 - built from fixed names only
