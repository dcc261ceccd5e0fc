"""Sweeps of the payments app."""

import logging

from celery import shared_task

from orders.payments import selectors
from orders.payments.services import pay_out_refund
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import DomainError
from vmi.namespaces.tasks import NamespaceTask

log = logging.getLogger(__name__)


@shared_task(base=NamespaceTask, name="payments.retry_refunds")
def retry_refunds() -> int:
    """Try every refund whose next attempt is due; returns how many were paid out."""
    actor = system_actor("payments.retry_refunds")
    done = 0
    for refund_id in selectors.due_refund_ids(clock.now()):
        try:
            done += pay_out_refund(refund_id=refund_id, actor=actor)
        except DomainError as error:
            log.warning("refund %s left for the next sweep: %s (%s)", refund_id, error.code, error)
    return done


def load() -> None:
    """Importing this module made its tasks known, so that handlers can wake one by name."""
