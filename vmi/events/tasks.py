"""Celery entry points of the outbox; they carry their namespace and refuse to run without one."""

import time

from celery import shared_task

from vmi.events.delivery import deliver_due, deliver_now
from vmi.events.retention import purge_delivered
from vmi.namespaces.tasks import NamespaceTask

SWEEP_LIMIT_S = 50
"""How long one sweep works, units: seconds; the next one starts a minute after it."""


@shared_task(base=NamespaceTask, name="vmi.events.deliver")
def deliver(delivery_ids: list[int]) -> int:
    """Deliver what a command has just committed; returns how many were done."""
    return deliver_now(delivery_ids)


@shared_task(base=NamespaceTask, name="vmi.events.sweep")
def sweep() -> int:
    """Deliver everything that is due: what a nudge missed, and retries; returns how many were done."""
    started = time.monotonic()
    total = 0
    while time.monotonic() - started < SWEEP_LIMIT_S:
        claimed, done = deliver_due()
        total += done
        if not claimed:
            break
    return total


@shared_task(base=NamespaceTask, name="vmi.events.purge")
def purge() -> int:
    """Forget what was delivered long ago; returns how many rows."""
    return purge_delivered()
