"""``confirm_offline_payment``: finance has the cash in hand or the transfer on the account."""

from decimal import Decimal

from orders.payments.choices import PaymentState
from orders.payments.exceptions import ProviderNumberTaken
from orders.payments.gateways.offline import CODE
from orders.payments.models import PROVIDER_NO_LENGTH_MAX, Payment
from orders.services import mark_paid
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import InvalidRequest
from vmi.core.integrity import refusing
from vmi.core.rows import insert, load
from vmi.core.tenancy import current_namespace
from vmi.core.text import clean_text
from vmi.events.catalogue import PaymentSettled
from vmi.events.services import record
from vmi.numbering.services import next_number


@command
def confirm_offline_payment(*, order_id: int, amount: Decimal, reference: str = "", actor: Actor) -> Payment:
    """Record money that arrived outside any provider and pay the order with it.

    ``reference`` is the number on the slip, unique; the same one again for the same order changes nothing.
    Raises AmountMismatch, OrderStateConflict, InsufficientStock, ProviderNumberTaken; then nothing is written
    and the money is to be handed back.
    """
    reference = clean_text(reference, param="reference", limit=PROVIDER_NO_LENGTH_MAX, error=InvalidRequest)
    for known in load(Payment, provider=CODE, provider_no=reference) if reference else ():
        if known.order_id != order_id or known.amount != amount:
            raise ProviderNumberTaken(param="reference")
        return known

    now = clock.now()
    sn = next_number("payment", on=now)
    order = mark_paid(order_id=order_id, payment_sn=sn, amount=amount, actor=actor)
    payment = Payment(
        sn=sn,
        order=order,
        provider=CODE,
        amount=amount,
        currency=current_namespace().currency,
        state_id=PaymentState.SETTLED,
        provider_no=reference or sn,
        settled_at=now,
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )
    with refusing({"payments_payment_provider_no": lambda: ProviderNumberTaken(param="reference")}):
        insert([payment])

    settled = PaymentSettled(payment.pk, payment.sn, order.sn, str(amount))
    record(settled, subject=order.source.subject, actor=actor)
    return payment
