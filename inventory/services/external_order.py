"""Orders kept elsewhere that hold stock here by their own number (S003-12, S003-14, S003-15)."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta

from inventory import hooks
from inventory.choices import HoldState
from inventory.exceptions import HoldNotOpen, OrderUnpaid, SourceConflict
from inventory.selectors.holds import EXTERNAL_ORDER, ORDER, HoldRow, hold_by_id, holds_of_document
from inventory.services.cart import cart_source
from inventory.services.convert import Taker, hold_for_order
from inventory.services.pay import post_payment
from inventory.services.release import release
from inventory.services.reserve import ReserveLine
from inventory.services.terms import lock_owner, order_minutes, terms_of
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import NotFound
from vmi.core.sources import Source

SOLD = (HoldState.SOLD, HoldState.SHIPPED)


@command
def reserve_order(
    *,
    channel_id: int,
    order_no: str,
    lines: Sequence[ReserveLine],
    partner_id: int | None,
    actor: Actor,
    dry_run: bool = False,
) -> list[HoldRow]:
    """Hold the lines of an order kept elsewhere for the order minutes of the channel; the owner's cart goes first.

    The same number with the same lines answers its holds again. Raises SourceConflict for other lines or somebody
    else's number, HoldNotOpen when its holds have ended, InsufficientStock or HoldLimitExceeded naming every line.
    """
    source = Source(EXTERNAL_ORDER, order_no)
    lock_owner(source)
    if holds_of_document(Source(ORDER, order_no)):
        raise SourceConflict(param="orderNo", details={"source": source.subject})
    known = holds_of_document(source)
    if known:
        return _again(known, lines, partner_id, source)
    cart = cart_source(partner_id=partner_id, user_id=actor.user_id)
    minutes = order_minutes(terms_of(channel_id, cart), channel_id)
    now = clock.now()
    taker = Taker(channel_id, source, now + timedelta(minutes=minutes), partner_id, actor, placed_at=now)
    hold_for_order(taker=taker, lines=lines, cart=cart)
    return holds_of_document(source)


def _again(
    known: Sequence[HoldRow], lines: Sequence[ReserveLine], partner_id: int | None, source: Source
) -> list[HoldRow]:
    """The answer to a repeated call."""
    held: Counter[tuple[int, int]] = Counter()
    for row in known:
        held[row.line_no, row.sku_id] += row.quantity
    same = held == Counter({(line.line_no, line.sku_id): line.quantity for line in lines})
    if not same or any(row.partner_id != partner_id for row in known):
        raise SourceConflict(param="orderNo", details={"source": source.subject})
    if any(row.state != HoldState.HELD for row in known):
        raise HoldNotOpen(param="orderNo", details={"source": source.subject})
    return list(known)


@command
def release_order(
    *,
    hold_id: int,
    partner_id: int | None,
    channel_ids: Collection[int] | None = None,
    actor: Actor,
    dry_run: bool = False,
) -> int:
    """Release every hold of the order a reservation belongs to; returns the units freed, 0 when they had ended.

    An order of the house is called off with its holds. ``partner_id`` confines a member to their own,
    ``channel_ids`` staff of single stores to theirs (C-54): anything else is NotFound. Raises HoldNotOpen for a
    paid order: it is cancelled, not released.
    """
    found = hold_by_id(hold_id)
    if found is None or found.source_type not in (ORDER, EXTERNAL_ORDER):
        raise NotFound(param="id")
    if partner_id is not None and found.partner_id != partner_id:
        raise NotFound(param="id")
    if channel_ids is not None and found.channel_id not in channel_ids:
        raise NotFound(param="id")
    source = Source(found.source_type, found.source_sn)
    holds = holds_of_document(source)
    if any(row.state in SOLD for row in holds):
        raise HoldNotOpen(param="id", details={"source": source.subject})
    held = sum(row.quantity for row in holds if row.state == HoldState.HELD)
    if source.type == EXTERNAL_ORDER or not held or not hooks.call_off(source, actor):
        return release(source=source, actor=actor, reason="released")
    return held


@command
def deduct(*, order_no: str, actor: Actor, dry_run: bool = False) -> int:
    """Turn the holds of an order kept elsewhere into a sale (C-04): its payment was made there. Returns the units.

    Deducting again returns 0, and so does an order of the house that was paid: its payment deducted it. Raises
    OrderUnpaid for one that was not, NotFound for an unknown number, HoldNotOpen after a release, and
    InsufficientStock when an expired hold's goods are gone.
    """
    own = holds_of_document(Source(ORDER, order_no))
    if own:
        if any(row.state not in SOLD for row in own):
            raise OrderUnpaid(param="orderNo", details={"order_no": order_no})
        return 0
    source = Source(EXTERNAL_ORDER, order_no)
    if not holds_of_document(source):
        raise NotFound(param="orderNo")
    return post_payment(source=source, actor=actor)
