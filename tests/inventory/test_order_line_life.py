"""An order line through the layers: reserve, pay, ship notice, outbound; every step with its ledger."""

import pytest
from django.db import IntegrityError, connection, transaction

from inventory.choices import HoldState
from inventory.exceptions import HoldNotOpen, InsufficientStock, OverConfirmed, SourceConflict
from inventory.models import LedgerEntry, Reservation
from inventory.selectors import sellable
from inventory.services import (
    ReserveLine,
    ShippedLine,
    cancel_paid,
    confirm_outbound,
    issue_ship_notice,
    post_payment,
    release,
    release_expired,
    reserve,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import entries, make_stock, source
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor

ACTOR = system_actor()


def test_receiving_raises_all_four_layers() -> None:
    stock = make_stock()
    document = stock.receive(10)

    assert stock.numbers() == {
        "channel.base_quota_qty": 10,
        "pool1.quota_qty": 10,
        "logical.physical_base_qty": 10,
        "physical1.quantity": 10,
    }
    assert entries(document) == [
        ("BASE_QUOTA", 10, 10),
        ("QUOTA", 10, 10),
        ("BASE", 10, 10),
        ("QUANTITY", 10, 10),
    ]
    assert stock.logical.available_qty == 10


def test_receiving_the_same_document_twice_changes_nothing() -> None:
    stock = make_stock()
    document = stock.receive(10)
    stock.receive(10, source=document)

    assert stock.logical.physical_base_qty == 10


def test_receiving_the_same_document_with_other_content_is_refused() -> None:
    stock = make_stock()
    document = stock.receive(10)

    with pytest.raises(SourceConflict):
        stock.receive(11, source=document)
    assert len(entries(document)) == 4


def test_the_average_cost_is_weighted_by_units() -> None:
    stock = make_stock()
    stock.receive(10, cost="10.00")
    stock.receive(30, cost="20.00")

    assert str(stock.logical.unit_cost) == "17.5000"


def test_a_reservation_writes_one_bucket_row() -> None:
    stock, document = make_stock(10), source()
    (hold,) = stock.reserve(4, document=document)

    assert (hold.line_no, hold.quantity, hold.sku_id) == (1, 4, stock.sku_id)
    assert entries(document) == [("HELD", 4, 4)]
    assert stock.bucket.sellable_qty == 6
    assert stock.logical.allocated_qty == 0


def test_reserving_again_answers_the_same_holds() -> None:
    stock, document = make_stock(10), source()
    first = stock.reserve(4, document=document)

    assert stock.reserve(4, document=document) == first
    assert stock.bucket.held_qty == 4


def test_reserving_again_with_other_lines_is_a_conflict() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)

    with pytest.raises(SourceConflict):
        stock.reserve(5, document=document)


def test_a_shortage_names_every_short_line_and_leaves_nothing() -> None:
    rich, poor, empty = make_stock(10), make_stock(), make_stock()
    rich.receive(2, sku_id=poor.sku_id)
    document = source()
    lines = [ReserveLine(1, rich.sku_id, 3), ReserveLine(2, poor.sku_id, 5), ReserveLine(3, empty.sku_id, 1)]

    with pytest.raises(InsufficientStock) as refusal:
        reserve(channel_id=rich.channel_id, lines=lines, source=document, expires_at=clock.now(), actor=ACTOR)

    assert refusal.value.details["lines"] == [
        {"line": 2, "sku": poor.sku, "wanted": 5, "available": 2},
        {"line": 3, "sku": empty.sku, "wanted": 1, "available": 0},
    ]
    assert entries(document) == []
    assert rich.bucket.held_qty == 0
    assert not Reservation.objects.filter(source_sn=document.sn).exists()


def test_two_lines_of_one_sku_are_held_together_or_not_at_all() -> None:
    stock, document = make_stock(5), source()
    lines = [ReserveLine(1, stock.sku_id, 3), ReserveLine(2, stock.sku_id, 3)]

    with pytest.raises(InsufficientStock):
        reserve(channel_id=stock.channel_id, lines=lines, source=document, expires_at=clock.now(), actor=ACTOR)
    assert stock.bucket.held_qty == 0


