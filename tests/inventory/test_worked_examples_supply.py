"""The worked examples of goods on their way, with the contract's numbers, through public commands (7 to 9)."""

from datetime import timedelta

import pytest

from inventory.choices import HoldKind
from inventory.exceptions import InsufficientStock
from inventory.hooks import Route
from inventory.models import Reservation, SupplyLine
from inventory.services import AllocateLine, add_channel_source, allocate, issue_ship_notice, post_payment
from inventory.services.dispatch import dispatch_transfer
from inventory.services.reconcile import prove_stock
from inventory.services.supply import reschedule_supply
from inventory.services.supply_close import close_supply
from inventory.services.supply_receive import ArrivalLine, receive_transfer
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.promises import promised
from tests.factories.supply import IN_A_WEEK, IN_THREE_DAYS, arrive, expect
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from vmi.events.models import Event

ACTOR = system_actor()


def buy(stock: Stock, quantity: int) -> Source:
    """An order that is paid."""
    document = source()
    stock.reserve(quantity, document=document)
    post_payment(source=document, actor=ACTOR)
    return document


def figures(stock: Stock) -> dict[str, int]:
    """In transit, spot (what can be sold at once), open presale, presold and waiting."""
    bucket = stock.bucket
    return {
        "in transit": stock.logical.in_transit_qty,
        "spot": bucket.sellable_qty,
        "presale": bucket.open_presale_qty,
        "presold": bucket.presale_held_qty + bucket.presale_sold_qty,
    }


def test_7_presale_of_goods_in_transit() -> None:
    b = make_stock(100)
    a = make_stock()
    a.sku_id, a.sku, a.owner_id = b.sku_id, b.sku, b.owner_id
    transfer = source("stockout")
    lines = [AllocateLine(1, b.sku_id, 100)]
    allocate(warehouse_id=b.warehouse_id, owner_id=b.owner_id, lines=lines, source=transfer, actor=ACTOR)
    issue_ship_notice(source=transfer, actor=ACTOR)
    route = Route(a.warehouse_id, a.owner_id, IN_THREE_DAYS, presale=True)
    dispatch_transfer(source=transfer, route=route, actor=ACTOR)
    assert figures(a) == {"in transit": 100, "spot": 0, "presale": 100, "presold": 0}

    add_source(a)
    bought = buy(a, 20)
    assert figures(a)["presale"] == 80
    assert promised(bought) == [("PRESALE", "SOLD", 20)]

    line = SupplyLine.objects.get()
    receive_transfer(lines=[ArrivalLine(1, line.pk, a.location_id, "", 100)], source=source("stockin"), actor=ACTOR)

    assert figures(a) == {"in transit": 0, "spot": 80, "presale": 0, "presold": 0}
    assert promised(bought) == [("SPOT", "SOLD", 20)]
    assert (a.logical.allocated_qty, a.logical.physical_base_qty, a.bucket.base_quota_qty) == (20, 100, 100)
    assert sum(pick.quantity for pick in issue_ship_notice(source=bought, actor=ACTOR)) == 20
    assert prove_stock() == []


def add_source(stock: Stock) -> None:
    """Let the channel sell the owner's goods from the warehouse they go to."""
    add_channel_source(
        channel_id=stock.channel_id, warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=ACTOR
    )


def test_8_partial_arrival() -> None:
    stock = make_stock()
    line = expect(stock, 100, presale=100)
    orders = [buy(stock, 20), buy(stock, 35), buy(stock, 25)]

    arrive(stock, line, [80])

    assert figures(stock) == {"in transit": 20, "spot": 0, "presale": 20, "presold": 0}
    assert [promised(order) for order in orders] == [
        [("SPOT", "SOLD", 20)],
        [("SPOT", "SOLD", 35)],
        [("SPOT", "SOLD", 25)],
    ]
    assert stock.logical.allocated_qty == 80
    stock.reserve(20)
    with pytest.raises(InsufficientStock):
        stock.reserve(1)
    assert prove_stock() == []


def test_8_the_oldest_are_served_first() -> None:
    stock = make_stock()
    line = expect(stock, 100, presale=100)
    orders = [buy(stock, 20), buy(stock, 60)]

    arrive(stock, line, [50])

    assert promised(orders[0]) == [("SPOT", "SOLD", 20)]
    assert promised(orders[1]) == [("SPOT", "SOLD", 30), ("PRESALE", "SOLD", 30)]
    assert prove_stock() == []


def test_9_late_arrival() -> None:
    stock = make_stock()
    line = expect(stock, 100, presale=100)
    bought = buy(stock, 20)
    assert Reservation.objects.get(source_sn=bought.sn).promised_on == IN_THREE_DAYS

    assert reschedule_supply(line_id=line.pk, due_on=IN_A_WEEK, actor=ACTOR) == 1

    assert Reservation.objects.get(source_sn=bought.sn).promised_on == IN_A_WEEK
    (told,) = Event.objects.filter(type="promise.rescheduled").values_list("payload", flat=True)
    assert (told["source_sn"], told["new_date"]) == (bought.sn, IN_A_WEEK.isoformat())
    assert prove_stock() == []


def test_9_cancelled_arrival() -> None:
    stock = make_stock()
    line = expect(stock, 100, presale=100)
    bought, unpaid = buy(stock, 20), source()
    stock.reserve(10, document=unpaid)

    assert close_supply(line_id=line.pk, reason="sunk", source=source("close"), actor=ACTOR) == 30

    assert figures(stock) == {"in transit": 0, "spot": 0, "presale": 0, "presold": 0}
    lost = Event.objects.filter(type="promise.lost").values_list("payload", flat=True)
    assert {(row["source_sn"], row["quantity"]) for row in lost} == {(bought.sn, 20), (unpaid.sn, 10)}
    assert {state for document in (bought, unpaid) for _kind, state, _units in promised(document)} == {"RELEASED"}
    with pytest.raises(InsufficientStock):
        stock.reserve(1)
    assert prove_stock() == []


def test_9_cancelled_but_more_is_on_its_way() -> None:
    stock = make_stock()
    line = expect(stock, 100, presale=100)
    other = expect(stock, 50, due_on=IN_THREE_DAYS + timedelta(days=9), presale=5)
    bought = buy(stock, 20)

    assert close_supply(line_id=line.pk, source=source("close"), actor=ACTOR) == 0

    row = Reservation.objects.get(source_sn=bought.sn)
    assert (row.kind, row.supply_line_id, row.promised_on) == (HoldKind.PRESALE, other.pk, other.due_on)
    assert figures(stock) == {"in transit": 50, "spot": 0, "presale": 0, "presold": 20}
    assert prove_stock() == []
