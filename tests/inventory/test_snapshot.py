"""Pictures of the stock from warehouse systems: never deducted twice, large differences go to a person (C-43)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from inventory.choices import DifferenceState, LockReason, Quality, SnapshotState
from inventory.exceptions import DifferenceDecided
from inventory.models import PhysicalStock, SnapshotDifference, WmsSnapshot
from inventory.selectors.alerts import Alert, rows_with_alert
from inventory.services import (
    LockLine,
    apply_wms_snapshot,
    confirm_outbound,
    decide_difference,
    issue_ship_notice,
    lock,
    post_payment,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.factories.orders import failing
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from warehousing.selectors import get_warehouse, locations_by_id, owners_by_id

ACTOR = system_actor()
GOOD = int(Quality.QUALIFIED)


def _row(stock: Stock, quantity: int, **other: Any) -> tuple[str, str, str, str, int, int]:
    location = locations_by_id([stock.location_id])[stock.location_id].code
    owner = owners_by_id([stock.owner_id])[stock.owner_id].code
    named: dict[str, Any] = {
        "sku": stock.sku,
        "owner": owner,
        "location": location,
        "batch": "",
        "quality": GOOD,
    } | other
    return (named["sku"], named["owner"], named["location"], named["batch"], named["quality"], quantity)


def _tell(stock: Stock, *rows: Any, seq: int = 1, taken_at: datetime | None = None, **more: Any) -> WmsSnapshot:
    return apply_wms_snapshot(
        warehouse_id=stock.warehouse_id,
        seq=seq,
        taken_at=taken_at or clock.now(),
        rows=list(rows),
        actor=ACTOR,
        **more,
    )


def _noticed(stock: Stock, quantity: int) -> Source:
    order = source()
    stock.reserve(quantity, document=order)
    post_payment(source=order, actor=ACTOR)
    issue_ship_notice(source=order, actor=ACTOR)
    return order


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_example_12_nothing_is_deducted_twice_in_any_order(order: tuple[int, ...], frozen_clock: Any) -> None:
    stock = make_stock(100)
    two, one = _noticed(stock, 2), _noticed(stock, 1)
    frozen_clock.advance(minutes=1)
    taken = clock.now()
    messages: list[Callable[[], object]] = [
        lambda: _tell(stock, _row(stock, 97), taken_at=taken),
        lambda: confirm_outbound(source=two, actor=ACTOR),
        lambda: confirm_outbound(source=one, actor=ACTOR),
    ]

    for number in order:
        frozen_clock.advance(minutes=1)
        messages[number]()

    assert stock.numbers() == {
        "channel.base_quota_qty": 97,
        "pool1.quota_qty": 97,
        "logical.physical_base_qty": 97,
        "physical1.quantity": 97,
    }
    assert prove_stock() == []


def test_a_picture_taken_before_the_goods_left_brings_nothing_back(frozen_clock: Any) -> None:
    stock = make_stock(100)
    order = _noticed(stock, 3)
    frozen_clock.advance(minutes=1)
    taken = clock.now()
    frozen_clock.advance(minutes=1)
    confirm_outbound(source=order, actor=ACTOR)

    found = _tell(stock, _row(stock, 100), taken_at=taken)

    assert stock.logical.physical_base_qty == 97
    assert (found.applied_count, found.review_count) == (0, 0)


def test_a_loss_beyond_what_waits_to_leave_is_booked(frozen_clock: Any) -> None:
    stock = make_stock(100)
    _noticed(stock, 3)
    frozen_clock.advance(minutes=1)

    found = _tell(stock, _row(stock, 90))

    assert (stock.logical.physical_base_qty, found.applied_count, found.lost_qty) == (93, 1, 7)
    (line,) = found.differences.all()
    assert (line.wms_qty, line.our_qty, line.held_qty, line.difference_qty) == (90, 100, 3, -7)
    code = get_warehouse(stock.warehouse_id).code
    assert entries(Source("wmssnapshot", f"{code}#1")) == [
        ("BASE_QUOTA", -7, 93),
        ("QUOTA", -7, 93),
        ("BASE", -7, 93),
        ("QUANTITY", -7, 93),
    ]
    assert prove_stock() == []


def test_an_older_sequence_is_recorded_and_ignored_and_the_same_answers_again() -> None:
    stock = make_stock(100)
    first = _tell(stock, _row(stock, 99), seq=5)

    assert _tell(stock, _row(stock, 99), seq=5).pk == first.pk
    assert _tell(stock, _row(stock, 50), seq=4).state == SnapshotState.IGNORED
    assert _tell(stock, _row(stock, 50), seq=5).state == SnapshotState.IGNORED
    assert stock.logical.physical_base_qty == 99
    assert WmsSnapshot.objects.count() == 3


def test_a_large_difference_waits_for_a_person(staff: Any) -> None:
    stock, person = make_stock(500), staff("manager")
    found = _tell(stock, _row(stock, 300))
    assert (stock.logical.physical_base_qty, found.state) == (500, SnapshotState.REVIEW)
    difference = found.differences.get()

    actor = system_actor()
    assert decide_difference(difference_id=difference.pk, accept=True, actor=actor) == -200

    assert stock.logical.physical_base_qty == 300
    failing(lambda: decide_difference(difference_id=difference.pk, accept=False, actor=actor), DifferenceDecided)
    assert SnapshotDifference.objects.get().state == DifferenceState.ACCEPTED
    assert prove_stock() == []
    assert person.pk


def test_a_dismissed_difference_changes_nothing_and_a_newer_picture_supersedes() -> None:
    stock = make_stock(500)
    first = _tell(stock, _row(stock, 300)).differences.get()
    second = _tell(stock, _row(stock, 301), seq=2).differences.get()

    first.refresh_from_db()
    assert first.state == DifferenceState.SUPERSEDED
    assert decide_difference(difference_id=second.pk, accept=False, actor=ACTOR) == 0
    assert stock.logical.physical_base_qty == 500


def test_new_places_are_created_and_sold(frozen_clock: Any) -> None:
    stock = make_stock(10)
    other = locations_by_id([stock.other_location_id])[stock.other_location_id].code

    found = _tell(stock, _row(stock, 10), _row(stock, 4, location=other, batch="B1"))

    assert (found.applied_count, found.gained_qty) == (1, 4)
    assert (stock.bucket.base_quota_qty, stock.logical.physical_base_qty) == (14, 14)
    assert prove_stock() == []


def test_a_complete_picture_asks_about_places_it_does_not_name() -> None:
    stock = make_stock(10)
    other = locations_by_id([stock.other_location_id])[stock.other_location_id].code

    found = _tell(stock, _row(stock, 0, location=other), is_complete=True)

    (line,) = found.differences.all()
    assert (line.state, line.difference_qty, line.wms_qty) == (DifferenceState.REVIEW, -10, 0)
    assert stock.logical.physical_base_qty == 10


def test_unknown_codes_are_reported() -> None:
    stock = make_stock(10)

    found = _tell(stock, _row(stock, 10), _row(stock, 3, sku="NOBODY"), _row(stock, 3, location="9-XX-01-01-01"))

    assert found.unknown_count == 2
    states = found.differences.values_list("state", flat=True)
    assert set(states) == {DifferenceState.UNKNOWN}


def test_net_figures_leave_defective_units_and_picked_ones_alone(frozen_clock: Any) -> None:
    stock = make_stock(20)
    place = PhysicalStock.objects.get(logical=stock.logical)
    lock(sn="LCK-1", lines=[LockLine(1, place.pk, 4)], reason=LockReason.QUALITY, actor=ACTOR)
    _noticed(stock, 5)
    frozen_clock.advance(minutes=1)

    found = _tell(stock, _row(stock, 11), is_net=True, is_complete=True)

    assert (found.applied_count, found.review_count) == (0, 0)
    assert (stock.logical.physical_base_qty, stock.logical.locked_qty) == (20, 4)


def test_a_system_that_knows_nothing_of_our_lock_does_not_undo_it() -> None:
    stock = make_stock(20)
    place = PhysicalStock.objects.get(logical=stock.logical)
    lock(sn="LCK-1", lines=[LockLine(1, place.pk, 4)], reason=LockReason.LEGAL, actor=ACTOR)

    found = _tell(stock, _row(stock, 20), _row(stock, 0, quality=int(Quality.LOCKED)))

    assert (found.applied_count, found.explained_count) == (0, 2)
    assert stock.logical.locked_qty == 4


def test_a_loss_of_promised_goods_raises_the_shortage(frozen_clock: Any) -> None:
    stock, order = make_stock(10), source()
    stock.reserve(9, document=order)
    post_payment(source=order, actor=ACTOR)
    frozen_clock.advance(minutes=1)

    _tell(stock, _row(stock, 6))

    assert (stock.bucket.base_quota_qty, stock.bucket.sold_qty, stock.bucket.shortage_qty) == (6, 9, 3)
    assert stock.logical.shortage_qty == 3
    assert prove_stock() == []

    frozen_clock.advance(minutes=1)
    _tell(stock, _row(stock, 10), seq=2)

    assert (stock.bucket.base_quota_qty, stock.bucket.shortage_qty, stock.logical.shortage_qty) == (10, 0, 0)
    assert prove_stock() == []


def test_rows_know_when_they_were_compared_last(frozen_clock: Any) -> None:
    stock = make_stock(10)
    taken = clock.now() - timedelta(minutes=2)

    _tell(stock, _row(stock, 10), taken_at=taken)

    assert stock.logical.last_synced_at == taken


def test_rows_not_compared_for_a_day_are_listed() -> None:
    stale, fresh, unknown = make_stock(10), make_stock(10), make_stock(10)
    _tell(stale, _row(stale, 10), taken_at=clock.now() - timedelta(days=2))
    _tell(fresh, _row(fresh, 10))

    found = set(rows_with_alert(Alert.STALE).values_list("pk", flat=True))

    assert stale.logical.pk in found
    assert not found & {fresh.logical.pk, unknown.logical.pk}


def test_a_dry_run_tells_the_effect_and_leaves_nothing() -> None:
    stock = make_stock(10)

    found = _tell(stock, _row(stock, 7), dry_run=True)

    assert (found.applied_count, found.lost_qty) == (1, 3)
    assert stock.logical.physical_base_qty == 10
    assert not WmsSnapshot.objects.exists()
