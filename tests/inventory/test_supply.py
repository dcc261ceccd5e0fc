"""Goods on their way: presale, arrival in parts, delay and cancellation (worked examples 6 to 9, I7)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.choices import HoldKind, SupplyState
from inventory.exceptions import SupplyClosed, SupplyExceeded, WrongWarehouse
from inventory.models import Reservation, SupplyLine
from inventory.services.reconcile import prove_stock
from inventory.services.supply import ExpectLine, close_presale, expect_supply, open_presale, reschedule_supply
from inventory.services.supply_close import close_supply
from inventory.services.supply_receive import ArrivalLine, receive_supply
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.factories.promises import allow_oversell, promise, promised
from tests.factories.supply import IN_A_WEEK, IN_THREE_DAYS, TODAY, arrive, expect
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source
from vmi.events.models import Event

ACTOR = system_actor()
PRESALE = HoldKind.PRESALE


def figures(stock: Stock) -> dict[str, int]:
    """The figures of the examples: in transit, spot, presale open and promised, allocated, base."""
    bucket, logical = stock.bucket, stock.logical
    return {
        "in_transit": logical.in_transit_qty,
        "spot": bucket.sellable_qty,
        "presale": bucket.open_presale_qty,
        "presold": bucket.presale_held_qty + bucket.presale_sold_qty,
        "allocated": logical.allocated_qty,
        "base": logical.physical_base_qty,
    }


def planned(document: Source) -> list[tuple[int | None, str]]:
    """The supply line and day each promise of a document is planned on."""
    rows = Reservation.objects.filter(source_sn=document.sn).order_by("line_no", "kind")
    return [(row.supply_line_id, row.promised_on.isoformat() if row.promised_on else "") for row in rows]


def told(kind: str) -> list[dict[str, object]]:
    """The payloads of all events of a type, oldest first."""
    return list(Event.objects.filter(type=kind).order_by("id").values_list("payload", flat=True))


def test_presold_goods_arrive_and_nothing_is_added_twice() -> None:
    """Example 7: 100 on the way in three days, C buys 20 of them, all arrive."""
    stock = make_stock()
    line = expect(stock, 100, presale=100)
    assert figures(stock) == {
        "in_transit": 100, "spot": 0, "presale": 100, "presold": 0, "allocated": 0, "base": 0
    }  # fmt: skip

    bought = promise(stock, 20, kind=PRESALE)
    assert figures(stock)["presale"] == 80

    receipt = arrive(stock, line, [100])

    assert figures(stock) == {
        "in_transit": 0, "spot": 80, "presale": 0, "presold": 0, "allocated": 20, "base": 100
    }  # fmt: skip
    assert promised(bought) == [("SPOT", "SOLD", 20)]
    assert entries(receipt) == [
        ("BASE_QUOTA", 100, 100),
        ("SOLD", 20, 20),
        ("PRESALE", -100, 0),
        ("PRESALE_SOLD", -20, 0),
        ("QUOTA", 100, 100),
        ("BASE", 100, 100),
        ("ALLOCATED", 20, 20),
        ("IN_TRANSIT", -100, 0),
        ("QUANTITY", 100, 100),
    ]
    line.refresh_from_db()
    assert (line.received_qty, line.presale_qty, line.state) == (100, 0, SupplyState.RECEIVED)
    assert prove_stock() == []


def test_a_part_that_arrives_serves_what_was_presold() -> None:
    """Example 8: 100 expected, C has 20 and others 60; 80 arrive."""
    stock = make_stock()
    line = expect(stock, 100, presale=100)
    c, others = promise(stock, 20, kind=PRESALE), promise(stock, 60, kind=PRESALE)

    arrive(stock, line, [80])

    assert figures(stock) == {
        "in_transit": 20, "spot": 0, "presale": 20, "presold": 0, "allocated": 80, "base": 80
    }  # fmt: skip
    assert (promised(c), promised(others)) == ([("SPOT", "SOLD", 20)], [("SPOT", "SOLD", 60)])
    line.refresh_from_db()
    assert (line.received_qty, line.open_qty, line.presale_qty, line.state) == (80, 20, 20, SupplyState.OPEN)
    assert prove_stock() == []


def test_paid_promises_come_before_unpaid_ones_and_those_keep_their_hold() -> None:
    stock = make_stock()
    line = expect(stock, 30, presale=30)
    unpaid = promise(stock, 12, kind=PRESALE, paid=False)
    paid = promise(stock, 10, kind=PRESALE)

    arrive(stock, line, [7, 8])
    assert promised(paid) == [("SPOT", "SOLD", 10)]
    assert promised(unpaid) == [("SPOT", "HELD", 5), ("PRESALE", "HELD", 7)]
    assert (stock.bucket.held_qty, stock.bucket.presale_held_qty) == (5, 7)
    assert prove_stock() == []

    arrive(stock, line, [15])
    assert promised(unpaid) == [("SPOT", "HELD", 12)]
    assert figures(stock) == {
        "in_transit": 0, "spot": 8, "presale": 0, "presold": 0, "allocated": 10, "base": 30
    }  # fmt: skip
    assert prove_stock() == []


def test_goods_on_their_way_serve_oversold_orders_before_they_are_sellable() -> None:
    """Example 6, its last sentence: 50 oversold on 500, 40 then 30 arrive."""
    stock = make_stock(500)
    allow_oversell(stock, 50)
    line = expect(stock, 70)
    late, later = promise(stock, 45), promise(stock, 5)
    reschedule_supply(line_id=line.pk, due_on=IN_THREE_DAYS, actor=ACTOR)
    sold = promise(stock, 500, kind=HoldKind.SPOT, paid=False)

    arrive(stock, line, [40])
    assert (promised(late), promised(later)) == (
        [("SPOT", "SOLD", 40), ("OVERSOLD", "SOLD", 5)],
        [("OVERSOLD", "SOLD", 5)],
    )
    assert figures(stock)["spot"] == 0

    arrive(stock, line, [30])
    assert (promised(late), promised(later)) == ([("SPOT", "SOLD", 45)], [("SPOT", "SOLD", 5)])
    assert promised(sold) == [("SPOT", "HELD", 500)]
    assert figures(stock)["spot"] == 20
    assert prove_stock() == []


def test_a_late_line_gives_its_buyers_the_new_day() -> None:
    """Example 9, first half."""
    stock = make_stock()
    line = expect(stock, 100, presale=100)
    bought = promise(stock, 20, kind=PRESALE)
    assert reschedule_supply(line_id=line.pk, due_on=IN_A_WEEK, actor=ACTOR) == 0
    assert planned(bought) == [(line.pk, str(IN_A_WEEK))]

    assert reschedule_supply(line_id=line.pk, due_on=None, actor=ACTOR) == 1
    assert reschedule_supply(line_id=line.pk, due_on=None, actor=ACTOR) == 0
    assert reschedule_supply(line_id=line.pk, due_on=IN_A_WEEK, actor=ACTOR) == 0

    assert told("promise.rescheduled") == [
        {
            "source_type": "order",
            "source_sn": bought.sn,
            "line_no": 1,
            "sku": stock.sku,
            "quantity": 20,
            "old_date": str(IN_A_WEEK),
            "new_date": "",
        }
    ]
    line.refresh_from_db()
    assert (line.due_on, line.first_due_on) == (IN_A_WEEK, IN_THREE_DAYS)


def test_nothing_is_expected_on_a_day_that_is_over() -> None:
    stock = make_stock()
    line = expect(stock, 10)
    yesterday = TODAY - timedelta(days=2)  # whatever the namespace's zone
    before = (stock.logical.in_transit_qty, line.due_on)

    with pytest.raises(InvalidRequest) as late:
        reschedule_supply(line_id=line.pk, due_on=yesterday, actor=ACTOR)
    with pytest.raises(InvalidRequest) as entered:
        expect(stock, 5, due_on=yesterday)

    assert (late.value.code, late.value.param) == ("day_past", "dueOn")
    assert (entered.value.code, entered.value.param) == ("day_past", "lines[0].dueOn")
    line.refresh_from_db()
    assert (stock.logical.in_transit_qty, line.due_on) == before
    assert told("supply.rescheduled") == []
    assert prove_stock() == []


def test_a_line_that_is_late_already_can_keep_its_day() -> None:
    """The day it has is no news, however old."""
    line = expect(make_stock(), 10)
    SupplyLine.objects.filter(pk=line.pk).update(due_on=TODAY - timedelta(days=9))

    assert reschedule_supply(line_id=line.pk, due_on=TODAY - timedelta(days=9), actor=ACTOR) == 0
    assert reschedule_supply(line_id=line.pk, due_on=None, actor=ACTOR) == 0


def test_a_cancelled_line_moves_promises_on_and_gives_up_the_rest() -> None:
    """Example 9, second half: nothing stays held."""
    stock = make_stock()
    line, other = expect(stock, 100, presale=100), expect(stock, 40, due_on=IN_A_WEEK, presale=10)
    first, second = promise(stock, 30, kind=PRESALE), promise(stock, 60, kind=PRESALE)
    unpaid = promise(stock, 5, kind=PRESALE, paid=False)

    assert close_supply(line_id=line.pk, reason="sunk", source=source("close"), actor=ACTOR) == 65

    assert promised(first) == [("PRESALE", "SOLD", 30)]
    assert planned(first) == [(other.pk, str(IN_A_WEEK))]
    assert promised(second) == [("PRESALE", "RELEASED", 60)]
    assert promised(unpaid) == [("PRESALE", "RELEASED", 5)]
    assert figures(stock) == {
        "in_transit": 40, "spot": 0, "presale": 10, "presold": 30, "allocated": 0, "base": 0
    }  # fmt: skip
    assert [(row["source_sn"], row["quantity"], row["paid"]) for row in told("promise.lost")] == [
        (unpaid.sn, 5, False),
        (second.sn, 60, True),
    ]
    line.refresh_from_db()
    assert (line.closed_qty, line.presale_qty, line.state) == (100, 0, SupplyState.CLOSED)
    assert prove_stock() == []

    arrive(stock, other, [40])
    assert promised(first) == [("SPOT", "SOLD", 30)]
    assert figures(stock)["spot"] == 10
    assert prove_stock() == []


def test_a_line_closed_short_keeps_what_came() -> None:
    stock = make_stock()
    line = expect(stock, 100, presale=50)
    bought = promise(stock, 20, kind=PRESALE)
    arrive(stock, line, [60])

    document = source("close")
    assert close_supply(line_id=line.pk, source=document, actor=ACTOR) == 0
    assert close_supply(line_id=line.pk, source=document, actor=ACTOR) == 0

    assert promised(bought) == [("SPOT", "SOLD", 20)]
    assert figures(stock) == {
        "in_transit": 0, "spot": 40, "presale": 0, "presold": 0, "allocated": 20, "base": 60
    }  # fmt: skip
    with pytest.raises(SupplyClosed):
        arrive(stock, line, [1])
    assert prove_stock() == []


def test_presale_opens_within_what_comes_and_closes_above_what_was_promised() -> None:
    stock = make_stock()
    line = expect(stock, 50)
    with pytest.raises(SupplyExceeded) as refusal:
        open_presale(line_id=line.pk, quantity=51, source=source("presale"), actor=ACTOR)
    assert refusal.value.lines == [
        {"line": 1, "sku": stock.sku, "source": f"{line.source_sn}/1", "wanted": 51, "available": 50}
    ]

    document = source("presale")
    assert open_presale(line_id=line.pk, quantity=50, source=document, actor=ACTOR) is True
    assert open_presale(line_id=line.pk, quantity=50, source=document, actor=ACTOR) is False
    promise(stock, 20, kind=PRESALE)
    with pytest.raises(SupplyExceeded) as refusal:
        close_presale(line_id=line.pk, quantity=31, source=source("presale"), actor=ACTOR)
    assert refusal.value.lines[0]["available"] == 30
    close_presale(line_id=line.pk, quantity=30, source=source("presale"), actor=ACTOR)
    assert figures(stock) == {
        "in_transit": 50, "spot": 0, "presale": 0, "presold": 20, "allocated": 0, "base": 0
    }  # fmt: skip
    assert prove_stock() == []


def test_a_receipt_is_booked_once_and_never_beyond_what_is_expected() -> None:
    stock, elsewhere = make_stock(), make_stock()
    line = expect(stock, 10, presale=4)
    before = figures(stock)

    with pytest.raises(SupplyExceeded) as refusal:
        arrive(stock, line, [6, 5])
    assert refusal.value.lines == [
        {"line": 2, "sku": stock.sku, "source": f"{line.source_sn}/1", "wanted": 5, "available": 4}
    ]
    with pytest.raises(WrongWarehouse):
        arrive(elsewhere, line, [1])
    arrival = ArrivalLine(1, line.pk, stock.location_id, "", 6, Decimal("10.00"))
    assert receive_supply(lines=[arrival], source=source("stockin"), actor=ACTOR, dry_run=True) is True
    assert figures(stock) == before

    document = arrive(stock, line, [6])
    arrive(stock, line, [6], document=document)
    assert figures(stock) == {
        "in_transit": 4, "spot": 6, "presale": 0, "presold": 0, "allocated": 0, "base": 6
    }  # fmt: skip
    assert prove_stock() == []


def test_what_is_expected_must_make_sense() -> None:
    stock = make_stock()
    for lines in ([], [ExpectLine(1, stock.sku_id, 0)], [ExpectLine(1, stock.sku_id, 1)] * 2):
        with pytest.raises(InvalidRequest):
            expect_supply(
                warehouse_id=stock.warehouse_id,
                owner_id=stock.owner_id,
                lines=lines,
                source=source("purchase"),
                actor=ACTOR,
            )
    assert not SupplyLine.objects.exists()


def test_the_plan_follows_the_goods() -> None:
    """A promise that straddles two lines gets the day of the second; oversold units get what presale leaves."""
    stock = make_stock(1)
    allow_oversell(stock, 20)
    first, second = expect(stock, 10, presale=10), expect(stock, 30, due_on=IN_A_WEEK, presale=20)
    early, straddling = promise(stock, 6, kind=PRESALE), promise(stock, 7, kind=PRESALE)
    over, much = promise(stock, 8), promise(stock, 12)
    reschedule_supply(line_id=first.pk, due_on=IN_THREE_DAYS + timedelta(days=1), actor=ACTOR)

    assert planned(early) == [(first.pk, str(IN_THREE_DAYS + timedelta(days=1)))]
    assert planned(straddling) == [(second.pk, str(IN_A_WEEK))]
    # Seventeen of the presale and ten of the rest are left, the first unit of stock not counted.
    assert (planned(over), planned(much)) == ([(second.pk, str(IN_A_WEEK))], [(second.pk, str(IN_A_WEEK))])
    assert prove_stock() == []

    arrive(stock, second, [30])
    assert promised(straddling) == [("SPOT", "SOLD", 7)]
    assert (promised(over), promised(much)[0]) == ([("SPOT", "SOLD", 8)], ("SPOT", "SOLD", 10))
    assert planned(much)[1] == (first.pk, str(IN_THREE_DAYS + timedelta(days=1)))
    assert prove_stock() == []
