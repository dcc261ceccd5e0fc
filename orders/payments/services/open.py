"""``open_payment``: the buyer chose a provider; the amount is the order's, whatever the buyer says."""

from dataclasses import dataclass
from datetime import datetime

from inventory.services import extend_hold
from orders import locks
from orders.choices import OrderPayment, OrderStatus
from orders.models import Order
from orders.payments.choices import PAYMENT_STATE_MACHINE, PaymentState
from orders.payments.exceptions import NotPayable
from orders.payments.gateways import gateway_for
from orders.payments.gateways.base import Checkout, PaymentRequest
from orders.payments.models import Payment
from orders.services.moves import state_of
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.rows import update
from vmi.core.tenancy import current_namespace
from vmi.numbering.services import next_number
from vmi.statuses.machine import transition
from vmi.statuses.models import status_label

PAYMENT_MINUTES = 15
"""Minutes a buyer has at least once they opened the payment page, within the stock core's hard limit (C-08)."""


@dataclass(frozen=True, slots=True)
class OpenedPayment:
    """A payment and what the buyer does next."""

    payment: Payment
    checkout: Checkout


@command
def open_payment(*, order_id: int, provider: str, actor: Actor) -> OpenedPayment:
    """Open a payment of the whole order with a provider; an open one of the same provider is given again.

    A buyer who is late gets time to pay: the holds and the order's deadline move together.
    Raises UnknownProvider, and NotPayable for an order that is paid, closed or past its deadline.
    """
    gateway = gateway_for(provider)
    order = locks.lock_order(order_id)
    now = clock.now()
    _require_payable(order, now)

    payment = Payment.objects.filter(order=order, provider=provider, state_id=PaymentState.CREATED).first()
    if payment is None:
        payment = Payment.objects.create(
            sn=next_number("payment", on=now),
            order=order,
            provider=provider,
            amount=order.cost,
            currency=current_namespace().currency,
            creater_id=actor.user_id,
            create_time=now,
            modify_time=now,
        )
    _give_time(order, actor)
    return OpenedPayment(payment, gateway.open(request_of(payment, order)))


def _give_time(order: Order, actor: Actor) -> None:
    """Extend the holds, and the locked order with them."""
    deadline = extend_hold(source=order.source, minutes=PAYMENT_MINUTES, actor=actor)
    if deadline is not None and deadline > order.expires_at:
        update(Order, {"pk": order.pk}, {"expires_at": deadline})
        order.expires_at = deadline


@command
def close_payments(*, order_id: int, actor: Actor) -> int:
    """Close what is still open of an order that will not be paid; returns how many. Late money still settles."""
    locks.lock_order(order_id)
    now = clock.now()
    waiting = list(Payment.objects.filter(order_id=order_id, state_id=PaymentState.CREATED).order_by("pk"))
    for payment in waiting:
        transition(
            payment,
            PaymentState.CLOSED,
            field="state",
            machine=PAYMENT_STATE_MACHINE,
            actor=actor,
            extra={"modify_time": now},
        )
    return len(waiting)


def request_of(payment: Payment, order: Order) -> PaymentRequest:
    """The payment as its provider sees it."""
    return PaymentRequest(payment.sn, order.sn, payment.amount, payment.currency)


def _require_payable(order: Order, now: datetime) -> None:
    if order.is_overdue_at(now):
        found = int(OrderStatus.EXPIRED)
    elif order.status_id != OrderStatus.OPEN:
        found = state_of(order, "status")
    elif order.payment_status_id != OrderPayment.UNPAID:
        found = state_of(order, "payment_status")
    else:
        return
    raise NotPayable(details={"sn": order.sn, "state": found, "state_label": status_label(found)})