def test_a_dry_run_tells_the_holds_and_writes_nothing() -> None:
    stock, document = make_stock(5), source()
    (hold,) = reserve(
        channel_id=stock.channel_id,
        lines=[ReserveLine(1, stock.sku_id, 3)],
        source=document,
        expires_at=clock.now(),
        actor=ACTOR,
        dry_run=True,
    )

    assert hold.quantity == 3
    assert stock.bucket.held_qty == 0
    assert entries(document) == []


def test_the_whole_way_to_the_customer() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)

    assert post_payment(source=document, actor=ACTOR) == 4
    assert stock.numbers() == {
        "channel.base_quota_qty": 10,
        "channel.sold_qty": 4,
        "pool1.quota_qty": 10,
        "logical.physical_base_qty": 10,
        "logical.allocated_qty": 4,
        "physical1.quantity": 10,
    }

    (pick,) = issue_ship_notice(source=document, actor=ACTOR)
    assert (pick.quantity, pick.location_id, pick.sku) == (4, stock.location_id, stock.sku)
    assert stock.numbers()["physical1.held_qty"] == 4

    assert confirm_outbound(source=document, actor=ACTOR) is True
    assert stock.numbers() == {
        "channel.base_quota_qty": 6,
        "pool1.quota_qty": 6,
        "logical.physical_base_qty": 6,
        "physical1.quantity": 6,
    }
    assert entries(document) == [
        ("BASE_QUOTA", -4, 6),
        ("HELD", 4, 4),
        ("HELD", -4, 0),
        ("SOLD", 4, 4),
        ("SOLD", -4, 0),
        ("QUOTA", -4, 6),
        ("BASE", -4, 6),
        ("ALLOCATED", 4, 4),
        ("ALLOCATED", -4, 0),
        ("QUANTITY", -4, 6),
        ("PHYSICAL_HELD", 4, 4),
        ("PHYSICAL_HELD", -4, 0),
    ]
    assert prove_stock() == []


def test_paying_twice_sells_once() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)
    post_payment(source=document, actor=ACTOR)

    assert post_payment(source=document, actor=ACTOR) == 0
    assert stock.bucket.sold_qty == 4


def test_a_notice_takes_the_batch_that_expires_first_and_splits() -> None:
    stock = make_stock()
    stock.receive(3, batch="LATE")
    stock.receive(3, batch="EARLY", location_id=stock.other_location_id)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_batch SET expires_on = '2027-01-01' WHERE code = 'EARLY'")
        cursor.execute("UPDATE inventory_batch SET expires_on = '2028-01-01' WHERE code = 'LATE'")
    document = source()
    stock.reserve(4, document=document)
    post_payment(source=document, actor=ACTOR)

    picks = issue_ship_notice(source=document, actor=ACTOR)

    assert [(pick.batch, pick.quantity) for pick in picks] == [("EARLY", 3), ("LATE", 1)]
    assert issue_ship_notice(source=document, actor=ACTOR) == picks


def test_a_partial_outbound_leaves_the_rest_open() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)
    post_payment(source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)

    assert confirm_outbound(source=document, lines=[ShippedLine(1, 3)], reference="m1", actor=ACTOR) is False
    assert confirm_outbound(source=document, lines=[ShippedLine(1, 3)], reference="m1", actor=ACTOR) is False
    assert stock.logical.allocated_qty == 1

    with pytest.raises(OverConfirmed) as refusal:
        confirm_outbound(source=document, lines=[ShippedLine(1, 2)], reference="m2", actor=ACTOR)
    assert refusal.value.details == {"line": 1, "confirmed": 2, "open": 1}

    assert confirm_outbound(source=document, lines=[ShippedLine(1, 1)], reference="m3", actor=ACTOR) is True
    assert stock.logical.physical_base_qty == 6
    assert prove_stock() == []


