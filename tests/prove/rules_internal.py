"""Rules of goods that are not sold: internal outbounds, transfers between warehouses, adjustments."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory.choices import AdjustOperation
from inventory.exceptions import HoldNotOpen, InsufficientStock
from inventory.hooks import Route
from inventory.models import SupplyLine
from inventory.services import AllocateLine, adjust, allocate, cancel_internal
from tests.prove.driver import Refusal
from tests.prove.rules_demand import ANY, UNITS
from tests.prove.rules_goods import GoodsRules
from tests.prove.rules_quota import QuotaRules
from tests.prove.rules_supply import DAYS, FIRST_DAY
from tests.prove.state import NORMAL, SPOT, Bucket, Pick, Supply
from tests.prove.world import ACTOR


class InternalRules(GoodsRules, QuotaRules):
    """Goods leave a place and nobody buys them."""

    @rule(pick=ANY, units=UNITS)
    def allocate(self, pick: int, units: int) -> None:
        """An internal outbound takes what nobody was promised."""
        bucket, _place = self.where(pick)
        self._allocate(bucket, units)

    def _allocate(self, bucket: Bucket, units: int) -> str | None:
        """Promise units to an internal document; its number, or None when it is refused."""
        logical, source = bucket[0], self.document("transfer")
        line = AllocateLine(1, logical[0], units)
        room = self.model.opened(bucket, self.now)[SPOT] + max(self.model.unassigned(logical), 0)
        done = self.run(
            lambda: allocate(warehouse_id=logical[1], owner_id=logical[2], lines=[line], source=source, actor=ACTOR),
            refused=InsufficientStock if units > room else None,
        )
        if not done:
            return None
        self.model.allocate(source.sn, 1, bucket, units)
        return source.sn

    @rule(pick=ANY, withdrawn=st.booleans())
    def cancel_internal(self, pick: int, withdrawn: bool) -> None:
        """It is called off; refused when the warehouse was told and not stopped, or when some of it has left."""
        known = self.model.internal
        row = self.rather(known, [row for row in known if row.doc not in self.model.noticed], pick)
        if row is None:
            return
        source = self.source_of(row.doc)
        freed = self.run(
            lambda: cancel_internal(source=source, notice_withdrawn=withdrawn, actor=ACTOR),
            refused=HoldNotOpen if row.doc in self.model.noticed and (row.has_left or not withdrawn) else None,
        )
        if freed is not None:
            assert freed == row.units
            self.model.cancel_internal(row)

    @rule(pick=ANY, operation=st.sampled_from(AdjustOperation), units=st.integers(0, 9))
    def adjust(self, pick: int, operation: AdjustOperation, units: int) -> None:
        """A person corrects a place; promised units are never taken."""
        bucket, place = self.where(pick)
        there = self.model.figures["place", *place, "quantity"]
        if not there:  # a row may not exist; the command's answer for that is not what is proven here
            return
        delta = {"ADD": units, "SUBTRACT": -units, "SET": units - there}[operation]
        free_there = there - self.model.figures["place", *place, "held_qty"]
        refused: Refusal | None = None
        if -delta > min(free_there, self.model.opened(bucket, self.now)[SPOT]):
            refused = InsufficientStock
        source, logical_id = self.document("adjust"), self.rows.id_of(bucket[0])
        done = self.run(
            lambda: adjust(
                logical_id=logical_id,
                operation=operation,
                quantity=units,
                reason="counted",
                location_id=place[1],
                batch=place[2],
                source=source,
                actor=ACTOR,
            ),
            refused=refused,
        )
        if done is not None:
            assert done == delta
            self.model.adjust(bucket, place, delta)

    @rule(pick=ANY, units=UNITS)
    def allocate_from(self, pick: int, units: int) -> None:
        """An internal outbound takes unsold units of one bucket, whoever sells from it."""
        bucket = self.one_of(self.sold_from(), pick)
        if bucket is None:
            return
        logical, source = bucket[0], self.document("transfer")
        line = AllocateLine(1, logical[0], units, self.rows.id_of(bucket))
        done = self.run(
            lambda: allocate(warehouse_id=logical[1], owner_id=logical[2], lines=[line], source=source, actor=ACTOR),
            refused=InsufficientStock if units > self.model.opened(bucket, self.now)[SPOT] else None,
        )
        if done:
            self.model.allocate(source.sn, 1, bucket, units, is_named=True)

    @rule(pick=ANY, units=UNITS, days=DAYS, presale=st.booleans(), told=st.booleans())
    def transfer(self, pick: int, units: int, days: int, presale: bool, told: bool) -> None:
        """Goods of the first owner leave for the other warehouse, where they may be sold on their way."""
        of_first = [row for row in self.world.logicals() if row[2] == self.world.owners[0]]
        bucket = (of_first[pick % len(of_first)], NORMAL, 0)
        doc = self._allocate(bucket, units)
        if doc is None:
            return
        self._notice(self.source_of(doc))
        if told and any(row.doc == doc for row in self.model.picks):
            self._dispatch(doc, pick, 0, days, presale)

    @rule(pick=ANY, units=st.integers(0, 9), days=DAYS, presale=st.booleans())
    def dispatch(self, pick: int, units: int, days: int, presale: bool) -> None:
        """All (0) or some units of a line of a noticed internal document leave for the other warehouse."""
        known = [row.doc for row in self.model.picks if row.bucket is None and row.place[0][2] == self.world.owners[0]]
        doc = self.one_of(list(dict.fromkeys(known)), pick)
        if doc is not None:
            self._dispatch(doc, pick, units, days, presale)

    def _dispatch(self, doc: str, pick: int, units: int, days: int, presale: bool) -> None:
        origin = next(row.place[0] for row in self.model.picks if row.doc == doc)
        other = next(warehouse for warehouse in self.world.warehouses if warehouse != origin[1])
        route = Route(other, origin[2], FIRST_DAY + timedelta(days=days), presale)
        for pick_row, part in self._ship(doc, pick, units, route=route) or ():
            self._send_on(pick_row, part, other, days, presale)

    def _send_on(self, row: Pick, units: int, warehouse: int, days: int, presale: bool) -> None:
        """What left is on its way from now on; the day that was told first stays."""
        logical = (row.place[0][0], warehouse, row.place[0][2])
        line_id = SupplyLine.objects.get(source_sn=row.doc, line_no=row.line).pk
        line = self.model.supply.get(line_id, Supply(line_id, logical, days, 0, is_transfer=True))
        self.model.expect(line, units)
        if presale:
            self.model.open_presale(line_id, (logical, NORMAL, 0), units)
