"""Celery entry points of warehousing."""

import logging

from celery import shared_task

from vmi.namespaces.tasks import NamespaceTask
from warehousing import services

logger = logging.getLogger(__name__)


@shared_task(base=NamespaceTask, name="warehousing.poll_snapshots")
def poll_snapshots() -> int:
    """Ask warehouse systems that are due for their stock (S001-15); returns how many answered."""
    return services.poll_due_stock()


@shared_task(base=NamespaceTask, name="warehousing.send_notices")
def send_notices() -> None:
    """Send due ship notices and act on WMS messages a crash left behind; runs every minute."""
    left = services.process_waiting_messages()
    sent = services.send_due_notices()
    asked = services.send_due_cancels()
    if left or sent or asked:
        logger.info("ship notices sent: %d, cancellations asked: %d, leftover messages: %d", sent, asked, left)
