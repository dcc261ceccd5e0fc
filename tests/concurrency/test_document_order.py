"""Documents of several stock rows take the buckets of all of them before a logical row: nobody waits in a circle."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from inventory.choices import LockReason, Purpose
from inventory.models import ChannelStock, LogicalStock
from inventory.services import (
    AllocateLine,
    ReserveLine,
    allocate,
    confirm_cancel,
    confirm_outbound,
    issue_ship_notice,
    lock_units,
    post_payment,
    request_cancel,
    reserve,
)
from inventory.services.reconcile import prove_stock
from tests.factories.catalog import make_sku
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.quota import move, unassign
from tests.support.threads import PATIENCE_S, until_somebody_waits
from vmi.core import clock
from vmi.core.actors import system_actor

ACTOR = system_actor()

HELD_S = 5.0
"""How long a bucket is used beside a command that should not wait for it, seconds."""


@pytest.fixture
def rows(committed_namespace: Any) -> tuple[Stock, Stock]:
    """Two SKUs of one warehouse and owner; the bucket of the first has the smaller key."""
    first, sku = make_stock(10), make_sku()
    second = replace(first, sku_id=sku.pk, sku=sku.sku)
    second.receive(10)
    assert first.bucket.pk < second.bucket.pk
    return first, second


def beside_a_buyer_of_both(
    rows: tuple[Stock, Stock], run: Callable[[], Any], in_threads: Callable[..., list[Any]]
) -> Any:
    """What ``run`` answers while somebody takes the buckets of both rows by key."""
    first, second = (stock.bucket.pk for stock in rows)
    has_first = threading.Event()

    def buy() -> None:
        with transaction.atomic():
            ChannelStock.objects.select_for_update().get(pk=first)
            has_first.set()
            until_somebody_waits()
            ChannelStock.objects.select_for_update().get(pk=second)

    def other() -> Any:
        has_first.wait(PATIENCE_S)
        return run()

    bought, answer = in_threads(buy, other)
    assert bought is None, bought
    assert prove_stock() == []
    return answer


def test_units_of_no_pool_beside_those_of_a_bucket(
    rows: tuple[Stock, Stock], in_threads: Callable[..., list[Any]]
) -> None:
    first, second = rows
    unassign(second, 4)
    lines = [AllocateLine(1, first.sku_id, 2), AllocateLine(2, second.sku_id, 2)]

    def take() -> bool:
        return allocate(
            warehouse_id=first.warehouse_id, owner_id=first.owner_id, lines=lines, source=source("use"), actor=ACTOR
        )

    assert beside_a_buyer_of_both(rows, take, in_threads) is True
    assert (first.logical.allocated_qty, second.logical.allocated_qty) == (2, 2)


def test_goods_of_a_short_bucket_leave_beside_others(
    rows: tuple[Stock, Stock], in_threads: Callable[..., list[Any]]
) -> None:
    first, second = rows
    order = source()
    reserve(
        channel_id=first.channel_id,
        lines=[ReserveLine(1, first.sku_id, 2), ReserveLine(2, second.sku_id, 2)],
        source=order,
        expires_at=clock.now() + timedelta(minutes=15),
        actor=ACTOR,
    )
    post_payment(source=order, actor=ACTOR)
    second.reserve(8)
    issue_ship_notice(source=order, actor=ACTOR)
    lock_units(sn="LOCK-O", logical_id=second.logical.pk, quantity=5, reason=LockReason.QUALITY, actor=ACTOR)
    assert second.bucket.shortage_qty == 5

    assert beside_a_buyer_of_both(rows, lambda: confirm_outbound(source=order, actor=ACTOR), in_threads) is True
    assert second.logical.physical_base_qty == 8


def test_a_report_of_a_bucket_in_use_is_left_to_the_sweep(committed_namespace: Any, in_threads: Any) -> None:
    """Whoever has a logical row never waits for another bucket of it, to lower what that one reported."""
    stock, order, is_used, is_done = make_stock(20), source("extorder"), threading.Event(), threading.Event()
    move(stock, 10, Purpose.FLASH_SALE, stock.channel_id)
    stock.reserve(4, document=order)
    post_payment(source=order, actor=ACTOR)
    issue_ship_notice(source=order, actor=ACTOR)
    request_cancel(source=order, actor=ACTOR)
    ChannelStock.objects.filter(pk=stock.bucket.pk).update(shortage_qty=1)

    def use() -> None:
        with transaction.atomic():
            ChannelStock.objects.select_for_update().get(pk=stock.bucket.pk)
            is_used.set()
            is_done.wait(HELD_S)
            LogicalStock.objects.select_for_update().get(pk=stock.logical.pk)

    def held_back() -> int:
        is_used.wait(PATIENCE_S)
        units = confirm_cancel(source=order, warehouse_id=stock.warehouse_id, actor=ACTOR)
        is_done.set()
        return units

    used, freed = in_threads(use, held_back)
    assert (used, freed) == (None, 4)
    assert stock.bucket.shortage_qty == 1
