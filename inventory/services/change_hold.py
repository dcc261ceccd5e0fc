"""``change_hold`` and ``extend_hold``: a promise gets another quantity, or more time."""

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
    """Give an open hold another quantity on its own bucket; 0 releases it. Returns the change in units.

    What it grows by is promised like any line: goods first, then goods on their way, then oversold units, each kind
    a hold of its own beside this one. The deadline stays: a change of quantity never buys time. The same quantity
    again changes nothing. Raises NotFound, HoldNotOpen (ended, sold or past its deadline), or InsufficientStock with
    the most units it could have.
    """
    if not 0 <= quantity <= QUANTITY_MAX:
        raise InvalidRequest(_("This quantity is out of bounds."), code="quantity_invalid", param="quantity")
    now = clock.now()
    found = hold_rows.lock_hold(hold_id, at=now)
    if found is None:
        raise NotFound(param="id")
    if found["state"] != HoldState.HELD or found["expires_at"] <= now:
        raise HoldNotOpen(details={"id": hold_id})
    names = {field.name for field in fields(HeldRow)}
    row = HeldRow(**{**{name: found[name] for name in names}, "kind": HoldKind(found["kind"])})
    hand = Hand(Source(found["source_type"], found["source_sn"]), actor, now)
    if quantity > row.quantity:
        _grow(row, quantity - row.quantity, hand, found["partner_id"])
    elif quantity == 0:
        hold_rows.end_holds([row], hand)
    elif quantity < row.quantity:
        hold_rows.resize({row: quantity}, hand)
    if quantity < row.quantity:
        hold_rows.settle([row], hand)
    return quantity - row.quantity


def _grow(row: HeldRow, units: int, hand: Hand, partner_id: int | None) -> None:
    """Promise more units of the hold's own bucket to its line."""
    line = ReserveLine(row.line_no, row.sku_id, units)
    offers = lock_offers(Reach(row.channel_id, [row.sku_id], hand.at, hand.actor, bucket_id=row.bucket_id))
    parts, short = allocate([line], offers)
    if short:
        wanted = ReserveLine(row.line_no, row.sku_id, row.quantity + units)
        raise InsufficientStock(short_lines([(wanted, row.quantity + short[0][1])]), param="quantity")
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
