"""The stock core as dicts of integers, written from the contract's table of events and not from the code.

A figure's key names its row and its counter: ``("channel", logical, purpose, channel, counter)``,
``("pool", logical, purpose, counter)``, ``("logical", logical, counter)``,
``("place", logical, location, batch, quality, counter)``; ``logical`` is (sku, warehouse, owner), the channel 0
means the bucket a pool shares. Zeros are left out, so that a row that holds nothing equals no row.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Key = tuple[Any, ...]
Logical = tuple[int, int, int]
Bucket = tuple[Logical, int, int]
Place = tuple[Logical, int, str, int]

NORMAL, INTERNAL = 1, 9
SPOT, OVERSOLD, PRESALE = 1, 2, 3
HELD, SOLD, EXPIRED = 1, 2, 5
QUALIFIED, PENDING, LOCKED = 1, 2, 3

HELD_OF = {SPOT: "held_qty", OVERSOLD: "oversold_held_qty", PRESALE: "presale_held_qty"}
SOLD_OF = {SPOT: "sold_qty", OVERSOLD: "oversold_sold_qty", PRESALE: "presale_sold_qty"}


@dataclass
class Promise:
    """Units of a bucket for a line of a document; ``id`` is the row that stands for it."""

    id: int
    doc: str
    line: int
    bucket: Bucket
    kind: int
    units: int
    channel: int
    member: int | None
    expires: datetime
    created: datetime
    state: int = HELD


@dataclass
class Pick:
    """Units on a location that wait to leave for a line of a document; no bucket: an internal document."""

    doc: str
    line: int
    place: Place
    bucket: Bucket | None
    units: int


@dataclass
class Internal:
    """Units promised to a line of an internal document."""

    doc: str
    line: int
    bucket: Bucket
    units: int


@dataclass
class Model:
    """What there must be."""

    figures: Counter[Key] = field(default_factory=Counter)
    promises: list[Promise] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    noticed: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    internal: list[Internal] = field(default_factory=list)
    returns: dict[str, tuple[Bucket, Place, int]] = field(default_factory=dict)

    # --- the rows ---

    def channel(self, bucket: Bucket, **deltas: int) -> None:
        """Change counters of a bucket."""
        for counter, delta in deltas.items():
            self.figures["channel", *bucket, counter] += delta

    def pool(self, logical: Logical, purpose: int, units: int) -> None:
        """Change a pool's quota."""
        self.figures["pool", logical, purpose, "quota_qty"] += units

    def logical(self, logical: Logical, **deltas: int) -> None:
        """Change counters of a logical row."""
        for counter, delta in deltas.items():
            self.figures["logical", logical, counter] += delta

    def place(self, place: Place, **deltas: int) -> None:
        """Change counters of a physical row."""
        for counter, delta in deltas.items():
            self.figures["place", *place, counter] += delta

    def of(self, bucket: Bucket, counter: str) -> int:
        """A counter of a bucket."""
        return self.figures["channel", *bucket, counter]

    def facts(self) -> dict[Key, int]:
        """Every figure that is not zero."""
        return {key: value for key, value in self.figures.items() if value}

    # --- what can be promised ---

    def free(self, bucket: Bucket, now: datetime) -> int:
        """Sellable units: a hold that has expired stops counting at the moment it expires."""
        lapsed = sum(
            promise.units
            for promise in self.promises
            if promise.bucket == bucket and promise.state == HELD and promise.kind == SPOT and promise.expires <= now
        )
        return self.raw_free(bucket) + lapsed

    def raw_free(self, bucket: Bucket) -> int:
        """Sellable units with the expired holds nobody reclaimed still counted against them."""
        promised = sum(self.of(bucket, counter) for counter in ("held_qty", "sold_qty", "frozen_qty"))
        return self.of(bucket, "base_quota_qty") - promised

    def on_shelf(self, logical: Logical) -> int:
        """Qualified units no ship notice waits for."""
        return sum(
            value if key[-1] == "quantity" else -value
            for key, value in self.figures.items()
            if key[0] == "place" and key[1] == logical and key[4] == QUALIFIED
        )

    def of_doc(self, doc: str, *states: int) -> list[Promise]:
        """The promises of a document in these states."""
        return [promise for promise in self.promises if promise.doc == doc and promise.state in states]

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
            self.channel(pick.bucket, sold_qty=-units, base_quota_qty=-units)
            self.pool(logical, pick.bucket[1], -units)
            mine = [row for row in self.of_doc(pick.doc, SOLD) if (row.line, row.bucket) == (pick.line, pick.bucket)]
            self._serve(mine, units)
        self._serve([pick], units)
        self.promises = [row for row in self.promises if row.units]
        self.internal = [row for row in self.internal if row.units]
        self.picks = [row for row in self.picks if row.units]

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

    def allocate(self, doc: str, line: int, bucket: Bucket, units: int) -> None:
        """Internal outbound approved: quota moves to the internal pool, allocated +."""
        self.channel(bucket, base_quota_qty=-units)
        self.pool(bucket[0], bucket[1], -units)
        self.pool(bucket[0], INTERNAL, units)
        self.logical(bucket[0], allocated_qty=units)
        self.internal.append(Internal(doc, line, bucket, units))

    def cancel_internal(self, row: Internal) -> None:
        """Cancelled before dispatch: back where it came from."""
        self.channel(row.bucket, base_quota_qty=row.units)
        self.pool(row.bucket[0], row.bucket[1], row.units)
        self.pool(row.bucket[0], INTERNAL, -row.units)
        self.logical(row.bucket[0], allocated_qty=-row.units)
        self.internal.remove(row)

    def adjust(self, bucket: Bucket, place: Place, units: int) -> None:
        """A person corrects qualified units: every layer ±."""
        self.receive(bucket, place, units)
