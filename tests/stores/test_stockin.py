"""Stock-in: what each step writes, and what a refusal leaves behind."""

from dataclasses import replace
from decimal import Decimal

import pytest

from inventory.models import AllocationPool, ChannelStock, LedgerEntry, LogicalStock, PhysicalStock
from stores.choices import DocumentStatus, StockInType
from stores.exceptions import (
    DocumentEmpty,
    InvalidLine,
    InvalidReference,
    InvalidValue,
    ReasonRequired,
    SelfApproval,
    TypeReserved,
)
from stores.models import GoodsInfo, GoodsInfoLocation, StockIn
from stores.services import (
    approve_stockin,
    cancel_stockin,
    create_stockin,
    post_stockin,
    reject_stockin,
    submit_stockin,
    update_stockin,
)
from tests.factories.stores import World, make_world, person
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidTransition, NotAllowed
from vmi.core.sources import Source
from vmi.events.models import Event
from vmi.statuses.machine import transition


def test_create_writes_draft_with_totals(world: World) -> None:
    document = world.stockin(
        world.line(10, price="2.50"), world.line(3, price="0.335", index=1), submitted=False, source_ref="PO-7"
    )

    assert document.sn.startswith("IN-")
    assert document.status_id == DocumentStatus.DRAFT
    assert (document.quantity, document.amount) == (13, Decimal("26.01"))
    assert (document.source_type, document.source_sn) == ("manual", "PO-7")
    lines = list(document.lines.values_list("line_no", "sku", "count", "price", "type"))
    assert lines == [(1, world.sku(0).sku, 10, Decimal("2.50"), 1), (2, world.sku(1).sku, 3, Decimal("0.34"), 1)]
    assert LedgerEntry.objects.count() == 0


def test_approval_receives_in_every_layer(world: World) -> None:
    first, second = world.location_ids[:2]
    document = world.stockin(world.line(10, price="2.50", locations=((first, 4), (second, 6)), batch="B1"))

    approved = approve_stockin(stockin_id=document.pk, actor=world.reviewer)

    assert approved.status_id == DocumentStatus.DONE
    assert (approved.approved_by_id, approved.submitted_by_id) == (world.reviewer.user_id, world.author.user_id)
    assert approved.done_at == approved.approved_at
    rows = PhysicalStock.objects.values_list("location_id", "quantity", "batch__code").order_by("location_id")
    assert list(rows) == [(first, 4, "B1"), (second, 6, "B1")]
    logical = LogicalStock.objects.get()
    assert (logical.physical_base_qty, logical.unit_cost) == (10, Decimal("2.5"))
    assert AllocationPool.objects.get(quota_qty__gt=0).quota_qty == 10
    assert ChannelStock.objects.get().base_quota_qty == 10
    assert set(LedgerEntry.objects.values_list("source_type", "source_sn")) == {("stockin", document.sn)}


def test_line_without_location_goes_to_default_location(world: World) -> None:
    document = world.receive(world.line(7))

    assert PhysicalStock.objects.get().location_id == world.location_ids[0]
    place = GoodsInfoLocation.objects.get(goods_info__stockin=document)
    assert (place.location_id, place.quantity) == (world.location_ids[0], 7)


def test_history_names_every_step(world: World) -> None:
    document = world.receive()

    events = Event.objects.filter(subject=f"stockin:{document.sn}").order_by("id")
    steps = [(row.type, (row.payload.get("changes") or {}).get("action"), row.actor_id) for row in events]
    author, reviewer = world.author.user_id, world.reviewer.user_id
    assert [step for step in steps if step[0] != "stock.received"] == [
        ("object.changed", "created", author),
        ("object.changed", "submitted", author),
        ("stockin.approved", None, reviewer),
    ]


@pytest.mark.parametrize("who", ["author", "submitter"])
def test_author_and_submitter_do_not_review(world: World, who: str) -> None:
    document = world.stockin(submitted=False)
    submitter = world.reviewer
    submit_stockin(stockin_id=document.pk, actor=submitter)
    reviewer = world.author if who == "author" else submitter

    with pytest.raises(SelfApproval) as refusal:
        approve_stockin(stockin_id=document.pk, actor=reviewer)
    with pytest.raises(SelfApproval):
        reject_stockin(stockin_id=document.pk, reason="no", actor=reviewer)

    assert (refusal.value.status, refusal.value.code) == (403, "self_approval")
    assert StockIn.objects.get(pk=document.pk).status_id == DocumentStatus.PENDING
    assert LedgerEntry.objects.count() == 0


