"""The sweeps: each order for itself, one that cannot be moved holds nobody up, a second run finds nothing."""

from datetime import timedelta
from typing import Any

from orders.choices import OrderFulfilment, OrderStatus
from orders.models import Order
from orders.tasks import auto_complete, expire_unpaid, release_paid
from tests.factories.orders import again, make_shop, pay, ship
from tests.support.sql import align_ids
from tests.support.time import FrozenClock


def test_expiry_closes_exactly_what_is_overdue(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=10)
    first, paid = shop.place(1), shop.place(1)
    pay(paid)
    frozen_clock.advance(minutes=10)
    fresh = shop.place(1)
    frozen_clock.advance(minutes=5)

    assert expire_unpaid() == 1
    assert expire_unpaid() == 0
    states = {order.pk: again(order).status_id for order in (first, paid, fresh)}
    assert states == {first.pk: OrderStatus.EXPIRED, paid.pk: OrderStatus.OPEN, fresh.pk: OrderStatus.OPEN}


def test_release_takes_paid_orders_and_passes_over_what_has_no_goods_on_the_shelf() -> None:
    shop = make_shop(stock=10)
    stuck, ready, unpaid = shop.place(1), shop.place(2), shop.place(1)
    pay(stuck)
    pay(ready)
    # A stocktake in progress: the oldest order's hold has been taken off by hand, so it cannot be noticed.
    from inventory.services import cancel_paid
    from vmi.core.actors import system_actor

    cancel_paid(source=stuck.source, actor=system_actor())

    assert release_paid() == 1
    assert release_paid() == 0
    found = {order.pk: again(order).fulfilment_status_id for order in (stuck, ready, unpaid)}
    assert found == {
        stuck.pk: OrderFulfilment.UNFULFILLED,
        ready.pk: OrderFulfilment.NOTICED,
        unpaid.pk: OrderFulfilment.UNFULFILLED,
    }


def test_shipped_orders_complete_after_some_days(frozen_clock: FrozenClock, settings: Any) -> None:
    settings.ORDERS_AUTO_COMPLETE_DAYS = 3
    shop = make_shop(stock=10)
    order, waiting = shop.place(1), shop.place(1)
    pay(order)
    ship(order)
    frozen_clock.advance(days=3)
    assert auto_complete() == 0
    frozen_clock.advance(seconds=1)

    assert auto_complete() == 1
    assert auto_complete() == 0
    assert again(order).status_id == OrderStatus.COMPLETED
    assert again(order).completed_at == frozen_clock.now
    assert Order.objects.get(pk=waiting.pk).status_id == OrderStatus.OPEN


def test_a_sweep_works_in_its_own_namespace_only(
    frozen_clock: FrozenClock, in_beta: Any, alpha: Any, beta: Any
) -> None:
    align_ids([alpha, beta], Order)
    order = make_shop().place(1)
    with in_beta():
        other = make_shop().place(1)
    assert other.pk == order.pk
    frozen_clock.set(frozen_clock.now + timedelta(minutes=15))
    assert expire_unpaid() == 1

    assert again(order).status_id == OrderStatus.EXPIRED
    with in_beta():
        assert Order.objects.get(pk=other.pk).status_id == OrderStatus.OPEN