def test_outbound_without_notice_is_refused() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)

    with pytest.raises(HoldNotOpen):
        confirm_outbound(source=document, actor=ACTOR)
    assert stock.logical.physical_base_qty == 10


def test_releasing_frees_once() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)

    assert release(source=document, actor=ACTOR, reason="changed mind") == 4
    assert release(source=document, actor=ACTOR, reason="changed mind") == 0
    assert stock.bucket.held_qty == 0
    with pytest.raises(HoldNotOpen):
        post_payment(source=document, actor=ACTOR)


def test_cancelling_after_payment_frees_channel_and_allocation() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)
    post_payment(source=document, actor=ACTOR)

    assert cancel_paid(source=document, actor=ACTOR) == 4
    assert cancel_paid(source=document, actor=ACTOR) == 0
    assert stock.numbers() == {
        "channel.base_quota_qty": 10,
        "pool1.quota_qty": 10,
        "logical.physical_base_qty": 10,
        "physical1.quantity": 10,
    }


def test_cancelling_after_the_notice_is_refused() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)
    post_payment(source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)

    with pytest.raises(HoldNotOpen):
        cancel_paid(source=document, actor=ACTOR)
    assert stock.bucket.sold_qty == 4


def test_an_expired_hold_stops_counting_when_read(frozen_clock: FrozenClock) -> None:
    stock = make_stock(5)
    stock.reserve(5, minutes=15)
    assert sellable(stock.channel_id, [stock.sku_id]) == {stock.sku_id: 0}

    frozen_clock.advance(minutes=15)

    assert sellable(stock.channel_id, [stock.sku_id]) == {stock.sku_id: 5}
    assert stock.bucket.held_qty == 5


def test_a_reservation_reclaims_expired_holds_of_its_row(frozen_clock: FrozenClock) -> None:
    stock, late = make_stock(5), source()
    stock.reserve(5, document=late)
    frozen_clock.advance(minutes=16)

    stock.reserve(3)

    assert stock.bucket.held_qty == 3
    assert Reservation.objects.get(source_sn=late.sn).state == HoldState.EXPIRED
    assert prove_stock() == []


def test_a_late_payment_takes_the_goods_again_if_they_are_there(frozen_clock: FrozenClock) -> None:
    stock, late = make_stock(5), source()
    stock.reserve(5, document=late)
    frozen_clock.advance(minutes=16)
    release_expired()

    assert post_payment(source=late, actor=ACTOR) == 5
    assert stock.bucket.sold_qty == 5
    assert prove_stock() == []


def test_a_late_payment_never_oversells(frozen_clock: FrozenClock) -> None:
    stock, late = make_stock(5), source()
    stock.reserve(5, document=late)
    frozen_clock.advance(minutes=16)
    stock.reserve(2)

    with pytest.raises(InsufficientStock) as refusal:
        post_payment(source=late, actor=ACTOR)

    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "wanted": 5, "available": 3}]
    assert stock.bucket.sold_qty == 0
    assert Reservation.objects.get(source_sn=late.sn).state == HoldState.EXPIRED


def test_the_sweep_releases_only_expired_holds(frozen_clock: FrozenClock) -> None:
    stock, open_hold = make_stock(9), source()
    stock.reserve(2, minutes=15)
    stock.reserve(3, minutes=60, document=open_hold)
    frozen_clock.advance(minutes=20)

    assert release_expired() == 1
    assert release_expired() == 0
    assert stock.bucket.held_qty == 3


def test_the_ledger_refuses_change_and_deletion() -> None:
    stock = make_stock(5)
    entry = LedgerEntry.objects.filter(row_id=stock.logical.pk).earliest("pk")

    for statement in ("UPDATE inventory_ledgerentry SET delta = 1", "DELETE FROM inventory_ledgerentry"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert LedgerEntry.objects.get(pk=entry.pk).delta == entry.delta


def test_the_database_itself_refuses_overselling() -> None:
    stock = make_stock(5)

    with (
        pytest.raises(IntegrityError, match="inventory_channelstock_backed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE inventory_channelstock SET held_qty = 6 WHERE id = %s", [stock.bucket.pk])
