"""Asking warehouse systems to hold notices back, outside any transaction, until they took the question."""

import logging
from datetime import datetime

from django.db.models import F

from vmi.core import clock
from warehousing.choices import CancelState
from warehousing.exceptions import EndpointRefused, WmsUnreachable
from warehousing.models import ShipNotice, WmsConnection
from warehousing.services.sending import ERROR_LENGTH_MAX, SWEEP_LIMIT, backoff
from warehousing.wms import adapter_for
from warehousing.wms.base import OutboundCancel

logger = logging.getLogger(__name__)


def send_due_cancels(*, limit: int = SWEEP_LIMIT) -> int:
    """Ask what is due, oldest first; returns how many the systems took."""
    due = ShipNotice.objects.filter(cancel_state=CancelState.REQUESTED, cancel_next_at__lte=clock.now())
    rows = list(due.order_by("cancel_next_at", "pk").select_related("warehouse")[:limit])
    return sum(_send(notice) for notice in rows)


def _claim(notice: ShipNotice, now: datetime) -> bool:
    """Take the attempt, so that of two workers one asks."""
    due = ShipNotice.objects.filter(
        pk=notice.pk,
        cancel_state=CancelState.REQUESTED,
        cancel_attempts=notice.cancel_attempts,
        cancel_next_at__lte=now,
    )
    later = now + backoff(notice.cancel_attempts + 1)
    return due.update(cancel_attempts=F("cancel_attempts") + 1, cancel_next_at=later, modify_time=now) == 1


def _send(notice: ShipNotice) -> bool:
    """One question; a failure is noted and asked again later. Its answer comes by the webhook."""
    connection = WmsConnection.objects.filter(warehouse_id=notice.warehouse_id, is_enabled=True).first()
    if connection is None or not _claim(notice, clock.now()):
        return False
    message = OutboundCancel(notice.sn, notice.warehouse.code, notice.cancel_requested_at or clock.now())
    waiting = ShipNotice.objects.filter(pk=notice.pk)
    try:
        adapter_for(connection.mode, endpoint=connection.endpoint, secret=connection.secret).cancel(message)
    except (WmsUnreachable, EndpointRefused) as error:
        detail = f"{error.code}: {error.details.get('reason', error)}"
        waiting.update(last_error=detail[:ERROR_LENGTH_MAX])
        logger.warning("cancellation of ship notice %s not sent: %s", notice.sn, detail)
        return False
    # Taken: no further question; the system confirms or refuses of its own accord.
    waiting.update(cancel_next_at=None, last_error="")
    return True
