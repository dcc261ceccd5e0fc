"""Goods that expire soon leave the sale by themselves, before a customer gets them (S001-10)."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from inventory.choices import LockReason, Quality
from inventory.models import StockLock
from inventory.services.lock import LINES_MAX, LockLine, lock
from inventory.services.quota_rows import lock_rows, read_rows
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import DomainError
from vmi.namespaces.selectors import namespace_setting
from vmi.numbering.services import next_number

logger = logging.getLogger(__name__)

NOTE_LENGTH_MAX = 200


def days_before_expiry() -> int | None:
    """How many days before its end a batch leaves the sale in this namespace; None: it stays until a person acts."""
    found = namespace_setting("near_expiry_days")
    return None if found is None else int(found)


def last_day_on_sale(today: date, days: int) -> date:
    """What expires before this day leaves the sale; a batch may be sold on its last day, so 0 days name today."""
    return today + timedelta(days=days)


def lock_near_expiry(*, days: int, actor: Actor) -> int:
    """Lock what keeps for fewer than ``days`` more days, stock row by stock row; returns the units.

    0 days lock what has expired. One row that cannot be locked now is left to the next run and does not stop the
    others.
    """
    today = clock.local_date(clock.now())
    before = last_day_on_sale(today, days)
    units = 0
    for row in fetch_prepared(_ROWS, {"before": before.isoformat()}):
        try:
            found = lock_expiring(logical_id=row["logical_id"], before=before, today=today, actor=actor)
        except DomainError as refusal:
            logger.warning("near expiry: logical row %s was not locked: %s", row["logical_id"], refusal.code)
            continue
        units += sum(found.lines.values_list("quantity", flat=True)) if found else 0
    return units


@command
def lock_expiring(*, logical_id: int, before: date, today: date, actor: Actor) -> StockLock | None:
    """Lock the free units of a stock row whose batches expire before ``before``, earliest first; None for none.

    Expired units are locked whatever was promised: that is a shortage, shown in red. Of the others only as many as
    nobody was promised: a promise is kept with goods that still keep, and what is left is asked again the next day.
    """
    lock_rows([logical_id])
    row = read_rows([logical_id])[logical_id]
    room = max(row.unassigned, 0) + sum(part.open for part in row.parts)
    places = fetch_prepared(_PLACES, {"logical": logical_id, "before": before.isoformat(), "max": LINES_MAX})
    taken: list[tuple[dict[str, Any], int]] = []
    for place in places:
        is_expired = place["expires_on"] < today
        units = place["free_qty"] if is_expired else min(place["free_qty"], max(room, 0))
        room -= units
        if units > 0:
            taken.append((place, units))
    if not taken:
        return None
    return lock(
        sn=next_number("stockLock"),
        lines=[LockLine(number, place["id"], units) for number, (place, units) in enumerate(taken, start=1)],
        reason=LockReason.NEAR_EXPIRY,
        note=_note([place for place, _units in taken]),
        actor=actor,
    )


def _note(places: Sequence[dict[str, Any]]) -> str:
    """The batches and their last days, as far as they fit."""
    days = {f"{place['code']} {place['expires_on']}": None for place in places}
    return ", ".join(days)[:NOTE_LENGTH_MAX]


_DUE = f"""
    FROM inventory_physicalstock s JOIN inventory_batch b ON b.id = s.batch_id
    WHERE b.expires_on < %(before)s::date AND s.quality = {int(Quality.QUALIFIED)} AND s.quantity > s.held_qty
"""

_ROWS = f"SELECT DISTINCT s.logical_id {_DUE} ORDER BY s.logical_id"

_PLACES = f"""
    SELECT s.id, s.quantity - s.held_qty AS free_qty, b.code, b.expires_on {_DUE}
      AND s.logical_id = %(logical)s::bigint
    ORDER BY b.expires_on, s.id LIMIT %(max)s
"""
