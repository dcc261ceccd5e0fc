"""What a channel may sell at the machine's instant, and taking over how the code divided a promise, checked."""

from collections import Counter
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import datetime

from tests.prove.driver import Driver
from tests.prove.state import HELD, NORMAL, SPOT, Bucket, Logical, Promise

Wanted = Mapping[int, int]
"""Units by SKU."""


class Seller(Driver):
    """The driver's eye on channels: their buckets, what fits into them, what was taken from them."""

    def groups_for(self, channel: int, sku: int, warehouse: int | None = None) -> list[list[Bucket]]:
        """The buckets one line of a channel is served from together: those of one stock row, or all it sells from."""
        rows = [(sku, *place) for place in self.world.sources[channel] if warehouse in (None, place[0])]
        of_rows = [[bucket for bucket in self.buckets() if self.sells(channel, bucket, row)] for row in rows]
        if channel in self.model.splitting:
            return [[bucket for group in of_rows for bucket in group]]
        return of_rows

    def buckets(self) -> list[Bucket]:
        """Every bucket, in the order of their rows."""
        return [bucket for _pk, bucket in sorted(self.rows.buckets.items())]

    def sells(self, channel: int, bucket: Bucket, logical: Logical) -> bool:
        """A channel's own bucket, the shared one of the default pool, another pool's only with a share; in its time."""
        if bucket[0] != logical or not self.model.in_window(bucket, self.now):
            return False
        if bucket[2]:
            return bucket[2] == channel
        is_offered = bucket[1] == NORMAL or (bucket, channel) in self.rows.shares
        return is_offered and not self.model.is_kept_out(channel, logical, self.now)

    def could_hold(
        self, channel: int, wanted: Wanted, own: Iterable[Promise] = (), warehouse: int | None = None
    ) -> bool:
        """Whether each SKU's units find room in one group; what the owner gives back for it counts as free."""
        model = deepcopy(self.model) if (given := list(own)) else self.model
        for row in given:
            model.end_hold(next(found for found in model.promises if found == row))
        return all(
            any(sum(model.offers(bucket, channel, self.now) for bucket in group) >= units for group in groups)
            for units, groups in ((units, self.groups_for(channel, sku, warehouse)) for sku, units in wanted.items())
        )

    def in_stock(self, channel: int, wanted: Wanted) -> set[int]:
        """The SKUs of which some group has all units as goods: nothing of them may be promised of what is to come."""
        goods = self.model.goods
        return {
            sku
            for sku, units in wanted.items()
            for group in self.groups_for(channel, sku)
            if sum(goods(bucket, channel, self.now) for bucket in group) >= units
        }

    def first_choice(self, channel: int, wanted: Wanted) -> dict[int, list[Bucket]]:
        """The best of the buckets that have all units of a SKU as goods, where the order is beyond doubt.

        Own quotas go first, then campaigns, then the row with the most goods or the first priority. With a cap or a
        lapsed hold in the way another bucket may have been tried first.
        """
        best = {}
        for sku, units in wanted.items():
            open_to = [bucket for group in self.groups_for(channel, sku) for bucket in group]
            whole = [bucket for bucket in open_to if self.model.raw_free(bucket) >= units]
            clear = all((bucket, channel) not in self.model.caps for bucket in open_to)
            if whole and clear and not any(self.model.lapsed(bucket, SPOT, self.now) for bucket in open_to):
                ranks = {bucket: self.rank(channel, bucket) for bucket in whole}
                best[sku] = [bucket for bucket in whole if ranks[bucket] == min(ranks.values())]
        return best

    def rank(self, channel: int, bucket: Bucket) -> tuple[bool, bool, int]:
        """How early a bucket is taken: the smaller, the earlier."""
        by_row = [place[:2] for place in self.world.sources[channel]].index(bucket[0][1:])
        if channel in self.model.most_first:
            by_row = -self.model.raw_free(bucket)
        return not bucket[2], bucket[1] == NORMAL, by_row

    def adopt(
        self,
        doc: str,
        channel: int,
        member: int | None,
        wanted: Wanted,
        ends: datetime,
        *,
        taken_over: Iterable[Promise] = (),
    ) -> None:
        """Make the document's holds of these SKUs in the model what the rows say, after checking their sum and place.

        New parts end at ``ends``. What was held before, by this document or by the cart it took holds over from, may
        stay where nothing is sold any more. That nothing was promised twice is checked with the figures.
        """
        found = {
            key: row
            for key, row in self.rows.promises.items()
            if (key[0], key[4], row.channel) == (doc, HELD, channel) and row.expires > self.now
        }
        found = {key: row for key, row in found.items() if key[2][0][0] in wanted}
        had: Counter[Bucket] = Counter()
        for before in (*self.model.of_doc(doc, HELD), *taken_over):
            had[before.bucket] += before.units
        totals: Counter[int] = Counter()
        for key, row in found.items():
            totals[key[2][0][0]] += row.units
            assert row.units <= had[key[2]] or self.sells(channel, key[2], key[2][0]), f"not sold here: {key}"
        assert +totals == Counter({sku: units for sku, units in wanted.items() if units}), (totals, wanted)
        rows = {key[2][0] for key in found}
        assert channel in self.model.splitting or len(rows) == len({row[0] for row in rows}), f"split: {found}"
        for promise in self.model.of_doc(doc, HELD):
            key = (promise.doc, promise.line, promise.bucket, promise.kind, HELD)
            if key in found:
                self.model.resize(promise, found.pop(key).units)
            elif self.live(promise) and promise.channel == channel and promise.bucket[0][0] in wanted:
                self.model.end_hold(promise)
        for key, row in found.items():
            self.model.hold(
                Promise(row.id, doc, key[1], key[2], key[3], row.units, channel, member, ends, created=self.now)
            )

    def follow_percents(self, logical: Logical) -> None:
        """Percentages were brought to their part of their pools: take it over, each is right or had nothing to give.

        Only open units move, between a quota that follows and the bucket its pool shares.
        """
        for purpose in {bucket[1] for bucket in self.model.percents if bucket[0] == logical}:
            shared = (logical, purpose, 0)
            followers = {key: percent for key, percent in self.model.percents.items() if key[:2] == shared[:2]}
            before = sum(self.model.of(bucket, "base_quota_qty") for bucket in (shared, *followers))
            for bucket in (shared, *followers):
                key = ("channel", *bucket, "base_quota_qty")
                self.model.figures[key] = self.rows.figures.get(key, 0)
            after = sum(self.model.of(bucket, "base_quota_qty") for bucket in (shared, *followers))
            if logical in self.lacking():
                continue
            assert before == after, f"quotas that follow {shared}: {before} became {after}"
            pool = self.model.figures["pool", logical, purpose, "quota_qty"]
            for bucket, percent in followers.items():
                beyond = self.model.of(bucket, "base_quota_qty") - pool * percent // 100
                stuck = bucket if beyond > 0 else shared
                assert not beyond or self.model.raw_free(stuck) <= 0, (
                    f"{bucket} is {beyond} beyond {percent} % of {pool}"
                )

    def follow_count(self, logical: Logical, good: int, *, is_short: bool) -> None:
        """So many good units more are there than we believed: all may buy them; what quotas lose is taken over."""
        if good > 0 and not is_short:
            self.model.offer(Counter({(logical, NORMAL, 0): good}))
        elif good:
            self.follow(logical)
