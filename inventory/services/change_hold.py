"""``change_hold`` and ``extend_hold``: a promise gets another quantity, or more time."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from inventory.choices import HoldKind, HoldState
from inventory.exceptions import HoldNotOpen, InsufficientStock
from inventory.services import hold_rows
from inventory.services.allocation import allocate
from inventory.services.demand import Demand, ReserveLine
from inventory.services.hold_rows import Hand, HeldRow
from inventory.services.occupy import Reach, lock_offers, short_lines, write
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source

HOLD_MINUTES_MAX = 60
"""Hard limit of an extended hold, minutes from its beginning (C-08)."""


@command
def change_hold(*, hold_id: int, quantity: int, actor: Actor, dry_run: bool = False) -> int:
    """Give the line of a hold another quantity: all its open holds together, of every kind; 0 releases them.

    What it grows by is promised of the hold's own bucket like any line: goods first, then goods on their way, then
    oversold units, each kind a hold of its own; what it shrinks by is what the buyer waits for first. The deadline
    stays: a change of quantity never buys time. Returns the change in units; the same quantity again changes nothing.
    Raises NotFound, HoldNotOpen (ended, sold or past its deadline), or InsufficientStock with the most units the line
    could have.
    """
    if not 0 <= quantity <= QUANTITY_MAX:
        raise InvalidRequest(_("This quantity is out of bounds."), code="quantity_invalid", param="quantity")
    hand, rows, partner_id = _lock(hold_id, actor)
    held = sum(row.quantity for row in rows)
    if quantity > held:
        _grow(rows, hold_id, quantity, hand, partner_id)
    elif quantity < held:
        targets, ending = hold_rows.cut(rows, held - quantity)
        hold_rows.end_holds(ending, hand)
        hold_rows.resize(targets, hand)
        hold_rows.settle([*targets, *ending], hand)
    return quantity - held


def _lock(hold_id: int, actor: Actor) -> tuple[Hand, list[HeldRow], int | None]:
    """Lock the open holds of the line a hold belongs to, with who changes them and whose they are."""
    now = clock.now()
    found = hold_rows.lock_line(hold_id, at=now)
    if not found:
        raise NotFound(param="id")
    live = [row for row in found if row["state"] == HoldState.HELD and row["expires_at"] > now]
    if not live:
        raise HoldNotOpen(details={"id": hold_id})
    names = {field.name for field in fields(HeldRow)}
    rows = [HeldRow(**{**{name: row[name] for name in names}, "kind": HoldKind(row["kind"])}) for row in live]
    first = live[0]
    return Hand(Source(first["source_type"], first["source_sn"]), actor, now), rows, first["partner_id"]


def _grow(rows: Sequence[HeldRow], hold_id: int, quantity: int, hand: Hand, partner_id: int | None) -> None:
    """Promise more units of the hold's own bucket to its line."""
    held = sum(row.quantity for row in rows)
    row = next((row for row in rows if row.id == hold_id), rows[0])
    line = ReserveLine(row.line_no, row.sku_id, quantity - held)
    offers = lock_offers(Reach(row.channel_id, [row.sku_id], hand.at, hand.actor, bucket_id=row.bucket_id))
    parts, short = allocate([line], offers)
    if short:
        wanted = ReserveLine(row.line_no, row.sku_id, quantity)
        raise InsufficientStock(short_lines([(wanted, held + short[0][1])]), param="quantity")
    demand = Demand(row.channel_id, [line], hand.source, row.expires_at, partner_id, hand.actor)
    write(parts, demand, at=hand.at, adds=True)


@command
def extend_hold(*, source: Source, minutes: int, actor: Actor) -> datetime | None:
    """Give the open holds of a document ``minutes`` from now, at most ``HOLD_MINUTES_MAX`` from their beginning.

    Never shortens a hold and never revives one past its deadline; an oversold order keeps its own minutes. Returns
    the earliest deadline of the document's holds, None when none is open.
    """
    rows = fetch_prepared(
        _EXTEND,
        {
            "source_type": source.type,
            "source_sn": source.sn,
            "now": clock.now(),
            "step": timedelta(minutes=minutes),
            "longest": timedelta(minutes=HOLD_MINUTES_MAX),
        },
    )
    return min((row["expires_at"] for row in rows), default=None)


_EXTEND = f"""
    UPDATE inventory_reservation
    SET expires_at = CASE WHEN EXISTS (
            SELECT 1 FROM inventory_reservation o
            WHERE o.source_type = %(source_type)s AND o.source_sn = %(source_sn)s
              AND o.state = {int(HoldState.HELD)} AND o.kind = {int(HoldKind.OVERSOLD)}
        ) THEN expires_at
        ELSE greatest(expires_at, least(%(now)s::timestamptz + %(step)s::interval,
                                        created_at + %(longest)s::interval)) END
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s AND state = {int(HoldState.HELD)}
      AND expires_at > %(now)s::timestamptz
    RETURNING expires_at
"""  # noqa: S608 - built from fixed names only
