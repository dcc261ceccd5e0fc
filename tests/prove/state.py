"""The stock core as dicts of integers, written from the contract's table of events and not from the code.

A figure's key names its row and its counter: ``("channel", logical, purpose, channel, counter)``,
``("pool", logical, purpose, counter)``, ``("logical", logical, counter)``,
``("place", logical, location, batch, quality, counter)``; ``logical`` is (sku, warehouse, owner), the channel 0
means the bucket a pool shares. Zeros are left out, so that a row that holds nothing equals no row.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
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
    is_frozen: bool = False


@dataclass
class Internal:
    """Units promised to a line of an internal document, ``unassigned`` of them from no pool."""

    doc: str
    line: int
    bucket: Bucket
    units: int
    unassigned: int = 0


@dataclass
class Supply:
    """Goods on their way to a row: how many still come, and how many of them may be sold before they do."""

    id: int
    logical: Logical
    due: int
    coming: int
    bucket: Bucket | None = None
    presale: int = 0

    @property
    def room(self) -> int:
        """Units still to come that are not open for presale."""
        return self.coming - self.presale


@dataclass
class State:
    """What there must be: every figure, every open promise, what is noticed, returned, on its way, locked."""

    figures: Counter[Key] = field(default_factory=Counter)
    promises: list[Promise] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    noticed: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    internal: list[Internal] = field(default_factory=list)
    returns: dict[str, tuple[Bucket, Place, int]] = field(default_factory=dict)
    supply: dict[int, Supply] = field(default_factory=dict)
    locks: dict[str, tuple[Place, int]] = field(default_factory=dict)
    safety: dict[Logical, tuple[int, int]] = field(default_factory=dict)
    oversells: set[Bucket] = field(default_factory=set)
    caps: dict[tuple[Bucket, int], int] = field(default_factory=dict)

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

    def used(self, bucket: Bucket, channel: int) -> int:
        """What a channel has held, sold and not shipped of a bucket's goods."""
        rows = [row for row in self.promises if (row.bucket, row.channel, row.kind) == (bucket, channel, SPOT)]
        return sum(row.units for row in rows if row.state in (HELD, SOLD))

    def unassigned(self, logical: Logical) -> int:
        """Units no pool holds."""
        quotas = sum(value for key, value in self.figures.items() if key[:2] == ("pool", logical))
        base, locked, safety = (
            self.figures["logical", logical, name] for name in ("physical_base_qty", "locked_qty", "safety_qty")
        )
        return base - locked - safety - quotas

    def facts(self) -> dict[Key, int]:
        """Every figure that is not zero; a share is counted while it has a cap."""
        shares = {("share", *bucket, channel, "used_qty"): self.used(bucket, channel) for bucket, channel in self.caps}
        return {key: value for key, value in [*self.figures.items(), *shares.items()] if value}

    # --- what can be promised ---

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
        opened = self.opened(bucket, now)
        cap = self.caps.get((bucket, channel))
        if cap is None:
            return sum(opened.values())
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
