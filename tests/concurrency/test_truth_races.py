"""Two people judge one difference, two messages bring one picture, goods arrive while the rest of them leaves."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction

from inventory.choices import DifferenceState, Quality
from inventory.exceptions import DifferenceDecided, HoldNotOpen, SupplyClosed, SupplyExceeded
from inventory.hooks import Route
from inventory.models import SnapshotDifference, SupplyLine, WmsSnapshot
from inventory.services import (
    AllocateLine,
    ArrivalLine,
    ShippedLine,
    allocate,
    apply_wms_snapshot,
    decide_difference,
    dispatch_transfer,
    issue_ship_notice,
    receive_transfer,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from warehousing.models import Location, Owner, Warehouse

ACTOR = system_actor()
InThreads = Callable[..., list[Any]]

# --- pictures of a warehouse ---


def tell(stock: Stock, units: int, seq: int = 1) -> WmsSnapshot:
    """A picture of one place."""
    owner = Owner.objects.get(pk=stock.owner_id).code
    location = Location.objects.get(pk=stock.location_id).code
    return apply_wms_snapshot(
        warehouse_id=stock.warehouse_id,
        seq=seq,
        taken_at=clock.now(),
        rows=[(stock.sku, owner, location, "", int(Quality.QUALIFIED), units)],
        actor=ACTOR,
    )


def doubtful(units: int) -> tuple[Stock, int]:
    """A difference of so many units that waits for a person."""
    stock = make_stock(100)
    Warehouse.objects.filter(pk=stock.warehouse_id).update(difference_limit=0)
    found = tell(stock, 100 + units)
    return stock, SnapshotDifference.objects.get(snapshot=found, state=DifferenceState.REVIEW).pk


def _naive_decision(difference_id: int, gate: threading.Barrier) -> int:
    """Look whether it waits, then book it."""
    with transaction.atomic():
        found = SnapshotDifference.objects.get(pk=difference_id)
        gate.wait(10)
        if found.state == DifferenceState.REVIEW:
            SnapshotDifference.objects.filter(pk=difference_id).update(state=DifferenceState.ACCEPTED)
            return found.difference_qty
    return 0


def test_control_looking_before_booking_accepts_a_difference_twice(in_threads: InThreads) -> None:
    _stock, difference_id = doubtful(-7)
    gate = threading.Barrier(2)

    assert in_threads(*[lambda: _naive_decision(difference_id, gate)] * 2) == [-7, -7]


def test_a_difference_is_decided_once(in_threads: InThreads) -> None:
    for _round in range(4):
        stock, difference_id = doubtful(-7)

        def decide(accept: bool, difference_id: int = difference_id) -> Callable[[], int]:
            return lambda: decide_difference(difference_id=difference_id, accept=accept, actor=ACTOR)

        results = in_threads(decide(True), decide(True), decide(False))

        assert sum(isinstance(result, DifferenceDecided) for result in results) == 2, results
        accepted = -7 in results
        assert stock.logical.physical_base_qty == (93 if accepted else 100)
        assert prove_stock() == []


def test_a_decision_against_a_newer_picture_books_the_goods_once(in_threads: InThreads) -> None:
    for _round in range(4):
        stock, difference_id = doubtful(-7)
        Warehouse.objects.filter(pk=stock.warehouse_id).update(difference_limit=50)

        decided, newer = in_threads(
            lambda difference_id=difference_id: decide_difference(
                difference_id=difference_id, accept=True, actor=ACTOR
            ),
            lambda stock=stock: tell(stock, 93, seq=2),
        )

        assert not isinstance(newer, Exception), newer
        assert decided == -7 or isinstance(decided, DifferenceDecided), decided
        assert stock.logical.physical_base_qty == 93
        assert prove_stock() == []


def test_the_same_picture_from_four_workers_counts_once(in_threads: InThreads) -> None:
    stock = make_stock(100)
    Warehouse.objects.filter(pk=stock.warehouse_id).update(difference_limit=50)

    results = in_threads(*[lambda: tell(stock, 90)] * 4)

    assert len({found.pk for found in results}) == 1, results
    assert stock.logical.physical_base_qty == 90
    assert prove_stock() == []


# --- transfers ---


def leaving(stock: Stock, units: int) -> Source:
    """A noticed transfer."""
    document = source("transfer")
    lines = [AllocateLine(1, stock.sku_id, units)]
    allocate(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, lines=lines, source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)
    return document


def dispatch(document: Source, route: Route, units: int, reference: str) -> Callable[[], Any]:
    """A message that so many units left."""
    lines = [ShippedLine(1, units)]
    return lambda: dispatch_transfer(source=document, route=route, lines=lines, reference=reference, actor=ACTOR)


def test_goods_of_a_transfer_are_on_their_way_once(in_threads: InThreads) -> None:
    for _round in range(3):
        stock, to = make_stock(20), make_stock()
        route, document = Route(to.warehouse_id, stock.owner_id, presale=True), leaving(stock, 10)

        results = in_threads(*[dispatch(document, route, 10, f"message-{number}") for number in range(3)])

        assert sorted(map(type, results), key=str) == sorted([bool, HoldNotOpen, HoldNotOpen], key=str), results
        line = SupplyLine.objects.get(source_sn=document.sn)
        assert (line.expected_qty, line.presale_qty, stock.logical.physical_base_qty) == (10, 10, 10)
        assert prove_stock() == []


def test_goods_arrive_while_the_rest_of_them_leaves(in_threads: InThreads) -> None:
    for _round in range(4):
        stock, to = make_stock(20), make_stock()
        route, document = Route(to.warehouse_id, stock.owner_id, presale=True), leaving(stock, 10)
        dispatch(document, route, 6, "first")()
        line = SupplyLine.objects.get(source_sn=document.sn)

        def arrive(units: int, to: Stock = to, line: SupplyLine = line) -> Callable[[], bool]:
            arrival = ArrivalLine(1, line.pk, to.location_id, "", units, Decimal("9.00"))
            return lambda: receive_transfer(lines=[arrival], source=source("stockin"), actor=ACTOR)

        left, *arrived = in_threads(dispatch(document, route, 4, "second"), arrive(6), arrive(1))

        assert left is True
        # Before the rest has left, all that was expected may be there already.
        refused = [result for result in arrived if isinstance(result, (SupplyExceeded, SupplyClosed))]
        received = sum(units for units, result in zip((6, 1), arrived, strict=True) if result is True)
        assert len(refused) + arrived.count(True) == 2, arrived
        line.refresh_from_db()
        assert (line.expected_qty, line.received_qty, line.open_qty) == (10, received, 10 - received)
        assert line.presale_qty == 10 - received
        assert prove_stock() == []
