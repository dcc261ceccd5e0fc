"""Paying, expiring, cancelling, releasing, shipping, completing: exact states, stock and events."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.exceptions import InsufficientStock
from inventory.services.reconcile import prove_stock
from orders import selectors
from orders.choices import DisplayState, OrderFulfilment, OrderPayment, OrderStatus
from orders.exceptions import AmountMismatch, OrderNotFound, OrderStateConflict
from orders.models import Order
from orders.services import (
    cancel_order,
    complete_order,
    expire_order,
    mark_paid,
    record_shipment,
    release_to_warehouse,
)
from tests.factories.inventory import entries
from tests.factories.orders import Shop, again, complete, failing, make_shop, pay, ship
from tests.factories.partners import make_partner
from tests.support.time import FrozenClock
from vmi.core.actors import Actor, ActorKind, system_actor
from vmi.events.models import Event

ACTOR = system_actor()
CUSTOMER = Actor(user_id=1, kind=ActorKind.CUSTOMER, label="buyer")


def _paid(order: Order, sn: str = "PAY-1") -> Order:
    return mark_paid(order_id=order.pk, payment_sn=sn, amount=order.cost, actor=ACTOR)


def _events(order: Order) -> list[str]:
    rows = Event.objects.filter(subject=order.source.subject).order_by("id")
    return [event.type for event in rows]


def _assert_same(shop: Shop, order: Order, counts: tuple[int, int, int, int, int], events: list[str]) -> None:
    """Nothing moved: neither stock nor order nor log."""
    assert shop.counts() == counts
    assert _events(order) == events


def test_payment_sells_the_held_units_and_allocates_them(frozen_clock: FrozenClock) -> None:
    shop = make_shop(price="12.50", stock=10)
    order = shop.place(4)
    paid = _paid(order)

    assert (paid.status_id, paid.payment_status_id) == (OrderStatus.OPEN, OrderPayment.PAID)
    assert (paid.paid_amount, paid.payment_sn, paid.paid_at) == (Decimal("50.00"), "PAY-1", frozen_clock.now)
    assert paid.display_state == DisplayState.TO_SHIP
    assert shop.counts() == (0, 4, 4, 10, 10)
    assert entries(order.source) == [
        ("HELD", 4, 4),
        ("HELD", -4, 0),
        ("SOLD", 4, 4),
        ("ALLOCATED", 4, 4),
    ]
    assert _events(order) == ["order.placed", "order.paid"]


def test_the_same_payment_pays_once_and_another_one_is_refused() -> None:
    shop = make_shop()
    order = shop.place(4)
    _paid(order)

    assert _paid(order).payment_sn == "PAY-1"
    refusal = failing(lambda: _paid(order, "PAY-2"), OrderStateConflict)
    assert getattr(refusal, "code", "") == "order_state_conflict"
    _assert_same(shop, order, (0, 4, 4, 10, 10), ["order.placed", "order.paid"])


@pytest.mark.parametrize("amount", ["39.99", "40.01", "0.00", "-40.00"])
def test_another_amount_pays_nothing(amount: str) -> None:
    shop = make_shop()
    order = shop.place(4)
    failing(
        lambda: mark_paid(order_id=order.pk, payment_sn="PAY-1", amount=Decimal(amount), actor=ACTOR), AmountMismatch
    )

    assert again(order).payment_status_id == OrderPayment.UNPAID
    _assert_same(shop, order, (4, 0, 0, 10, 10), ["order.placed"])


def test_an_order_reads_as_expired_from_its_deadline_on(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    frozen_clock.advance(minutes=14, seconds=59)
    assert again(order).status_now == OrderStatus.OPEN
    assert selectors.overdue_ids(frozen_clock.now) == []

    frozen_clock.advance(seconds=1)
    assert again(order).status_now == OrderStatus.EXPIRED
    assert again(order).display_state == DisplayState.CANCELLED
    assert list(Order.objects.in_status(OrderStatus.EXPIRED)) == [order]
    assert list(Order.objects.in_status(OrderStatus.OPEN)) == []
    assert selectors.overdue_ids(frozen_clock.now) == [order.pk]
    failing(lambda: cancel_order(order_id=order.pk, actor=ACTOR), OrderStateConflict)


def test_expiry_gives_the_goods_back_once(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    frozen_clock.advance(minutes=15)

    assert expire_order(order_id=order.pk, actor=ACTOR) is True
    assert expire_order(order_id=order.pk, actor=ACTOR) is False
    closed = again(order)
    assert (closed.status_id, closed.fulfilment_status_id) == (OrderStatus.EXPIRED, OrderFulfilment.NOTHING_TO_SHIP)
    assert closed.closed_reason == "expired"
    assert entries(order.source) == [("HELD", 4, 4), ("HELD", -4, 0)]
    _assert_same(shop, order, (0, 0, 0, 10, 10), ["order.placed", "order.cancelled"])


def test_an_order_with_time_left_or_paid_does_not_expire(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=10)
    early, paid = shop.place(1), shop.place(2)
    _paid(paid)

    assert expire_order(order_id=early.pk, actor=ACTOR) is False
    frozen_clock.advance(days=1)
    assert expire_order(order_id=paid.pk, actor=ACTOR) is False
    assert again(paid).status_id == OrderStatus.OPEN


@pytest.mark.parametrize("swept", [False, True], ids=["before the sweep", "after the sweep"])
def test_a_late_payment_takes_the_goods_again(frozen_clock: FrozenClock, swept: bool) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    frozen_clock.advance(minutes=20)
    if swept:
        expire_order(order_id=order.pk, actor=ACTOR)
    paid = _paid(order)

    assert (paid.status_id, paid.payment_status_id) == (OrderStatus.OPEN, OrderPayment.PAID)
    assert (paid.fulfilment_status_id, paid.closed_reason) == (OrderFulfilment.UNFULFILLED, "")
    assert shop.counts() == (0, 4, 4, 10, 10)


def test_a_late_payment_for_goods_that_are_gone_is_refused(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=5)
    late = shop.place(4)
    frozen_clock.advance(minutes=20)
    shop.place(3)
    failing(lambda: _paid(late), InsufficientStock)

    assert again(late).payment_status_id == OrderPayment.UNPAID
    assert shop.bucket().sold_qty == 0


def test_cancelling_before_payment_releases_the_hold() -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    cancelled = cancel_order(order_id=order.pk, actor=CUSTOMER)

    assert (cancelled.status_id, cancelled.closed_reason) == (OrderStatus.CANCELLED, "customer")
    assert cancel_order(order_id=order.pk, actor=CUSTOMER).status_id == OrderStatus.CANCELLED
    _assert_same(shop, order, (0, 0, 0, 10, 10), ["order.placed", "order.cancelled"])
    assert Event.objects.get(type="order.cancelled").payload["paid"] is False
    failing(lambda: _paid(order), OrderStateConflict)


def test_cancelling_after_payment_frees_sold_and_allocated() -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    _paid(order)
    cancelled = cancel_order(order_id=order.pk, reason="不想要了", actor=ACTOR)

    assert (cancelled.status_id, cancelled.payment_status_id) == (OrderStatus.CANCELLED, OrderPayment.PAID)
    assert cancelled.display_state == DisplayState.REFUNDING
    assert cancelled.closed_reason == "不想要了"
    assert shop.counts() == (0, 0, 0, 10, 10)
    assert Event.objects.get(type="order.cancelled").payload["paid"] is True


def test_cancelling_after_the_notice_leaves_the_order_open_until_the_warehouse_answers() -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    _paid(order)
    release_to_warehouse(order_id=order.pk, actor=ACTOR)
    cancel_order(order_id=order.pk, actor=ACTOR)

    assert shop.counts() == (0, 0, 4, 10, 10)
    assert shop.bucket().frozen_qty == 4
    assert again(order).status_id == OrderStatus.OPEN


def test_release_holds_the_shelf_and_writes_the_documents(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    _paid(order)
    released = release_to_warehouse(order_id=order.pk, actor=ACTOR)

    assert (released.fulfilment_status_id, released.noticed_at) == (OrderFulfilment.NOTICED, frozen_clock.now)
    assert entries(order.source)[-1] == ("PHYSICAL_HELD", 4, 4)
    assert release_to_warehouse(order_id=order.pk, actor=ACTOR).fulfilment_status_id == OrderFulfilment.NOTICED
    assert _events(order) == ["order.placed", "order.paid", "order.noticed"]


def test_an_unpaid_order_is_not_released() -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    failing(lambda: release_to_warehouse(order_id=order.pk, actor=ACTOR), OrderStateConflict)

    _assert_same(shop, order, (4, 0, 0, 10, 10), ["order.placed"])


def test_outbound_lowers_every_layer_and_ships_the_order(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    pay(order)
    shipped = ship(order, tracking_no="SF42")

    assert (shipped.fulfilment_status_id, shipped.shipped_at) == (OrderFulfilment.SHIPPED, frozen_clock.now)
    assert (shipped.company, shipped.tracking_no) == ("顺丰", "SF42")
    assert shipped.display_state == DisplayState.TO_RECEIVE
    assert shop.counts() == (0, 0, 0, 6, 6)
    assert _events(order)[-1] == "order.shipped"
    assert prove_stock() == []


def test_shipment_is_recorded_once_and_only_after_the_notice() -> None:
    shop = make_shop()
    order = shop.place(1)
    refusal = failing(lambda: record_shipment(order_sn=order.sn, actor=ACTOR), Exception)
    assert getattr(refusal, "code", "") == "invalid_transition"
    pay(order)
    ship(order, tracking_no="SF1")

    assert record_shipment(order_sn=order.sn, tracking_no="SF2", actor=ACTOR).tracking_no == "SF1"
    assert _events(order).count("order.shipped") == 1


def test_completing_says_who_bought_for_how_much_once(frozen_clock: FrozenClock) -> None:
    shop, member = make_shop(price="12.50"), make_partner()
    order = shop.place(2, partner_id=member.pk)
    done = complete(order)

    assert (done.status_id, done.fulfilment_status_id) == (OrderStatus.COMPLETED, OrderFulfilment.RECEIVED)
    assert (done.completed_at, done.display_state) == (frozen_clock.now, DisplayState.DONE)
    complete_order(order_id=order.pk, actor=ACTOR)
    events = Event.objects.filter(type="order.completed")
    assert [event.payload for event in events] == [
        {"order_id": order.pk, "sn": order.sn, "partner_id": member.pk, "amount": "25.00"}
    ]


@pytest.mark.parametrize("stage", ["placed", "paid", "cancelled"])
def test_only_a_shipped_order_is_completed(stage: str) -> None:
    order = make_shop().place(1)
    if stage == "paid":
        pay(order)
    if stage == "cancelled":
        cancel_order(order_id=order.pk, actor=ACTOR)
    failing(lambda: complete_order(order_id=order.pk, actor=ACTOR), OrderStateConflict)

    assert again(order).completed_at is None


def test_an_unknown_order_is_not_found() -> None:
    failing(lambda: complete_order(order_id=10**9, actor=ACTOR), OrderNotFound)
    failing(lambda: record_shipment(order_sn="ORD-NONE", actor=ACTOR), OrderNotFound)


def _statements(step: Callable[[], object]) -> int:
    """How many statements a step sends, savepoints of the test's own transaction left out."""
    with CaptureQueriesContext(connection) as queries:
        step()
    framing = ("SAVEPOINT", "RELEASE SAVEPOINT")
    return sum(not (row["sql"] or "").startswith(framing) for row in queries.captured_queries)


def test_every_step_stays_lean(frozen_clock: FrozenClock) -> None:
    """Budgets for an order of ten lines, stock core, documents and log included."""
    shop = make_shop(stock=100)
    for _ in range(9):
        shop.add(stock=100)
    complete(shop.place(*[1] * 10))
    placed: list[Order] = []

    assert _statements(lambda: placed.append(shop.place(*[1] * 10))) == 6
    assert _statements(lambda: _paid(placed[0])) == 7
    assert _statements(lambda: release_to_warehouse(order_id=placed[0].pk, actor=ACTOR)) <= 16
    assert _statements(lambda: record_shipment(order_sn=placed[0].sn, actor=ACTOR)) <= 3
    assert _statements(lambda: complete_order(order_id=placed[0].pk, actor=ACTOR)) <= 4
