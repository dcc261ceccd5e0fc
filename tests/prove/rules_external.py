"""Rules of orders kept elsewhere, which hold stock here under their own numbers."""

from hypothesis.stateful import rule

from inventory.exceptions import HoldNotOpen
from inventory.services import ReserveLine, deduct, release_order, reserve_order
from tests.prove.rules_cart import SOME, CartRules
from tests.prove.rules_demand import ANY, UNITS, DemandRules
from tests.prove.state import EXPIRED, HELD, OVERSOLD, SOLD
from tests.prove.world import ACTOR, MEMBERS
from vmi.core.tenancy import current_namespace

KIND = "extorder"


class ExternalRules(CartRules, DemandRules):
    """Reserve, deduct and release by number; everything else happens to them as to any order."""

    def external(self, *states: int) -> list[str]:
        """The numbers with promises in these states."""
        return [doc for doc in self.orders(*states) if doc.startswith(KIND)]

    @rule(member=ANY, channel=ANY, first=UNITS, second=SOME)
    def reserve_order(self, member: int, channel: int, first: int, second: int) -> None:
        """Hold the lines, out of the member's cart where it can; a line that oversells has its own minutes."""
        partner, channel_id = MEMBERS[member % 2], self.world.channels[channel % len(self.world.channels)]
        wanted = {sku: units for sku, units in zip(self.world.skus, (first, second), strict=True) if units}
        own = {sku: rows for sku, rows in self.in_cart(partner, channel_id).items() if sku in wanted}
        source = self.document(KIND)
        lines = [ReserveLine(number, sku, units) for number, (sku, units) in enumerate(wanted.items(), start=1)]
        holds = self.run(
            lambda: reserve_order(
                channel_id=channel_id, order_no=source.sn, lines=lines, partner_id=partner, actor=ACTOR
            ),
            refused=self.what_refuses(channel_id, partner, wanted, own),
        )
        if holds is None:
            return
        taken_over = [row for rows in own.values() for row in rows]
        for row in taken_over:
            self.model.end_hold(row)
        terms = current_namespace()
        oversells = any((key[0], key[3]) == (source.sn, OVERSOLD) for key in self.rows.promises)
        minutes = terms.oversell_hold_minutes if oversells else terms.order_hold_minutes
        self.adopt(source.sn, channel_id, partner, wanted, self.after(minutes), taken_over=taken_over)

    @rule(pick=ANY)
    def deduct(self, pick: int) -> None:
        """It was paid elsewhere."""
        doc = self.one_of(self.external(HELD, SOLD, EXPIRED), pick)
        if doc is not None:
            self._pay(doc, lambda: deduct(order_no=doc, actor=ACTOR))

    @rule(pick=ANY)
    def release_order(self, pick: int) -> None:
        """It was called off elsewhere; a paid one is not released."""
        doc = self.one_of(self.external(HELD, SOLD, EXPIRED), pick)
        if doc is None:
            return
        rows = self.model.of_doc(doc, HELD, SOLD, EXPIRED)
        held = self.model.of_doc(doc, HELD)
        hold_id = rows[0].id
        is_sold = any(row.state == SOLD for row in rows) or doc in self.model.noticed
        freed = self.run(
            lambda: release_order(hold_id=hold_id, partner_id=rows[0].member, actor=ACTOR),
            refused=HoldNotOpen if is_sold else None,
        )
        if freed is not None:
            assert freed == sum(row.units for row in held)
            for row in held:
                self.model.end_hold(row)
