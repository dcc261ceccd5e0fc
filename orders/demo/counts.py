"""Counting in the last days: units locked, a count approved and one that waits, a picture of Shanghai's system."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from inventory.choices import LockReason, Quality
from inventory.services import (
    CountLine,
    apply_wms_snapshot,
    approve_stocktake,
    count,
    lock_units,
    open_stocktake,
    submit_stocktake,
    unlock,
)
from inventory.services.rows import find_chains
from orders.demo.places import connection_code
from orders.demo.timeline import Scene, Story
from orders.demo.world import World
from vmi.core import clock
from vmi.core.actors import wms_actor
from vmi.numbering.services import next_number
from warehousing.selectors import default_location

DEPOT: Final = "SH"
HOLDER: Final = "OWN"
DAMAGED: Final = "YG-TIS-24"
COUNTED: Final = "YG-JUI-WHT"
UNTIL_DAYS: Final = 14


def count_scenes(midnight: datetime, world: World) -> Iterator[Scene]:
    """``midnight`` began the day of the load."""
    yield Scene(midnight - timedelta(days=4, hours=-10), _lock(LockReason.AFTER_SALE, "客诉复检", world, ends=True))
    yield Scene(midnight - timedelta(days=1, hours=-11), _lock(LockReason.QUALITY, "外箱受潮，待复检", world))
    broken, pending = "月末盘点：破损区", "月末盘点：待检区"
    yield Scene(midnight - timedelta(days=2, hours=-9), _count(Quality.LOCKED, 1, broken, world, approved=True))
    yield Scene(midnight - timedelta(hours=4), _count(Quality.PENDING, 2, pending, world))
    yield Scene(midnight - timedelta(hours=2), _picture(world))


def _lock(reason: LockReason, note: str, world: World, *, ends: bool = False) -> Story:
    sku_id = world.skus[DAMAGED]
    rows = find_chains(warehouse_id=world.warehouses[DEPOT], owner_id=world.owners[HOLDER], sku_ids=[sku_id])
    sn, actor = next_number("stockLock"), world.actors["warehouse"]
    lock_units(
        sn=sn,
        logical_id=rows[sku_id].logical_id,
        quantity=2,
        reason=reason,
        note=note,
        until=clock.local_date(clock.now()) + timedelta(days=UNTIL_DAYS),
        actor=actor,
    )
    if ends:
        yield timedelta(days=1)
        unlock(sn=sn, note="复检合格", actor=actor)


def _count(quality: Quality, units: int, text: str, world: World, *, approved: bool = False) -> Story:
    """Units nobody knew of turn up."""
    depot = world.warehouses[DEPOT]
    counter = world.actors["warehouse"]
    document = open_stocktake(warehouse_id=depot, owner_id=world.owners[HOLDER], description=text, actor=counter)
    line = CountLine(world.skus[COUNTED], default_location(depot).id, units, quality=quality)
    count(stocktake_id=document.pk, lines=[line], actor=counter)
    yield timedelta(minutes=30)
    submit_stocktake(stocktake_id=document.pk, actor=counter)
    if approved:
        yield timedelta(hours=2)
        approve_stocktake(stocktake_id=document.pk, actor=world.actors["manager"])


def _picture(world: World) -> Story:
    """One small difference, one that somebody has to decide about, and one article unknown here."""
    depot = world.warehouses[DEPOT]
    place = default_location(depot).code
    apply_wms_snapshot(
        warehouse_id=depot,
        seq=1,
        taken_at=clock.now(),
        rows=[
            (DAMAGED, HOLDER, place, "", int(Quality.LOCKED), 3),
            (COUNTED, HOLDER, place, "WMS-NEW", int(Quality.QUALIFIED), 150),
            ("YG-OLD-1", HOLDER, place, "", int(Quality.QUALIFIED), 6),
        ],
        actor=wms_actor(connection_code(DEPOT)),
    )
    yield timedelta(minutes=1)
