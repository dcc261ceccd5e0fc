"""Which sale a returned unit belongs to: the latest earlier line of the same customer and article with units left."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from orders.replay.cleaning import Invoice
from orders.replay.parsing import SalesLine


@dataclass(slots=True)
class OpenLine:
    """An order line with the units of it that have not come back."""

    invoice: str
    line_no: int
    price: Decimal
    left: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Units of one cancellation line that undo one order line; ``price`` is what is given back per unit."""

    invoice: str
    line_no: int
    quantity: int
    price: Decimal


class SoldLines:
    """What was sold so far, by customer and article, latest last."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], list[OpenLine]] = defaultdict(list)

    def add(self, invoice: Invoice) -> None:
        """Note the lines of an invoice that became an order; anonymous ones can never be matched."""
        if not invoice.customer:
            return
        for line_no, line in enumerate(invoice.sold, start=1):
            row = OpenLine(invoice.number, line_no, line.price, line.quantity)
            self._open[invoice.customer, line.code].append(row)

    def take(self, line: SalesLine, customer: str) -> tuple[list[Piece], int]:
        """The pieces a cancellation line (negative quantity) undoes, and the units nobody bought before.

        A customer never gets back more per unit than they paid.
        """
        missing = -line.quantity
        pieces = []
        rows = self._open.get((customer, line.code), []) if customer else []
        while rows and missing:
            latest = rows[-1]
            units = min(latest.left, missing)
            latest.left -= units
            missing -= units
            pieces.append(Piece(latest.invoice, latest.line_no, units, min(line.price, latest.price)))
            if not latest.left:
                rows.pop()
        return pieces, missing
