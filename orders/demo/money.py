"""How the demo's buyers pay and get their money back: by signed messages of the provider, or in cash.

Where no online provider is offered (a real installation), finance confirms everything by hand.
"""

from typing import TYPE_CHECKING

from orders.demo.world import World
from orders.models import Order
from orders.payments.gateways.base import Outcome
from orders.payments.gateways.development import CODE as DEVELOPMENT
from orders.payments.gateways.development import signed_callback
from orders.payments.gateways.offline import CODE as OFFLINE
from orders.payments.gateways.registry import all_gateways
from orders.payments.services import (
    confirm_offline_payment,
    confirm_refund,
    open_payment,
    pay_out_refund,
    receive_callback,
)
from orders.payments.services.open import request_of
from vmi.core import clock
from vmi.core.actors import Actor, system_actor

if TYPE_CHECKING:
    from orders.payments.models import Payment


def is_online() -> bool:
    """Whether a provider speaks for itself here."""
    return DEVELOPMENT in all_gateways()


def start_payment(order: Order, *, cash: bool, actor: Actor) -> "Payment":
    """The buyer chooses how to pay and has not paid yet."""
    provider = OFFLINE if cash or not is_online() else DEVELOPMENT
    return open_payment(order_id=order.pk, provider=provider, actor=actor).payment


def pay(order: Order, *, cash: bool, world: World, payment: "Payment | None" = None) -> None:
    """The money arrives: over the counter and confirmed by finance, or as a signed message of the provider."""
    if cash or not is_online():
        confirm_offline_payment(
            order_id=order.pk, amount=order.cost, reference=f"POS-{order.sn}", actor=world.actors["finance"]
        )
        return
    payment = payment or start_payment(order, cash=False, actor=world.buyer(None))
    _say(payment, order, Outcome.SETTLED)


def fail_payment(order: Order, *, actor: Actor) -> None:
    """The buyer's first try does not work; only providers report such a thing."""
    if is_online():
        _say(start_payment(order, cash=False, actor=actor), order, Outcome.FAILED)


def pay_back(order: Order, *, world: World) -> None:
    """What is owed of the order goes back to the buyer."""
    for payment in order.payments.order_by("pk"):
        for refund in payment.refunds.filter(settled_at__isnull=True).order_by("pk"):
            if payment.provider == OFFLINE:
                confirm_refund(refund_id=refund.pk, reference=f"TK-{refund.sn}", actor=world.actors["finance"])
            else:
                pay_out_refund(refund_id=refund.pk, actor=system_actor("payments.retry_refunds"))


def _say(payment: "Payment", order: Order, outcome: Outcome) -> None:
    message = signed_callback(request_of(payment, order), outcome=outcome, at=clock.now())
    receive_callback(provider=DEVELOPMENT, headers=message.headers, body=message.body)
