"""Rules of who may sell when: time windows, percentages of pools and receipts, what a channel grants."""

from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from inventory.choices import Purpose, WarehouseChoice
from inventory.models import Channel
from inventory.services.assignment_rules import set_assignment
from inventory.services.quota import grant_quota
from inventory.services.quota_lines import QuotaLine, Target
from inventory.services.windows import return_expired_quotas, set_window
from tests.prove.driver import Refusal
from tests.prove.rules_demand import ANY
from tests.prove.rules_quota import FLASH, QuotaRules
from tests.prove.state import NORMAL, Bucket
from tests.prove.world import ACTOR
from vmi.core.exceptions import InvalidRequest

OFFSET = st.one_of(st.none(), st.integers(-30, 30))
PURPOSES = st.sampled_from((NORMAL, NORMAL, FLASH))


class TermsRules(QuotaRules):
    """Quotas that come, go and follow by themselves."""

    @initialize(splits=st.booleans(), fullest=st.booleans(), limit=st.one_of(st.none(), st.integers(3, 12)))
    def channel_terms(self, splits: bool, fullest: bool, limit: int | None) -> None:
        """The channel of two warehouses splits lines or not; another limits what one member may hold, or not."""
        first, second = self.world.channels[:2]
        choice = WarehouseChoice.MOST_STOCK if fullest else WarehouseChoice.PRIORITY
        Channel.objects.filter(pk=second).update(may_split=splits, warehouse_choice=choice)
        Channel.objects.filter(pk=first).update(hold_units_max=limit)
        self.model.splitting = {second} if splits else set()
        self.model.most_first = {second} if fullest else set()
        self.model.limits = {first: limit} if limit is not None else {}

    # --- windows ---

    @rule(pick=ANY, begin=OFFSET, end=OFFSET, borrows=st.booleans())
    def set_window(self, pick: int, begin: int | None, end: int | None, borrows: bool) -> None:
        """Sell a channel's own quota from then to then; in force it may keep the channel from the shared ones."""
        known = self.sold_from()
        bucket = self.rather(known, [row for row in known if row[2]], pick)
        if bucket is None:
            return
        window = (self.instant(begin), self.instant(end))
        refused: Refusal | None = None
        if not bucket[2] or (begin is not None and end is not None and begin >= end):
            refused = InvalidRequest
        bucket_id = self.rows.id_of(bucket)
        done = self.run(
            lambda: set_window(
                bucket_id=bucket_id,
                effective_from=window[0],
                effective_to=window[1],
                may_borrow=borrows,
                actor=ACTOR,
            ),
            refused=refused,
        )
        if done is not None:
            self.model.windows[bucket] = window
            (self.model.closing.discard if borrows else self.model.closing.add)(bucket)

    def instant(self, minutes: int | None) -> datetime | None:
        """So many minutes from now, None for ever."""
        return None if minutes is None else self.after(minutes)

    @rule(limit=st.integers(1, 3))
    def return_expired_quotas(self, limit: int) -> None:
        """What was not sold when its window ended goes back to all."""
        self.advance(1)
        past = [bucket for bucket, (_begin, end) in self.model.windows.items() if end is not None and end <= self.now]
        unsold = [bucket for bucket in self.sold_from() if bucket in past and self.model.raw_free(bucket) > 0][:limit]
        done = self.run(lambda: return_expired_quotas(limit=limit, actor=ACTOR), repeats=False)
        assert done == len(unsold)
        for bucket in unsold:
            self.model.move_quota(bucket, (bucket[0], NORMAL, 0), self.model.raw_free(bucket))
        for logical in {bucket[0] for bucket in unsold}:
            self.follow_percents(logical)

    # --- percentages ---

    def a_target(self, pick: int, to: int, purpose: int) -> Bucket | None:
        """A bucket of its own for a channel that sells these goods; it may not exist yet."""
        some = self.one_of(self.sold_from(), pick)
        if some is None:
            return None
        channels = [channel for channel, places in self.world.sources.items() if some[0][1:] in places]
        return (some[0], purpose, channels[to % len(channels)])

    @rule(pick=ANY, to=ANY, purpose=PURPOSES, percent=st.integers(0, 100))
    def grant_percent(self, pick: int, to: int, purpose: int, percent: int) -> None:
        """Let a channel's own quota follow its pool from now on."""
        taker = self.a_target(pick, to, purpose)
        if taker is None:
            return
        beside = [part for key, part in self.model.percents.items() if key != taker and key[:2] == taker[:2]]
        line = QuotaLine(1, self.rows.id_of(taker[0]), Target(Purpose(purpose), taker[2]), percent=percent)
        source = self.document("quota")
        done = self.run(
            lambda: grant_quota(lines=[line], source=source, actor=ACTOR),
            refused=InvalidRequest if sum(beside) + percent > 100 else None,
        )
        if done is not None:
            self.model.percents[taker] = percent
            self.follow_percents(taker[0])

    @rule(pick=ANY, to=ANY, purpose=PURPOSES, percent=st.integers(1, 100), of_row=st.booleans(), all_may=st.booleans())
    def set_assignment(self, pick: int, to: int, purpose: int, percent: int, of_row: bool, all_may: bool) -> None:
        """Give a part of every receipt to one bucket, of one row or of all that a channel sells from."""
        taker = self.a_target(pick, to, purpose)
        if taker is None:
            return
        channel = 0 if of_row and all_may else taker[2]
        logical_id = self.rows.id_of(taker[0]) if of_row else None
        self.run(
            lambda: set_assignment(
                logical_id=logical_id,
                channel_id=channel or None,
                purpose=Purpose(purpose),
                percent=percent,
                actor=ACTOR,
            )
        )
        self.model.assignments[taker[0] if of_row else None, purpose, channel] = percent
