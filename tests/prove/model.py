"""The stock core in plain Python: what is on its way, quotas and quality, on top of goods and demand."""

from tests.prove.goods import Goods
from tests.prove.state import HELD, LOCKED, PRESALE, SOLD, Bucket, Place, Promise, Supply


class Model(Goods):
    """The state and all its events."""

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

    def expect(self, line: Supply, units: int) -> None:
        """So many units more are on their way."""
        line.coming += units
        self.supply[line.id] = line
        self.logical(line.logical, in_transit_qty=units)

    def receive_supply(self, line_id: int, place: Place, units: int) -> None:
        """Presale granted − and base quota + for the presale part, whose promises convert; the rest as any receipt."""
        line = self.supply[line_id]
        presold = min(units, line.presale)
        self.offer(self.shared_out(line.logical, units - presold))
        if line.bucket and presold:
            self.channel(line.bucket, presale_qty=-presold, base_quota_qty=presold)
            self.pool(line.logical, line.bucket[1], presold)
            left = presold
            for row in self.presold(line.bucket):
                part = min(row.units, left)
                left -= part
                self.turn_to_spot(row, part)
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
        """Units change hands; None: what no pool holds. A percentage ends where somebody says another figure."""
        for bucket, delta in ((giver, -units), (taker, units)):
            if bucket and delta:
                self.percents.pop(bucket, None)
                self.channel(bucket, base_quota_qty=delta)
                self.pool(bucket[0], bucket[1], delta)

    # --- quality ---

    def lock(self, key: tuple[str, int], place: Place, units: int) -> None:
        """Qualified goods are locked where they lie; what quotas do is told apart."""
        self.logical(place[0], locked_qty=units)
        self.place(place, quantity=-units)
        self.place((*place[:3], LOCKED), quantity=units)
        known = self.locks.get(key, (place, 0))[1]
        self.locks[key] = (place, known + units)
