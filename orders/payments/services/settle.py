"""``settle_payment``: a verified message says the money is there."""

from datetime import datetime

from django.db import transaction

from orders.models import Order
from orders.payments import locks
from orders.payments.choices import PAYMENT_STATE_MACHINE, PaymentState, RefundReason
from orders.payments.exceptions import CallbackMismatch, ProviderNumberTaken
from orders.payments.gateways.base import CallbackResult, Outcome
from orders.payments.models import Payment
from orders.payments.services.refund import request_refund
from orders.services import mark_paid
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import Conflict
from vmi.core.integrity import refusing
from vmi.events.catalogue import PaymentOrphaned, PaymentSettled
from vmi.events.services import record
from vmi.statuses.machine import transition


@command
def settle_payment(*, provider: str, result: CallbackResult, actor: Actor) -> Payment:
    """Apply what a provider says about a payment, once (R06); every figure must be ours (R07).

    A payment its order can no longer take (cancelled, paid otherwise, goods gone) is kept, reported as
    ``PaymentOrphaned`` and refunded. Raises PaymentNotFound, CallbackMismatch, ProviderNumberTaken.
    """
    payment, order = locks.lock_payment(sn=result.sn, provider=provider)
    _require_match(payment, order, result)

    if result.outcome is Outcome.FAILED and payment.state_id == PaymentState.CREATED:
        _step(payment, PaymentState.FAILED, actor, clock.now())
    if result.outcome is Outcome.SETTLED and payment.state_id != PaymentState.SETTLED:
        _settle(payment, order, result.provider_no, actor)
    return payment


def _settle(payment: Payment, order: Order, provider_no: str, actor: Actor) -> None:
    now = clock.now()
    refusal = _pay_order(payment, order, actor)
    with refusing({"payments_payment_provider_no": ProviderNumberTaken}):
        _step(
            payment,
            PaymentState.SETTLED,
            actor,
            now,
            provider_no=provider_no,
            settled_at=now,
            is_orphan=refusal is not None,
        )
    settled = PaymentSettled(payment.pk, payment.sn, order.sn, str(payment.amount))
    record(settled, subject=order.source.subject, actor=actor)

    if refusal is not None:
        orphaned = PaymentOrphaned(payment.sn, order.sn, str(payment.amount))
        record(orphaned, subject=order.source.subject, actor=actor)
        request_refund(
            payment_id=payment.pk,
            amount=payment.amount,
            reason=RefundReason.ORPHANED,
            cause_ref=payment.sn,
            actor=actor,
        )


def _pay_order(payment: Payment, order: Order, actor: Actor) -> Conflict | None:
    """Pay the order, or say why it cannot be paid; the savepoint keeps the payment when it cannot."""
    try:
        with transaction.atomic():
            mark_paid(order_id=order.pk, payment_sn=payment.sn, amount=payment.amount, actor=actor)
    except Conflict as refusal:
        return refusal
    return None


def _require_match(payment: Payment, order: Order, result: CallbackResult) -> None:
    ours = {"order": order.sn, "amount": payment.amount, "currency": payment.currency}
    theirs = {"order": result.order_sn, "amount": result.amount, "currency": result.currency}
    if payment.provider_no is not None:
        ours["transaction"], theirs["transaction"] = payment.provider_no, result.provider_no
    for name, value in ours.items():
        if theirs[name] != value:
            raise CallbackMismatch(
                param=name, details={"payment": payment.sn, "expected": str(value), "received": str(theirs[name])}
            )


def _step(payment: Payment, to: PaymentState, actor: Actor, now: datetime, **columns: object) -> None:
    transition(
        payment,
        to,
        field="state",
        machine=PAYMENT_STATE_MACHINE,
        actor=actor,
        extra={"modify_time": now, **columns},
    )
