"""Transfers between warehouses and purchases on their way, through the documents people type in (S001-33 to 36)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.choices import SupplyKind, SupplyState
from inventory.exceptions import SupplyExceeded
from inventory.models import LogicalStock, SupplyLine
from inventory.services.reconcile import prove_stock
from inventory.services.supply import ExpectLine, expect_supply
from stores.choices import DocumentStatus, StockInType, StockOutType
from stores.exceptions import InvalidReference, InvalidValue
from stores.models import StockIn, StockOut
from stores.services import (
    DocumentLine,
    approve_stockin,
    approve_stockout,
    confirm_stockout,
    create_stockin,
    create_stockout,
    submit_stockin,
    submit_stockout,
    update_stockout,
)
from tests.factories.stores import World, make_world
from tests.factories.supply import IN_THREE_DAYS, TODAY
from vmi.core.actors import system_actor
from vmi.core.sources import Source


def _sent(world: World, there: World, quantity: int = 100) -> StockOut:
    """A confirmed transfer that may be sold before it arrives."""
    document = world.stockout(
        world.line(quantity),
        type=StockOutType.TRANSFER,
        destination_id=there.warehouse_id,
        due_on=IN_THREE_DAYS,
        opens_presale=True,
    )
    approve_stockout(stockout_id=document.pk, actor=world.reviewer)
    return confirm_stockout(stockout_id=document.pk, actor=world.reviewer)


def _arrived(world: World, there: World, quantity: int, source_sn: str, **fields: str) -> StockIn:
    """An approved stock-in at the destination that names the document its goods belong to."""
    line = DocumentLine(
        world.sku().pk, quantity, Decimal(fields.get("price", "0")), [(there.location_ids[0], quantity)]
    )
    document = create_stockin(
        warehouse_id=there.warehouse_id,
        owner_id=world.owner_id,
        type=fields.get("type", StockInType.TRANSFER),
        lines=[line],
        source_ref=source_sn,
        actor=world.author,
    )
    submit_stockin(stockin_id=document.pk, actor=world.author)
    return approve_stockin(stockin_id=document.pk, actor=world.reviewer)


def test_a_transfer_arrives_in_parts_on_its_supply_line(world: World) -> None:
    there = make_world()
    world.receive(world.line(100, price="3.50"))
    sent = _sent(world, there)

    line = SupplyLine.objects.get()
    assert (line.kind, line.source_sn, line.expected_qty, line.presale_qty, line.due_on) == (
        SupplyKind.TRANSFER, sent.sn, 100, 100, IN_THREE_DAYS
    )  # fmt: skip
    logical = LogicalStock.objects.get(warehouse_id=there.warehouse_id)
    assert (logical.in_transit_qty, logical.physical_base_qty) == (100, 0)

    first = _arrived(world, there, 80, sent.sn)
    logical.refresh_from_db()
    line.refresh_from_db()
    assert (logical.in_transit_qty, logical.physical_base_qty, logical.unit_cost) == (20, 80, Decimal("3.5000"))
    assert (line.received_qty, line.presale_qty, line.state) == (80, 20, SupplyState.OPEN)
    assert first.status_id == 204

    with pytest.raises(SupplyExceeded) as refusal:
        _arrived(world, there, 21, sent.sn)
    assert refusal.value.lines == [
        {"line": 1, "sku": world.sku().sku, "source": f"{sent.sn}/1", "wanted": 21, "available": 20}
    ]
    _arrived(world, there, 20, sent.sn)
    logical.refresh_from_db()
    assert (logical.in_transit_qty, logical.physical_base_qty) == (0, 100)
    assert prove_stock() == []


def test_a_purchase_arrives_on_what_the_supplier_announced(world: World) -> None:
    expect_supply(
        warehouse_id=world.warehouse_id,
        owner_id=world.owner_id,
        lines=[ExpectLine(1, world.sku().pk, 30), ExpectLine(2, world.sku().pk, 20)],
        source=Source("purchase", "PO-77"),
        actor=system_actor(),
    )
    _arrived(world, world, 40, "PO-77", type=StockInType.PURCHASE, price="5.00")

    assert list(SupplyLine.objects.order_by("line_no").values_list("received_qty", "state")) == [
        (30, SupplyState.RECEIVED), (10, SupplyState.OPEN)
    ]  # fmt: skip
    logical = LogicalStock.objects.get()
    assert (logical.in_transit_qty, logical.physical_base_qty, logical.unit_cost) == (10, 40, Decimal("5.0000"))
    assert prove_stock() == []


def test_goods_nobody_announced_are_received_as_they_are(world: World) -> None:
    _arrived(world, world, 7, "PO-78", type=StockInType.PURCHASE)
    logical = LogicalStock.objects.get()
    assert (logical.in_transit_qty, logical.physical_base_qty) == (0, 7)
    assert prove_stock() == []


def test_only_a_transfer_goes_to_another_warehouse_of_ours(world: World) -> None:
    there = make_world()
    for fields, refusal in (
        ({"type": StockOutType.SCRAP, "destination_id": there.warehouse_id}, InvalidValue),
        ({"type": StockOutType.TRANSFER, "destination_id": world.warehouse_id}, InvalidValue),
        ({"type": StockOutType.TRANSFER, "destination_id": 10**9}, InvalidReference),
        ({"type": StockOutType.TRANSFER, "opens_presale": True}, InvalidValue),
    ):
        with pytest.raises(refusal) as found:
            create_stockout(lines=[world.line()], **world.head(**fields))
        assert found.value.param == "destination"
    assert not StockOut.objects.exists()

    draft = world.stockout(submitted=False, type=StockOutType.TRANSFER)
    update_stockout(stockout_id=draft.pk, destination_id=there.warehouse_id, actor=world.author)
    draft.refresh_from_db()
    assert draft.destination_id == there.warehouse_id


def test_a_transfer_to_nowhere_is_not_submitted(world: World) -> None:
    draft = world.stockout(submitted=False, type=StockOutType.TRANSFER)

    with pytest.raises(InvalidValue) as refusal:
        submit_stockout(stockout_id=draft.pk, actor=world.author)

    assert (refusal.value.code, refusal.value.param) == ("destination_required", "destination")
    draft.refresh_from_db()
    assert draft.status_id == DocumentStatus.DRAFT


def test_nothing_arrives_on_a_day_that_is_over(world: World) -> None:
    there = make_world()
    head = world.head(type=StockOutType.TRANSFER, destination_id=there.warehouse_id)
    yesterday = TODAY - timedelta(days=2)

    with pytest.raises(InvalidValue) as created:
        create_stockout(lines=[world.line()], **head, due_on=yesterday)
    draft = create_stockout(lines=[world.line()], **head, due_on=IN_THREE_DAYS)
    StockOut.objects.filter(pk=draft.pk).update(due_on=yesterday)  # a draft that was forgotten
    with pytest.raises(InvalidValue) as submitted:
        submit_stockout(stockout_id=draft.pk, actor=world.author)

    for refusal in (created, submitted):
        assert (refusal.value.code, refusal.value.param) == ("day_past", "dueOn")
    assert list(StockOut.objects.values_list("status_id", flat=True)) == [DocumentStatus.DRAFT]
