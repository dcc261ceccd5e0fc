"""Rules of goods: receive, notice, ship, return, inspect."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from inventory.exceptions import OverConfirmed, PhysicalShort, PromisesWaiting
from inventory.hooks import Route
from inventory.services import (
    InspectLine,
    ReceiveLine,
    ReturnLine,
    ShippedLine,
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
        self.model.receive(place, units)
        self.follow_percents(logical)

    # --- out ---

    @rule(channel=ANY, first=UNITS, second=st.integers(0, 3), units=st.integers(0, 3))
    def sell_and_tell(self, channel: int, first: int, second: int, units: int) -> None:
        """Order, pay, tell the warehouse; it ships a part of it or (0) nothing yet."""
        doc = self._reserve(channel, first, second, 15, 0)
        if doc is None:
            return
        self._pay(doc)
        self.model.serve()
        self._notice(self.source_of(doc))
        if units and any(row.doc == doc for row in self.model.picks):
            self._ship(doc, 0, units)

    def document_out(self, pick: int) -> Source | None:
        """A paid order or an internal document."""
        docs = [*self.orders(SOLD), *dict.fromkeys(row.doc for row in self.model.internal)]
        found = self.one_of(docs, pick)
        return self.source_of(found) if found else None

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

    @rule(pick=ANY, units=st.integers(0, 9), elsewhere=st.one_of(st.none(), ANY))
    def confirm_outbound(self, pick: int, units: int, elsewhere: int | None) -> None:
        """The warehouse shipped all (0) or some units of a line, perhaps from a place it names itself."""
        doc = self.one_of(list(dict.fromkeys(row.doc for row in self.model.picks)), pick)
        if doc is not None:
            self._ship(doc, pick, units, elsewhere=elsewhere)

    def _ship(
        self, doc: str, pick: int, units: int, *, elsewhere: int | None = None, route: Route | None = None
    ) -> list[tuple[Pick, int]] | None:
        """Ship, in the rows and in the model; more than the warehouse was told is refused. What left, or None."""
        open_picks = [row for row in self.model.picks if row.doc == doc]
        line_no = open_picks[pick % len(open_picks)].line
        of_line = [row for row in open_picks if row.line == line_no]
        refused = OverConfirmed if units > sum(row.units for row in of_line) else None
        reported = self._reported(of_line[0].place[0], elsewhere) if units and elsewhere is not None else None
        lines = [ShippedLine(line_no, units, *self.world.told(reported))] if units else None
        source, reference = self.source_of(doc), f"message-{self.steps}"
        complete = self.run(
            lambda: confirm_outbound(source=source, lines=lines, reference=reference, route=route, actor=ACTOR),
            refused=refused,
        )
        if complete is None:
            return None
        rest, left = units, []
        if reported:  # what was held there is what left first
            of_line.sort(key=lambda row: self._place_meant(row, reported) != row.place)
        for row in of_line if units else open_picks:
            part = min(row.units, rest) if units else row.units
            rest -= part
            if part:
                left.append((replace(row), part))
                self.model.ship(row, part, taken_from=self._taken_from(row, part, reported))
        assert complete is not any(row.doc == doc for row in self.model.picks)
        return left

    def _reported(self, logical: Logical, pick: int) -> Place | None:
        """Some place of the same goods."""
        known = [row for _pk, row in sorted(self.rows.places.items())]
        return self.one_of([row for row in known if (row[0], row[3]) == (logical, QUALIFIED)], pick)

    @staticmethod
    def _place_meant(row: Pick, reported: Place) -> Place:
        """The reported place of a pick's goods: of its own batch unless the warehouse names one."""
        return (row.place[0], reported[1], reported[2] or row.place[2], QUALIFIED)

    def _taken_from(self, row: Pick, units: int, reported: Place | None) -> Place:
        """Where the units really leave: the reported place if so many lie there for nobody."""
        if reported is None:
            return row.place
        meant = self._place_meant(row, reported)
        quantity, held = (self.model.figures["place", *meant, name] for name in ("quantity", "held_qty"))
        return meant if meant != row.place and quantity - held >= units else row.place

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
