"""Background jobs of the platform itself."""

from celery import shared_task

from vmi.core.health import beat_once


@shared_task(name="vmi.core.heartbeat")
def heartbeat() -> None:
    """Prove that beat sends and a worker works; ``/readyz`` looks at the result."""
    beat_once()
