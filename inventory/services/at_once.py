"""Holds for calls from outside that a batch of the combiner can carry: one commit for many callers.

Each answers None when the call is not a plain one (a cart that grows, a member's limits, goods of several buckets):
the caller then runs the ordinary command. The idempotency key is committed with the holds.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from inventory.exceptions import SourceConflict
from inventory.selectors.holds import EXTERNAL_ORDER, ORDER, HoldRow, cart_lines, holds_of_document
from inventory.services import combiner
from inventory.services.cart import CartItem, cart_source, check_items
from inventory.services.demand import Demand, ReserveLine
from inventory.services.reserve import check_lines
from inventory.services.terms import cart_minutes, order_minutes, terms_of
from vmi.api.idempotency import Claim
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.sources import Source


def reserve_order_at_once(
    *,
    channel_id: int,
    order_no: str,
    lines: Sequence[ReserveLine],
    partner_id: int | None,
    claim: Claim,
    actor: Actor,
) -> list[HoldRow] | None:
    """As ``reserve_order`` for a number nobody used, if a batch can; else None and nothing is written.

    Raises InsufficientStock naming every short line, NotFound for the channel. The claim notes the number.
    """
    check_lines(lines)
    source = Source(EXTERNAL_ORDER, order_no)
    terms = terms_of(channel_id, cart_source(partner_id=partner_id, user_id=actor.user_id))
    if terms.has_cart or terms.is_limited or holds_of_document(Source(ORDER, order_no)):
        return None
    expires_at = clock.now() + timedelta(minutes=order_minutes(terms, channel_id))
    noted = replace(claim, note=order_no)
    if combiner.combined(Demand(channel_id, lines, source, expires_at, partner_id, actor, claim=noted)) is None:
        return None
    return order_holds(order_no, partner_id=partner_id)


def order_holds(order_no: str, *, partner_id: int | None) -> list[HoldRow]:
    """The holds of an order kept elsewhere. Raises SourceConflict for somebody else's."""
    found = holds_of_document(Source(EXTERNAL_ORDER, order_no))
    if any(row.partner_id != partner_id for row in found):
        raise SourceConflict(param="orderNo", details={"source": f"{EXTERNAL_ORDER}:{order_no}"})
    return found


def add_to_cart_at_once(
    *, channel_id: int, items: Sequence[CartItem], partner_id: int | None, claim: Claim, actor: Actor
) -> list[HoldRow] | None:
    """As ``add_to_cart`` for goods the cart does not hold yet, if a batch can; else None and nothing is written.

    Raises InsufficientStock naming every short line, NotFound for the channel.
    """
    check_items(items, least=1)
    source = cart_source(partner_id=partner_id, user_id=actor.user_id)
    terms = terms_of(channel_id, source)
    if terms.is_limited:
        return None
    now = clock.now()
    expires_at = now + timedelta(minutes=cart_minutes(terms))
    lines = [
        ReserveLine(number, item.sku_id, item.quantity, item.warehouse_id) for number, item in enumerate(items, start=1)
    ]
    demand = Demand(channel_id, lines, source, expires_at, partner_id, actor, joins=True, claim=claim)
    if combiner.combined(demand) is None:
        return None
    skus = {item.sku_id for item in items}
    return cart_lines(source, channel_id=channel_id, sku_ids=skus, at=now)
