"""Two connections at the same moment: pay against expire, cancel against pay, the same message twice; with controls."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from orders.choices import OrderPayment, OrderStatus
from orders.exceptions import OrderStateConflict
from orders.models import Order
from orders.payments.gateways.base import PaymentRequest
from orders.payments.gateways.development import CODE, SignedMessage, signed_callback
from orders.payments.models import Payment
from orders.payments.services import open_payment, receive_callback
from orders.services import cancel_order, expire_order, mark_paid, place_order
from orders.services.inputs import OrderItemInput
from tests.factories.orders import Shop, again, make_shop
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import Conflict
from vmi.events.models import Event

ACTOR = system_actor()
InThreads = Callable[..., list[Any]]


def _mark(order: Order) -> Callable[[], Order]:
    return lambda: mark_paid(order_id=order.pk, payment_sn="PAY-1", amount=order.cost, actor=ACTOR)


def _consistent(shop: Shop, order: Order) -> None:
    """Stock says what the order says."""
    stored = again(order)
    paid = stored.payment_status_id == OrderPayment.PAID and stored.status_id == OrderStatus.OPEN
    assert shop.counts() == ((0, 4, 4, 10, 10) if paid else (0, 0, 0, 10, 10))


@pytest.mark.parametrize("attempt", range(4))
def test_pay_against_expire_has_one_outcome(in_threads: InThreads, attempt: int) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    Order.objects.filter(pk=order.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    paid, expired = in_threads(_mark(order), lambda: expire_order(order_id=order.pk, actor=ACTOR))

    # The payment always wins in the end: first, or by taking the goods again after the expiry.
    assert isinstance(paid, Order)
    assert expired in (True, False)
    assert (again(order).status_id, again(order).payment_status_id) == (OrderStatus.OPEN, OrderPayment.PAID)
    assert Event.objects.filter(type="order.cancelled").count() == int(expired)
    _consistent(shop, order)


@pytest.mark.parametrize("attempt", range(4))
def test_cancel_against_pay_has_one_winner(in_threads: InThreads, attempt: int) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    paid, cancelled = in_threads(_mark(order), lambda: cancel_order(order_id=order.pk, actor=ACTOR))

    # Either the cancel came first and the payment is refused, or it came second and owes the money back.
    assert isinstance(cancelled, Order)
    assert again(order).status_id == OrderStatus.CANCELLED
    money_owed = Event.objects.get(type="order.cancelled").payload["paid"]
    if isinstance(paid, OrderStateConflict):
        assert (again(order).payment_status_id, money_owed) == (OrderPayment.UNPAID, False)
    else:
        assert (again(order).payment_status_id, money_owed) == (OrderPayment.PAID, True)
    _consistent(shop, order)


def test_the_same_message_twice_at_once_settles_once(in_threads: InThreads) -> None:
    shop = make_shop(stock=10)
    order = shop.place(4)
    payment = open_payment(order_id=order.pk, provider=CODE, actor=ACTOR).payment
    message = signed_callback(PaymentRequest(payment.sn, order.sn, payment.amount, payment.currency), at=clock.now())
    answers = in_threads(*[lambda: _receive(message)] * 4)

    assert [type(answer) for answer in answers] == [Payment] * 4
    assert Event.objects.filter(type="payment.settled").count() == 1
    assert Event.objects.filter(type="order.paid").count() == 1
    _consistent(shop, order)


def _receive(message: SignedMessage) -> Payment:
    return receive_callback(provider=CODE, headers=message.headers, body=message.body)


def test_the_last_unit_is_sold_once(in_threads: InThreads) -> None:
    shop = make_shop(stock=1)
    item = [OrderItemInput(shop.skus[0], 1)]
    answers = in_threads(*[lambda: place_order(store_id=shop.store_id, partner_id=None, items=item, actor=ACTOR)] * 4)

    assert sum(isinstance(answer, Order) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    assert Order.objects.count() == 1
    assert shop.counts() == (1, 0, 0, 1, 1)


def test_control_without_the_lock_both_cancel_and_pay_believe_to_have_won(in_threads: InThreads) -> None:
    """The control: deciding on a row read before, as a naive command would, lets both go ahead."""
    order = make_shop(stock=10).place(4)
    both_have_read = threading.Barrier(2)

    def decide(**columns: Any) -> bool:
        with transaction.atomic():
            seen = Order.objects.get(pk=order.pk)
            both_have_read.wait(300)
            if seen.payment_status_id != OrderPayment.UNPAID or seen.status_id != OrderStatus.OPEN:
                return False
            Order.objects.filter(pk=order.pk).update(**columns)
            return True

    won = in_threads(
        lambda: decide(status_id=OrderStatus.CANCELLED),
        lambda: decide(payment_status_id=OrderPayment.PAID, paid_amount=order.cost),
    )

    assert won == [True, True]
    stored = again(order)
    assert (stored.status_id, stored.payment_status_id) == (OrderStatus.CANCELLED, OrderPayment.PAID)
