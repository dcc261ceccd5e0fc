"""Rules of carts: put in, change, take back, order out of the cart."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory.exceptions import InsufficientStock
from inventory.services import (
    CartItem,
    ReserveLine,
    Taker,
    add_to_cart,
    cart_source,
    change_cart,
    hold_for_order,
    take_from_cart,
)
from tests.prove.driver import Driver
from tests.prove.model import HELD, Promise
from tests.prove.rules_demand import ANY, UNITS
from tests.prove.world import ACTOR, MEMBERS

CART_MINUTES = 30
SOME = st.integers(0, 6)


class CartRules(Driver):
    """Two members with a cart each: one hold per SKU and channel, whose deadline no change moves."""

    def in_cart(self, member: int, channel: int) -> dict[int, Promise]:
        """What is live in a cart, by SKU."""
        doc = cart_source(partner_id=member, user_id=ACTOR.user_id).sn
        found = [row for row in self.model.of_doc(doc, HELD) if row.channel == channel and self.live(row)]
        return {row.bucket[0][0]: row for row in found}

    def short(self, channel: int, wanted: Mapping[int, int], own: Mapping[int, Promise]) -> bool:
        """Whether some SKU fits into no bucket, the owner's own hold there counted as theirs."""

        def room(sku: int) -> int:
            return max(
                self.model.free(bucket, self.now) + (own[sku].units if sku in own and own[sku].bucket == bucket else 0)
                for bucket in self.buckets_for(channel, sku)
            )

        return any(units > room(sku) for sku, units in wanted.items() if sku not in own or units > own[sku].units)

    def settle_cart(self, member: int, channel: int, wanted: Mapping[int, int], answer: Any) -> None:
        """Replace these SKUs' holds by those the command answered; a kept hold keeps its deadline."""
        own = self.in_cart(member, channel)
        doc = cart_source(partner_id=member, user_id=ACTOR.user_id).sn
        for sku in wanted.keys() & own.keys():
            self.model.end_hold(own[sku])
        held = {sku: units for sku, units in wanted.items() if units}
        assert {row.sku_id: row.quantity for row in answer} == held
        for row in answer:
            kept = own.get(row.sku_id)
            assert row.expires_at == (kept.expires if kept else self.after(CART_MINUTES))
        self.take_over(answer, doc=doc, channel=channel, member=member)

    @rule(member=ANY, channel=ANY, first=UNITS, second=SOME)
    def add_to_cart(self, member: int, channel: int, first: int, second: int) -> None:
        """Put units into a cart beside those it holds."""
        self._cart(member, channel, {self.world.skus[0]: first, self.world.skus[1]: second}, adds=True)

    @rule(member=ANY, channel=ANY, first=SOME, second=SOME)
    def change_cart(self, member: int, channel: int, first: int, second: int) -> None:
        """Make a cart hold exactly these units."""
        self._cart(member, channel, {self.world.skus[0]: first, self.world.skus[1]: second}, adds=False)

    def _cart(self, member: int, channel: int, units: dict[int, int], *, adds: bool) -> None:
        partner, channel_id = MEMBERS[member % 2], self.world.channels[channel % len(self.world.channels)]
        own = self.in_cart(partner, channel_id)
        asked = {sku: count for sku, count in units.items() if count or not adds}
        wanted = {sku: count + (own[sku].units if adds and sku in own else 0) for sku, count in asked.items()}
        items = [CartItem(sku, count) for sku, count in asked.items()]
        command = add_to_cart if adds else change_cart
        answer = self.run(
            lambda: command(channel_id=channel_id, items=items, partner_id=partner, actor=ACTOR),
            refused=InsufficientStock if self.short(channel_id, wanted, own) else None,
            repeats=not adds,
        )
        if answer is not None:
            self.settle_cart(partner, channel_id, wanted, answer)

    @rule(member=ANY, channel=ANY, units=SOME)
    def take_from_cart(self, member: int, channel: int, units: int) -> None:
        """Give units of one SKU back, 0 for all of it."""
        partner, channel_id = MEMBERS[member % 2], self.world.channels[channel % len(self.world.channels)]
        sku, own = self.world.skus[0], self.in_cart(partner, channel_id).get(self.world.skus[0])
        taken = 0 if own is None else min(units or own.units, own.units)
        freed = self.run(
            lambda: take_from_cart(channel_id=channel_id, units={sku: units}, partner_id=partner, actor=ACTOR),
            repeats=False,
        )
        assert freed == taken
        if own is not None and taken == own.units:
            self.model.end_hold(own)
        elif own is not None:
            self.model.resize(own, own.units - taken)

    @rule(member=ANY, channel=ANY, first=UNITS, second=SOME, minutes=st.integers(1, 30))
    def order_from_cart(self, member: int, channel: int, first: int, second: int, minutes: int) -> None:
        """Order: the cart's hold becomes the order's without a gap; other quantities are taken or given back."""
        partner, channel_id = MEMBERS[member % 2], self.world.channels[channel % len(self.world.channels)]
        wanted = {sku: units for sku, units in zip(self.world.skus, (first, second), strict=True) if units}
        own = {sku: row for sku, row in self.in_cart(partner, channel_id).items() if sku in wanted}
        source = self.document("order")
        taker = Taker(channel_id, source, self.after(minutes), partner, ACTOR)
        lines = [ReserveLine(number, sku, units) for number, (sku, units) in enumerate(wanted.items(), start=1)]
        cart = cart_source(partner_id=partner, user_id=ACTOR.user_id)
        holds = self.run(
            lambda: hold_for_order(taker=taker, lines=lines, cart=cart),
            refused=InsufficientStock if self.short(channel_id, wanted, own) else None,
            repeats=False,
        )
        if holds is None:
            return
        for row in own.values():
            self.model.end_hold(row)
        assert {(hold.line_no, hold.sku_id, hold.quantity) for hold in holds} == {
            (line.line_no, line.sku_id, line.quantity) for line in lines
        }
        self.take_over(holds, doc=source.sn, channel=channel_id, member=partner)
