"""Safety stock in the last two weeks: set, released for a campaign and re-armed, locked, not backed, reviewed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from inventory.services import (
    SafetyTerms,
    lock_safety,
    rearm_safety,
    release_safety,
    review_safety,
    set_safety,
)
from inventory.services.rows import find_chains
from inventory.services.safety_rearm import DUE_REASON
from inventory.services.safety_rows import SAFETY
from orders.demo.timeline import Scene, Story
from orders.demo.world import World
from vmi.core import clock
from vmi.core.sources import Source
from vmi.numbering.services import next_number

Place = tuple[str, str, str]
"""Warehouse, owner, SKU."""

CAMPAIGN: Final = ("GZ", "SAMSUNG", "SM-CHG-45W")
OPEN_RELEASE: Final = ("BJ", "APPLE", "AP-APP-2")
LOCKED: Final = ("GZ", "NIKE", "NK-AJ-42-BKR")

POLICIES: Final = (
    (12, CAMPAIGN, SafetyTerms(normal_units=20, emergency_percent=10)),
    (12, OPEN_RELEASE, SafetyTerms(normal_units=15)),
    (12, LOCKED, SafetyTerms(normal_units=10, emergency_percent=20)),
    (11, ("SH", "SAMSUNG", "SM-CHG-45W"), SafetyTerms(normal_units=8)),
    (4, ("BJ", "APPLE", "AP-CHG-20W"), SafetyTerms(cover_days=5, supplier_risk_percent=20)),
    (1, ("BJ", "APPLE", "AP-IP15P-256-BLK"), SafetyTerms(cover_days=1)),
    (1, ("GZ", "NIKE", "NK-DUNK-41-PND"), SafetyTerms(normal_units=5)),
)
"""Days ago, where, what is withheld; of the last there is less than it wants."""


def safety_scenes(midnight: datetime, world: World) -> Iterator[Scene]:
    """``midnight`` began the day of the load; days and hours count from it."""
    for days, place, terms in POLICIES:
        yield Scene(midnight - timedelta(days=days) + timedelta(hours=9), _set(place, terms, world))
    yield Scene(midnight - timedelta(days=7) + timedelta(hours=10), _campaign(world))
    yield Scene(midnight - timedelta(days=6) + timedelta(hours=9), _lock(world))
    yield Scene(midnight - timedelta(days=1) + timedelta(hours=10), _release(OPEN_RELEASE, 5, "门店周年庆", 6, world))
    yield Scene(midnight - timedelta(hours=2), _review(world))


def _row(place: Place, world: World) -> int:
    """The logical row of a place."""
    depot, owner, sku = place
    sku_id = world.skus[sku]
    chains = find_chains(warehouse_id=world.warehouses[depot], owner_id=world.owners[owner], sku_ids=[sku_id])
    return chains[sku_id].logical_id


def _source() -> Source:
    return Source(SAFETY, next_number("safety"))


def _set(place: Place, terms: SafetyTerms, world: World) -> Story:
    set_safety(
        logical_id=_row(place, world),
        terms=terms,
        reason="旺季备货",
        source=_source(),
        actor=world.actors["manager"],
    )
    yield from ()


def _release(place: Place, units: int, reason: str, days: int, world: World) -> Story:
    release_safety(
        logical_id=_row(place, world),
        quantity=units,
        reason=reason,
        until=clock.local_date(clock.now()) + timedelta(days=days),
        source=_source(),
        actor=world.actors["manager"],
    )
    yield from ()


def _campaign(world: World) -> Story:
    """Released for four days, then withheld again."""
    yield from _release(CAMPAIGN, 12, "直播大促", 4, world)
    yield timedelta(days=4)
    rearm_safety(
        logical_id=_row(CAMPAIGN, world),
        due_on=clock.local_date(clock.now()),
        reason=DUE_REASON,
        source=_source(),
        actor=world.actors["manager"],
    )


def _lock(world: World) -> Story:
    lock_safety(
        logical_id=_row(LOCKED, world),
        reason="供应商停产，仅供核心渠道",
        until=clock.local_date(clock.now()) + timedelta(days=60),
        actor=world.actors["manager"],
    )
    yield from ()


def _review(world: World) -> Story:
    review_safety(logical_ids=[_row(place, world) for _days, place, _terms in POLICIES], actor=world.actors["manager"])
    yield from ()
