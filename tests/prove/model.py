"""What each event does to the state: the contract's table, line by line."""

from dataclasses import replace
from typing import Any

from tests.prove.state import (
    EXPIRED,
    HELD,
    HELD_OF,
    INTERNAL,
    LOCKED,
    PRESALE,
    QUALIFIED,
    SOLD,
    SOLD_OF,
    SPOT,
    Bucket,
    Internal,
    Pick,
    Place,
    Promise,
    State,
)


class Model(State):
    """The state and its events."""

    # --- events of demand ---

    def hold(self, promise: Promise) -> None:
        """Add to cart, place an order: held +."""
        self.promises.append(promise)
        self.channel(promise.bucket, **{HELD_OF[promise.kind]: promise.units})

    def resize(self, promise: Promise, units: int) -> None:
        """Cart quantity changed: held ±."""
        self.channel(promise.bucket, **{HELD_OF[promise.kind]: units - promise.units})
        promise.units = units

    def end_hold(self, promise: Promise) -> None:
        """Cancel before payment: held −; the document cannot be paid any more."""
        self.channel(promise.bucket, **{HELD_OF[promise.kind]: -promise.units})
        self.promises.remove(promise)
        self.released.add(promise.doc)

    def lapse(self, promise: Promise) -> None:
        """Expire: held −; a late payment may take the goods again."""
        self.channel(promise.bucket, **{HELD_OF[promise.kind]: -promise.units})
        promise.state = EXPIRED

    def find_again(self, promise: Promise, goods: int) -> None:
        """Pay late: units of a lapsed promise on goods to come are goods by now, on the line's row of goods."""
        if promise.kind == SPOT or not goods:
            return
        promise.units -= goods
        twins = [row for row in self.of_doc(promise.doc, EXPIRED) if row.kind == SPOT]
        for twin in twins:
            if (twin.line, twin.bucket) == (promise.line, promise.bucket):
                twin.units += goods
                break
        else:
            self.promises.append(replace(promise, kind=SPOT, units=goods))
        if not promise.units:
            self.promises.remove(promise)

    def pay(self, promise: Promise) -> None:
        """Pay: its held −, its sold +, and allocated + when the goods are in the quota."""
        if promise.state == HELD:
            self.channel(promise.bucket, **{HELD_OF[promise.kind]: -promise.units})
        self.channel(promise.bucket, **{SOLD_OF[promise.kind]: promise.units})
        if promise.kind == SPOT:
            self.logical(promise.bucket[0], allocated_qty=promise.units)
        promise.state = SOLD

    def cancel_paid(self, promise: Promise) -> None:
        """Cancel after payment, before notice: its sold −, allocated − if it was."""
        self.channel(promise.bucket, **{SOLD_OF[promise.kind]: -promise.units})
        if promise.kind == SPOT:
            self.logical(promise.bucket[0], allocated_qty=-promise.units)
        self.promises.remove(promise)
        self.released.add(promise.doc)

    # --- events of goods ---

    def receive(self, bucket: Bucket, place: Place, units: int) -> None:
        """Goods received: all four layers +."""
        self.channel(bucket, base_quota_qty=units)
        self.pool(bucket[0], bucket[1], units)
        self.logical(bucket[0], physical_base_qty=units)
        self.place(place, quantity=units)

    def notice(self, pick: Pick) -> None:
        """Ship notice: held + on the location."""
        self.place(pick.place, held_qty=pick.units)
        self.picks.append(pick)
        self.noticed.add(pick.doc)

    def ship(self, pick: Pick, units: int) -> None:
        """Outbound confirmed: every layer −, what was promised and what backed it."""
        logical = pick.place[0]
        self.place(pick.place, quantity=-units, held_qty=-units)
        self.logical(logical, physical_base_qty=-units, allocated_qty=-units)
        if pick.bucket is None:
            self.pool(logical, INTERNAL, -units)
            self._serve([row for row in self.internal if (row.doc, row.line) == (pick.doc, pick.line)], units)
        else:
            self.channel(pick.bucket, **{"frozen_qty" if pick.is_frozen else "sold_qty": -units}, base_quota_qty=-units)
            self.pool(logical, pick.bucket[1], -units)
            mine = [row for row in self.of_doc(pick.doc, SOLD) if (row.line, row.bucket) == (pick.line, pick.bucket)]
            self._serve(mine, units)
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
        """Cancelled before dispatch: back where it came from."""
        self.channel(row.bucket, base_quota_qty=row.units - row.unassigned)
        self.pool(row.bucket[0], row.bucket[1], row.units - row.unassigned)
        self.pool(row.bucket[0], INTERNAL, -row.units)
        self.logical(row.bucket[0], allocated_qty=-row.units)
        self.internal.remove(row)

    def adjust(self, bucket: Bucket, place: Place, units: int) -> None:
        """A person corrects qualified units: every layer ±."""
        self.receive(bucket, place, units)

    # --- goods on their way ---

    def open_presale(self, line_id: int, bucket: Bucket, units: int) -> None:
        """Units of a supply line may be sold before they come (negative: not any more)."""
        line = self.supply[line_id]
        line.bucket = bucket
        line.presale += units
        self.channel(bucket, presale_qty=units)

    def presold(self, bucket: Bucket) -> list[Promise]:
        """The promises on coming goods in the order they are served: paid first, then unpaid, oldest first."""
        queue = [row for row in self.promises if (row.bucket, row.kind) == (bucket, PRESALE)]
        return sorted((row for row in queue if row.state in (HELD, SOLD)), key=lambda row: (-row.state, row.id))

    def receive_supply(self, line_id: int, default: Bucket, place: Place, units: int) -> None:
        """Presale granted − and base quota + for the presale part, whose promises convert; the rest to all."""
        line = self.supply[line_id]
        presold = min(units, line.presale)
        if line.bucket and presold:
            self.channel(line.bucket, presale_qty=-presold, base_quota_qty=presold)
            self.pool(line.logical, line.bucket[1], presold)
            left = presold
            for row in self.presold(line.bucket):
                part = min(row.units, left)
                left -= part
                self.turn_to_spot(row, part)
        self.channel(default, base_quota_qty=units - presold)
        self.pool(line.logical, default[1], units - presold)
        self.logical(line.logical, in_transit_qty=-units, physical_base_qty=units)
        self.place(place, quantity=units)
        line.presale -= presold
        line.coming -= units

    def close_supply(self, line_id: int) -> int:
        """It will not come: presale closes, promises move to other lines of the bucket or end; the units that ended."""
        line = self.supply[line_id]
        self.logical(line.logical, in_transit_qty=-line.coming)
        bucket, presale = line.bucket, line.presale
        line.coming = line.presale = 0
        if bucket is None:
            return 0
        self.channel(bucket, presale_qty=-presale)
        queue = self.presold(bucket)
        uncovered = sum(row.units for row in queue) - self.of(bucket, "presale_qty")
        for other in sorted(self.supply.values(), key=lambda other: (other.due, other.id)):
            part = min(other.room, uncovered)
            if other.bucket == bucket and part > 0:
                self.open_presale(other.id, bucket, part)
                uncovered -= part
        lost = 0
        while uncovered > 0:
            row = queue.pop()
            uncovered -= row.units
            lost += row.units
            (self.cancel_paid if row.state == SOLD else self.end_hold)(row)
        return lost

    # --- quotas ---

    def move_quota(self, giver: Bucket | None, taker: Bucket | None, units: int) -> None:
        """Units change hands; None: what no pool holds."""
        for bucket, delta in ((giver, -units), (taker, units)):
            if bucket:
                self.channel(bucket, base_quota_qty=delta)
                self.pool(bucket[0], bucket[1], delta)

    # --- quality ---

    def lock(self, sn: str, place: Place, units: int) -> None:
        """Qualified goods are locked where they lie; what quotas do is told apart."""
        self.logical(place[0], locked_qty=units)
        self.place(place, quantity=-units)
        self.place((*place[:3], LOCKED), quantity=units)
        known = self.locks.get(sn, (place, 0))[1]
        self.locks[sn] = (place, known + units)
