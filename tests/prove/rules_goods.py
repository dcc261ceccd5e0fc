"""Rules of goods: receive, notice, ship, return, inspect, internal documents, adjustments."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from inventory.choices import AdjustOperation
from inventory.exceptions import HoldNotOpen, InsufficientStock, OverConfirmed, PhysicalShort, PromisesWaiting
from inventory.services import (
    AllocateLine,
    InspectLine,
    ReceiveLine,
    ReturnLine,
    ShippedLine,
    adjust,
    allocate,
    cancel_internal,
    confirm_outbound,
    inspect_return,
    issue_ship_notice,
    receive,
    receive_return,
)
from tests.prove.rows import noticed
from tests.prove.rules_demand import ANY, UNITS, DemandRules
from tests.prove.state import NORMAL, PENDING, QUALIFIED, SOLD, SPOT, Bucket, Logical, Pick, Place
from tests.prove.world import ACTOR
from vmi.core.exceptions import DomainError
from vmi.core.sources import Source

COST = Decimal("10.00")
BATCHES = ("", "B1")


class GoodsRules(DemandRules):
    """Goods come, leave, come back."""

    def where(self, pick: int, quality: int = QUALIFIED) -> tuple[Bucket, Place]:
        """Some place and the bucket its goods are sold from."""
        logicals = self.world.logicals()
        logical = logicals[pick % len(logicals)]
        location = self.world.locations[logical[1]][pick // 7 % 2]
        return (logical, NORMAL, 0), (logical, location, BATCHES[pick // 3 % 2], quality)

    @initialize(units=st.lists(st.integers(0, 20), min_size=6, max_size=6))
    def opening_stock(self, units: list[int]) -> None:
        """Something to sell in the most places."""
        for pick, quantity in enumerate(units):
            if quantity:
                self._receive(pick, quantity)

    @rule(pick=ANY, units=st.integers(1, 20))
    def receive(self, pick: int, units: int) -> None:
        """A stock-in was approved."""
        self._receive(pick, units)

    def _receive(self, pick: int, units: int) -> None:
        bucket, place = self.where(pick)
        logical, source = bucket[0], self.document("stockin")
        line = ReceiveLine(1, logical[0], place[1], place[2], units, COST)
        self.run(
            lambda: receive(warehouse_id=logical[1], owner_id=logical[2], lines=[line], source=source, actor=ACTOR)
        )
        self.model.receive(bucket, place, units)

    # --- out ---

    @rule(channel=ANY, first=UNITS, second=st.integers(0, 3), units=st.integers(0, 3))
    def sell_and_tell(self, channel: int, first: int, second: int, units: int) -> None:
        """Order, pay, tell the warehouse; it ships a part of it or (0) nothing yet."""
        doc = self._reserve(channel, first, second, 15, 0)
        if doc is None:
            return
        self._pay(doc)
        self.model.serve()
        self._notice(Source("order", doc))
        if units and any(row.doc == doc for row in self.model.picks):
            self._ship(doc, 0, units)

    def document_out(self, pick: int) -> Source | None:
        """A paid order or an internal document."""
        docs = [*self.orders(SOLD), *dict.fromkeys(row.doc for row in self.model.internal)]
        found = self.one_of(docs, pick)
        return Source("order" if found[0] == "o" else "transfer", found) if found else None

    @rule(pick=ANY)
    def issue_ship_notice(self, pick: int) -> None:
        """Tell the warehouse: free qualified units are held where they lie."""
        self._notice(self.document_out(pick))

    def _notice(self, source: Source | None) -> None:
        if source is None or source.sn in self.model.noticed:
            return
        needs: dict[Logical, int] = {}
        for promise in self.model.of_doc(source.sn, SOLD):
            needs[promise.bucket[0]] = needs.get(promise.bucket[0], 0) + promise.units
        for row in self.model.internal:
            if row.doc == source.sn:
                needs[row.bucket[0]] = needs.get(row.bucket[0], 0) + row.units
        short = any(units > self.model.on_shelf(logical) for logical, units in needs.items())
        refused: type[DomainError] | None = PhysicalShort if short else None
        if any(row.kind != SPOT for row in self.model.of_doc(source.sn, SOLD)):
            refused = PromisesWaiting
        picks = self.run(lambda: issue_ship_notice(source=source, actor=ACTOR), refused=refused)
        if picks is None:
            return
        for found in noticed(source.sn, self.rows):
            self.model.notice(Pick(source.sn, found.line, found.place, found.bucket, found.units))
            needs[found.place[0]] -= found.units
        assert not any(needs.values())
        assert sum(row.units for row in self.model.picks if row.doc == source.sn) == sum(row.quantity for row in picks)

    @rule(pick=ANY, units=st.integers(0, 9))
    def confirm_outbound(self, pick: int, units: int) -> None:
        """The warehouse shipped all (0) or some units of a line; more than it was told is refused."""
        doc = self.one_of(list(dict.fromkeys(row.doc for row in self.model.picks)), pick)
        if doc is not None:
            self._ship(doc, pick, units)

    def _ship(self, doc: str, pick: int, units: int) -> None:
        open_picks = [row for row in self.model.picks if row.doc == doc]
        line_no = open_picks[pick % len(open_picks)].line
        of_line = [row for row in open_picks if row.line == line_no]
        lines = [ShippedLine(line_no, units)] if units else None
        refused = OverConfirmed if units > sum(row.units for row in of_line) else None
        source, reference = Source("order" if doc[0] == "o" else "transfer", doc), f"message-{self.steps}"
        complete = self.run(
            lambda: confirm_outbound(source=source, lines=lines, reference=reference, actor=ACTOR), refused=refused
        )
        if complete is None:
            return
        rest = units
        for row in of_line if units else open_picks:
            part = min(row.units, rest) if units else row.units
            rest -= part
            self.model.ship(row, part)
        assert complete is not any(row.doc == doc for row in self.model.picks)

    # --- back ---

    @rule(pick=ANY, units=UNITS)
    def receive_return(self, pick: int, units: int) -> None:
        """A customer sent goods back: on hand, not sellable."""
        bucket, place = self.where(pick, PENDING)
        logical, source = bucket[0], self.document("return")
        line = ReturnLine(1, logical[0], place[1], place[2], units)
        self.run(
            lambda: receive_return(
                warehouse_id=logical[1], owner_id=logical[2], lines=[line], source=source, actor=ACTOR
            )
        )
        self.model.receive_return(source.sn, bucket, place, units)

    @rule(pick=ANY, good=st.integers(0, 5), bad=st.integers(0, 5))
    def inspect_return(self, pick: int, good: int, bad: int) -> None:
        """The verdict, in parts perhaps; on more units than wait it is refused."""
        doc = self.one_of(list(self.model.returns), pick)
        if doc is None:
            return
        refused = OverConfirmed if good + bad > self.model.returns[doc][2] else None
        source, reference = Source("return", doc), f"verdict-{self.steps}"
        done = self.run(
            lambda: inspect_return(source=source, lines=[InspectLine(1, good, bad)], reference=reference, actor=ACTOR),
            refused=refused,
        )
        if done is not None:
            self.model.inspect(doc, good, bad)

    # --- not sold ---

    @rule(pick=ANY, units=UNITS)
    def allocate(self, pick: int, units: int) -> None:
        """An internal outbound takes what nobody was promised."""
        bucket, _place = self.where(pick)
        logical, source = bucket[0], self.document("transfer")
        line = AllocateLine(1, logical[0], units)
        room = self.model.opened(bucket, self.now)[SPOT] + max(self.model.unassigned(logical), 0)
        done = self.run(
            lambda: allocate(warehouse_id=logical[1], owner_id=logical[2], lines=[line], source=source, actor=ACTOR),
            refused=InsufficientStock if units > room else None,
        )
        if done:
            self.model.allocate(source.sn, 1, bucket, units)

    @rule(pick=ANY)
    def cancel_internal(self, pick: int) -> None:
        """It is called off; once the warehouse was told it is refused."""
        known = self.model.internal
        row = self.rather(known, [row for row in known if row.doc not in self.model.noticed], pick)
        if row is None:
            return
        source = Source("transfer", row.doc)
        freed = self.run(
            lambda: cancel_internal(source=source, actor=ACTOR),
            refused=HoldNotOpen if row.doc in self.model.noticed else None,
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
        refused: type[DomainError] | None = None
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
