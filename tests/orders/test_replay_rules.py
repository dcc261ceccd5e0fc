"""The rules of a replay that need no database: classes of lines, names, opening stock, matching of returns."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from orders.replay.cleaning import Cleaned, LineClass, clean
from orders.replay.matching import Piece, SoldLines
from orders.replay.parsing import read_lines
from orders.replay.planning import articles, customers, fingerprint, opening_units, written_off_units
from tests.orders.sales_files import line, sales_file

pytestmark = pytest.mark.no_database


def cleaned(folder: Path, lines: Sequence[str]) -> Cleaned:
    """The file with these lines, after cleaning."""
    return clean(read_lines(sales_file(folder, lines)))


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([line(code="POST")], LineClass.CHARGE),
        ([line(code="gift_0001_20", quantity=-1)], LineClass.CHARGE),
        ([line(code="BANK CHARGES", price="-3.00")], LineClass.CHARGE),
        ([line("C536379", "D", -1)], LineClass.CHARGE_CANCELLED),
        ([line(price="0.0")], LineClass.NO_PRICE),
        ([line(price="-11062.06")], LineClass.NEGATIVE_PRICE),
        ([line(quantity=0)], LineClass.NO_QUANTITY),
        ([line("C536379", quantity=2)], LineClass.WRONG_SIGN),
    ],
)
def test_what_cannot_be_played_is_listed_with_its_reason(tmp_path: Path, rows: list[str], kind: LineClass) -> None:
    found = cleaned(tmp_path, rows)

    assert found.invoices == []
    assert {key: len(lines) for key, lines in found.listed.items()} == {kind: 1}


def test_a_line_of_another_customer_is_listed_and_the_rest_is_played(tmp_path: Path) -> None:
    found = cleaned(tmp_path, [line(), line(code="22633", customer="13047"), line(code="22632", customer="")])

    assert [len(invoice.sold) for invoice in found.invoices] == [2]
    assert [row.code for row in found.listed[LineClass.OTHER_CUSTOMER]] == ["22633"]


def test_an_invoice_may_sell_give_away_and_write_off(tmp_path: Path) -> None:
    rows = [line(), line(code="22633", price="0"), line(code="22632", quantity=-3, price="0"), line(code="POST")]

    (invoice,) = cleaned(tmp_path, rows).invoices

    assert [row.code for row in invoice.sold] == ["85123", "22633"]
    assert [row.code for row in invoice.written_off] == ["22632"]


def test_invoices_are_played_in_time_order_sales_before_returns(tmp_path: Path) -> None:
    late, early = "2010-12-02 10:00:00", "2010-12-01 09:00:00"
    rows = [line("C5", quantity=-1, at=late), line("7", at=late), line("6", at=early), line("7", at=early)]

    found = cleaned(tmp_path, rows)

    assert [invoice.number for invoice in found.invoices] == ["6", "7", "C5"]
    assert found.notes["invoices whose lines carry different times, played at the earliest"] == 1


def test_duplicates_and_odd_lines_are_counted(tmp_path: Path) -> None:
    found = cleaned(tmp_path, [line(code="84406b"), line(code="84406b"), line(code="22633", customer="", name="")])

    assert len(found.invoices[0].sold) == 3
    assert sorted(found.notes.values()) == [1, 1, 1, 2]


def test_an_article_is_called_what_most_sales_call_it(tmp_path: Path) -> None:
    rows = [
        line("1", name="HEART"),
        line("2", name="HEART HOLDER", price="2.95"),
        line("3", name="HEART HOLDER"),
        line("4", quantity=-2, name="damaged", price="0"),
        line("5", quantity=-2, name="damaged", price="0"),
        line("6", quantity=-2, name="damaged", price="0"),
        line("7", code="22633", quantity=-1, name="", price="0"),
    ]

    found = articles(cleaned(tmp_path, rows).invoices)

    assert [(article.code, article.name, article.price) for article in found] == [
        ("22633", "22633", Decimal(0)),
        ("85123", "HEART HOLDER", Decimal("2.55")),
    ]


def test_opening_stock_is_the_sales_times_the_cover_rounded_down(tmp_path: Path) -> None:
    rows = [line("1", quantity=6), line("2", quantity=5), line("3", code="22633", quantity=1), line("4", quantity=-4)]
    invoices = cleaned(tmp_path, rows).invoices

    assert opening_units(invoices, Decimal(1)) == {"22633": 1, "85123": 11}
    assert opening_units(invoices, Decimal("0.9")) == {"85123": 9}
    assert written_off_units(invoices) == {"85123": 4}
    assert customers(invoices) == ["17850"]


def test_the_fingerprint_tells_files_and_covers_apart(tmp_path: Path) -> None:
    one, other = cleaned(tmp_path, [line()]), cleaned(tmp_path, [line(quantity=7)])

    assert fingerprint(one, Decimal(1)) == fingerprint(one, Decimal("1.0"))
    assert len({fingerprint(one, Decimal(1)), fingerprint(one, Decimal("0.9")), fingerprint(other, Decimal(1))}) == 3


def test_a_return_undoes_the_latest_earlier_lines(tmp_path: Path) -> None:
    rows = [
        line("1", quantity=2, price="2.00"),
        line("2", quantity=3, price="2.50"),
        line("2", quantity=1, price="2.40"),
        line("C3", quantity=-5, price="2.45"),
        line("C4", quantity=-2),
        line("C5", quantity=-1, customer=""),
    ]
    invoices = {invoice.number: invoice for invoice in cleaned(tmp_path, rows).invoices}
    sold = SoldLines()
    sold.add(invoices["1"])
    sold.add(invoices["2"])

    first = sold.take(invoices["C3"].returned[0], "17850")
    second = sold.take(invoices["C4"].returned[0], "17850")
    third = sold.take(invoices["C5"].returned[0], "")

    assert first == (
        [
            Piece("2", 2, 1, Decimal("2.40")),
            Piece("2", 1, 3, Decimal("2.45")),
            Piece("1", 1, 1, Decimal("2.00")),
        ],
        0,
    )
    assert second == ([Piece("1", 1, 1, Decimal("2.00"))], 1)
    assert third == ([], 1)
