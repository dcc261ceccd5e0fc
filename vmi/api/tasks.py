"""Housekeeping of the HTTP edge."""

from celery import shared_task

from vmi.api.auth import purge_expired_logins
from vmi.api.idempotency import purge_expired_keys
from vmi.namespaces.tasks import NamespaceTask


@shared_task(base=NamespaceTask, name="vmi.api.purge")
def purge() -> int:
    """Delete idempotency keys and logins whose time is over; returns how many rows."""
    return purge_expired_keys() + purge_expired_logins()
