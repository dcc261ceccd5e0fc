"""``request_refund``: money is owed; the row is the to-do of the pay-out, which talks to the provider later."""

from decimal import Decimal

from django.db.models import Sum

from orders.payments import locks
from orders.payments.choices import PaymentState, RefundReason
from orders.payments.exceptions import RefundExceedsPayment
from orders.payments.gateways.offline import CODE as OFFLINE
from orders.payments.models import Payment, Refund
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.numbering.services import next_number


@command
def request_refund(
    *, payment_id: int, amount: Decimal | None, reason: RefundReason, cause_ref: str, actor: Actor
) -> Refund:
    """Owe ``amount`` of a settled payment to the buyer (None: what is not owed yet); once per ``cause_ref``.

    Raises RefundExceedsPayment when all refunds together would be more than the payment.
    """
    payment = locks.lock_payment_row(payment_id)
    known = Refund.objects.filter(payment=payment, cause_ref=cause_ref).first()
    if known is not None:
        return known
    owed = _owed(payment)
    amount = payment.amount - owed if amount is None else amount
    if owed + amount > payment.amount:
        raise RefundExceedsPayment(
            details={"payment": payment.sn, "paid": str(payment.amount), "owed": str(owed), "wanted": str(amount)}
        )

    now = clock.now()
    return Refund.objects.create(
        sn=next_number("refund", on=now),
        payment=payment,
        amount=amount,
        reason=reason,
        cause_ref=cause_ref,
        # Cash is handed over by a person, so no attempt is ever due.
        next_attempt_at=None if payment.provider == OFFLINE else now,
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )


@command
def refund_order(
    *, order_id: int, amount: Decimal | None, reason: RefundReason, cause_ref: str, actor: Actor
) -> Refund | None:
    """Owe ``amount`` (None: everything not owed yet) of what an order was paid; None with nothing to give back.

    Goods that will not come belong to what a cancelled order gives back, whichever news comes first.
    """
    payment = Payment.objects.filter(order_id=order_id, state_id=PaymentState.SETTLED, is_orphan=False).first()
    if payment is None or amount == 0:
        return None
    if (amount is None or reason == RefundReason.UNAVAILABLE) and _owed(payment) == payment.amount:
        return None
    return request_refund(
        payment_id=payment.pk,
        amount=amount,
        reason=reason,
        cause_ref=cause_ref,
        actor=actor,
    )


def _owed(payment: Payment) -> Decimal:
    """What all refunds of a payment come to, paid out or not."""
    total: Decimal | None = Refund.objects.filter(payment=payment).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)
