"""Giving cart holds back: single SKUs, single units, or the whole cart (S003-13)."""

from collections.abc import Mapping

from inventory.selectors.holds import cart_lines
from inventory.services import hold_rows
from inventory.services.cart import cart_source
from inventory.services.hold_rows import Hand, HeldRow
from inventory.services.terms import lock_owner
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command

ALL = 0
"""The quantity that means every unit of the SKU."""


@command
def take_from_cart(
    *,
    channel_id: int | None = None,
    units: Mapping[int, int] | None = None,
    partner_id: int | None,
    actor: Actor,
    dry_run: bool = False,
) -> int:
    """Give units of these SKUs (id → units, ``ALL`` for every one) back to sale, without ``units`` the whole cart.

    Without a channel in all channels. Asking for more than the cart holds gives back what it holds; a second call
    frees nothing. Returns the units freed.
    """
    source = cart_source(partner_id=partner_id, user_id=actor.user_id)
    lock_owner(source)
    hand = Hand(source, actor, clock.now())
    freed = 0
    found = cart_lines(source, channel_id=channel_id, sku_ids=units, at=hand.at)
    for channel in sorted({line.channel_id for line in found}):
        skus = {line.sku_id for line in found if line.channel_id == channel}
        rows = hold_rows.lock_holds(source=source, channel_id=channel, sku_ids=skus, at=hand.at)
        rows = hold_rows.drop_expired(rows, hand)
        targets: dict[HeldRow, int] = {}
        ending: list[HeldRow] = []
        for sku in skus:
            own = [row for row in rows if row.sku_id == sku]
            held = sum(row.quantity for row in own)
            units_back = held if units is None or units[sku] == ALL else min(units[sku], held)
            kept, ended = hold_rows.cut(own, units_back)
            targets |= kept
            ending += ended
            freed += units_back
        hold_rows.end_holds(ending, hand)
        hold_rows.resize(targets, hand)
        hold_rows.settle([*targets, *ending], hand)
    return freed
