"""Which of the ways of the product a line takes: rules over one invoice, without a database.

Every line of the file ends in exactly one :class:`LineClass`; the summary proves that the classes add up. Exact
duplicates are kept: a till writes two lines when the same article is scanned twice, and the format has no line
number that would tell such a pair from a copying fault. They are counted.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from orders.replay.parsing import SalesLine

_GOODS_CODE: Final = re.compile(r"[0-9]{5}")
"""Articles have five digits first; POST, M, D, C2, DOT, CRUK, BANK CHARGES, GIFT_0001_20 … are charges."""

CANCELLATION_PREFIX: Final = "C"


class LineClass(StrEnum):
    """Where a line of the file ends. The first group is played, the second listed with its reason."""

    SOLD = "sold"
    GIVEN = "given away with a sale (price 0)"
    REFUSED = "refused with its invoice"
    RETURNED = "returned to its order"
    PARTLY_RETURNED = "returned in part to its order, the rest without"
    RETURNED_WITHOUT_ORDER = "returned without an order"
    WRITTEN_OFF = "written off (negative, no cancellation)"
    WRITE_OFF_REFUSED = "write-off refused: not in stock"

    CHARGE = "not played: charge or discount, not goods"
    CHARGE_CANCELLED = "not played: cancelled charge or discount"
    NO_PRICE = "not played: no price and nothing else sold"
    NEGATIVE_PRICE = "not played: negative price"
    NO_QUANTITY = "not played: quantity 0"
    WRONG_SIGN = "not played: cancellation with a positive quantity"
    OTHER_CUSTOMER = "not played: another customer than its invoice"
    OTHER_CONTENT = "not played: an order of this number has another amount"
    BEYOND_LIMIT = "not played: beyond --limit"


@dataclass(frozen=True, slots=True)
class Invoice:
    """The lines of one invoice number that are to be played together, at its earliest time.

    ``sold`` become an order, ``returned`` come back, ``written_off`` leave as scrap; quantities of the last two
    stay negative as in the file. An invoice of the file may fill more than one of them.
    """

    number: str
    at: datetime
    customer: str
    country: str
    sold: tuple[SalesLine, ...] = ()
    returned: tuple[SalesLine, ...] = ()
    written_off: tuple[SalesLine, ...] = ()

    @property
    def lines(self) -> tuple[SalesLine, ...]:
        """Every line that is to be played."""
        return self.sold + self.returned + self.written_off


@dataclass(slots=True)
class Cleaned:
    """The file after cleaning: invoices in time order, listed lines by class, and what was noticed on the way."""

    invoices: list[Invoice]
    listed: dict[LineClass, list[SalesLine]]
    notes: Counter[str] = field(default_factory=Counter)


def clean(lines: Sequence[SalesLine]) -> Cleaned:
    """Sort the lines into invoices to play and lines to list; time order, sales before returns of the same minute."""
    by_invoice: dict[str, list[SalesLine]] = {}
    for line in lines:
        by_invoice.setdefault(line.invoice, []).append(line)
    listed: dict[LineClass, list[SalesLine]] = {}
    invoices = []
    for group in by_invoice.values():
        invoice = _invoice(group, listed)
        if invoice.lines:
            invoices.append(invoice)
    invoices.sort(key=lambda invoice: (invoice.at, bool(invoice.returned), invoice.number))
    return Cleaned(invoices, listed, _notes(lines, by_invoice.values()))


def _invoice(group: Sequence[SalesLine], listed: dict[LineClass, list[SalesLine]]) -> Invoice:
    customer = next((line.customer for line in group if line.customer), "")
    ways: dict[str, list[SalesLine]] = {"sold": [], "returned": [], "written_off": []}
    for line in group:
        reason = _reason_to_list(line, customer)
        if reason is None:
            ways[_way(line)].append(line)
        else:
            listed.setdefault(reason, []).append(line)
    if ways["sold"] and not any(line.price for line in ways["sold"]):
        listed.setdefault(LineClass.NO_PRICE, []).extend(ways["sold"])
        ways["sold"] = []
    return Invoice(
        number=group[0].invoice,
        at=min(line.at for line in group),
        customer=customer,
        country=group[0].country,
        sold=tuple(ways["sold"]),
        returned=tuple(ways["returned"]),
        written_off=tuple(ways["written_off"]),
    )


def _reason_to_list(line: SalesLine, customer: str) -> LineClass | None:
    """Why the line cannot be played, or None."""
    cancelled = is_cancellation(line)
    if not is_goods(line.code):
        return LineClass.CHARGE_CANCELLED if cancelled else LineClass.CHARGE
    if line.quantity == 0:
        return LineClass.NO_QUANTITY
    if line.price < 0:
        return LineClass.NEGATIVE_PRICE
    if line.customer not in ("", customer):
        return LineClass.OTHER_CUSTOMER
    if cancelled and line.quantity > 0:
        return LineClass.WRONG_SIGN
    return None


def _way(line: SalesLine) -> str:
    if is_cancellation(line):
        return "returned"
    return "sold" if line.quantity > 0 else "written_off"


def is_goods(code: str) -> bool:
    """Whether a stock code names an article that can lie on a shelf."""
    return _GOODS_CODE.match(code) is not None


def is_cancellation(line: SalesLine) -> bool:
    """Whether the line belongs to a cancellation invoice."""
    return line.invoice.startswith(CANCELLATION_PREFIX)


def _notes(lines: Sequence[SalesLine], invoices: Iterable[Sequence[SalesLine]]) -> Counter[str]:
    """Facts about the input that change no line's class, with their counts."""
    seen: set[tuple[object, ...]] = set()
    notes: Counter[str] = Counter()
    for line in lines:
        content = (line.invoice, line.code, line.description, line.quantity, line.at, line.price, line.customer)
        notes["exact duplicates, kept (an article scanned twice)"] += content in seen
        seen.add(content)
        notes["stock codes in lower case, taken as one article with the upper-case code"] += line.is_recased
        notes["prices rounded to the cent"] += line.is_rounded
        notes["without customer: anonymous"] += not line.customer
        notes["without description: named by other lines of the code"] += not line.description
    notes["invoices whose lines carry different times, played at the earliest"] = sum(
        len({line.at for line in group}) > 1 for group in invoices
    )
    return +notes


def line_class_of_sale(line: SalesLine) -> LineClass:
    """The class of a line whose invoice became an order."""
    return LineClass.SOLD if line.price > Decimal(0) else LineClass.GIVEN
