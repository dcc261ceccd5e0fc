"""Rules of what is kept from sale: locks, counts, cancellations after the warehouse was told."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory.choices import LockReason
from inventory.exceptions import HoldNotOpen, OverConfirmed, PhysicalShort
from inventory.models import StockLockLine
from inventory.services import (
    CountLine,
    LockLine,
    UnlockLine,
    approve_stocktake,
    count,
    lock,
    lock_units,
    open_stocktake,
    submit_stocktake,
    unlock,
)
from inventory.services.cancel_noticed import confirm_cancel, request_cancel
from inventory.services.rebalance import settle_shortages
from tests.prove.rules_demand import ANY, UNITS
from tests.prove.seller import Seller
from tests.prove.state import QUALIFIED, Place
from tests.prove.world import ACTOR, DIFFERENCE_LIMIT


class ControlRules(Seller):
    """Goods are there and may not be sold, or were promised and are not there."""

    # --- locks and counts ---

    def a_place(self, pick: int) -> Place | None:
        """A place with qualified goods."""
        return self.one_of([row for _pk, row in sorted(self.rows.places.items()) if row[3] == QUALIFIED], pick)

    def there(self, place: Place) -> tuple[int, int]:
        """Units on a place, and those that wait to leave."""
        return self.model.figures["place", *place, "quantity"], self.model.figures["place", *place, "held_qty"]

    @rule(pick=ANY, units=UNITS)
    def lock(self, pick: int, units: int) -> None:
        """Take units out of sale; promised ones that lose their goods are told."""
        place = self.a_place(pick)
        if place is None:
            return
        quantity, held = self.there(place)
        sn, line = self.document("lock").sn, LockLine(1, self.rows.id_of(place), units)
        done = self.run(
            lambda: lock(sn=sn, lines=[line], reason=LockReason.QUALITY, actor=ACTOR),
            refused=PhysicalShort if units > quantity - held else None,
        )
        if done is not None:
            self.model.lock((sn, 1), place, units)
            self.follow(place[0])

    @rule(pick=ANY, units=UNITS)
    def lock_units(self, pick: int, units: int) -> None:
        """Take so many units of a row out of sale, wherever they lie."""
        logical = self.one_of([row for _pk, row in sorted(self.rows.logicals.items())], pick)
        if logical is None:
            return
        sn, logical_id = self.document("lock").sn, self.rows.id_of(logical)
        done = self.run(
            lambda: lock_units(sn=sn, logical_id=logical_id, quantity=units, reason=LockReason.QUALITY, actor=ACTOR),
            refused=PhysicalShort if units > self.model.on_shelf(logical) else None,
        )
        if done is None:
            return
        lines = StockLockLine.objects.filter(lock=done).order_by("line_no")
        assert sum(line.quantity for line in lines) == units
        for line in lines:
            self.model.lock((sn, line.line_no), self.rows.places[line.origin_id], line.quantity)
        self.follow(logical)

    @rule(pick=ANY, units=UNITS)
    def unlock(self, pick: int, units: int) -> None:
        """Give locked units back to where they were taken from."""
        known = list(self.model.locks)
        key = self.rather(known, [row for row in known if self.model.locks[row][1]], pick)
        if key is None:
            return
        (sn, line_no), (place, locked) = key, self.model.locks[key]
        reference = self.document("unlock").sn
        done = self.run(
            lambda: unlock(sn=sn, lines=[UnlockLine(line_no, units)], reference=reference, actor=ACTOR),
            refused=OverConfirmed if units > locked else None,
            repeats=False,
        )
        if done is not None:
            assert done == units
            self.model.lock(key, place, -units)
            self.follow(place[0])

    @rule(pick=ANY, more=st.integers(-5, 5))
    def count(self, pick: int, more: int) -> None:
        """A count finds more or less on a place, and somebody else agrees; two when it is much."""
        place = self.a_place(pick)
        if place is None:
            return
        quantity, held = self.there(place)
        is_short = place[0] in self.lacking()
        counted, (clerk, manager, director) = max(quantity + more, 0), self.world.people

        def book() -> int:
            logical = place[0]
            document = open_stocktake(warehouse_id=logical[1], owner_id=logical[2], actor=clerk)
            line = CountLine(logical[0], place[1], counted, place[2])
            count(stocktake_id=document.pk, lines=[line], actor=clerk)
            submit_stocktake(stocktake_id=document.pk, actor=clerk)
            approve_stocktake(stocktake_id=document.pk, actor=manager)
            if abs(counted - quantity) > DIFFERENCE_LIMIT:
                approve_stocktake(stocktake_id=document.pk, actor=director)
            return document.pk

        done = self.run(book, refused=PhysicalShort if counted < held else None, repeats=False)
        if done is not None:
            self.model.correct(place, counted - quantity)
            self.follow_count(place[0], counted - quantity, is_short=is_short)

    @rule()
    def settle_shortages(self) -> None:
        """What is short is covered from what no pool holds; a report that ended is gone, the others say how much."""
        rows = self.lacking()
        self.run(lambda: settle_shortages(actor=ACTOR), repeats=False)
        for logical in rows:
            self.follow(logical)
        for bucket in self.rows.buckets.values():
            figures = {key[-1]: units for key, units in self.rows.figures.items() if key[:4] == ("channel", *bucket)}
            promised = sum(figures.get(name, 0) for name in ("held_qty", "sold_qty", "frozen_qty"))
            lacking = max(promised - figures.get("base_quota_qty", 0), 0)
            assert figures.get("shortage_qty", 0) == lacking, f"shortage of {bucket}"

    # --- called off after the warehouse was told ---

    @rule(pick=ANY)
    def request_cancel(self, pick: int) -> None:
        """Freeze what has not left."""
        waiting = sorted({row.doc for row in self.model.picks if row.bucket and not row.is_frozen})
        doc = self.rather(sorted(self.model.noticed), waiting, pick)
        if doc is None:
            return
        source = self.source_of(doc)
        open_picks = [row for row in self.model.picks if row.doc == doc and row.bucket]
        fresh = [row for row in open_picks if not row.is_frozen]
        frozen = self.run(
            lambda: request_cancel(source=source, actor=ACTOR),
            refused=None if open_picks else HoldNotOpen,
            repeats=False,
        )
        if frozen is not None:
            assert frozen == sum(row.units for row in fresh)
            for row in fresh:
                self.model.freeze(row)

    @rule(pick=ANY, warehouse=st.integers(0, 1))
    def confirm_cancel(self, pick: int, warehouse: int) -> None:
        """The warehouse held it back: it can be sold again."""
        frozen_docs = sorted({row.doc for row in self.model.picks if row.is_frozen})
        doc = self.rather(sorted({row.doc for row in self.model.picks}), frozen_docs, pick)
        if doc is None:
            return
        source, place = self.source_of(doc), self.world.warehouses[warehouse]
        frozen = [row for row in self.model.picks if row.doc == doc and row.is_frozen and row.place[0][1] == place]
        reference = self.document("wms").sn
        freed = self.run(
            lambda: confirm_cancel(source=source, warehouse_id=place, reference=reference, actor=ACTOR),
            refused=None if frozen else HoldNotOpen,
        )
        if freed is not None:
            assert freed == sum(row.units for row in frozen)
            for row in frozen:
                self.model.thaw(row)
