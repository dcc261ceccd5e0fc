"""Rules of goods on their way: expect, presell, receive, delay, give up."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from inventory.exceptions import SupplyClosed, SupplyExceeded
from inventory.models import SupplyLine
from inventory.services.supply import ExpectLine, close_presale, expect_supply, open_presale, reschedule_supply
from inventory.services.supply_close import close_supply
from inventory.services.supply_receive import ArrivalLine, receive_supply, receive_transfer
from tests.prove.driver import Refusal
from tests.prove.rules_demand import ANY, UNITS
from tests.prove.seller import Seller
from tests.prove.state import NORMAL, QUALIFIED, Supply
from tests.prove.world import ACTOR

FIRST_DAY = date(2026, 12, 1)
DAYS = st.integers(0, 20)


class SupplyRules(Seller):
    """Supply lines from their announcement to their end."""

    def a_line(self, pick: int) -> Supply | None:
        """Some supply line, open or closed."""
        known = list(self.model.supply.values())
        return self.rather(known, [line for line in known if line.coming], pick)

    def refusal(self, line: Supply, units: int, most: int) -> Refusal | None:
        """What a step of ``units`` on a line must meet."""
        if not line.coming:
            return SupplyClosed
        return SupplyExceeded if units > most else None

    @rule(pick=ANY, units=st.integers(1, 15), days=DAYS, presale=st.integers(0, 15))
    def expect(self, pick: int, units: int, days: int, presale: int) -> None:
        """A supplier's order is on its way; a part of it may be sold at once."""
        logicals = self.world.logicals()
        logical, source = logicals[pick % len(logicals)], self.document("purchase")
        line = ExpectLine(1, logical[0], units, FIRST_DAY + timedelta(days=days))
        self.run(
            lambda: expect_supply(
                warehouse_id=logical[1], owner_id=logical[2], lines=[line], source=source, actor=ACTOR
            )
        )
        entered = Supply(SupplyLine.objects.get(source_sn=source.sn).pk, logical, days, 0)
        self.model.expect(entered, units)
        if presale:
            self._presell(entered, presale)

    @rule(pick=ANY, units=UNITS)
    def open_presale(self, pick: int, units: int) -> None:
        """Sell more of it before it comes."""
        if line := self.a_line(pick):
            self._presell(line, units)

    def _presell(self, line: Supply, units: int) -> None:
        source = self.document("presale")
        done = self.run(
            lambda: open_presale(line_id=line.id, quantity=units, source=source, actor=ACTOR),
            refused=self.refusal(line, units, line.room),
        )
        if done:
            self.model.open_presale(line.id, (line.logical, NORMAL, 0), units)

    @rule(pick=ANY, units=UNITS)
    def close_presale(self, pick: int, units: int) -> None:
        """Sell less of it; what was promised stays."""
        line = self.a_line(pick)
        if line is None:
            return
        bucket = (line.logical, NORMAL, 0)
        live = [row for row in self.model.presold(bucket) if row.state == 2 or self.live(row)]
        most = self.model.of(bucket, "presale_qty") - sum(row.units for row in live)
        source = self.document("presale")
        done = self.run(
            lambda: close_presale(line_id=line.id, quantity=units, source=source, actor=ACTOR),
            refused=self.refusal(line, units, min(line.presale, most)),
        )
        if done:
            self.model.open_presale(line.id, bucket, -units)

    @rule(pick=ANY, units=st.integers(1, 12))
    def receive_supply(self, pick: int, units: int) -> None:
        """It comes, in part perhaps; more than was expected is refused."""
        line = self.a_line(pick)
        if line is None:
            return
        location, source = self.world.locations[line.logical[1]][pick % 2], self.document("stockin")
        arrival = ArrivalLine(1, line.id, location, "", units, Decimal("9.00"))
        command = receive_transfer if line.is_transfer and pick % 2 else receive_supply
        done = self.run(
            lambda: command(lines=[arrival], source=source, actor=ACTOR),
            refused=self.refusal(line, units, line.coming),
        )
        if done:
            place = (line.logical, location, "", QUALIFIED)
            self.model.receive_supply(line.id, place, units)
            self.follow_percents(line.logical)

    @rule(pick=ANY, days=DAYS)
    def reschedule(self, pick: int, days: int) -> None:
        """It comes on another day: nothing is counted differently."""
        line = self.a_line(pick)
        if line is None:
            return
        day = FIRST_DAY + timedelta(days=days)
        done = self.run(
            lambda: reschedule_supply(line_id=line.id, due_on=day, actor=ACTOR),
            refused=None if line.coming else SupplyClosed,
        )
        if done is not None:
            line.due = days

    @rule(pick=ANY)
    def close_supply(self, pick: int) -> None:
        """The rest will not come: its promises find other goods on their way, or end."""
        line = self.a_line(pick)
        if line is None:
            return
        source = self.document("close")
        lost = self.run(
            lambda: close_supply(line_id=line.id, source=source, actor=ACTOR),
            refused=None if line.coming else SupplyClosed,
            repeats=False,
        )
        if lost is not None:
            assert lost == self.model.close_supply(line.id)
