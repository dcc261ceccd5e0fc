"""Rules of carts: put in, change, take back, order out of the cart."""

from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory.exceptions import HoldLimitExceeded, InsufficientStock
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
from tests.prove.driver import Refusal
from tests.prove.rules_demand import ANY, UNITS
from tests.prove.seller import Seller
from tests.prove.state import HELD, Promise
from tests.prove.world import ACTOR, MEMBERS

CART_MINUTES = 30
SOME = st.integers(0, 6)


class CartRules(Seller):
    """Two members with a cart each: one hold per SKU and channel, whose deadline no change moves."""

    def in_cart(self, member: int, channel: int) -> dict[int, list[Promise]]:
        """What is live in a cart, by SKU."""
        found: dict[int, list[Promise]] = {}
        for row in self.model.of_doc(cart_source(partner_id=member, user_id=ACTOR.user_id).sn, HELD):
            if row.channel == channel and self.live(row):
                found.setdefault(row.bucket[0][0], []).append(row)
        return found

    def what_refuses(
        self, channel: int, partner: int, wanted: Mapping[int, int], own: Mapping[int, list[Promise]]
    ) -> Refusal | None:
        """What a wish for so many units must meet: a member's limit first, what there is then."""
        has = {sku: sum(row.units for row in rows) for sku, rows in own.items()}
        for sku, units in wanted.items():
            mine = [
                row for row in self.model.promises if self.live(row) and (row.member, row.channel) == (partner, channel)
            ]
            held = sum(row.units for row in mine if row.bucket[0][0] == sku)
            more = units - has.get(sku, 0)
            if more > 0 and held + more > self.model.limits.get(channel, held + more):
                return HoldLimitExceeded
        return InsufficientStock if self.short(channel, wanted, own) else None

    def short(self, channel: int, wanted: Mapping[int, int], own: Mapping[int, list[Promise]]) -> bool:
        """Whether some SKU that is to grow fits nowhere, what its owner holds of it counted as theirs."""
        grown = {sku: units for sku, units in wanted.items() if units > sum(row.units for row in own.get(sku, []))}
        back = [row for sku, rows in own.items() if sku in grown for row in rows]
        return not self.could_hold(channel, grown, back)

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
        has = {sku: sum(row.units for row in rows) for sku, rows in own.items()}
        asked = {sku: count for sku, count in units.items() if count or not adds}
        wanted = {sku: count + (has.get(sku, 0) if adds else 0) for sku, count in asked.items()}
        items = [CartItem(sku, count) for sku, count in asked.items()]
        command = add_to_cart if adds else change_cart
        answer = self.run(
            lambda: command(channel_id=channel_id, items=items, partner_id=partner, actor=ACTOR),
            refused=self.what_refuses(channel_id, partner, wanted, own),
            repeats=not adds,
        )
        if answer is None:
            return
        assert sum(row.quantity for row in answer) == sum(wanted.values())
        doc = cart_source(partner_id=partner, user_id=ACTOR.user_id).sn
        for sku, count in wanted.items():
            kept = min((row.expires for row in own.get(sku, [])), default=self.after(CART_MINUTES))
            self.adopt(doc, channel_id, partner, {sku: count}, kept)

    @rule(member=ANY, channel=ANY, units=SOME)
    def take_from_cart(self, member: int, channel: int, units: int) -> None:
        """Give units of one SKU back, 0 for all of it."""
        partner, channel_id = MEMBERS[member % 2], self.world.channels[channel % len(self.world.channels)]
        sku = self.world.skus[0]
        own = sum(row.units for row in self.in_cart(partner, channel_id).get(sku, []))
        taken = min(units or own, own)
        freed = self.run(
            lambda: take_from_cart(channel_id=channel_id, units={sku: units}, partner_id=partner, actor=ACTOR),
            repeats=False,
        )
        assert freed == taken
        doc = cart_source(partner_id=partner, user_id=ACTOR.user_id).sn
        self.adopt(doc, channel_id, partner, {sku: own - taken}, self.now)

    @rule(member=ANY, channel=ANY, first=UNITS, second=SOME, minutes=st.integers(1, 30))
    def order_from_cart(self, member: int, channel: int, first: int, second: int, minutes: int) -> None:
        """Order: the cart's hold becomes the order's without a gap; other quantities are taken or given back."""
        partner, channel_id = MEMBERS[member % 2], self.world.channels[channel % len(self.world.channels)]
        wanted = {sku: units for sku, units in zip(self.world.skus, (first, second), strict=True) if units}
        own = {sku: rows for sku, rows in self.in_cart(partner, channel_id).items() if sku in wanted}
        source = self.document("order")
        taker = Taker(channel_id, source, self.after(minutes), partner, ACTOR)
        lines = [ReserveLine(number, sku, units) for number, (sku, units) in enumerate(wanted.items(), start=1)]
        cart = cart_source(partner_id=partner, user_id=ACTOR.user_id)
        holds = self.run(
            lambda: hold_for_order(taker=taker, lines=lines, cart=cart),
            refused=self.what_refuses(channel_id, partner, wanted, own),
            repeats=False,
        )
        if holds is None:
            return
        taken_over = [row for rows in own.values() for row in rows]
        for row in taken_over:
            self.model.end_hold(row)
        self.adopt(source.sn, channel_id, partner, wanted, self.after(minutes), taken_over=taken_over)
