"""Returns: what comes back, to where, and what it does to stock, order and money."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from inventory.services.reconcile import prove_stock
from orders.choices import DisplayState, OrderAfterSale, ReturnStatus
from orders.exceptions import (
    EmptyOrder,
    InspectionMismatch,
    InvalidQuantity,
    NothingToReturn,
    OrderStateConflict,
    RefundTooLarge,
    ReturnNotFound,
    ReturnStateConflict,
)
from orders.models import Order, ReturnOrder
from orders.services import (
    InspectionInput,
    ReturnItemInput,
    inspect_return,
    receive_return,
    reject_return,
    request_return,
)
from tests.factories.inventory import entries
from tests.factories.orders import Shop, again, complete, failing, make_shop, pay, ship
from tests.support.time import FrozenClock
from vmi.core.actors import system_actor
from vmi.events.models import Event

ACTOR = system_actor()


def _request(order: Order, *lines: tuple[int, int], **more: Any) -> ReturnOrder:
    return request_return(
        order_id=order.pk, lines=[ReturnItemInput(*line) for line in lines], reason="尺寸不合", actor=ACTOR, **more
    )


def _shipped(shop: Shop, *quantities: int) -> Order:
    order = shop.place(*quantities)
    pay(order)
    return ship(order)


def _clean() -> bool:
    return prove_stock() == []


def test_a_return_goes_through_inspection_back_on_sale(frozen_clock: FrozenClock) -> None:
    shop = make_shop(price="12.50", stock=10)
    order = complete(shop.place(4))
    returned = _request(order, (1, 3))

    assert returned.sn.startswith("RET-20261122-")
    assert again(order).after_sale_status_id == OrderAfterSale.RETURNING
    assert again(order).display_state == DisplayState.REFUNDING
    (line,) = returned.lines.all()
    assert (line.owner_id, line.location_id, line.batch) == (shop.owner_id, shop.location_id, "")
    assert (line.quantity, line.amount, line.unit_cost) == (3, Decimal("37.50"), Decimal("6.00"))

    receive_return(return_id=returned.pk, actor=ACTOR)
    assert shop.counts() == (0, 0, 0, 6, 9)
    assert (shop.bucket().returning_qty, shop.logical().locked_qty) == (3, 3)
    assert order.items.get().returned_count == 3

    done = inspect_return(return_id=returned.pk, lines=[InspectionInput(1, 2, 1)], actor=ACTOR)
    assert (done.status_id, done.refund_amount, done.inspected_at) == (
        ReturnStatus.DONE,
        Decimal("37.50"),
        frozen_clock.now,
    )
    assert shop.counts() == (0, 0, 0, 8, 9)
    assert (shop.bucket().returning_qty, shop.logical().locked_qty) == (0, 1)
    assert again(order).after_sale_status_id == OrderAfterSale.PARTLY_RETURNED
    assert Event.objects.get(type="order.returned").payload == {
        "order_id": order.pk,
        "sn": order.sn,
        "return_sn": returned.sn,
        "partner_id": None,
        "amount": "37.50",
    }
    assert sum(delta for _counter, delta, _after in entries(returned.source)) != 0
    assert _clean()


def test_everything_back_is_returned_and_nothing_more_can_come() -> None:
    shop = make_shop(stock=10)
    order = _shipped(shop, 4)
    for quantity in (3, 1):
        returned = _request(order, (1, quantity))
        receive_return(return_id=returned.pk, actor=ACTOR)
        inspect_return(return_id=returned.pk, actor=ACTOR)

    assert again(order).after_sale_status_id == OrderAfterSale.RETURNED
    assert shop.counts() == (0, 0, 0, 10, 10)
    failing(lambda: _request(order, (1, 1)), Exception)
    assert ReturnOrder.objects.count() == 2
    assert _clean()


def test_units_of_two_batches_go_back_to_their_own() -> None:
    shop = make_shop(stock=0)
    shop.receive(shop.skus[0], 3, batch="B1")
    shop.receive(shop.skus[0], 3, batch="B2")
    order = _shipped(shop, 5)
    first = _request(order, (1, 2))
    receive_return(return_id=first.pk, actor=ACTOR)
    inspect_return(return_id=first.pk, actor=ACTOR)
    second = _request(order, (1, 3))

    assert list(first.lines.values_list("line_no", "batch", "quantity")) == [(1, "B1", 2)]
    assert list(second.lines.values_list("line_no", "batch", "quantity")) == [(1, "B1", 1), (2, "B2", 2)]


def test_asking_for_more_than_shipped_names_the_figures() -> None:
    shop = make_shop(stock=10)
    shop.add(stock=10)
    order = _shipped(shop, 2, 1)
    refusal = failing(lambda: _request(order, (1, 3), (2, 1), (9, 1)), NothingToReturn)

    assert getattr(refusal, "details", {}) == {
        "lines": [{"line": 1, "wanted": 3, "available": 2}, {"line": 9, "wanted": 1, "available": 0}]
    }
    assert ReturnOrder.objects.count() == 0
    assert again(order).after_sale_status_id == OrderAfterSale.NONE


def test_bad_requests_are_refused() -> None:
    shop = make_shop(stock=10)
    order = _shipped(shop, 2)
    failing(lambda: _request(order), EmptyOrder)
    failing(lambda: _request(order, (1, 1), (1, 1)), InvalidQuantity)
    failing(lambda: _request(order, (1, 0)), NothingToReturn)
    failing(lambda: _request(shop.place(1), (1, 1)), OrderStateConflict)
    _request(order, (1, 1))
    failing(lambda: _request(order, (1, 1)), OrderStateConflict)

    assert ReturnOrder.objects.count() == 1


def test_an_imported_return_is_requested_once() -> None:
    order = _shipped(make_shop(stock=10), 2)

    assert _request(order, (1, 1), source_ref="C536379").pk == _request(order, (1, 1), source_ref="C536379").pk


def test_receiving_and_inspecting_twice_changes_nothing() -> None:
    shop = make_shop(stock=10)
    order = _shipped(shop, 4)
    returned = _request(order, (1, 2))
    for _ in range(2):
        receive_return(return_id=returned.pk, actor=ACTOR)
    assert shop.logical().physical_base_qty == 8
    for _ in range(2):
        inspect_return(return_id=returned.pk, actor=ACTOR)

    assert shop.counts() == (0, 0, 0, 8, 8)
    assert Event.objects.filter(type="order.returned").count() == 1
    steps = Event.objects.filter(type="object.changed", subject=order.source.subject).order_by("id")
    assert [step.payload["changes"]["action"] for step in steps] == ["requested", "received"]
    assert order.items.get().returned_count == 2


def test_a_rejected_return_frees_its_units() -> None:
    shop = make_shop(stock=10)
    order = _shipped(shop, 4)
    returned = _request(order, (1, 4))
    reject_return(return_id=returned.pk, reason="已使用", actor=ACTOR)

    assert again(order).after_sale_status_id == OrderAfterSale.NONE
    assert shop.counts() == (0, 0, 0, 6, 6)
    failing(lambda: receive_return(return_id=returned.pk, actor=ACTOR), ReturnStateConflict)
    assert _request(order, (1, 4)).lines.get().quantity == 4


def test_an_inspection_must_account_for_every_unit() -> None:
    order = _shipped(make_shop(stock=10), 4)
    returned = _request(order, (1, 3))
    failing(lambda: inspect_return(return_id=returned.pk, actor=ACTOR), ReturnStateConflict)
    receive_return(return_id=returned.pk, actor=ACTOR)
    for lines in ([(1, 2, 0)], [(1, 4, -1)], [(2, 3, 0)], [], [(1, 3, 0), (1, 3, 0)]):
        found = [InspectionInput(*line) for line in lines]
        failing(
            lambda wrong=found: inspect_return(return_id=returned.pk, lines=wrong, actor=ACTOR),  # type: ignore[misc]
            InspectionMismatch,
        )

    assert ReturnOrder.objects.get().status_id == ReturnStatus.RECEIVED


@pytest.mark.parametrize("amount", ["30.01", "-0.01"])
def test_a_refund_stays_within_the_value(amount: str) -> None:
    order = _shipped(make_shop(price="10.00", stock=10), 4)
    returned = _request(order, (1, 3))
    receive_return(return_id=returned.pk, actor=ACTOR)
    failing(lambda: inspect_return(return_id=returned.pk, refund_amount=Decimal(amount), actor=ACTOR), RefundTooLarge)
    done = inspect_return(return_id=returned.pk, refund_amount=Decimal("29.00"), actor=ACTOR)

    assert done.refund_amount == Decimal("29.00")


def test_an_unknown_return_is_not_found() -> None:
    failing(lambda: receive_return(return_id=10**9, actor=ACTOR), ReturnNotFound)


def test_returned_units_of_the_order_agree_with_its_returns() -> None:
    from orders.selectors import returned_that_disagree, totals_that_disagree

    order = _shipped(make_shop(stock=10), 4)
    receive_return(return_id=_request(order, (1, 3)).pk, actor=ACTOR)
    assert (returned_that_disagree(), totals_that_disagree()) == ([], [])

    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_goodsitem SET returned_count = 2")
        cursor.execute("UPDATE orders_order SET cost = cost + 1, paid_amount = paid_amount + 1")
    assert returned_that_disagree() == [{"sn": f"{order.sn}/1", "expected": "3", "found": "2"}]
    assert totals_that_disagree() == [{"sn": order.sn, "expected": "40.00", "found": "41.00"}]
