"""Reading a sales file: what is accepted, and what is refused with the number of the line."""

import gzip
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from orders.replay.exceptions import UnreadableFile
from orders.replay.parsing import read_lines
from tests.orders.sales_files import HEADER, line, sales_file

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize("name", ["sales.csv", "sales.csv.gz"])
def test_plain_and_compressed_files_read_the_same(tmp_path: Path, name: str) -> None:
    rows = read_lines(sales_file(tmp_path, [line(), line(code="84406b", customer="", quantity=-2)], name=name))

    assert [row.number for row in rows] == [2, 3]
    assert (rows[0].invoice, rows[0].code, rows[0].quantity, rows[0].customer) == ("536365", "85123", 6, "17850")
    assert (rows[0].at, rows[0].price, rows[0].country) == (
        datetime(2010, 12, 1, 8, 26),  # noqa: DTZ001 - the file knows no zone
        Decimal("2.55"),
        "United Kingdom",
    )
    assert (rows[1].code, rows[1].is_recased, rows[1].customer, rows[1].quantity) == ("84406B", True, "", -2)


def test_a_byte_order_mark_quotes_and_blanks_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    row = '536365,85123,"T-LIGHT ""HEART"", RED \x07 ",6,2010-12-01 08:26:00,2.555, 17850 ,Éire'
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{row}\r\n".encode())

    (found,) = read_lines(path)

    assert (found.description, found.price, found.is_rounded) == ('T-LIGHT "HEART", RED', Decimal("2.56"), True)
    assert (found.customer, found.country) == ("17850", "Éire")


GOOD = line()


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (b"", 1, "empty"),
        (f"{HEADER}\n".encode(), 1, "no lines"),
        (f"{GOOD}\n{GOOD}\n".encode(), 1, "header lacks"),
        (HEADER.replace("UnitPrice", "Price").encode() + b"\n", 1, "header lacks UnitPrice"),
        (",".join(reversed(HEADER.split(","))).encode() + b"\n", 1, "order"),
        (f"{HEADER}\n{GOOD}\n{GOOD},extra\n".encode(), 3, "9 fields instead of 8"),
        (f"{HEADER}\n{GOOD}\n\n{GOOD}\n".encode(), 3, "0 fields"),
        (f"{HEADER}\n{line(name='红色灯笼')}\n".encode("gbk"), 2, "not UTF-8"),
        (f"{HEADER}\n{line(quantity='2.5')}\n".encode(), 2, "Quantity '2.5'"),
        (f"{HEADER}\n{line(quantity='')}\n".encode(), 2, "Quantity ''"),
        (f"{HEADER}\n{line(quantity=10_000_000)}\n".encode(), 2, "Quantity 10000000 is beyond"),
        (f"{HEADER}\n{line(quantity='9' * 40)}\n".encode(), 2, "Quantity"),
        (f"{HEADER}\n{line(at='01/12/2010 08:26')}\n".encode(), 2, "InvoiceDate"),
        (f"{HEADER}\n{line(at='2010-02-30 08:26:00')}\n".encode(), 2, "InvoiceDate"),
        (f"{HEADER}\n{line(price='NaN')}\n".encode(), 2, "UnitPrice 'NaN'"),
        (f"{HEADER}\n{line(price='1e9')}\n".encode(), 2, "UnitPrice"),
        (f"{HEADER}\n{line(price='99999999999')}\n".encode(), 2, "beyond"),
        (f"{HEADER}\n{line(code='')}\n".encode(), 2, "StockCode"),
        (f"{HEADER}\n{line(code='8' * 70)}\n".encode(), 2, "StockCode"),
        (f"{HEADER}\n{line(invoice='')}\n".encode(), 2, "InvoiceNo"),
        (f"{HEADER}\n{line(customer='a b')}\n".encode(), 2, "CustomerID"),
        (f"{HEADER}\n{line(name=chr(34) + 'lost quote')}\n{GOOD}\n".encode(), 3, "not valid CSV"),
        (f"{HEADER}\n{line(name='x' * 2000)}\n".encode(), 2, "more than 1000 characters"),
        (gzip.compress(f"{HEADER}\n{GOOD}\n".encode() * 500, mtime=0)[:60], 1, "damaged or cut off"),
        (b"\x1f\x8bnothing of the kind", 1, "damaged or cut off"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path: Path, content: bytes, where: int, what: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableFile) as refusal:
        read_lines(path)

    assert what in str(refusal.value)
    assert (refusal.value.line, refusal.value.details) == (where, {"line": where})


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nowhere\.csv: No such file"):
        read_lines(tmp_path / "nowhere.csv")