def test_second_approval_and_late_rejection_are_conflicts(world: World) -> None:
    document = world.receive(world.line(5))
    entries = LedgerEntry.objects.count()

    for late in (
        lambda: approve_stockin(stockin_id=document.pk, actor=world.reviewer),
        lambda: reject_stockin(stockin_id=document.pk, reason="late", actor=world.reviewer),
        lambda: cancel_stockin(stockin_id=document.pk, actor=world.author),
        lambda: update_stockin(stockin_id=document.pk, lines=[world.line(1)], actor=world.author),
    ):
        with pytest.raises(InvalidTransition) as refusal:
            late()
        assert refusal.value.status == 409

    assert LedgerEntry.objects.count() == entries
    assert PhysicalStock.objects.get().quantity == 5


def test_rejection_needs_a_reason_and_moves_nothing(world: World) -> None:
    document = world.stockin()

    with pytest.raises(ReasonRequired):
        reject_stockin(stockin_id=document.pk, reason="  ", actor=world.reviewer)
    rejected = reject_stockin(stockin_id=document.pk, reason=" wrong price ", actor=world.reviewer)

    assert (rejected.status_id, rejected.reason) == (DocumentStatus.REJECTED, "wrong price")
    assert rejected.rejected_by_id == world.reviewer.user_id
    assert LedgerEntry.objects.count() == 0


def test_cancel_before_approval(world: World) -> None:
    draft, waiting = world.stockin(submitted=False), world.stockin()

    cancel_stockin(stockin_id=draft.pk, actor=world.author)
    cancelled = cancel_stockin(stockin_id=waiting.pk, reason="twice", actor=world.author)

    assert cancelled.reason == "twice"
    assert set(StockIn.objects.values_list("status_id", flat=True)) == {DocumentStatus.CANCELLED}


def test_update_replaces_lines_and_totals(world: World) -> None:
    document = world.stockin(world.line(10), world.line(1, index=1), submitted=False)

    changed = update_stockin(
        stockin_id=document.pk, lines=[world.line(4, price="3.00", index=1)], description="new", actor=world.author
    )

    assert (changed.quantity, changed.amount, changed.description) == (4, Decimal("12.00"), "new")
    assert list(GoodsInfo.objects.values_list("sku", "count")) == [(world.sku(1).sku, 4)]


def test_moving_a_draft_to_another_warehouse_needs_its_lines(world: World) -> None:
    document, other = world.stockin(submitted=False), make_world()

    with pytest.raises(InvalidValue) as refusal:
        update_stockin(stockin_id=document.pk, warehouse_id=other.warehouse_id, actor=world.author)

    assert refusal.value.param == "goodsInfo"
    assert StockIn.objects.get().warehouse_id == world.warehouse_id


def test_empty_draft_is_not_submitted(world: World) -> None:
    document = create_stockin(**world.head())

    with pytest.raises(DocumentEmpty):
        submit_stockin(stockin_id=document.pk, actor=world.author)


