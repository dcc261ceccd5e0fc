"""An order nobody pays: read as expired at once, closed by the scheduled task, its goods sold to the next."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from inventory.services.reconcile import prove_stock
from orders.tasks import expire_unpaid, release_paid
from tests.factories.inventory import entries
from tests.flows.trade import Trade, deliver, open_trade
from vmi.core import clock
from vmi.core.sources import Source


def _stocked(staff: Callable[..., Any], api_for: Callable[..., Any], units: int) -> Trade:
    trade = open_trade(staff, api_for, stock=units)
    trade.clerk.post(f"/vmi/store/stockin/{trade.stockin['id']}/submit/", expect=200)
    trade.manager.post(f"/vmi/store/stockin/{trade.stockin['id']}/approve/", expect=200)
    return trade


def test_an_unpaid_order_expires(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    trade = _stocked(staff, api_for, 5)
    order = trade.place(5)
    assert expire_unpaid() == 0
    assert trade.place(1, expect=409)["error"]["code"] == "stock_insufficient"

    with clock.at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert expire_unpaid() == 1
        assert expire_unpaid() == 0
    deliver()

    closed = trade.order(order)
    assert (closed["status"], closed["fulfilmentStatus"], closed["closedReason"]) == (103, 904, "expired")
    assert closed["state"] == 4
    assert entries(Source("order", order["sn"])) == [("HELD", 5, 5), ("HELD", -5, 0)]
    assert trade.layers()["channel.sellableQty"] == 5
    assert trade.place(5)["status"] == 100
    refusal = trade.customer.post(f"/vmi/order/{order['id']}/pay/", {"provider": "development"}, expect=409)
    assert refusal["error"]["code"] == "order_not_payable"
    assert prove_stock() == []


def test_expired_goods_can_be_sold_before_the_task_runs(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    trade = _stocked(staff, api_for, 5)
    overdue = trade.place(5)

    with clock.at(clock.now() + timedelta(minutes=16)):
        bought = trade.place(2)
        assert trade.order(overdue)["status"] == 103
        assert expire_unpaid() == 1
    assert trade.layers()["channel.heldQty"] == 2
    assert bought["status"] == 100
    assert prove_stock() == []


def test_money_that_comes_too_late_buys_or_goes_back(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    trade = _stocked(staff, api_for, 5)
    lucky, unlucky = trade.place(2), trade.place(3)
    for order in (lucky, unlucky):
        trade.customer.post(f"/vmi/order/{order['id']}/pay/", {"provider": "development"})
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert expire_unpaid() == 2
        deliver()
        other = trade.place(3)

    for order, state, status in ((lucky, 801, 100), (unlucky, 800, 103)):
        _late_callback(trade, order)
        found = trade.order(order)
        assert (found["paymentStatus"], found["status"]) == (state, status)
    deliver()
    (refund,) = trade.manager.rows("/payments/refunds/")
    assert (refund["amount"], refund["reason"]) == ("389.70", "orphaned")
    assert trade.pay(other)["state"] == 1201
    assert release_paid() == 2
    assert trade.layers()["physical.heldQty"] == 5
    assert prove_stock() == []


def _late_callback(trade: Trade, order: dict[str, Any]) -> None:
    from orders.payments.gateways.base import PaymentRequest
    from orders.payments.gateways.development import signed_callback
    from orders.payments.models import Payment

    payment = Payment.objects.select_related("order").get(order_id=order["id"])
    request = PaymentRequest(payment.sn, payment.order.sn, payment.amount, payment.currency)
    message = signed_callback(request, at=clock.now())
    trade.machine.signed("/payments/callbacks/development/", message.body, dict(message.headers))
