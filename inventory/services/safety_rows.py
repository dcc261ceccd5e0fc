"""The moves under every change of safety stock: units withheld from sale, and units given back to it.

A command locks its policies first, then the rows of the layers in their fixed order; nobody who holds a row of a
layer asks for a policy.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from inventory.choices import Counter, Layer, Purpose
from inventory.exceptions import UnitsPromised
from inventory.services.movement import WHOLE_DOCUMENT, Change, Context, move, move_layers
from inventory.services.promises import serve_waiting
from inventory.services.quota import follow_pools
from inventory.services.rebalance import Trim, cover_shortage, lower_shortage, make_room
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


def withhold(units: Mapping[int, int], context: Context) -> tuple[dict[int, int], list[Trim]]:
    """Withhold up to these units by logical row; returns what could be taken, and which buckets gave.

    Takes unassigned units first and open parts of pools then, never what is held or sold, and nothing while promises
    of the row lack their goods.
    """
    wanted = {key: amount for key, amount in units.items() if amount > 0}
    if not wanted:
        return {}, []
    try:
        trims = make_room(units=wanted, context=context, allow_shortage=False)
    except UnitsPromised as refusal:
        wanted |= {line["logical"]: line["available"] for line in refusal.lines}
        wanted = {key: amount for key, amount in wanted.items() if amount > 0}
        trims = make_room(units=wanted, context=context, allow_shortage=False) if wanted else []
    move(
        Layer.LOGICAL,
        [Change(key, WHOLE_DOCUMENT, {Counter.SAFETY: amount}) for key, amount in wanted.items()],
        context,
    )
    return wanted, trims


def give_back(units: Mapping[int, int], context: Context, *, bucket_id: int | None = None) -> dict[int, int]:
    """Stop withholding these units by logical row and offer them in the default pool; returns what is offered.

    They join the pool's shared bucket (and percentages of the pool follow), or ``bucket_id`` of it, and serve paid
    orders that wait there at once. Units that promises without goods or a deficit swallow are not offered.
    """
    freed = {key: amount for key, amount in units.items() if amount > 0}
    if not freed:
        return {}
    ids = sorted(freed)
    offered = cover_shortage(arriving=freed, context=context)
    chains = fetch_prepared(_SHARED, {"ids": ids})
    move_layers(
        [
            (
                Layer.CHANNEL,
                [
                    Change(
                        bucket_id or chain["bucket_id"],
                        WHOLE_DOCUMENT,
                        {Counter.BASE_QUOTA: offered[chain["logical_id"]]},
                    )
                    for chain in chains
                ],
            ),
            (
                Layer.POOL,
                [
                    Change(chain["pool_id"], WHOLE_DOCUMENT, {Counter.QUOTA: offered[chain["logical_id"]]})
                    for chain in chains
                ],
            ),
            (Layer.LOGICAL, [Change(key, WHOLE_DOCUMENT, {Counter.SAFETY: -freed[key]}) for key in ids]),
        ],
        context,
    )
    lower_shortage(logical_ids=ids, context=context)
    if bucket_id is None:
        follow_pools(pool_ids=[chain["pool_id"] for chain in chains], context=context)
    serve_waiting(bucket_ids=[bucket_id or chain["bucket_id"] for chain in chains], context=context)
    return offered


def channel_bucket(logical_id: int, channel_id: int) -> int:
    """The channel's own bucket in the default pool of a row, opened if need be. Raises NotFound."""
    params = {"logical": logical_id, "channel": channel_id}
    fetch_prepared(_OPEN_BUCKET, params)
    rows = fetch_prepared(_BUCKET, params)
    if not rows:
        raise NotFound(param="channel")
    return int(rows[0]["id"])


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

_SHARED = f"""
    SELECT p.logical_id, p.id AS pool_id, c.id AS bucket_id
    FROM inventory_allocationpool p JOIN inventory_channelstock c ON c.pool_id = p.id AND c.channel_id IS NULL
    WHERE p.logical_id = ANY(%(ids)s::bigint[]) AND p.purpose = {int(Purpose.NORMAL)} ORDER BY p.logical_id
"""  # noqa: S608 - built from fixed names only

_OPEN_BUCKET = f"""
    INSERT INTO inventory_channelstock (pool_id, channel_id)
    SELECT p.id, h.id FROM inventory_allocationpool p, inventory_channel h
    WHERE p.logical_id = %(logical)s::bigint AND p.purpose = {int(Purpose.NORMAL)} AND h.id = %(channel)s::bigint
    ON CONFLICT (pool_id, channel_id) DO NOTHING
"""  # noqa: S608 - built from fixed names only

_BUCKET = f"""
    SELECT c.id FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE p.logical_id = %(logical)s::bigint AND p.purpose = {int(Purpose.NORMAL)}
      AND c.channel_id = %(channel)s::bigint
"""  # noqa: S608 - built from fixed names only