@pytest.mark.parametrize(
    ("fields", "error", "code", "param"),
    [
        ({"quantity": 0}, InvalidLine, "invalid_line", "goodsInfo[0].count"),
        ({"quantity": -1}, InvalidLine, "invalid_line", "goodsInfo[0].count"),
        ({"quantity": 2_000_000_000}, InvalidLine, "invalid_line", "goodsInfo[0].count"),
        ({"price": Decimal("-0.01")}, InvalidLine, "invalid_line", "goodsInfo[0].price"),
        ({"price": Decimal("999999999999.99"), "quantity": 2}, InvalidLine, "invalid_line", "goodsInfo"),
        ({"batch": "B" * 65}, InvalidLine, "invalid_line", "goodsInfo[0].batch"),
        ({"sku_id": 999_999}, InvalidReference, "does_not_exist", "goodsInfo[0].product"),
        ({"sku": "OTHER"}, InvalidLine, "sku_mismatch", "goodsInfo[0].sku"),
        ({"locations": ((999_999, 10),)}, InvalidReference, "does_not_exist", "goodsInfo[0].locations[0].location"),
        ({"shelf_ids": (1, 2)}, InvalidLine, "location_split_required", "goodsInfo[0].shelf"),
        ({"shelf_ids": (999_999,)}, InvalidReference, "does_not_exist", "goodsInfo[0].shelf"),
    ],
)
def test_bad_lines_leave_nothing(
    world: World, fields: dict[str, object], error: type[Exception], code: str, param: str
) -> None:
    line = replace(world.line(10), **fields)  # type: ignore[arg-type]

    with pytest.raises(error) as refusal:
        create_stockin(lines=[line], **world.head())

    assert (refusal.value.code, refusal.value.param) == (code, param)  # type: ignore[attr-defined]
    assert StockIn.objects.count() == 0
    assert GoodsInfo.objects.count() == 0


@pytest.mark.parametrize("places", [(4, 5), (4, 7)])
def test_locations_must_add_up(world: World, places: tuple[int, int]) -> None:
    line = world.line(10, locations=tuple(zip(world.location_ids, places, strict=False)))

    with pytest.raises(InvalidLine) as refusal:
        create_stockin(lines=[line], **world.head())

    assert refusal.value.code == "location_quantity_mismatch"
    assert refusal.value.details == {"count": 10, "located": sum(places)}


def test_location_of_another_warehouse_is_refused(world: World) -> None:
    foreign = make_world().location_ids[0]

    with pytest.raises(InvalidReference):
        create_stockin(lines=[world.line(1, locations=((foreign, 1),))], **world.head())


def test_one_shelf_means_its_lowest_location(world: World) -> None:
    document = create_stockin(lines=[world.line(3, shelf_ids=(world.shelf_id,))], **world.head())

    place = GoodsInfoLocation.objects.get(goods_info__stockin=document)
    assert (place.location_id, place.quantity) == (world.location_ids[0], 3)


@pytest.mark.parametrize(
    ("field", "param"), [("warehouse_id", "warehouse"), ("owner_id", "owner"), ("store_id", "store")]
)
def test_unknown_references_of_the_head(world: World, field: str, param: str) -> None:
    with pytest.raises(InvalidReference) as refusal:
        create_stockin(lines=[world.line(1)], **world.head(**{field: 999_999}))

    assert refusal.value.param == param
    assert StockIn.objects.count() == 0


def test_customer_returns_are_not_opened_by_hand(world: World) -> None:
    with pytest.raises(TypeReserved):
        world.stockin(type=StockInType.CUSTOMER_RETURN)
    with pytest.raises(InvalidValue):
        world.stockin(type="gift")


def test_machine_posts_at_once_and_once(world: World) -> None:
    source, machine = Source("replay", "opening"), system_actor()
    head = {**world.head(actor=machine), "type": StockInType.OPENING, "source": source}

    first = post_stockin(lines=[world.line(9)], **head)
    again = post_stockin(lines=[world.line(9)], **head)

    assert (first.pk, first.status_id) == (again.pk, DocumentStatus.DONE)
    assert PhysicalStock.objects.get().quantity == 9
    with pytest.raises(NotAllowed):
        post_stockin(lines=[world.line(9)], **{**head, "actor": person(world.author.user_id)})


def test_control_of_the_race_a_transition_on_a_stale_row_loses(world: World) -> None:
    document = world.stockin()
    stale = StockIn.objects.get(pk=document.pk)
    cancel_stockin(stockin_id=document.pk, actor=world.author)

    from stores.choices import DOCUMENT_MACHINE

    with pytest.raises(InvalidTransition) as refusal:
        transition(
            stale,
            DocumentStatus.APPROVED,
            machine=DOCUMENT_MACHINE,
            actor=world.reviewer,
            extra={"approved_by_id": world.reviewer.user_id, "approved_at": document.create_time},
        )

    assert refusal.value.details["from"] == DocumentStatus.CANCELLED
