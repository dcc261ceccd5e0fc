"""What the warehouse says, against sales and against itself, over real connections; each beside a control."""

import threading
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from inventory.choices import LockReason, Quality
from inventory.exceptions import HoldNotOpen, InsufficientStock, OverConfirmed
from inventory.models import LogicalStock, PhysicalStock
from inventory.services import (
    CountLine,
    apply_wms_snapshot,
    approve_stocktake,
    confirm_cancel,
    confirm_outbound,
    count,
    issue_ship_notice,
    lock_units,
    open_stocktake,
    post_payment,
    request_cancel,
    submit_stocktake,
    unlock,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core import clock
from vmi.core.actors import Actor, system_actor, user_actor
from vmi.core.sources import Source
from warehousing.selectors import locations_by_id, owners_by_id

ACTOR = system_actor()


def _noticed(stock: Stock, quantity: int) -> Source:
    order = source()
    stock.reserve(quantity, document=order)
    post_payment(source=order, actor=ACTOR)
    issue_ship_notice(source=order, actor=ACTOR)
    return order


def _person(name: str) -> Actor:
    users = get_user_model().objects
    return user_actor(users.filter(username=name).first() or users.create(username=name))


def _submitted(stock: Stock, counted: int) -> int:
    counter = _person("counter")
    document = open_stocktake(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=counter)
    line = CountLine(stock.sku_id, stock.location_id, counted)
    count(stocktake_id=document.pk, lines=[line], actor=counter)
    submit_stocktake(stocktake_id=document.pk, actor=counter)
    return document.pk


def _sell_and_ship(stock: Stock) -> bool:
    try:
        order = _noticed(stock, 1)
    except InsufficientStock:
        return False
    confirm_outbound(source=order, actor=ACTOR)
    return True


def _write_absolute(stock: Stock, counted: int, gate: threading.Barrier) -> None:
    """What a count does that writes what was counted: it undoes whatever left meanwhile."""
    gate.wait(300)
    PhysicalStock.objects.filter(logical__sku_id=stock.sku_id).update(quantity=counted)


def test_control_an_absolute_count_undoes_a_sale(in_threads: Any) -> None:
    stock, gate = make_stock(20), threading.Barrier(2)

    def sale() -> None:
        _sell_and_ship(stock)
        gate.wait(300)

    in_threads(sale, lambda: _write_absolute(stock, 20, gate))

    assert PhysicalStock.objects.get().quantity == 20
    assert LogicalStock.objects.get().physical_base_qty == 19


def test_a_count_is_approved_while_goods_are_sold_and_shipped(in_threads: Any) -> None:
    stock = make_stock(30)
    document = _submitted(stock, 27)
    approver = _person("approver")

    def sell() -> int:
        return sum(_sell_and_ship(stock) for _round in range(4))

    results = in_threads(sell, sell, lambda: approve_stocktake(stocktake_id=document, actor=approver), sell)

    assert [result for result in results if isinstance(result, Exception)] == []
    sold = sum(result for result in results if isinstance(result, int))
    assert sold == 12
    assert stock.logical.physical_base_qty == 30 - 3 - 12
    assert prove_stock() == []


def test_a_count_of_the_last_units_never_sells_what_is_gone(in_threads: Any) -> None:
    for _round in range(3):
        stock = make_stock(2)
        document = _submitted(stock, 1)
        approver = _person("approver")

        in_threads(
            lambda stock=stock: stock.reserve(1),
            lambda stock=stock: stock.reserve(1),
            lambda document=document, approver=approver: approve_stocktake(stocktake_id=document, actor=approver),
        )

        bucket = stock.bucket
        assert stock.logical.physical_base_qty == 1
        assert bucket.held_qty <= bucket.base_quota_qty + bucket.shortage_qty
        assert prove_stock() == []


def test_the_same_confirmation_from_two_workers_counts_once(in_threads: Any) -> None:
    stock = make_stock(10)
    order = _noticed(stock, 4)

    in_threads(*[lambda: confirm_outbound(source=order, reference="SN-1/7", actor=ACTOR)] * 4)

    assert (stock.logical.physical_base_qty, stock.bucket.base_quota_qty) == (6, 6)
    assert prove_stock() == []


def test_two_confirmations_of_the_same_goods_have_one_winner(in_threads: Any) -> None:
    stock = make_stock(10)
    order = _noticed(stock, 4)

    results = in_threads(
        lambda: confirm_outbound(source=order, reference="SN-1/7", actor=ACTOR),
        lambda: confirm_outbound(source=order, reference="SN-1/8", actor=ACTOR),
    )

    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(result) for result in refused] in ([HoldNotOpen], [OverConfirmed])
    assert stock.logical.physical_base_qty == 6
    assert prove_stock() == []


