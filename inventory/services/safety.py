"""``set_safety``: how much of a logical row is withheld from sale (S001-18, S001-19, S001-21)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.choices import Command, ReviewEvery
from inventory.exceptions import SafetyLocked
from inventory.models import SafetyPolicy
from inventory.services.commands import claim
from inventory.services.movement import Context
from inventory.services.quota_rows import lock_rows
from inventory.services.rebalance import Trim
from inventory.services.safety_moves import give_back, withhold
from inventory.services.safety_rows import PolicyRow, SafetyEffect, lock_policies, report_deficit, save
from inventory.services.safety_terms import SafetyTerms, daily_averages
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import DomainError, InvalidRequest, NotFound
from vmi.core.sources import Source

SAFETIES_MAX = 200
"""Policies one call may set."""

_AUDITED = ("normal_units", "cover_days", "emergency_percent", "supplier_risk_percent", "target_qty", "review_every")


@dataclass(frozen=True, slots=True)
class SafetyItem:
    """A logical row and what its safety stock shall be."""

    logical_id: int
    terms: SafetyTerms


@command
def set_safety(
    *,
    logical_id: int,
    terms: SafetyTerms,
    reason: str = "",
    override: bool = False,
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> SafetyEffect:
    """Set the safety stock of one row; as :func:`set_safeties`."""
    (effect,) = _set([SafetyItem(logical_id, terms)], "{name}", reason, override, source, actor)
    return effect


@command
def set_safeties(
    *,
    items: Sequence[SafetyItem],
    reason: str = "",
    override: bool = False,
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> list[SafetyEffect]:
    """Set the safety stock of rows, all or none; withholds at once what is not promised, the rest is a deficit.

    Days of cover count with the average daily outbound of now. A lower target gives units back to the default pool,
    unless the stock is locked (SafetyLocked; ``override`` says that the actor may). Raises NotFound and InvalidRequest
    naming the item (``items[2].coverDays``). Answers in the order given; the same source again changes nothing.
    """
    if not 1 <= len(items) <= SAFETIES_MAX:
        raise InvalidRequest(
            _("Between 1 and %(max)s rows fit into one call."),
            code="too_many_items",
            param="items",
            details={"max": SAFETIES_MAX},
        )
    return _set(items, "items[{index}].{name}", reason, override, source, actor)


def _set(
    items: Sequence[SafetyItem], param: str, reason: str, override: bool, source: Source, actor: Actor
) -> list[SafetyEffect]:
    """Both commands; ``param`` says how a refusal names a part of an item."""
    context = Context(Command.SET_SAFETY, source, actor, clock.now())
    ids = [item.logical_id for item in items]
    for index, item in enumerate(items):
        with _naming(param, index):
            item.terms.check()
            if item.logical_id in ids[:index]:
                raise InvalidRequest(_("This row is named twice."), code="repeated", param="id")
    content = [astuple(item) for item in items]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at, reason=reason):
        known = lock_policies(ids)
        return [known[key].effect() for key in ids]
    rows = _lock_or_open(ids, context)
    averages = daily_averages(ids, at=context.at)
    before = {key: _audited(row) for key, row in rows.items()}
    for index, item in enumerate(items):
        with _naming(param, index):
            if item.logical_id not in rows:
                raise NotFound(param="id")
            _apply(rows[item.logical_id], item.terms, averages[item.logical_id])
            if rows[item.logical_id].is_lowered and not override:
                refuse_locked(rows[item.logical_id], context)
    moved, trims = settle(rows.values(), context)
    save(rows.values(), context)
    for key, row in sorted(rows.items()):
        audit(SafetyPolicy(pk=row.id), before[key], _audited(row), actor=actor)
        report_deficit(row, actor)
    return [rows[key].effect(moved[key], [trim for trim in trims if trim.logical_id == key]) for key in ids]


@contextmanager
def _naming(param: str, index: int) -> Iterator[None]:
    """Let a refusal inside name its item."""
    try:
        yield
    except DomainError as refusal:
        refusal.param = param.format(index=index, name=refusal.param or "id")
        raise


def _apply(row: PolicyRow, terms: SafetyTerms, average: Decimal) -> None:
    """Write the terms into the policy, with the target they make."""
    row.normal_units, row.cover_days = terms.normal_units, terms.cover_days
    row.emergency_percent, row.supplier_risk_percent = terms.emergency_percent, terms.supplier_risk_percent
    row.review_every = int(terms.review_every or row.review_every)
    row.daily_average_qty = average
    row.target_qty = terms.target(average)


def settle(rows: Iterable[PolicyRow], context: Context) -> tuple[dict[int, int], list[Trim]]:
    """Withhold what the policies want, as far as the goods allow, or give back what they no longer want.

    Returns the signed changes by logical row and which buckets gave; the rows follow. Nothing is withheld while
    promises of a row lack their goods.
    """
    by_key = {row.logical_id: row for row in rows}
    moved = {key: row.wanted - row.safety_qty for key, row in by_key.items()}
    lock_rows(by_key)
    give_back({key: -units for key, units in moved.items()}, context)
    taken, trims = withhold({key: 0 if by_key[key].shortage_qty else units for key, units in moved.items()}, context)
    for key, units in moved.items():
        moved[key] = units if units < 0 else taken.get(key, 0)
        by_key[key].safety_qty += moved[key]
    return moved, trims


def refuse_locked(row: PolicyRow, context: Context) -> None:
    """Raise SafetyLocked while the policy is locked (S001-22)."""
    if row.locked_on(clock.local_date(context.at)):
        raise SafetyLocked(
            details={"sku": row.sku, "warehouse": row.warehouse, "reason": row.lock_reason, "withheld": row.safety_qty}
        )


def _lock_or_open(logical_ids: Sequence[int], context: Context) -> dict[int, PolicyRow]:
    """The policies of these rows, locked; empty ones where none existed, none for rows that do not exist."""
    found = lock_policies(logical_ids)
    missing = [key for key in logical_ids if key not in found]
    if not missing:
        return found
    params = {"ids": sorted(missing), "creater": context.actor.user_id, "at": context.at}
    fetch_prepared(_OPEN, params)
    return lock_policies(logical_ids)


def _audited(row: PolicyRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _AUDITED}


_OPEN = f"""
    INSERT INTO inventory_safetypolicy
        (logical_id, normal_units, lock_reason, review_every, creater_id, create_time, modify_time)
    SELECT id, 0, '', {int(ReviewEvery.WEEKLY)}, %(creater)s::bigint, %(at)s::timestamptz, %(at)s::timestamptz
    FROM inventory_logicalstock WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id
    ON CONFLICT (logical_id) DO NOTHING
"""  # noqa: S608 - built from fixed names only
