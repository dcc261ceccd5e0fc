"""``change_hold`` and ``extend_hold``: a promise gets another quantity, or more time."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from inventory.choices import HoldState
from inventory.exceptions import HoldNotOpen, InsufficientStock, ShortLine
from inventory.services import hold_rows
from inventory.services.hold_rows import Hand, HeldRow
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source

HOLD_MINUTES_MAX = 60
"""Hard limit of an extended hold, minutes from its beginning (C-08)."""

_ROW = ("id", "line_no", "sku_id", "bucket_id", "warehouse_id", "quantity", "expires_at")


@command
def change_hold(*, hold_id: int, quantity: int, actor: Actor, dry_run: bool = False) -> int:
    """Give an open hold another quantity on its own bucket; 0 releases it. Returns the change in units.

    Growth is guarded like a reservation. The deadline stays: a change of quantity never buys time. The same
    quantity again changes nothing. Raises NotFound, HoldNotOpen (ended, sold or past its deadline), or
    InsufficientStock with the most units it could have.
    """
    if not 0 <= quantity <= QUANTITY_MAX:
        raise InvalidRequest(_("This quantity is out of bounds."), code="quantity_invalid", param="quantity")
    found = hold_rows.lock_hold(hold_id)
    if found is None:
        raise NotFound(param="id")
    now = clock.now()
    if found["state"] != HoldState.HELD or found["expires_at"] <= now:
        raise HoldNotOpen(details={"id": hold_id})
    row = HeldRow(**{name: found[name] for name in _ROW})
    hand = Hand(Source(found["source_type"], found["source_sn"]), actor, now)
    if quantity == 0:
        return -hold_rows.end_holds([row], hand)
    if quantity != row.quantity and hold_rows.resize({row: quantity}, hand):
        available = row.quantity + max(found["open_qty"], 0)
        line = ShortLine(line=row.line_no, sku=found["sku"], wanted=quantity, available=available)
        raise InsufficientStock([line], param="quantity")
    return quantity - row.quantity


@command
def extend_hold(*, source: Source, minutes: int, actor: Actor) -> datetime | None:
    """Give the open holds of a document ``minutes`` from now, at most ``HOLD_MINUTES_MAX`` from their beginning.

    Never shortens a hold and never revives one past its deadline. Returns the earliest deadline of the document's
    holds, None when none is open.
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
    SET expires_at = greatest(expires_at, least(%(now)s::timestamptz + %(step)s::interval,
                                                created_at + %(longest)s::interval))
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s AND state = {int(HoldState.HELD)}
      AND expires_at > %(now)s::timestamptz
    RETURNING expires_at
"""  # noqa: S608 - built from fixed names only
