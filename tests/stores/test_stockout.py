"""Stock-out of our own, and the documents orders open."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.exceptions import InsufficientStock
from inventory.models import AllocationPool, ChannelStock, LedgerEntry, LogicalStock, PhysicalStock
from inventory.services import ReserveLine, confirm_outbound, issue_ship_notice, post_payment, reserve
from stores.choices import DocumentStatus, StockInType, StockOutType
from stores.exceptions import InvalidLine, SelfApproval, TypeReserved
from stores.models import GoodsInfo, GoodsInfoLocation, StockIn, StockOut
from stores.selectors import stockin_sns, stockout_sns
from stores.services import (
    ReturnedLine,
    add_return_stockin,
    approve_stockout,
    cancel_sales_stockouts,
    cancel_stockout,
    close_stockouts,
    confirm_stockout,
    create_stockout,
    open_sales_stockout,
    reject_stockout,
)
from tests.factories.stores import World
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidTransition
from vmi.core.sources import Source
from vmi.events.models import Event
from vmi.events.services import deliver_inline
from warehousing.models import ShipNotice


def test_approval_allocates_holds_and_notifies(world: World) -> None:
    world.receive(world.line(10))
    document = world.stockout(world.line(4), type=StockOutType.SUPPLIER_RETURN)

    approved = approve_stockout(stockout_id=document.pk, actor=world.reviewer)

    assert approved.status_id == DocumentStatus.IN_PROGRESS
    logical, physical = LogicalStock.objects.get(), PhysicalStock.objects.get()
    assert (logical.physical_base_qty, logical.allocated_qty) == (10, 4)
    assert (physical.quantity, physical.held_qty) == (10, 4)
    assert ChannelStock.objects.get().base_quota_qty == 6
    assert sorted(AllocationPool.objects.values_list("quota_qty", flat=True)) == [4, 6]
    notice = ShipNotice.objects.get(source_type="stockout", source_sn=document.sn)
    assert [(line.sku, line.quantity) for line in notice.lines.all()] == [(world.sku().sku, 4)]
    place = GoodsInfoLocation.objects.get(goods_info__stockout=document)
    assert (place.location_id, place.quantity) == (world.location_ids[0], 4)


def test_confirmation_ships_and_closes(world: World) -> None:
    world.receive(world.line(10))
    document = approve_stockout(stockout_id=world.stockout(world.line(4)).pk, actor=world.reviewer)

    done = confirm_stockout(stockout_id=document.pk, company="SF", tracking_no="SF1", actor=world.reviewer)

    assert done.status_id == DocumentStatus.DONE
    assert done.done_at is not None
    logical, physical = LogicalStock.objects.get(), PhysicalStock.objects.get()
    assert (logical.physical_base_qty, logical.allocated_qty) == (6, 0)
    assert (physical.quantity, physical.held_qty) == (6, 0)
    assert Event.objects.filter(type="stockout.done", subject=f"stockout:{document.sn}").count() == 1
    with pytest.raises(InvalidTransition):
        confirm_stockout(stockout_id=document.pk, actor=world.reviewer)


def test_shortage_is_named_line_by_line_and_leaves_nothing(world: World) -> None:
    world.receive(world.line(3), world.line(5, index=1))
    document = world.stockout(world.line(4), world.line(5, index=1))
    entries = LedgerEntry.objects.count()

    with pytest.raises(InsufficientStock) as refusal:
        approve_stockout(stockout_id=document.pk, actor=world.reviewer)

    assert refusal.value.details["lines"] == [{"line": 1, "sku": world.sku().sku, "wanted": 4, "available": 3}]
    assert StockOut.objects.get().status_id == DocumentStatus.PENDING
    assert LedgerEntry.objects.count() == entries
    assert ShipNotice.objects.count() == 0


def test_held_goods_are_not_taken(world: World) -> None:
    world.receive(world.line(5))
    reserve(
        channel_id=world.store.channel_id,
        lines=[ReserveLine(line_no=1, sku_id=world.sku().pk, quantity=3)],
        source=Source("order", "ORD-1"),
        expires_at=clock.now() + timedelta(days=365),
        actor=system_actor(),
    )
    document = world.stockout(world.line(3))

    with pytest.raises(InsufficientStock) as refusal:
        approve_stockout(stockout_id=document.pk, actor=world.reviewer)

    assert refusal.value.details["lines"][0]["available"] == 2


def test_author_does_not_review(world: World) -> None:
    document = world.stockout()

    with pytest.raises(SelfApproval):
        approve_stockout(stockout_id=document.pk, actor=world.author)
    rejected = reject_stockout(stockout_id=document.pk, reason="no", actor=world.reviewer)

    assert (rejected.status_id, rejected.reason) == (DocumentStatus.REJECTED, "no")


def test_batch_and_location_are_not_asked_for(world: World) -> None:
    for fields in ({"batch": "B"}, {"locations": ((world.location_ids[0], 10),)}, {"shelf_ids": (world.shelf_id,)}):
        with pytest.raises(InvalidLine):
            create_stockout(lines=[world.line(10, **fields)], **world.head())
    assert StockOut.objects.count() == 0


def test_sale_is_not_opened_by_hand(world: World) -> None:
    with pytest.raises(TypeReserved):
        world.stockout(type=StockOutType.SALE)


def test_cancel_waiting_document(world: World) -> None:
    cancelled = cancel_stockout(stockout_id=world.stockout().pk, reason="twice", actor=world.author)

    assert (cancelled.status_id, cancelled.reason) == (DocumentStatus.CANCELLED, "twice")
    assert LedgerEntry.objects.count() == 0


def test_cancel_approved_document_gives_everything_back(world: World) -> None:
    world.receive(world.line(10))
    document = approve_stockout(stockout_id=world.stockout(world.line(4)).pk, actor=world.reviewer)

    cancelled = cancel_stockout(stockout_id=document.pk, actor=world.author)

    assert cancelled.status_id == DocumentStatus.CANCELLED
    logical, physical = LogicalStock.objects.get(), PhysicalStock.objects.get()
    assert (logical.physical_base_qty, logical.allocated_qty) == (10, 0)
    assert (physical.quantity, physical.held_qty) == (10, 0)
    assert ChannelStock.objects.get().base_quota_qty == 10


def sold(world: World, quantity: int = 2, *, sn: str = "ORD-1") -> Source:
    """A paid order of the first SKU, the warehouse not told yet."""
    source = Source("sale", sn)
    reserve(
        channel_id=world.store.channel_id,
        lines=[ReserveLine(line_no=1, sku_id=world.sku().pk, quantity=quantity)],
        source=source,
        expires_at=clock.now() + timedelta(days=365),
        actor=system_actor(),
    )
    post_payment(source=source, actor=system_actor())
    return source


def opened(world: World, source: Source) -> list[StockOut]:
    """Its stock-out documents."""
    picks = issue_ship_notice(source=source, actor=system_actor())
    return open_sales_stockout(source=source, store_id=world.store.pk, picks=picks, actor=system_actor())


def test_sales_stockout_follows_its_order(world: World) -> None:
    first, second = world.location_ids[:2]
    world.receive(world.line(3, price="2.50", locations=((first, 1), (second, 2))))
    source = sold(world)

    documents = opened(world, source)
    again = opened(world, source)

    assert [row.pk for row in again] == [row.pk for row in documents]
    (document,) = documents
    assert document.sn.startswith("OUT-")
    assert (document.status_id, document.type) == (DocumentStatus.IN_PROGRESS, StockOutType.SALE)
    assert (document.quantity, document.amount) == (2, Decimal("5.00"))
    assert stockout_sns(source) == [document.sn]
    line = GoodsInfo.objects.get(stockout=document)
    assert (line.count, line.price, sum(place.quantity for place in line.places.all())) == (2, Decimal("2.50"), 2)

    with deliver_inline():
        confirm_outbound(source=source, lines=None, actor=system_actor())

    assert StockOut.objects.get().status_id == DocumentStatus.DONE
    assert close_stockouts(source=source, actor=system_actor()) == 0


def test_opening_a_sales_stockout_is_cheap(world: World, django_assert_max_num_queries: object) -> None:
    world.receive(world.line(10))
    opened(world, sold(world, sn="ORD-1"))
    source = sold(world, sn="ORD-2")
    picks = issue_ship_notice(source=source, actor=system_actor())

    with clock.at(clock.now()), django_assert_max_num_queries(5):  # type: ignore[operator]
        open_sales_stockout(source=source, store_id=world.store.pk, picks=picks, actor=system_actor())


def test_people_do_not_touch_the_stockout_of_a_sale(world: World) -> None:
    world.receive(world.line(3))
    (document,) = opened(world, sold(world))

    for act in (cancel_stockout, confirm_stockout):
        with pytest.raises(TypeReserved):
            act(stockout_id=document.pk, actor=world.reviewer)

    assert cancel_sales_stockouts(source=Source("sale", "ORD-1"), reason="late", actor=system_actor()) == 1
    assert StockOut.objects.get().status_id == DocumentStatus.CANCELLED


def test_customer_return_waits_for_inspection(world: World) -> None:
    world.receive(world.line(3))
    source = Source("returnOrder", "RET-1")
    lines = [
        ReturnedLine(
            line_no=1,
            sku_id=world.sku().pk,
            sku=world.sku().sku,
            warehouse_id=world.warehouse_id,
            owner_id=world.owner_id,
            quantity=2,
            price=Decimal("2.50"),
        )
    ]

    (document,) = add_return_stockin(source=source, store_id=world.store.pk, lines=lines, actor=system_actor())
    again = add_return_stockin(source=source, store_id=world.store.pk, lines=lines, actor=system_actor())

    assert [row.pk for row in again] == [document.pk]
    assert (document.type, document.status_id) == (StockInType.CUSTOMER_RETURN, DocumentStatus.DONE)
    assert stockin_sns(source) == [document.sn]
    assert StockIn.objects.filter(source_type="returnOrder").count() == 1
    logical = LogicalStock.objects.get()
    assert (logical.physical_base_qty, logical.locked_qty) == (5, 2)
    assert ChannelStock.objects.get().returning_qty == 2
