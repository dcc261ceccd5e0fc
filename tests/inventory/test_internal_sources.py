"""Where an internal outbound takes its goods from, and that a cancelled one gives them back there."""

from typing import Any

import pytest

from inventory.choices import Purpose
from inventory.exceptions import InsufficientStock
from inventory.models import AllocationPool, ChannelStock, InternalAllocation
from inventory.services import AllocateLine, allocate, cancel_internal, confirm_outbound, issue_ship_notice
from inventory.services.quota import QuotaLine, QuotaReturn, Target, grant_quota, return_quota
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor
from vmi.core.exceptions import NotFound
from vmi.core.sources import Source

ACTOR = system_actor()


def _unassign(stock: Stock, units: int) -> None:
    lines = [QuotaReturn(1, stock.bucket.pk, units, unassign=True)]
    return_quota(lines=lines, source=source("quota"), actor=ACTOR)


def _take_out(stock: Stock, *quantities: int, bucket_id: int | None = None) -> Source:
    document = source("stockout")
    lines = [AllocateLine(number, stock.sku_id, units, bucket_id) for number, units in enumerate(quantities, start=1)]
    for is_new in (True, False):
        done = allocate(
            warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, lines=lines, source=document, actor=ACTOR
        )
        assert done is is_new
    return document


def _quotas(stock: Stock) -> dict[str, int]:
    pools = AllocationPool.objects.filter(logical=stock.logical, quota_qty__gt=0)
    return {Purpose(pool.purpose).name: pool.quota_qty for pool in pools}


def _own_bucket(stock: Stock, units: int) -> ChannelStock:
    target = Target(Purpose.FLASH_SALE, stock.channel_id)
    line = QuotaLine(1, stock.logical.pk, target, units, from_bucket_id=stock.bucket.pk)
    grant_quota(lines=[line], source=source("quota"), actor=ACTOR)
    return ChannelStock.objects.get(pool__logical=stock.logical, channel_id=stock.channel_id)


def test_units_of_no_pool_leave_before_any_channel_is_disturbed() -> None:
    stock = make_stock(10)
    _unassign(stock, 4)
    document = _take_out(stock, 3)

    assert _quotas(stock) == {"NORMAL": 6, "INTERNAL": 3}
    assert (stock.bucket.base_quota_qty, stock.logical.allocated_qty) == (6, 3)
    assert prove_stock() == []
    issue_ship_notice(source=document, actor=ACTOR)
    confirm_outbound(source=document, actor=ACTOR)
    assert _quotas(stock) == {"NORMAL": 6}
    assert (stock.logical.physical_base_qty, stock.logical.allocated_qty) == (7, 0)
    assert prove_stock() == []


def test_what_no_pool_has_comes_from_the_shared_bucket_and_all_goes_back() -> None:
    stock = make_stock(10)
    _unassign(stock, 4)
    before = stock.numbers()
    document = _take_out(stock, 3, 4)

    assert _quotas(stock) == {"NORMAL": 3, "INTERNAL": 7}
    found = InternalAllocation.objects.filter(source_sn=document.sn).order_by("line_no")
    assert list(found.values_list("quantity", "unassigned_qty")) == [(3, 3), (4, 1)]
    assert prove_stock() == []
    assert cancel_internal(source=document, actor=ACTOR) == 7
    assert stock.numbers() == before
    assert prove_stock() == []


def test_the_refusal_counts_both() -> None:
    stock = make_stock(10)
    _unassign(stock, 4)
    stock.reserve(5)
    before = stock.numbers()

    with pytest.raises(InsufficientStock) as refusal:
        _take_out(stock, 6)
    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "wanted": 6, "available": 5}]
    assert stock.numbers() == before


def test_a_named_bucket_gives_alone_and_gets_back() -> None:
    stock = make_stock(10)
    own = _own_bucket(stock, 5)
    _unassign(stock, 2)
    document = _take_out(stock, 4, bucket_id=own.pk)

    assert _quotas(stock) == {"NORMAL": 3, "FLASH_SALE": 1, "INTERNAL": 4}
    assert prove_stock() == []
    with pytest.raises(InsufficientStock):
        _take_out(stock, 2, bucket_id=own.pk)
    assert cancel_internal(source=document, actor=ACTOR) == 4
    assert _quotas(stock) == {"NORMAL": 3, "FLASH_SALE": 5}
    assert prove_stock() == []


def test_a_bucket_of_other_goods_is_not_found() -> None:
    stock, other = make_stock(10), make_stock(10)

    with pytest.raises(NotFound):
        _take_out(stock, 1, bucket_id=other.bucket.pk)
    assert _quotas(stock) == {"NORMAL": 10}


def test_a_document_names_the_quota_that_gives_all_its_lines() -> None:
    stock, other = make_stock(10), make_stock(10)
    own = _own_bucket(stock, 5)
    _unassign(stock, 2)
    document = source("stockout")
    quota = Target(Purpose.FLASH_SALE, stock.channel_id)
    where: dict[str, Any] = {
        "warehouse_id": stock.warehouse_id,
        "owner_id": stock.owner_id,
        "quota": quota,
        "actor": ACTOR,
    }

    assert allocate(lines=[AllocateLine(1, stock.sku_id, 4)], source=document, **where)

    assert _quotas(stock) == {"NORMAL": 3, "FLASH_SALE": 1, "INTERNAL": 4}
    assert not allocate(lines=[AllocateLine(1, stock.sku_id, 4)], source=document, **where)
    with pytest.raises(InsufficientStock) as refusal:
        allocate(
            lines=[AllocateLine(1, stock.sku_id, 2), AllocateLine(2, other.sku_id, 1)],
            source=source("stockout"),
            **where,
        )
    assert refusal.value.lines == [
        {"line": 1, "sku": stock.sku, "wanted": 2, "available": 1},
        {"line": 2, "sku": other.sku, "wanted": 1, "available": 0},
    ]
    assert cancel_internal(source=document, actor=ACTOR) == 4
    assert ChannelStock.objects.get(pk=own.pk).base_quota_qty == 5
    assert prove_stock() == []
