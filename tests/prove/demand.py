"""What the events of demand do to the state: the contract's table, line by line."""

from dataclasses import replace

from tests.prove.offers import Offers
from tests.prove.state import EXPIRED, HELD, HELD_OF, SOLD, SOLD_OF, SPOT, Promise


class Demand(Offers):
    """Hold, change, end, pay, cancel."""

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

    def find_again(self, promise: Promise, goods: int) -> None:
        """Pay late: units of a lapsed promise on goods to come are goods by now, on the line's row of goods."""
        if promise.kind == SPOT or not goods:
            return
        promise.units -= goods
        twins = [row for row in self.of_doc(promise.doc, EXPIRED) if row.kind == SPOT]
        for twin in twins:
            if (twin.line, twin.bucket) == (promise.line, promise.bucket):
                twin.units += goods
                break
        else:
            self.promises.append(replace(promise, kind=SPOT, units=goods))
        if not promise.units:
            self.promises.remove(promise)

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
