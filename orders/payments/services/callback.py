"""``receive_callback``: a provider speaks. Verified first, believed only where it agrees with us."""

import logging
from collections.abc import Mapping

from orders.payments.exceptions import CallbackMismatch, PaymentNotFound, ProviderNumberTaken
from orders.payments.gateways import gateway_for
from orders.payments.gateways.base import CallbackResult
from orders.payments.models import Payment
from orders.payments.services.settle import settle_payment
from vmi.core.actors import gateway_actor
from vmi.core.commands import command
from vmi.core.exceptions import DomainError
from vmi.events.catalogue import WebhookRejected
from vmi.events.services import record

log = logging.getLogger(__name__)


def receive_callback(*, provider: str, headers: Mapping[str, str], body: bytes) -> Payment:
    """Verify and apply one provider message; repeating it changes nothing (R06).

    A signed message that contradicts the payment is refused and kept as an event for a person to look at (R07);
    an unsigned one is refused and only logged, so that strangers cannot fill the log table.
    """
    gateway = gateway_for(provider)
    result = gateway.verify_callback(headers, body)
    actor = gateway_actor(provider)
    try:
        return settle_payment(provider=provider, result=result, actor=actor)
    except (CallbackMismatch, PaymentNotFound, ProviderNumberTaken) as refusal:
        log.warning("payment callback refused: %s %s", result.sn, refusal.code)
        _keep(provider=provider, result=result, refusal=refusal)
        raise


@command
def _keep(*, provider: str, result: CallbackResult, refusal: DomainError) -> None:
    figures = f"{result.sn[:64]} {result.amount} {result.currency[:8]} {result.order_sn[:64]}"
    reason = f"{refusal.code} {refusal.param or ''}: {figures}"
    record(
        WebhookRejected(connection=f"payments:{provider}", reason=reason),
        subject=f"payment:{result.sn[:64]}",
        actor=gateway_actor(provider),
    )
