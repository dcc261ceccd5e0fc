"""What a bucket can promise at an instant, to whom, and who is served when goods come."""

from dataclasses import replace
from datetime import datetime

from tests.prove.state import HELD, HELD_OF, OVERSOLD, PRESALE, SOLD, SOLD_OF, SPOT, Bucket, Logical, Promise, State


class Offers(State):
    """The state and what can be promised of it."""

    def in_window(self, bucket: Bucket, now: datetime) -> bool:
        """Whether a bucket sells at all."""
        begin, end = self.windows.get(bucket, (None, None))
        return (begin is None or begin <= now) and (end is None or now < end)

    def is_kept_out(self, channel: int, logical: Logical, now: datetime) -> bool:
        """Whether a channel has a quota of its own in force that keeps it from the shared ones."""
        own = [bucket for bucket in self.closing if (bucket[0], bucket[2]) == (logical, channel)]
        return any(self.in_window(bucket, now) for bucket in own)

    def raw_free(self, bucket: Bucket) -> int:
        """Sellable units with the expired holds nobody reclaimed still counted against them."""
        promised = sum(self.of(bucket, counter) for counter in ("held_qty", "sold_qty", "frozen_qty"))
        return self.of(bucket, "base_quota_qty") - promised

    def lapsed(self, bucket: Bucket, kind: int, now: datetime) -> int:
        """Units of expired holds nobody reclaimed."""
        rows = [row for row in self.promises if (row.bucket, row.kind, row.state) == (bucket, kind, HELD)]
        return sum(row.units for row in rows if row.expires <= now)

    def opened(self, bucket: Bucket, now: datetime) -> dict[int, int]:
        """What can be promised by kind: an expired hold stops counting, and paid promises that wait come first."""
        spot = max(self.raw_free(bucket) + self.lapsed(bucket, SPOT, now), 0)
        waiting = self.of(bucket, "oversold_sold_qty")
        served = min(spot, waiting)
        beyond = 0
        if bucket in self.oversells and not self.of(bucket, "shortage_qty"):
            promised = self.of(bucket, "oversold_held_qty") + waiting - served - self.lapsed(bucket, OVERSOLD, now)
            beyond = self.of(bucket, "oversell_limit_qty") - promised
        presold = self.of(bucket, "presale_held_qty") + self.of(bucket, "presale_sold_qty")
        coming = self.of(bucket, "presale_qty") - presold + self.lapsed(bucket, PRESALE, now)
        return {SPOT: spot - served, PRESALE: max(coming, 0), OVERSOLD: max(beyond, 0)}

    def offers(self, bucket: Bucket, channel: int, now: datetime) -> int:
        """What a channel can be promised of a bucket; under a cap goods only."""
        if (bucket, channel) in self.caps:
            return self.goods(bucket, channel, now)
        return sum(self.opened(bucket, now).values())

    def goods(self, bucket: Bucket, channel: int, now: datetime) -> int:
        """What a channel can be promised of the goods of a bucket."""
        opened = self.opened(bucket, now)
        cap = self.caps.get((bucket, channel))
        if cap is None:
            return opened[SPOT]
        mine = [row for row in self.promises if (row.bucket, row.channel, row.kind) == (bucket, channel, SPOT)]
        lapsed = sum(row.units for row in mine if row.state == HELD and row.expires <= now)
        return max(min(opened[SPOT], cap - self.used(bucket, channel) + lapsed), 0)

    def serve(self) -> None:
        """Whatever freed quota served the oldest waiting paid units, unit by unit, within the caps."""
        for bucket in {row.bucket for row in self.promises if (row.kind, row.state) == (OVERSOLD, SOLD)}:
            free = self.raw_free(bucket)
            queue = [row for row in self.promises if (row.bucket, row.kind, row.state) == (bucket, OVERSOLD, SOLD)]
            for row in sorted(queue, key=lambda row: row.id):
                units = min(row.units, max(free, 0))
                cap = self.caps.get((bucket, row.channel))
                if cap is not None:
                    units = max(min(units, cap - self.used(bucket, row.channel)), 0)
                free -= units
                self.turn_to_spot(row, units)

    def turn_to_spot(self, row: Promise, units: int) -> None:
        """Goods for a waiting promise: its counter −, held or sold +, allocated + if it is paid."""
        if not units:
            return
        counters = SOLD_OF if row.state == SOLD else HELD_OF
        self.channel(row.bucket, **{counters[row.kind]: -units, counters[SPOT]: units})
        if row.state == SOLD:
            self.logical(row.bucket[0], allocated_qty=units)
        row.units -= units
        for twin in self.promises:
            if (twin.doc, twin.line, twin.bucket, twin.kind, twin.state) == (
                row.doc,
                row.line,
                row.bucket,
                SPOT,
                row.state,
            ):
                twin.units += units
                break
        else:
            self.promises.append(replace(row, kind=SPOT, units=units))
        if not row.units:
            self.promises.remove(row)