def _naive_cancel(order: Source, gate: threading.Barrier) -> bool:
    """Look, then act: both sides believe the goods are still there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inventory_physicalhold WHERE source_sn = %s AND state = 1", [order.sn])
        (waiting,) = cursor.fetchone()
        gate.wait(300)
        return bool(waiting)


def test_control_looking_before_acting_cancels_and_ships_the_same_goods(in_threads: Any) -> None:
    stock, gate = make_stock(10), threading.Barrier(2)
    order = _noticed(stock, 4)

    assert in_threads(*[lambda: _naive_cancel(order, gate)] * 2) == [True, True]


def test_a_cancellation_against_the_outbound_leaves_each_unit_once(in_threads: Any) -> None:
    for _round in range(4):
        stock = make_stock(10)
        order = _noticed(stock, 4)

        asked, shipped = in_threads(
            lambda order=order: request_cancel(source=order, actor=ACTOR),
            lambda order=order: confirm_outbound(source=order, actor=ACTOR),
        )

        assert shipped is True
        assert asked == 4 or isinstance(asked, HoldNotOpen)
        bucket, logical = stock.bucket, stock.logical
        assert (bucket.sold_qty, bucket.frozen_qty, bucket.base_quota_qty) == (0, 0, 6)
        assert (logical.physical_base_qty, logical.allocated_qty) == (6, 0)
        assert prove_stock() == []


def test_held_back_against_already_gone_has_one_winner(in_threads: Any) -> None:
    for _round in range(4):
        stock = make_stock(10)
        order = _noticed(stock, 4)
        request_cancel(source=order, actor=ACTOR)

        kept, gone = in_threads(
            lambda order=order, stock=stock: confirm_cancel(source=order, warehouse_id=stock.warehouse_id, actor=ACTOR),
            lambda order=order: confirm_outbound(source=order, actor=ACTOR),
        )

        assert [isinstance(result, HoldNotOpen) for result in (kept, gone)].count(True) == 1
        assert stock.logical.physical_base_qty == (10 if kept == 4 else 6)
        assert stock.bucket.frozen_qty == 0
        assert prove_stock() == []


def test_a_picture_arrives_while_goods_are_sold_and_shipped(in_threads: Any) -> None:
    stock = make_stock(30)
    location = locations_by_id([stock.location_id])[stock.location_id].code
    owner = owners_by_id([stock.owner_id])[stock.owner_id].code
    taken = clock.now()

    def tell() -> None:
        apply_wms_snapshot(
            warehouse_id=stock.warehouse_id,
            seq=1,
            taken_at=taken,
            rows=[(stock.sku, owner, location, "", int(Quality.QUALIFIED), 28)],
            actor=ACTOR,
        )

    def sell() -> int:
        return sum(_sell_and_ship(stock) for _round in range(4))

    results = in_threads(sell, tell, sell)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert stock.logical.physical_base_qty == 30 - 2 - 8
    assert prove_stock() == []


def test_locking_against_selling_and_unlocking_never_loses_a_unit(in_threads: Any) -> None:
    stock = make_stock(10)
    logical_id = stock.logical.pk

    def lock_and_unlock() -> None:
        for number in range(4):
            sn = f"LCK-{threading.get_ident()}-{number}"
            lock_units(sn=sn, logical_id=logical_id, quantity=1, reason=LockReason.QUALITY, actor=ACTOR)
            unlock(sn=sn, actor=ACTOR)

    results = in_threads(lock_and_unlock, lambda: [stock.reserve(1) for _round in range(4)], lock_and_unlock)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert (stock.logical.locked_qty, stock.bucket.base_quota_qty, stock.bucket.held_qty) == (0, 10, 4)
    assert prove_stock() == []
