"""Policies of safety stock as locked rows, and what a command made of one.

A command locks its policies first, then the rows of the layers in their fixed order; nobody who holds a row of a
layer asks for a policy.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from inventory.services.movement import Context
from inventory.services.rebalance import Trim
from vmi.core.actors import Actor
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import NotFound
from vmi.events.catalogue import SafetyDeficit
from vmi.events.services import record

SAFETY = "safety"
"""The source type of changes of safety stock."""


@dataclass(frozen=True, slots=True)
class SafetyEffect:
    """What a command made of a policy, in units. ``moved``: withheld more (or, negative, less) than before.

    ``deficit``: what should be withheld and is not; later receipts top it up. ``trims``: which buckets gave.
    """

    policy_id: int
    logical_id: int
    target: int
    withheld: int
    released: int
    deficit: int
    moved: int
    trims: list[Trim] = field(default_factory=list)


@dataclass(slots=True)
class PolicyRow:
    """A locked policy with the figures of its logical row."""

    id: int
    logical_id: int
    sku: str
    warehouse: str
    normal_units: int | None
    cover_days: int | None
    daily_average_qty: Decimal
    emergency_percent: int
    supplier_risk_percent: int
    target_qty: int
    released_qty: int
    is_locked: bool
    locked_until: date | None
    lock_reason: str
    review_every: int
    safety_qty: int
    shortage_qty: int

    @property
    def wanted(self) -> int:
        """Units that should be withheld."""
        return max(self.target_qty - self.released_qty, 0)

    @property
    def deficit(self) -> int:
        """Units that should be withheld and are not."""
        return max(self.wanted - self.safety_qty, 0)

    @property
    def is_lowered(self) -> bool:
        """Whether the policy wants less than is withheld."""
        return self.wanted < self.safety_qty

    def locked_on(self, day: date) -> bool:
        """Whether the lock holds on this day."""
        return self.is_locked and (self.locked_until is None or self.locked_until > day)

    def effect(self, moved: int = 0, trims: list[Trim] | None = None) -> SafetyEffect:
        """What a command answers."""
        return SafetyEffect(
            self.id,
            self.logical_id,
            self.target_qty,
            self.safety_qty,
            self.released_qty,
            self.deficit,
            moved,
            trims or [],
        )


def lock_policies(logical_ids: Collection[int]) -> dict[int, PolicyRow]:
    """The policies of these logical rows, locked in key order, by logical id; rows without one are left out."""
    ids = sorted(logical_ids)
    fetch_prepared(_LOCK, {"ids": ids})
    return {row["logical_id"]: PolicyRow(**row) for row in fetch_prepared(_READ, {"ids": ids})}


def lock_policy(logical_id: int) -> PolicyRow:
    """The policy of one row, locked. Raises NotFound."""
    found = lock_policies([logical_id])
    if logical_id not in found:
        raise NotFound(param="id")
    return found[logical_id]


def save(rows: Iterable[PolicyRow], context: Context) -> None:
    """Store what commands may change of these policies, in one statement."""
    changed = list(rows)
    params: dict[str, Any] = {name: [getattr(row, name) for row in changed] for name in _SAVED}
    fetch_prepared(_SAVE, {**params, "ids": [row.id for row in changed], "at": context.at})


def report_deficit(row: PolicyRow, actor: Actor) -> None:
    """Record SafetyDeficit when less is withheld than should be."""
    if row.deficit:
        payload = SafetyDeficit(row.sku, row.warehouse, row.target_qty, row.safety_qty, row.released_qty, row.deficit)
        record(payload, subject=f"stock:{row.logical_id}", actor=actor)


_LOCK = """
    SELECT id FROM inventory_safetypolicy WHERE logical_id = ANY(%(ids)s::bigint[]) ORDER BY logical_id FOR UPDATE
"""

_READ = """
    SELECT p.id, p.logical_id, i.sku, w.code AS warehouse, p.normal_units, p.cover_days, p.daily_average_qty,
           p.emergency_percent, p.supplier_risk_percent, p.target_qty, p.released_qty, p.is_locked, p.locked_until,
           p.lock_reason, p.review_every, l.safety_qty, l.shortage_qty
    FROM inventory_safetypolicy p JOIN inventory_logicalstock l ON l.id = p.logical_id
    JOIN catalog_productinfo i ON i.id = l.sku_id JOIN warehousing_warehouse w ON w.id = l.warehouse_id
    WHERE p.logical_id = ANY(%(ids)s::bigint[]) ORDER BY p.logical_id
"""

_SAVED = {
    "normal_units": "int",
    "cover_days": "smallint",
    "daily_average_qty": "numeric",
    "emergency_percent": "smallint",
    "supplier_risk_percent": "smallint",
    "target_qty": "int",
    "released_qty": "int",
    "is_locked": "boolean",
    "locked_until": "date",
    "lock_reason": "varchar",
    "review_every": "smallint",
}
"""The columns commands change, with their types."""

_SAVE = f"""
    UPDATE inventory_safetypolicy p
    SET {", ".join(f"{name} = w.{name}" for name in _SAVED)}, modify_time = %(at)s::timestamptz
    FROM unnest(%(ids)s::bigint[], {", ".join(f"%({name})s::{kind}[]" for name, kind in _SAVED.items())})
         AS w(id, {", ".join(_SAVED)})
    WHERE p.id = w.id
"""  # noqa: S608 - built from fixed names only
