"""What the events of goods do to the state: the contract's table, line by line."""

from collections import Counter
from typing import Any

from tests.prove.demand import Demand
from tests.prove.state import (
    INTERNAL,
    LOCKED,
    NORMAL,
    OVERSOLD,
    QUALIFIED,
    SOLD,
    Bucket,
    Internal,
    Logical,
    Pick,
    Place,
)


class Goods(Demand):
    """Receive, tell the warehouse, ship, take back, give away."""

    def receive(self, place: Place, units: int) -> None:
        """Goods received: all four layers +."""
        self.offer(self.shared_out(place[0], units))
        self.logical(place[0], physical_base_qty=units)
        self.place(place, quantity=units)

    def offer(self, parts: Counter[Bucket]) -> None:
        """More units for buckets and their pools."""
        for bucket, units in parts.items():
            self.channel(bucket, base_quota_qty=units)
            self.pool(bucket[0], bucket[1], units)

    def shared_out(self, logical: Logical, units: int) -> Counter[Bucket]:
        """Who sells received units: paid promises that wait, oldest first; by the rules of receipts; the rest all."""
        parts: Counter[Bucket] = Counter()
        spare: dict[Bucket, int] = {}
        waiting = [row for row in self.promises if (row.bucket[0], row.kind, row.state) == (logical, OVERSOLD, SOLD)]
        rest = units
        for row in sorted(waiting, key=lambda row: row.id):
            has = spare.setdefault(row.bucket, max(self.raw_free(row.bucket), 0))
            spare[row.bucket] = max(has - row.units, 0)
            part = min(max(row.units - has, 0), rest)
            parts[row.bucket] += part
            rest -= part
        to_share = rest
        for (purpose, channel), percent in self.assigned(logical).items():
            part = min(to_share * percent // 100, rest)
            parts[logical, purpose, channel] += part
            rest -= part
        parts[logical, NORMAL, 0] += rest
        return parts

    def assigned(self, logical: Logical) -> dict[tuple[int, int], int]:
        """Percentages of receipts by (purpose, channel): the row's own first, then those of channels that sell it."""
        found: dict[tuple[int, int], int] = {}
        for of_row in (logical, None):
            for (row, purpose, channel), percent in self.assignments.items():
                if row == of_row and (row or logical[1:] in self.sources[channel]):
                    found.setdefault((purpose, channel), percent)
        return found

    def notice(self, pick: Pick) -> None:
        """Ship notice: held + on the location."""
        self.place(pick.place, held_qty=pick.units)
        self.picks.append(pick)
        self.noticed.add(pick.doc)

    def ship(self, pick: Pick, units: int, *, taken_from: Place | None = None) -> None:
        """Outbound confirmed: every layer −, what was promised and what backed it; from another place perhaps."""
        logical = pick.place[0]
        self.place(pick.place, held_qty=-units)
        self.place(taken_from or pick.place, quantity=-units)
        self.logical(logical, physical_base_qty=-units, allocated_qty=-units)
        if pick.bucket is None:
            self.pool(logical, INTERNAL, -units)
            mine = [row for row in self.internal if (row.doc, row.line) == (pick.doc, pick.line)]
            self._serve(mine, units)
            for row in mine:
                row.has_left = True
        else:
            self.channel(pick.bucket, **{"frozen_qty" if pick.is_frozen else "sold_qty": -units}, base_quota_qty=-units)
            self.pool(logical, pick.bucket[1], -units)
            sold = [row for row in self.of_doc(pick.doc, SOLD) if (row.line, row.bucket) == (pick.line, pick.bucket)]
            self._serve(sold, units)
        self._serve([pick], units)
        self.promises = [row for row in self.promises if row.units]
        self.internal = [row for row in self.internal if row.units]
        self.picks = [row for row in self.picks if row.units]

    def freeze(self, pick: Pick) -> None:
        """Cancel requested after notice: sold −, frozen +."""
        if pick.bucket:
            self.channel(pick.bucket, sold_qty=-pick.units, frozen_qty=pick.units)
        pick.is_frozen = True

    def thaw(self, pick: Pick) -> None:
        """The WMS confirms the cancellation: frozen −, allocated −, held −."""
        if pick.bucket:
            self.channel(pick.bucket, frozen_qty=-pick.units)
        self.logical(pick.place[0], allocated_qty=-pick.units)
        self.place(pick.place, held_qty=-pick.units)
        mine = [row for row in self.of_doc(pick.doc, SOLD) if (row.line, row.bucket) == (pick.line, pick.bucket)]
        self._serve(mine, pick.units)
        self.picks.remove(pick)
        self.promises = [row for row in self.promises if row.units]
        self.released.add(pick.doc)

    @staticmethod
    def _serve(rows: list[Any], units: int) -> None:
        for row in rows:
            part = min(row.units, units)
            row.units -= part
            units -= part
        if units:
            raise AssertionError(f"{units} units left that nobody was promised")

    def receive_return(self, doc: str, bucket: Bucket, place: Place, units: int) -> None:
        """Customer return received: returning +, base +, locked +, quantity + (pending)."""
        self.channel(bucket, returning_qty=units)
        self.logical(bucket[0], physical_base_qty=units, locked_qty=units)
        self.place(place, quantity=units)
        self.returns[doc] = (bucket, place, units)

    def inspect(self, doc: str, good: int, bad: int) -> None:
        """Good: returning −, base quota +, quota +, locked −, qualified; bad: returning −, stays locked."""
        bucket, place, waiting = self.returns[doc]
        self.channel(bucket, returning_qty=-(good + bad), base_quota_qty=good)
        self.pool(bucket[0], bucket[1], good)
        self.logical(bucket[0], locked_qty=-good)
        self.place(place, quantity=-(good + bad))
        self.place((*place[:3], QUALIFIED), quantity=good)
        self.place((*place[:3], LOCKED), quantity=bad)
        self.returns[doc] = (bucket, place, waiting - good - bad)

    def allocate(self, doc: str, line: int, bucket: Bucket, units: int, *, is_named: bool = False) -> None:
        """Internal outbound approved: from no pool first, the rest moves to the internal pool; allocated +.

        A bucket that is named gives all of it.
        """
        unassigned = 0 if is_named else min(units, max(self.unassigned(bucket[0]), 0))
        self.channel(bucket, base_quota_qty=unassigned - units)
        self.pool(bucket[0], bucket[1], unassigned - units)
        self.pool(bucket[0], INTERNAL, units)
        self.logical(bucket[0], allocated_qty=units)
        self.internal.append(Internal(doc, line, bucket, units, unassigned))

    def cancel_internal(self, row: Internal) -> None:
        """Cancelled before dispatch: back where it came from; its ship notice is withdrawn."""
        self.channel(row.bucket, base_quota_qty=row.units - row.unassigned)
        self.pool(row.bucket[0], row.bucket[1], row.units - row.unassigned)
        self.pool(row.bucket[0], INTERNAL, -row.units)
        self.logical(row.bucket[0], allocated_qty=-row.units)
        self.internal.remove(row)
        for pick in [pick for pick in self.picks if (pick.doc, pick.line) == (row.doc, row.line)]:
            self.place(pick.place, held_qty=-pick.units)
            self.picks.remove(pick)

    def adjust(self, bucket: Bucket, place: Place, units: int) -> None:
        """A person corrects qualified units: every layer ±."""
        self.channel(bucket, base_quota_qty=units)
        self.pool(bucket[0], bucket[1], units)
        self.correct(place, units)

    def correct(self, place: Place, units: int) -> None:
        """What lies on a place was believed wrongly; what quotas do is told apart."""
        self.logical(place[0], physical_base_qty=units)
        if place[3] != QUALIFIED:
            self.logical(place[0], locked_qty=units)
        self.place(place, corrects=True, quantity=units)
