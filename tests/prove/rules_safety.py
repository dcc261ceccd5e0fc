"""Rules of safety stock: set it, release it, take it back, lock it, fill it up."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory.exceptions import SafetyLocked, SafetyShort
from inventory.services import (
    SafetyTerms,
    lock_safety,
    rearm_safety,
    release_safety,
    set_safety,
    top_up_safety,
    unlock_safety,
)
from tests.prove.driver import Refusal
from tests.prove.rules_demand import ANY, UNITS
from tests.prove.seller import Seller
from tests.prove.state import NORMAL, Logical
from tests.prove.world import ACTOR


class SafetyRules(Seller):
    """Units that are there and are not sold, for bad days."""

    def a_row(self, pick: int) -> Logical | None:
        """A stock row that exists."""
        return self.one_of([row for _pk, row in sorted(self.rows.logicals.items())], pick)

    def withheld(self, logical: Logical) -> int:
        """Units of safety stock."""
        return self.model.figures["logical", logical, "safety_qty"]

    def settle_safety(self, logical: Logical, target: int, released: int, withheld: int) -> None:
        """Enter what is withheld now: as much as is wanted, or all that was not promised."""
        wanted = max(target - released, 0)
        self.model.safety[logical] = (target, released)
        self.model.figures["logical", logical, "safety_qty"] = withheld
        self.follow(logical)
        assert withheld <= wanted
        if withheld < wanted and logical not in self.lacking():
            opened = [self.model.raw_free(bucket) for bucket in self.rows.buckets.values() if bucket[0] == logical]
            assert not any(units > 0 for units in opened), "units were open and are not withheld"

    @rule(pick=ANY, units=st.integers(0, 15), override=st.booleans())
    def set_safety(self, pick: int, units: int, override: bool) -> None:
        """Withhold so many units, or as many of them as nobody was promised; no less while it is locked."""
        logical = self.a_row(pick)
        if logical is None:
            return
        logical_id, source = self.rows.id_of(logical), self.document("safety")
        terms = SafetyTerms(normal_units=units)
        released = self.model.safety.get(logical, (0, 0))[1]
        lowered = max(units - released, 0) < self.withheld(logical) and logical in self.model.safety_locks
        effect = self.run(
            lambda: set_safety(logical_id=logical_id, terms=terms, source=source, override=override, actor=ACTOR),
            refused=SafetyLocked if lowered and not override else None,
        )
        if effect is not None:
            assert effect.released == released
            self.settle_safety(logical, units, released, effect.withheld)

    @rule(pick=ANY, units=UNITS, to=st.one_of(st.none(), ANY), override=st.booleans())
    def release_safety(self, pick: int, units: int, to: int | None, override: bool) -> None:
        """Sell some of it for a while, to all or through one channel; locked, only by who may override the lock."""
        known = list(self.model.safety)
        logical = self.rather(known, [row for row in known if self.withheld(row)], pick)
        if logical is None:
            return
        target, released = self.model.safety[logical]
        logical_id, source, before = self.rows.id_of(logical), self.document("safety"), self.withheld(logical)
        channels = [channel for channel, places in self.world.sources.items() if logical[1:] in places]
        channel = channels[to % len(channels)] if to is not None and channels else None
        refused: Refusal | None = SafetyShort if units > before else None
        if logical in self.model.safety_locks and not override:
            refused = SafetyLocked
        is_short = logical in self.lacking()
        effect = self.run(
            lambda: release_safety(
                logical_id=logical_id,
                quantity=units,
                reason="sale",
                channel_id=channel,
                override=override,
                source=source,
                actor=ACTOR,
            ),
            refused=refused,
        )
        if effect is not None:
            assert (effect.withheld, effect.released) == (before - units, released + units)
            self.model.safety[logical] = (target, released + units)
            self.model.logical(logical, safety_qty=-units)
            if is_short:
                self.follow(logical)
                return
            self.model.offer(Counter({(logical, NORMAL, channel or 0): units}))
            if channel is None:
                self.follow_percents(logical)

    @rule(pick=ANY, units=UNITS)
    def rearm_safety(self, pick: int, units: int) -> None:
        """Take it back, as far as it is unsold."""
        known = list(self.model.safety)
        logical = self.rather(known, [row for row in known if self.model.safety[row][1]], pick)
        if logical is None:
            return
        target, released = self.model.safety[logical]
        logical_id, source = self.rows.id_of(logical), self.document("safety")
        effect = self.run(
            lambda: rearm_safety(logical_id=logical_id, quantity=units, reason="over", source=source, actor=ACTOR),
            refused=SafetyShort if units > released else None,
        )
        if effect is not None:
            assert effect.released == released - units
            self.settle_safety(logical, target, released - units, effect.withheld)

    @rule(pick=ANY, ends=st.booleans())
    def lock_safety(self, pick: int, ends: bool) -> None:
        """Nobody may release it in the ordinary way, or everybody again."""
        logical = self.one_of(list(self.model.safety), pick)
        if logical is None:
            return
        logical_id = self.rows.id_of(logical)
        if ends:
            self.run(lambda: unlock_safety(logical_id=logical_id, actor=ACTOR))
            self.model.safety_locks.discard(logical)
        else:
            self.run(lambda: lock_safety(logical_id=logical_id, reason="typhoon", actor=ACTOR))
            self.model.safety_locks.add(logical)

    @rule()
    def top_up_safety(self) -> None:
        """Deficits are filled from what nobody was promised."""
        self.advance(1)
        known = dict(self.model.safety)
        before = sum(self.withheld(logical) for logical in known)
        taken = self.run(lambda: top_up_safety(actor=ACTOR), repeats=False)
        for logical, (target, released) in known.items():
            withheld = self.rows.figures.get(("logical", logical, "safety_qty"), 0)
            if withheld != self.withheld(logical):
                self.settle_safety(logical, target, released, withheld)
        assert taken == sum(self.withheld(logical) for logical in known) - before
