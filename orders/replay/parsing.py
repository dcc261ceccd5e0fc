"""Reading a sales file: every line becomes one checked :class:`SalesLine`, or reading stops with the line's number.

The whole file is read and checked before anything is written, so that a damaged one changes nothing.
"""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from orders.replay.exceptions import UnreadableFile
from vmi.core.money import quantize

COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
LINES_MAX: Final = 2_000_000
"""Most lines of one file; all of them are held in memory (about 300 bytes each)."""

QUANTITY_MAX: Final = 1_000_000
"""Most units of one line, either sign: what an order line may carry."""

PRICE_MAX: Final = Decimal(10_000_000)
TEXT_MAX: Final = 1_000
"""Longest field, units: characters; longer ones are a sign of a lost quote."""

_GZIP_MAGIC: Final = b"\x1f\x8b"
_CODE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,46}[\x21-\x7e])?")
_QUANTITY: Final = re.compile(r"[+-]?[0-9]{1,12}")
_PRICE: Final = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,8})?")
_CUSTOMER: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class SalesLine:
    """One line of the file: ``quantity`` in units, ``at`` in local time, ``price`` to the cent in the file's currency.

    ``code`` is in upper case (``is_recased`` tells when it was not); ``customer`` is empty for an anonymous sale.
    """

    number: int
    invoice: str
    code: str
    description: str
    quantity: int
    at: datetime
    price: Decimal
    customer: str
    country: str
    is_recased: bool = False
    is_rounded: bool = False


def read_lines(path: Path) -> list[SalesLine]:
    """Every line of a ``.csv`` or ``.csv.gz`` file in the file's order. Raises UnreadableFile naming the line."""
    try:
        with path.open("rb") as raw:
            is_packed = raw.read(2) == _GZIP_MAGIC
            raw.seek(0)
            stream: Iterator[bytes] = gzip.GzipFile(fileobj=raw) if is_packed else raw
            lines = list(_lines(stream))
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror or error}") from error
    if not lines:
        raise UnreadableFile("the file has a header and no lines", line=1)
    return lines


class _Source:
    """The text lines of the file, counting; turns every way a file can be damaged into one error."""

    def __init__(self, stream: Iterator[bytes]) -> None:
        self.number = 0
        self._stream = stream

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            raw = next(self._stream)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableFile("the compressed file is damaged or cut off", line=self.number + 1) from error
        self.number += 1
        try:
            return raw.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            message = f"not UTF-8 (byte 0x{raw[error.start]:02x} in column {error.start + 1}); save the file as UTF-8"
            raise UnreadableFile(message, line=self.number) from error


def _lines(stream: Iterator[bytes]) -> Iterator[SalesLine]:
    source = _Source(stream)
    records = csv.reader(source, strict=True)
    _check_header(_next_record(records, source))
    texts: dict[str, str] = {}
    while (record := _next_record(records, source)) is not None:
        if source.number > LINES_MAX:
            raise UnreadableFile(f"more than {LINES_MAX} lines", line=source.number)
        yield _parse(record, source.number, texts)


def _next_record(records: Iterator[list[str]], source: _Source) -> list[str] | None:
    try:
        return next(records, None)
    except csv.Error as error:
        raise UnreadableFile(f"not valid CSV: {error}", line=source.number) from error


def _check_header(record: Sequence[str] | None) -> None:
    if record is None:
        raise UnreadableFile("the file is empty", line=1)
    found = [name.strip() for name in record]
    if found == list(COLUMNS):
        return
    missing = [name for name in COLUMNS if name not in found]
    expected = ",".join(COLUMNS)
    if missing:
        raise UnreadableFile(f"the header lacks {', '.join(missing)}; expected: {expected}", line=1)
    raise UnreadableFile(f"the columns are not in the expected order: {expected}", line=1)


def _parse(record: Sequence[str], number: int, texts: dict[str, str]) -> SalesLine:
    """One checked line; ``texts`` keeps one copy of each repeated text."""
    if len(record) != len(COLUMNS):
        raise UnreadableFile(f"{len(record)} fields instead of {len(COLUMNS)}", line=number)
    if max(map(len, record)) > TEXT_MAX:
        raise UnreadableFile(f"a field has more than {TEXT_MAX} characters; is a quote missing?", line=number)
    invoice, code, description, quantity, instant, price, customer, country = (text.strip() for text in record)
    upper = _matching(_CODE, code, "StockCode", number).upper()
    exact = _price(price, number)
    cents = quantize(exact)
    return SalesLine(
        number=number,
        invoice=_matching(_CODE, invoice, "InvoiceNo", number).upper(),
        code=texts.setdefault(upper, upper),
        description=texts.setdefault(description, _printable(description)),
        quantity=_quantity(quantity, number),
        at=_instant(instant, number),
        price=cents,
        customer=_customer(customer, number),
        country=texts.setdefault(country, _printable(country)),
        is_recased=upper != code,
        is_rounded=cents != exact,
    )


def _matching(form: re.Pattern[str], text: str, column: str, number: int) -> str:
    if not form.fullmatch(text):
        raise UnreadableFile(f"{column} {_shown(text)} is not a code", line=number)
    return text


def _quantity(text: str, number: int) -> int:
    if not _QUANTITY.fullmatch(text):
        raise UnreadableFile(f"Quantity {_shown(text)} is not a whole number", line=number)
    quantity = int(text)
    if abs(quantity) > QUANTITY_MAX:
        raise UnreadableFile(f"Quantity {quantity} is beyond {QUANTITY_MAX}", line=number)
    return quantity


def _price(text: str, number: int) -> Decimal:
    if not _PRICE.fullmatch(text):
        raise UnreadableFile(f"UnitPrice {_shown(text)} is not an amount", line=number)
    price = Decimal(text)
    if abs(price) > PRICE_MAX:
        raise UnreadableFile(f"UnitPrice {price} is beyond {PRICE_MAX}", line=number)
    return price


def _instant(text: str, number: int) -> datetime:
    try:
        if not _INSTANT.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except ValueError as error:
        message = f"InvoiceDate {_shown(text)} is not a time like 2011-10-06 16:20:00"
        raise UnreadableFile(message, line=number) from error


def _customer(text: str, number: int) -> str:
    """``12923.0`` is customer 12923: spreadsheets write whole numbers so."""
    plain = text.removesuffix(".0")
    if plain and not _CUSTOMER.fullmatch(plain):
        raise UnreadableFile(f"CustomerID {_shown(text)} is not a customer number", line=number)
    return plain


def _printable(text: str) -> str:
    """The text with control characters as blanks: they cannot be stored."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
