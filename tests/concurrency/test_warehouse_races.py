"""Races of the warehouse on real connections: parcels, locks and counts while customers buy; with a control."""

import threading
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from inventory.choices import LockReason
from inventory.exceptions import HoldNotOpen, InsufficientStock
from inventory.models import LogicalStock
from inventory.services import (
    CountLine,
    approve_stocktake,
    confirm_outbound,
    count,
    issue_ship_notice,
    lock_units,
    open_stocktake,
    post_payment,
    submit_stocktake,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor, user_actor
from vmi.core.sources import Source

ACTOR = system_actor()


# --- one parcel, two messages ---


def noticed(stock: Stock, quantity: int) -> Source:
    """A paid order the warehouse was told of."""
    document = source()
    stock.reserve(quantity, document=document)
    post_payment(source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)
    return document


def _naive_outbound(logical_id: int, units: int, gate: threading.Barrier) -> None:
    with transaction.atomic():
        enough = LogicalStock.objects.get(pk=logical_id).allocated_qty >= units
        gate.wait(300)
        if enough:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO naive_parcel (units) VALUES (%s)", [units])


def test_control_one_parcel_leaves_twice_without_the_lock(in_threads: Any) -> None:
    stock, gate = make_stock(5), threading.Barrier(2)
    noticed(stock, 5)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_parcel (units int)")

    in_threads(*[lambda: _naive_outbound(stock.logical.pk, 5, gate)] * 2)

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(units) FROM naive_parcel")
        assert cursor.fetchone() == (10,)


def test_a_parcel_confirmed_by_two_messages_leaves_once(in_threads: Any) -> None:
    stock = make_stock(9)
    document = noticed(stock, 5)

    results = in_threads(
        *[
            lambda number=number: confirm_outbound(source=document, reference=f"message-{number}", actor=ACTOR)
            for number in range(4)
        ]
    )

    assert sorted(map(type, results), key=str) == sorted([bool, *[HoldNotOpen] * 3], key=str), results
    assert stock.logical.physical_base_qty == 4
    assert prove_stock() == []


def test_a_message_delivered_four_times_at_once_counts_once(in_threads: Any) -> None:
    stock = make_stock(9)
    document = noticed(stock, 5)

    results = in_threads(*[lambda: confirm_outbound(source=document, reference="message", actor=ACTOR)] * 4)

    assert results == [True] * 4
    assert stock.logical.physical_base_qty == 4
    assert prove_stock() == []


# --- the warehouse changes its mind while customers buy ---


def test_a_lock_during_sales_takes_no_promised_unit_silently(in_threads: Any) -> None:
    for number in range(3):
        stock = make_stock(10)

        *bought, locked = in_threads(
            *[lambda stock=stock: stock.reserve(1)] * 8,
            lambda stock=stock, number=number: lock_units(
                sn=f"LOCK-{number}", logical_id=stock.logical.pk, quantity=6, reason=LockReason.QUALITY, actor=ACTOR
            ),
        )

        assert not isinstance(locked, Exception), locked
        held = sum(isinstance(result, list) for result in bought)
        assert all(isinstance(result, (list, InsufficientStock)) for result in bought), bought
        assert stock.logical.locked_qty == 6
        assert stock.bucket.held_qty == held
        assert stock.bucket.shortage_qty == max(held - 4, 0), "what was promised and is locked now is told"
    assert prove_stock() == []


def test_a_count_during_sales_books_its_difference_only(in_threads: Any) -> None:
    stock = make_stock(60)
    people = get_user_model().objects
    counter, approver = (user_actor(people.create_user(username=name)) for name in ("counter", "approver"))
    document = open_stocktake(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=counter)
    count(stocktake_id=document.pk, lines=[CountLine(stock.sku_id, stock.location_id, 57)], actor=counter)
    submit_stocktake(stocktake_id=document.pk, actor=counter)

    def trade() -> int:
        for _order in range(4):
            confirm_outbound(source=noticed(stock, 2), actor=ACTOR)
        return 8

    shipped = in_threads(
        *[trade] * 3,
        lambda: approve_stocktake(stocktake_id=document.pk, actor=approver) and 0,
    )

    assert shipped == [8, 8, 8, 0]
    assert stock.logical.physical_base_qty == 60 - 3 - 24
    assert stock.bucket.sellable_qty == 60 - 3 - 24
    assert prove_stock() == []
