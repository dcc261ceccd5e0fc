"""Counting what happened: every line of the file in exactly one class, and the figures of the summary."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from orders.replay.cleaning import LineClass
from orders.replay.parsing import SalesLine


@dataclass(slots=True)
class Tally:
    """Lines and units by class, documents by kind; ``new`` counts what this run wrote, the rest was there before."""

    lines: Counter[LineClass] = field(default_factory=Counter)
    units: Counter[LineClass] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    revenue: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    opening_units: int = 0
    opening_units_of_write_offs: int = 0
    unmatched_units: int = 0

    def count(self, kind: LineClass, lines: Iterable[SalesLine]) -> None:
        """Put ``lines`` into a class."""
        for line in lines:
            self.lines[kind] += 1
            self.units[kind] += abs(line.quantity)

    def document(self, kind: str, *, is_new: bool) -> None:
        """One document of a kind (``orders``, ``returns`` …), written now or found."""
        self.documents[kind] += 1
        self.new[kind] += is_new

    def require_complete(self, total: int) -> None:
        """Every line of the file ended in one class; anything else is a defect of the replay itself."""
        counted = sum(self.lines.values())
        if counted != total:
            raise AssertionError(f"{total} lines were read, but {counted} were counted")
