"""Scheduled work of the stock core: thin entries, one service call each."""

from celery import shared_task

from inventory.services.reconcile import reconcile
from inventory.services.release import SWEEP_CHUNK, release_expired
from vmi.namespaces.tasks import NamespaceTask

CHUNKS_PER_RUN_MAX = 50
"""Chunks one sweep works off before it leaves the rest to the next minute."""


@shared_task(base=NamespaceTask, name="inventory.release_expired_holds")
def release_expired_holds() -> int:
    """Tidy expired holds of the namespace in chunks; returns how many."""
    released = 0
    for _chunk in range(CHUNKS_PER_RUN_MAX):
        count = release_expired()
        released += count
        if count < SWEEP_CHUNK:
            break
    return released


@shared_task(base=NamespaceTask, name="inventory.reconcile_nightly")
def reconcile_nightly() -> int:
    """Prove every invariant of the namespace; a difference raises ReconcileFailed and shows red. Returns the count."""
    return reconcile(raise_event=True).count
