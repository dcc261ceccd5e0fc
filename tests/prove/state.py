"""The stock core as dicts of integers, written from the contract's table of events and not from the code.

A figure's key names its row and its counter: ``("channel", logical, purpose, channel, counter)``,
``("pool", logical, purpose, counter)``, ``("logical", logical, counter)``,
``("place", logical, location, batch, quality, counter)``; ``logical`` is (sku, warehouse, owner), the channel 0
means the bucket a pool shares. Zeros are left out, so that a row that holds nothing equals no row.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
    has_left: bool = False


@dataclass
class Supply:
    """Goods on their way to a row: how many still come, and how many of them may be sold before they do."""

    id: int
    logical: Logical
    due: int
    coming: int
    bucket: Bucket | None = None
    presale: int = 0
    is_transfer: bool = False

    @property
    def room(self) -> int:
        """Units still to come that are not open for presale."""
        return self.coming - self.presale


@dataclass(frozen=True)
class Moved:
    """Units that came to a place or (held) wait to leave it; ``is_correction``: what we believed was wrong."""

    at: datetime
    place: Place
    counter: str
    units: int
    is_correction: bool


@dataclass
class State:
    """What there must be: every figure, every open promise, what is noticed, returned, on its way, locked.

    ``closing`` are own quotas that keep their channel from the shared ones while they are in force, ``splitting`` the
    channels that may serve a line from several rows, ``most_first`` those that begin with the fullest row, ``limits``
    the units of a SKU one member may hold in a channel, ``assignments`` percentages of receipts by (row or None: every
    row the channel sells from, purpose, channel), ``moved`` what happened on places of late.
    """

    figures: Counter[Key] = field(default_factory=Counter)
    promises: list[Promise] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    noticed: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    internal: list[Internal] = field(default_factory=list)
    returns: dict[str, tuple[Bucket, Place, int]] = field(default_factory=dict)
    supply: dict[int, Supply] = field(default_factory=dict)
    locks: dict[tuple[str, int], tuple[Place, int]] = field(default_factory=dict)
    safety: dict[Logical, tuple[int, int]] = field(default_factory=dict)
    safety_locks: set[Logical] = field(default_factory=set)
    oversells: set[Bucket] = field(default_factory=set)
    caps: dict[tuple[Bucket, int], int] = field(default_factory=dict)
    windows: dict[Bucket, tuple[datetime | None, datetime | None]] = field(default_factory=dict)
    closing: set[Bucket] = field(default_factory=set)
    percents: dict[Bucket, int] = field(default_factory=dict)
    assignments: dict[tuple[Logical | None, int, int], int] = field(default_factory=dict)
    splitting: set[int] = field(default_factory=set)
    most_first: set[int] = field(default_factory=set)
    limits: dict[int, int] = field(default_factory=dict)
    sources: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    moved: list[Moved] = field(default_factory=list)

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

    def place(self, place: Place, *, corrects: bool = False, **deltas: int) -> None:
        """Change counters of a physical row."""
        for counter, delta in deltas.items():
            self.figures["place", *place, counter] += delta
            self.moved.append(Moved(self.at, place, counter, delta, corrects))

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

    def to_allocate(self, logical: Logical) -> int:
        """Units that may still be promised to paid lines: what is there, told shortages included, less what is not."""
        names = ("physical_base_qty", "shortage_qty", "allocated_qty", "locked_qty")
        base, shortage, allocated, locked = (self.figures["logical", logical, name] for name in names)
        return base + shortage - allocated - locked

    def facts(self) -> dict[Key, int]:
        """Every figure that is not zero; a share is counted while it has a cap."""
        shares = {("share", *bucket, channel, "used_qty"): self.used(bucket, channel) for bucket, channel in self.caps}
        return {key: value for key, value in [*self.figures.items(), *shares.items()] if value}

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
