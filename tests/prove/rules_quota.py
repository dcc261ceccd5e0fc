"""Rules of quotas: move, return and grant them, share pools with caps, let buckets oversell."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory.choices import Purpose
from inventory.exceptions import QuotaExclusive, QuotaInsufficient, ShareInUse
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.quota import grant_quota, move_quota, return_quota
from inventory.services.quota_lines import QuotaLine, QuotaMove, QuotaReturn, Target
from inventory.services.shares import set_share
from tests.prove.driver import Refusal
from tests.prove.rules_demand import ANY, UNITS
from tests.prove.seller import Seller
from tests.prove.state import INTERNAL, NORMAL, SPOT, Bucket
from tests.prove.world import ACTOR

FLASH = int(Purpose.FLASH_SALE)
PERHAPS = st.one_of(st.none(), st.integers(0, 12))
PERCENT = st.one_of(st.none(), st.integers(0, 100))


class QuotaRules(Seller):
    """Who may sell how much of what there is."""

    def sold_from(self) -> list[Bucket]:
        """The buckets there are, in the order of their rows."""
        return [bucket for _pk, bucket in sorted(self.rows.buckets.items()) if bucket[1] != INTERNAL]

    def to_give(self, bucket: Bucket) -> int:
        """Units nobody was promised."""
        return max(self.model.opened(bucket, self.now)[SPOT], self.model.raw_free(bucket))

    def target(self, giver: Bucket, pick: int) -> Bucket:
        """Another bucket of the same goods: a channel's own, the default pool's, or the flash sale's."""
        row = (giver[0][1], giver[0][2])
        channels = [channel for channel, places in self.world.sources.items() if row in places]
        targets: list[tuple[int, int]] = [(NORMAL, 0), (FLASH, 0), *((NORMAL, channel) for channel in channels)]
        others = [target for target in targets if target != giver[1:]]
        return (giver[0], *others[pick % len(others)])

    @rule(pick=ANY, to=ANY, units=UNITS, from_exclusive=st.sampled_from((True, True, False)))
    def move_quota(self, pick: int, to: int, units: int, from_exclusive: bool) -> None:
        """Give unsold units to another bucket; a channel's own only when that is said."""
        giver = self.one_of(self.sold_from(), pick)
        if giver is None:
            return
        taker, source = self.target(giver, to), self.document("quota")
        goal = Target(Purpose(taker[1]), taker[2] or None)
        line = QuotaMove(1, self.rows.id_of(giver), units, goal, from_exclusive=from_exclusive)
        refused: Refusal | None = QuotaInsufficient if units > self.to_give(giver) else None
        if giver[2] and not from_exclusive:
            refused = QuotaExclusive
        done = self.run(lambda: move_quota(lines=[line], source=source, actor=ACTOR), refused=refused)
        if done is not None:
            self.model.move_quota(giver, taker, units)
            self.follow_percents(giver[0])

    @rule(pick=ANY, units=UNITS, unassign=st.booleans())
    def return_quota(self, pick: int, units: int, unassign: bool) -> None:
        """Give unsold units back to all, or to no pool."""
        giver = self.one_of(self.sold_from(), pick)
        if giver is None:
            return
        line, source = QuotaReturn(1, self.rows.id_of(giver), units, unassign), self.document("quota")
        done = self.run(
            lambda: return_quota(lines=[line], source=source, actor=ACTOR),
            refused=QuotaInsufficient if units > self.to_give(giver) else None,
        )
        if done is not None:
            self.model.move_quota(giver, None if unassign else (giver[0], NORMAL, 0), units)
            self.follow_percents(giver[0])

    @rule(pick=ANY, to=ANY, units=UNITS)
    def grant_quota(self, pick: int, to: int, units: int) -> None:
        """Give units no pool holds to a bucket; the pools never hold more than there is."""
        known = self.sold_from()
        some = self.rather(known, [row for row in known if self.model.unassigned(row[0]) > 0], pick)
        if some is None:
            return
        taker, source = self.target(some, to), self.document("quota")
        goal = Target(Purpose(taker[1]), taker[2] or None)
        line = QuotaLine(1, self.rows.id_of(taker[0]), goal, units=units)
        done = self.run(
            lambda: grant_quota(lines=[line], source=source, actor=ACTOR),
            refused=QuotaInsufficient if units > self.model.unassigned(taker[0]) else None,
        )
        if done is not None:
            self.model.move_quota(None, taker, units)
            self.follow_percents(taker[0])

    @rule(pick=ANY, channel=ANY, units=PERHAPS, percent=PERCENT)
    def set_share(self, pick: int, channel: int, units: int | None, percent: int | None) -> None:
        """Let a channel sell from a shared bucket, up to a cap in units or of its quota, or without one."""
        bucket = self.one_of([found for found in self.sold_from() if found[2] == 0], pick)
        if bucket is None:
            return
        channel_id, source = self.world.channels[channel % len(self.world.channels)], self.document("share")
        bucket_id, percent = self.rows.id_of(bucket), percent if units is None else None
        cap = units if percent is None else self.model.of(bucket, "base_quota_qty") * percent // 100
        share = self.run(
            lambda: set_share(
                bucket_id=bucket_id,
                channel_id=channel_id,
                cap_units=units,
                cap_percent=percent,
                source=source,
                actor=ACTOR,
            ),
            refused=ShareInUse if cap is not None and cap < self.model.used(bucket, channel_id) else None,
        )
        assert share is None or share.cap_qty == cap

    @rule(pick=ANY, units=PERHAPS, percent=PERCENT)
    def set_oversell(self, pick: int, units: int | None, percent: int | None) -> None:
        """Let a bucket promise so many units, or a part of its quota, beyond its goods, or none any more."""
        bucket = self.one_of(self.sold_from(), pick)
        if bucket is None:
            return
        percent = percent if units is None else None
        is_on, source, bucket_id = (units, percent) != (None, None), self.document("rule"), self.rows.id_of(bucket)
        beside = OversellRule(enabled=is_on, units=units, percent=percent)
        limit = self.run(lambda: set_oversell(bucket_id=bucket_id, rule=beside, source=source, actor=ACTOR))
        beyond = self.model.of(bucket, "oversold_held_qty") + self.model.of(bucket, "oversold_sold_qty")
        short = self.model.of(bucket, "shortage_qty")
        if percent is not None:
            units = self.model.of(bucket, "base_quota_qty") * percent // 100
        assert limit == max(0 if short else units or 0, beyond)
        self.model.figures["channel", *bucket, "oversell_limit_qty"] = limit
        (self.model.oversells.add if is_on else self.model.oversells.discard)(bucket)
