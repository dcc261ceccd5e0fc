"""Paying refunds out: claim a try, ask the provider outside any transaction, write down what it said."""

from datetime import datetime, timedelta

from django.db.models import F

from orders.payments import locks
from orders.payments.choices import REFUND_STATE_MACHINE, RefundState
from orders.payments.exceptions import GatewayUnavailable
from orders.payments.gateways import gateway_for
from orders.payments.gateways.base import Outcome, RefundRequest, RefundResult
from orders.payments.models import PROVIDER_NO_LENGTH_MAX, Refund
from orders.services import mark_refunded
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import DomainError, InvalidRequest
from vmi.core.text import clean_text
from vmi.events.catalogue import RefundSettled
from vmi.events.services import record
from vmi.statuses.machine import transition

BACKOFF = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""Wait after the first, second … attempt; the last one repeats."""


def pay_out_refund(*, refund_id: int, actor: Actor) -> bool:
    """Try once to send a due refund; tells whether the money is gone. Two workers never try at the same time."""
    refund = _claim(refund_id, clock.now())
    if refund is None:
        return False
    result = _ask_provider(refund)
    if result.outcome is Outcome.SETTLED:
        settle_refund(refund_id=refund_id, provider_no=result.provider_no, actor=actor)
        return True
    _note(refund_id=refund_id, failed=result.outcome is Outcome.FAILED, message=result.message, actor=actor)
    return False


@command
def confirm_refund(*, refund_id: int, reference: str, actor: Actor) -> Refund:
    """A finance person paid the refund by hand (cash, bank transfer, or instead of a failing provider)."""
    reference = clean_text(
        reference, param="reference", limit=PROVIDER_NO_LENGTH_MAX, error=InvalidRequest, required=True
    )
    return settle_refund(refund_id=refund_id, provider_no=reference, actor=actor)


@command
def settle_refund(*, refund_id: int, provider_no: str, actor: Actor) -> Refund:
    """The money is gone: the refund is final and the order knows; once. Raises RefundNotFound."""
    refund = locks.lock_refund(refund_id)
    if refund.state_id == RefundState.SETTLED:
        return refund

    now = clock.now()
    _step(refund, RefundState.SETTLED, actor, now, provider_no=provider_no, settled_at=now, next_attempt_at=None)
    payment = refund.payment
    if payment.is_orphan:
        order_sn = payment.order.sn
    else:
        order_sn = mark_refunded(order_id=payment.order_id, amount=refund.amount, actor=actor).sn
    record(RefundSettled(refund.sn, order_sn, str(refund.amount)), subject=f"order:{order_sn}", actor=actor)

    return refund


def _claim(refund_id: int, now: datetime) -> Refund | None:
    """Take the next attempt: the conditional UPDATE lets one worker through and moves the next try ahead."""
    due = Refund.objects.filter(pk=refund_id, state_id__in=REFUND_STATE_MACHINE.group("due"), next_attempt_at__lte=now)
    attempts = due.values_list("attempts", flat=True).first()
    if attempts is None:
        return None
    wait = BACKOFF[min(attempts, len(BACKOFF) - 1)]
    if not due.update(attempts=F("attempts") + 1, next_attempt_at=now + wait):
        return None
    return Refund.objects.select_related("payment").get(pk=refund_id)


def _ask_provider(refund: Refund) -> RefundResult:
    payment = refund.payment
    request = RefundRequest(refund.sn, payment.sn, payment.provider_no or "", refund.amount, payment.currency)
    try:
        return gateway_for(payment.provider).refund(request)
    except (GatewayUnavailable, DomainError) as error:
        return RefundResult(Outcome.FAILED, message=str(error))


@command
def _note(*, refund_id: int, failed: bool, message: str, actor: Actor) -> None:
    refund = locks.lock_refund(refund_id)
    if refund.state_id == RefundState.SETTLED or not failed:
        return
    _step(refund, RefundState.FAILED, actor, clock.now(), last_error=message[:300])


def _step(refund: Refund, to: RefundState, actor: Actor, now: datetime, **columns: object) -> None:
    transition(
        refund, to, field="state", machine=REFUND_STATE_MACHINE, actor=actor, extra={"modify_time": now, **columns}
    )
