"""Stock as of a past moment equals what was noted then, late entries included; now, it equals the live rows."""

from datetime import UTC, datetime, timedelta

from django.utils import translation

from inventory.choices import COLUMNS, Counter, Layer
from inventory.models import ChannelStock, LogicalStock
from inventory.selectors.as_of import StockAt, as_of, rows_at
from inventory.services import confirm_outbound, issue_ship_notice, post_payment
from inventory.services.movement import TABLES
from tests.factories.inventory import Stock, make_stock, source
from tests.inventory.busy import busy_stock
from tests.support.sql import statements
from tests.support.time import START, FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.db import fetch_all

FIGURES = ("physical_base_qty", "allocated_qty", "locked_qty", "safety_qty", "in_transit_qty", "shortage_qty")


def noted(stock: Stock) -> dict[str, int]:
    """The live figures somebody writes down: the logical row and its bucket."""
    logical, bucket = stock.logical, stock.bucket
    found = {name: getattr(logical, name) for name in FIGURES} | {"available": logical.available_qty}
    return found | {name: getattr(bucket, name) for name in ("base_quota_qty", "held_qty", "sold_qty")}


def computed(stock: Stock, instant: datetime) -> dict[str, int]:
    """The same from the ledger."""
    (at,) = as_of(instant, [stock.logical.pk])
    found = {name: at.figures[counter] for counter, name in COLUMNS.items() if counter.layer == Layer.LOGICAL}
    bucket = [row.figures for row in at.rows if row.row_id == stock.bucket.pk and row.layer == Layer.CHANNEL]
    figures = bucket[0] if bucket else {}
    for counter in (Counter.BASE_QUOTA, Counter.HELD, Counter.SOLD):
        found[COLUMNS[counter]] = figures.get(counter, 0)
    return {**found, "available": at.available}


def test_figures_noted_earlier_are_found_again(frozen_clock: FrozenClock) -> None:
    stock, document, notes = make_stock(20), source(), {}

    def note() -> None:
        notes[frozen_clock.now] = noted(stock)
        frozen_clock.advance(hours=1)

    note()
    stock.reserve(5, document=document, minutes=600)
    note()
    post_payment(source=document, actor=system_actor())
    note()
    issue_ship_notice(source=document, actor=system_actor())
    confirm_outbound(source=document, lines=None, actor=system_actor())
    note()
    stock.receive(7)
    note()

    assert [found["physical_base_qty"] for found in notes.values()] == [20, 20, 20, 15, 22]
    assert [found["available"] for found in notes.values()] == [20, 20, 15, 15, 22]
    for instant, expected in notes.items():
        assert computed(stock, instant) == expected
        assert computed(stock, instant + timedelta(minutes=59)) == expected


def test_an_entry_booked_late_counts_from_its_date_on(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    frozen_clock.advance(hours=2)
    stock.receive(5)
    frozen_clock.advance(hours=1)
    with clock.at(START + timedelta(hours=1)):
        stock.receive(3)

    bases = [computed(stock, START + timedelta(hours=hours))["physical_base_qty"] for hours in range(4)]

    assert bases == [10, 13, 18, 18]


def live(table: str, row_id: int, columns: list[str]) -> dict[str, int]:
    (row,) = fetch_all(f"SELECT {', '.join(columns)} FROM {table} WHERE id = %s", [row_id])
    return row


def test_now_it_agrees_with_every_live_row() -> None:
    stocks = [busy_stock(), make_stock(3), make_stock(0)]
    found = as_of(clock.now(), list(rows_at(clock.now()).order_by("pk").values_list("pk", flat=True)))

    assert [at.sku for at in found] == [stock.sku for stock in stocks[:2]]
    seen = 0
    for at in found:
        for layer, row_id, figures in [
            (Layer.LOGICAL, at.id, at.figures),
            *((r.layer, r.row_id, r.figures) for r in at.rows),
        ]:
            columns = [COLUMNS[counter] for counter in figures]
            assert live(TABLES[layer], row_id, columns) == {COLUMNS[c]: units for c, units in figures.items()}
            seen += 1
    buckets = ChannelStock.objects.exclude(base_quota_qty=0).count()
    assert (
        seen == LogicalStock.objects.count() + buckets + 2 + 1 + 2
    )  # pools with a quota, one of them internal; places


def test_titles_name_purpose_channel_and_location() -> None:
    stock = busy_stock()

    with translation.override("en"):
        (at,) = as_of(clock.now(), [stock.logical.pk])

    assert isinstance(at, StockAt)
    assert [(row.layer.name, row.title.split(" · ")[0]) for row in at.rows] == [
        ("CHANNEL", "Normal sale"),
        ("POOL", "Normal sale"),
        ("POOL", "Internal"),
        ("PHYSICAL", at.rows[-1].title.split(" · ")[0]),
    ]
    assert at.rows[-1].title.endswith("Qualified")


def test_before_the_first_entry_there_is_nothing() -> None:
    stock, before = make_stock(5), datetime(2000, 1, 1, tzinfo=UTC)

    assert not rows_at(before).exists()
    (at,) = as_of(before, [stock.logical.pk])
    assert (at.figures[Counter.BASE], at.rows) == (0, [])


def test_many_rows_cost_what_one_costs() -> None:
    ids = [busy_stock_.logical.pk for busy_stock_ in (make_stock(1), make_stock(2), make_stock(3))]

    now = clock.now()

    with statements() as sent:
        found = as_of(now, ids)

    assert [at.figures[Counter.BASE] for at in found] == [1, 2, 3]
    assert len(sent) == 2
