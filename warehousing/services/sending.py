"""Sending ship notices to warehouse systems, outside any transaction, at least once; the notice number is the key."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.audit import audit
from vmi.core.exceptions import InvalidTransition
from vmi.statuses.machine import transition
from warehousing.choices import SHIP_NOTICE_MACHINE, ShipNoticeStatus
from warehousing.exceptions import EndpointRefused, ShipNoticeNotFound, WmsUnreachable
from warehousing.models import ShipNotice, WmsConnection
from warehousing.wms import adapter_for
from warehousing.wms.base import OutboundLine, OutboundNotice

logger = logging.getLogger(__name__)

BACKOFF_FIRST = timedelta(seconds=30)
BACKOFF_MAX = timedelta(hours=1)
"""A system that is down for a night is asked 30 s, 1 min, 2 min … and then hourly."""

ERROR_LENGTH_MAX = 500
SWEEP_LIMIT = 200
"""Notices of one sweep: 200 × 5 s timeout is the worst case a worker may be kept busy."""


def backoff(attempts: int) -> timedelta:
    """How long to wait after the attempt of that number (first: 1)."""
    doublings = min(attempts - 1, 16)  # beyond that the maximum applies anyway
    return min(BACKOFF_FIRST * 2**doublings, BACKOFF_MAX)


def _claim(notice: ShipNotice, now: datetime) -> bool:
    """Take the attempt: due time and attempt count move in one statement, so of two workers one sends."""
    due = ShipNotice.objects.filter(
        pk=notice.pk,
        status=ShipNoticeStatus.TO_SEND,
        attempts=notice.attempts,
        next_attempt_at__lte=now,
    )
    delay = backoff(notice.attempts + 1)
    return due.update(attempts=F("attempts") + 1, next_attempt_at=now + delay, modify_time=now) == 1


def _outbound(notice: ShipNotice) -> OutboundNotice:
    return OutboundNotice(
        sn=notice.sn,
        warehouse=notice.warehouse.code,
        source=f"{notice.source_type}:{notice.source_sn}",
        created_at=notice.create_time,
        consignee=notice.consignee,
        lines=[
            OutboundLine(line.line_no, line.sku, line.owner, line.location, line.batch, line.quantity)
            for line in notice.lines.all()
        ],
    )


@transaction.atomic
def _mark_sent(notice: ShipNotice, actor: Actor) -> None:
    now = clock.now()
    extra = {"sent_at": now, "last_error": "", "next_attempt_at": None, "modify_time": now}
    try:
        transition(notice, ShipNoticeStatus.SENT, machine=SHIP_NOTICE_MACHINE, actor=actor, extra=extra)
    except InvalidTransition:
        # The system confirmed the outbound before its answer to us was read: the notice is further already.
        logger.info("ship notice %s moved on while it was being sent", notice.sn)


def send_ship_notice(notice_id: int, *, actor: Actor | None = None) -> bool:
    """Post one due notice to its warehouse system; True when the system took it.

    Never call it inside a transaction. A failure is kept on the notice and tried again later (see
    ``backoff``); raises ShipNoticeNotFound only.
    """
    notice = ShipNotice.objects.select_related("warehouse").filter(pk=notice_id).first()
    if notice is None:
        raise ShipNoticeNotFound(param="shipNotice")
    connection = WmsConnection.objects.filter(warehouse_id=notice.warehouse_id, is_enabled=True).first()
    if connection is None or not _claim(notice, clock.now()):
        return False
    try:
        adapter_for(connection.mode, endpoint=connection.endpoint, secret=connection.secret).send(_outbound(notice))
    except (WmsUnreachable, EndpointRefused) as error:
        detail = f"{error.code}: {error.details.get('reason', error)}"
        ShipNotice.objects.filter(pk=notice.pk).update(last_error=detail[:ERROR_LENGTH_MAX])
        logger.warning("ship notice %s not sent: %s", notice.sn, detail)
        return False
    _mark_sent(notice, actor or system_actor("warehousing.send_notices"))
    return True


def send_due_notices(*, limit: int = SWEEP_LIMIT) -> int:
    """Send what is due, oldest first; returns how many the systems took."""
    due = ShipNotice.objects.filter(status=ShipNoticeStatus.TO_SEND, next_attempt_at__lte=clock.now())
    ids = list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:limit])
    return sum(send_ship_notice(notice_id) for notice_id in ids)


@transaction.atomic
def retry_ship_notice(*, notice_id: int, actor: Actor) -> ShipNotice:
    """Make a waiting notice due now, so that the next sweep sends it; raises InvalidTransition unless it waits."""
    notice = ShipNotice.objects.filter(pk=notice_id).first()
    if notice is None:
        raise ShipNoticeNotFound(param="shipNotice")
    now = clock.now()
    waiting = ShipNotice.objects.filter(pk=notice_id, status=ShipNoticeStatus.TO_SEND)
    if waiting.update(next_attempt_at=now, modify_time=now) == 0:
        raise InvalidTransition(param="status")
    due_before = notice.next_attempt_at.isoformat() if notice.next_attempt_at else None
    audit(notice, {"next_attempt_at": due_before}, {"next_attempt_at": now.isoformat()}, actor=actor)
    notice.next_attempt_at = now
    return notice
