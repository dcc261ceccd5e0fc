"""Telling the warehouse of a document twice, or while it is called off: once, or not at all; each with a control."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import transaction

from inventory.choices import HoldState, PickState
from inventory.exceptions import HoldNotOpen
from inventory.models import PhysicalHold, PhysicalStock, Reservation
from inventory.services import (
    AllocateLine,
    allocate,
    cancel_internal,
    cancel_paid,
    issue_ship_notice,
    post_payment,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()
InThreads = Callable[..., list[Any]]


def paid(stock: Stock, units: int) -> Source:
    """A paid order."""
    document = source()
    stock.reserve(units, document=document)
    post_payment(source=document, actor=ACTOR)
    return document


def internal(stock: Stock, units: int) -> Source:
    """An approved internal document."""
    document = source("transfer")
    lines = [AllocateLine(1, stock.sku_id, units)]
    allocate(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, lines=lines, source=document, actor=ACTOR)
    return document


def held(document: Source) -> int:
    """Units that wait to leave for a document."""
    rows = PhysicalHold.objects.filter(source_sn=document.sn, state=PickState.OPEN)
    return sum(row.quantity for row in rows)


# --- the control: look, decide, write ---


def _naive_notice(document: Source, gate: threading.Barrier) -> bool:
    """Hold the goods of a sale that nobody has cancelled yet."""
    with transaction.atomic():
        sold = Reservation.objects.get(source_sn=document.sn)
        gate.wait(10)
        if sold.state == HoldState.SOLD:
            PhysicalHold.objects.create(
                source_type=document.type,
                source_sn=document.sn,
                line_no=1,
                physical_id=PhysicalStock.objects.get().pk,
                bucket_id=sold.bucket_id,
                quantity=sold.quantity,
                state=PickState.OPEN,
                created_at=sold.created_at,
            )
    return sold.state == HoldState.SOLD


def _naive_cancel(document: Source, gate: threading.Barrier) -> bool:
    """Release a sale whose warehouse was not told yet."""
    with transaction.atomic():
        is_told = PhysicalHold.objects.filter(source_sn=document.sn).exists()
        gate.wait(10)
        if not is_told:
            Reservation.objects.filter(source_sn=document.sn).update(state=HoldState.RELEASED)
    return not is_told


def test_control_without_a_lock_the_warehouse_holds_goods_of_a_cancelled_sale(in_threads: InThreads) -> None:
    stock, gate = make_stock(10), threading.Barrier(2)
    document = paid(stock, 3)

    results = in_threads(lambda: _naive_notice(document, gate), lambda: _naive_cancel(document, gate))

    assert results == [True, True]
    assert held(document) == 3
    assert Reservation.objects.get(source_sn=document.sn).state == HoldState.RELEASED


# --- the command ---


def test_a_document_is_noticed_once_however_many_tell(in_threads: InThreads) -> None:
    for make in (paid, internal):
        for _round in range(4):
            stock = make_stock(20)
            document = make(stock, 3)

            results = in_threads(*[lambda document=document: issue_ship_notice(source=document, actor=ACTOR)] * 4)

            assert [sum(pick.quantity for pick in picks) for picks in results] == [3] * 4
            assert held(document) == 3
            assert prove_stock() == []


def test_a_sale_is_cancelled_or_noticed_never_both(in_threads: InThreads) -> None:
    for _round in range(6):
        stock = make_stock(10)
        document = paid(stock, 3)

        freed, picks = in_threads(
            lambda document=document: cancel_paid(source=document, actor=ACTOR),
            lambda document=document: issue_ship_notice(source=document, actor=ACTOR),
        )

        if freed == 3:
            assert isinstance(picks, HoldNotOpen), picks
        else:
            assert isinstance(freed, HoldNotOpen), freed
        assert held(document) == (0 if freed == 3 else 3)
        assert stock.bucket.sold_qty == held(document)
        assert prove_stock() == []


def test_an_internal_document_is_called_off_or_noticed_never_both(in_threads: InThreads) -> None:
    for _round in range(6):
        stock = make_stock(10)
        document = internal(stock, 3)

        freed, picks = in_threads(
            lambda document=document: cancel_internal(source=document, actor=ACTOR),
            lambda document=document: issue_ship_notice(source=document, actor=ACTOR),
        )

        assert isinstance(picks if freed == 3 else freed, HoldNotOpen), (freed, picks)
        assert held(document) == (0 if freed == 3 else 3)
        assert stock.logical.allocated_qty == held(document)
        assert prove_stock() == []
