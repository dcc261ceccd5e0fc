"""Rules of demand: reserve, change, extend, release, expire, pay, pay late, cancel."""

from collections import Counter
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory.exceptions import HoldNotOpen, InsufficientStock
from inventory.services import (
    ReserveLine,
    cancel_paid,
    change_hold,
    extend_hold,
    post_payment,
    release,
    release_expired,
    reserve,
)
from tests.prove.driver import CARTS, Refusal
from tests.prove.seller import Seller
from tests.prove.state import EXPIRED, HELD, OVERSOLD, SOLD, SPOT, Bucket, Promise
from tests.prove.world import ACTOR, MEMBERS

ANY = st.integers(0, 10**6)
UNITS = st.integers(1, 6)


class DemandRules(Seller):
    """An order from its first hold to its payment or its end."""

    @rule(channel=ANY, first=UNITS, second=st.integers(0, 4), minutes=st.integers(5, 40), member=ANY)
    def reserve(self, channel: int, first: int, second: int, minutes: int, member: int) -> None:
        """Place an order over one or two SKUs: every line or none."""
        self._reserve(channel, first, second, minutes, member)

    def _reserve(self, channel: int, first: int, second: int, minutes: int, member: int) -> str | None:
        channel_id = self.world.channels[channel % len(self.world.channels)]
        wanted = {sku: units for sku, units in zip(self.world.skus, (first, second), strict=True) if units}
        lines = [ReserveLine(number, sku, units) for number, (sku, units) in enumerate(wanted.items(), start=1)]
        source, expires, partner = self.document("order"), self.after(minutes), MEMBERS[member % 2]
        in_stock, first_choice = self.in_stock(channel_id, wanted), self.first_choice(channel_id, wanted)
        holds = self.run(
            lambda: reserve(
                channel_id=channel_id,
                lines=lines,
                source=source,
                expires_at=expires,
                partner_id=partner,
                actor=ACTOR,
            ),
            refused=None if self.could_hold(channel_id, wanted) else InsufficientStock,
        )
        if holds is None:
            return None
        assert {hold.expires_at for hold in holds} == {expires}
        self.adopt(source.sn, channel_id, partner, wanted, expires)
        for row in self.model.of_doc(source.sn, HELD):
            sku = row.bucket[0][0]
            assert row.kind == SPOT or sku not in in_stock, f"of {sku} there were goods enough"
            assert row.bucket in first_choice.get(sku, [row.bucket]), f"{row.bucket} before {first_choice[sku]}"
        return source.sn

    @rule(channel=ANY, first=UNITS, second=st.integers(0, 4))
    def buy(self, channel: int, first: int, second: int) -> None:
        """Order and pay at once."""
        if doc := self._reserve(channel, first, second, 15, 0):
            self._pay(doc)

    @rule(pick=ANY, units=st.integers(0, 9))
    def change_hold(self, pick: int, units: int) -> None:
        """Give an open line of an order another quantity; growth is guarded as a reservation is."""
        promise = self.one_of([row for row in self.model.promises if not row.doc.startswith(CARTS)], pick)
        if promise is None:
            return
        of_line = [row for row in self.model.of_doc(promise.doc, HELD) if row.line == promise.line and self.live(row)]
        held = sum(row.units for row in of_line)
        bucket = promise.bucket if promise in of_line or not of_line else min(of_line, key=lambda row: row.id).bucket
        room = self.model.offers(bucket, promise.channel, self.now)
        refused: Refusal | None = None
        if not of_line:
            refused = HoldNotOpen
        elif units - held > room or not self.sells(promise.channel, bucket, bucket[0]):
            refused = InsufficientStock if units > held else None
        hold_id = promise.id
        changed = self.run(lambda: change_hold(hold_id=hold_id, quantity=units, actor=ACTOR), refused=refused)
        if changed is None:
            return
        assert changed == units - held
        sku, doc = promise.bucket[0][0], promise.doc
        if not units:
            self.last = None  # released: changing it again is refused
        self.adopt(doc, promise.channel, promise.member, {sku: units}, promise.expires)

    @rule(pick=ANY, minutes=st.integers(1, 90))
    def extend(self, pick: int, minutes: int) -> None:
        """Ask for more time: at most an hour from the beginning, never less than there was."""
        doc = self.one_of(self.orders(HELD, SOLD, EXPIRED), pick)
        if doc is None:
            return
        live = [row for row in self.model.of_doc(doc, HELD) if self.live(row)]
        is_oversold = any(row.kind == OVERSOLD for row in self.model.of_doc(doc, HELD))
        for row in () if is_oversold else live:
            longest = row.created + (self.after(60) - self.now)
            row.expires = max(row.expires, min(self.after(minutes), longest))
        answer = self.run(lambda: extend_hold(source=self.source_of(doc), minutes=minutes, actor=ACTOR))
        assert answer == min((row.expires for row in live), default=None)

    @rule(pick=ANY)
    def release(self, pick: int) -> None:
        """Call an unpaid order off."""
        doc = self.one_of(self.orders(HELD, SOLD, EXPIRED), pick)
        if doc is None:
            return
        held = self.model.of_doc(doc, HELD)
        freed = self.run(lambda: release(source=self.source_of(doc), actor=ACTOR))
        assert freed == sum(row.units for row in held)
        for row in held:
            self.model.end_hold(row)

    @rule(minutes=st.integers(1, 15))
    def time_passes(self, minutes: int) -> None:
        """Holds lapse without anybody doing anything."""
        self.last = None
        self.advance(minutes)

    @rule(limit=st.integers(1, 3))
    def tidy(self, limit: int) -> None:
        """Sweep some expired holds."""
        lapsed = [row for row in self.model.promises if row.state == HELD and row.expires <= self.now]
        done = self.run(lambda: release_expired(limit=limit, actor=ACTOR), repeats=False)
        assert done == min(limit, len(lapsed))

    @rule(pick=ANY)
    def pay(self, pick: int) -> None:
        """Pay in time, late or twice: late goods are taken again if they are still there."""
        doc = self.one_of(self.orders(HELD, SOLD, EXPIRED), pick)
        if doc is not None:
            self._pay(doc)

    def _pay(self, doc: str, pays: Callable[[], int] | None = None) -> None:
        """Pay, by the command for orders of the house unless another one is given."""
        pays = pays or partial(post_payment, source=self.source_of(doc), actor=ACTOR)
        rows = self.model.of_doc(doc, HELD, EXPIRED)
        refused: Refusal | None = None
        if doc in self.model.released:
            refused = HoldNotOpen
        elif self.too_late(doc):
            refused = InsufficientStock
        again = [(row, self.found_again(row)[SPOT]) for row in self.expired_of(doc)] if refused is None else []
        if refused is None and self.lost(doc, again):
            refused = InsufficientStock
        sold = self.run(pays, refused=refused)
        if sold is not None:
            assert sold == sum(row.units for row in rows)
            for row, goods in again:
                self.model.find_again(row, goods)
            for row in self.model.of_doc(doc, HELD, EXPIRED):
                self.model.pay(row)

    def lost(self, doc: str, again: Iterable[tuple[Promise, int]]) -> bool:
        """Whether goods were lost or locked while they were held: no row has them for this payment any more."""
        goods = Counter({row.bucket[0]: 0 for row in self.model.of_doc(doc, HELD, EXPIRED)})
        for row in self.model.of_doc(doc, HELD):
            goods[row.bucket[0]] += row.units if row.kind == SPOT else 0
        for row, units in again:
            goods[row.bucket[0]] += units
        return any(units > self.model.to_allocate(logical) for logical, units in goods.items() if units)

    def too_late(self, doc: str) -> bool:
        """Whether what lapsed cannot be promised again: each bucket needs room for all of the document's units."""
        return any(sum(self.found_again(row).values()) < row.units for row in self.expired_of(doc))

    def expired_of(self, doc: str) -> list[Promise]:
        """What lapsed of a document, goods before what was to come."""
        return sorted(self.model.of_doc(doc, EXPIRED), key=lambda row: (row.kind, row.id))

    def found_again(self, promise: Promise) -> Counter[int]:
        """Units by kind a late payment finds for a lapsed promise, after those of its document before it: goods first.

        What others let lapse counts as free, its own is its own.
        """
        model = deepcopy(self.model)
        for row in model.of_doc(promise.doc, HELD):
            row.expires = self.after(1)
        left: dict[Bucket, Counter[int]] = {}
        caps: dict[Bucket, int] = {}
        found: Counter[int] = Counter()
        for row in self.expired_of(promise.doc):
            if row.bucket not in left:
                left[row.bucket] = Counter(model.opened(row.bucket, self.now))
                caps[row.bucket] = left[row.bucket][SPOT]
                if (row.bucket, row.channel) in model.caps:
                    caps[row.bucket] = model.offers(row.bucket, row.channel, self.now)
            room = left[row.bucket]
            goods = min(row.units, room[SPOT], caps[row.bucket])
            rest = min(row.units - goods, room[row.kind]) if row.kind != SPOT else 0
            found = Counter({SPOT: goods}) + Counter({row.kind: rest})
            if row is promise:
                break
            room[SPOT] -= goods
            caps[row.bucket] -= goods
            room[row.kind] -= rest
        return found

    @rule(pick=ANY)
    def cancel_paid(self, pick: int) -> None:
        """Call a paid order off before the warehouse was told; afterwards it is refused."""
        doc = self.one_of(self.orders(SOLD), pick)
        if doc is None:
            return
        refused = HoldNotOpen if doc in self.model.noticed else None
        rows = self.model.of_doc(doc, SOLD)
        freed = self.run(lambda: cancel_paid(source=self.source_of(doc), actor=ACTOR), refused=refused)
        if freed is not None:
            assert freed == sum(row.units for row in rows)
            for row in rows:
                self.model.cancel_paid(row)

    @rule()
    def again(self) -> None:
        """The last command once more, as a network repeats it: nothing moves."""
        if self.last is not None:
            self.run(self.last)
