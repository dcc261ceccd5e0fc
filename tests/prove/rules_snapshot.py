"""Rules of what a warehouse system says it has: pictures, at any age and in any order, and what a person decides."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory.exceptions import DifferenceDecided, PhysicalShort
from inventory.models import SnapshotDifference, WmsSnapshot
from inventory.services.snapshot import apply_wms_snapshot
from inventory.services.snapshot_review import decide_difference
from tests.prove.driver import Refusal
from tests.prove.rules_demand import ANY
from tests.prove.seller import Seller
from tests.prove.state import LOCKED, QUALIFIED, Logical, Place
from tests.prove.world import ACTOR, DIFFERENCE_LIMIT

APPLIED, EXPLAINED, REVIEW, UNKNOWN = 1, 2, 3, 7
BATCHES = ("", "B1", "W1")


@dataclass
class Review:
    """A difference that waits for a person."""

    place: Place
    units: int
    since: datetime
    is_open: bool = True


@dataclass(frozen=True)
class Told:
    """What a picture says about a place, what we had then, what was leaving then, what does not fit, what is done."""

    wms: int
    ours: int
    leaving: int
    difference: int
    state: int


class SnapshotRules(Seller):
    """Two warehouse systems that tell their stock, rightly or wrongly."""

    def __init__(self) -> None:
        super().__init__()
        self.reviews: dict[int, Review] = {}
        self.seq: Counter[int] = Counter()

    @rule(
        warehouse=st.integers(0, 1),
        age=st.integers(0, 25),
        lies=st.lists(st.tuples(ANY, st.integers(-6, 6)), min_size=1, max_size=3),
        complete=st.booleans(),
        net=st.booleans(),
        unknown=st.booleans(),
    )
    def apply_wms_snapshot(
        self, warehouse: int, age: int, lies: list[tuple[int, int]], complete: bool, net: bool, unknown: bool
    ) -> None:
        """A picture taken some minutes ago: of the places it is wrong about, or of all."""
        warehouse_id, taken = self.world.warehouses[warehouse], self.after(-age)
        places = self.places(warehouse_id, net=net)
        picture = {place: self.ours_at(place, taken) for place in places if complete and self.ours_at(place, taken)}
        for pick, more in lies:
            place = places[pick % len(places)]
            picture[place] = max(self.ours_at(place, taken) + more, 0)
        if complete:  # what is empty is left out, not told
            picture = {place: units for place, units in picture.items() if units}
        told = self.compare(picture, taken, missing=places if complete else ())
        rows = [(*self.named(place), units) for place, units in picture.items()]
        rows += [("NOBODY-KNOWS", *self.named(places[0])[1:], 1)] * unknown
        self.seq[warehouse_id] += 1
        seq = self.seq[warehouse_id]
        found = self.run(
            lambda: apply_wms_snapshot(
                warehouse_id=warehouse_id,
                seq=seq,
                taken_at=taken,
                rows=rows,
                is_complete=complete,
                is_net=net,
                actor=ACTOR,
            )
        )
        assert found is not None
        assert self.written(found) == told
        assert found.unknown_count == unknown
        self.supersede(warehouse_id, picture, complete)
        self.keep(found, told)
        self.book({place: row.difference for place, row in told.items() if row.state == APPLIED})
        self.advance(1)

    @rule(warehouse=st.integers(0, 1), pick=ANY)
    def apply_old_snapshot(self, warehouse: int, pick: int) -> None:
        """A picture that comes after a newer one says nothing."""
        warehouse_id = self.world.warehouses[warehouse]
        if not self.seq[warehouse_id]:
            return
        places = self.places(warehouse_id, net=False)
        row = (*self.named(places[pick % len(places)]), 99)
        seq, taken = self.seq[warehouse_id] - 1, self.now
        found = self.run(
            lambda: apply_wms_snapshot(warehouse_id=warehouse_id, seq=seq, taken_at=taken, rows=[row], actor=ACTOR),
            repeats=False,
        )
        assert found is not None
        assert not SnapshotDifference.objects.filter(snapshot=found).exists()

    @rule(pick=ANY, accept=st.booleans())
    def decide_difference(self, pick: int, accept: bool) -> None:
        """A person believes the warehouse, less what was corrected meanwhile, or does not."""
        known = list(self.reviews)
        number = self.rather(known, [key for key in known if self.reviews[key].is_open], pick)
        if number is None:
            return
        review = self.reviews[number]
        since = [row for row in self.model.moved if row.is_correction and row.at > review.since]
        units = review.units - sum(row.units for row in since if row.place == review.place)
        refused: Refusal | None = None if review.is_open else DifferenceDecided
        if accept and review.is_open and units < 0 and -units > self.free_on(review.place):
            refused = PhysicalShort
        booked = self.run(
            lambda: decide_difference(difference_id=number, accept=accept, actor=ACTOR), refused=refused, repeats=False
        )
        if booked is not None:
            assert booked == (units if accept else 0)
            review.is_open = False
            self.book({review.place: booked})
            self.advance(1)

    # --- what must come out ---

    def places(self, warehouse_id: int, *, net: bool) -> list[Place]:
        """The places of a warehouse that exist, and some that do not yet; net figures are of qualified goods."""
        known = [place for _pk, place in sorted(self.rows.places.items()) if place[0][1] == warehouse_id]
        owners = [row for row in self.world.logicals() if row[1] == warehouse_id]
        fresh = [
            (logical, location, batch, QUALIFIED)
            for logical in owners
            for location in self.world.locations[warehouse_id]
            for batch in BATCHES
        ]
        every = list(dict.fromkeys([*known, *fresh]))
        return [place for place in every if place[3] == QUALIFIED or not net]

    def named(self, place: Place) -> tuple[str, str, str, str, int]:
        """A place as warehouses name it."""
        codes, (sku, _warehouse, owner) = self.world.codes, place[0]
        return codes["sku", sku], codes["owner", owner], codes["location", place[1]], place[2], place[3]

    def free_on(self, place: Place) -> int:
        """Units that wait for nobody."""
        return self.model.figures["place", *place, "quantity"] - self.model.figures["place", *place, "held_qty"]

    def moved_since(self, place: Place, counter: str, taken: datetime) -> int:
        """Units that came (negative: left) later, what was only believed wrongly not counted."""
        later = [row for row in self.model.moved if (row.place, row.counter) == (place, counter) and row.at > taken]
        return sum(row.units for row in later if not row.is_correction)

    def ours_at(self, place: Place, taken: datetime) -> int:
        """What lay there then as far as we know now."""
        return self.model.figures["place", *place, "quantity"] - self.moved_since(place, "quantity", taken)

    def under_locks(self, place: Place) -> int:
        """Units we locked there and the warehouse may still call good (negative: the other way round)."""
        return sum(
            units if origin == place else -units
            for origin, units in self.model.locks.values()
            if place in (origin, (*origin[:3], LOCKED))
        )

    def compare(self, picture: Mapping[Place, int], taken: datetime, missing: Iterable[Place]) -> dict[Place, Told]:
        """What does not fit, and what becomes of it; ``missing`` are places the picture should have told."""
        absent = [row for row in missing if row not in picture and self.model.figures["place", *row, "quantity"] > 0]
        found = {}
        for place, wms in [*picture.items(), *((row, 0) for row in absent)]:
            ours = self.ours_at(place, taken)
            if wms == ours:
                continue
            held = self.model.figures["place", *place, "held_qty"]
            leaving = max(held - self.moved_since(place, "held_qty", taken), 0)
            under = self.under_locks(place)
            most, least = ours + max(under, 0), ours - leaving + min(under, 0)
            difference = wms - most if wms > most else min(wms - least, 0)
            found[place] = Told(wms, ours, leaving, difference, EXPLAINED)
            coming = self.model.figures["logical", place[0], "in_transit_qty"] if place in picture else 0
            too_few = self.model.figures["place", *place, "quantity"] + difference < held
            doubtful = place in absent or abs(difference) > DIFFERENCE_LIMIT or too_few or (difference > 0 and coming)
            if difference:
                found[place] = Told(wms, ours, leaving, difference, REVIEW if doubtful else APPLIED)
        return found

    def written(self, found: WmsSnapshot) -> dict[Place, Told]:
        """What the code found."""
        numbers = {name: pk for (_kind, pk), name in self.world.codes.items()}
        rows = SnapshotDifference.objects.filter(snapshot=found).exclude(state=UNKNOWN)
        return {
            (
                (numbers[row.sku], found.warehouse_id, numbers[row.owner]),
                numbers[row.location],
                row.batch,
                row.quality,
            ): Told(row.wms_qty, row.our_qty, row.held_qty, row.difference_qty, row.state)
            for row in rows
        }

    def supersede(self, warehouse_id: int, picture: Mapping[Place, int], complete: bool) -> None:
        """A newer picture of the same goods on the same location ends what waited."""
        again = {place[:2] for place in picture}
        for review in self.reviews.values():
            is_told = complete or review.place[:2] in again
            if review.place[0][1] == warehouse_id and is_told:
                review.is_open = False

    def keep(self, found: WmsSnapshot, told: Mapping[Place, Told]) -> None:
        """Remember what waits for a person."""
        for row in SnapshotDifference.objects.filter(snapshot=found, state=REVIEW).select_related("physical"):
            place = self.rows.places[row.physical_id or 0]
            self.reviews[row.pk] = Review(place, told[place].difference, self.now)

    def book(self, units: Mapping[Place, int]) -> None:
        """Places, base and locked move; found goods are sold to all unless something is short."""
        good: Counter[Logical] = Counter()
        short = self.lacking()
        for place, more in units.items():
            self.model.correct(place, more)
            good[place[0]] += more if place[3] == QUALIFIED else 0
        for logical, more in good.items():
            self.follow_count(logical, more, is_short=logical in short)
