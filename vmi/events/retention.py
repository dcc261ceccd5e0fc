"""How long the outbox remembers what was delivered; the events themselves are the audit log and stay for good (I8)."""

import time
from datetime import timedelta

from django.conf import settings

from vmi.core import clock
from vmi.core.db import execute
from vmi.events.choices import DeliveryState

CHUNK = 5_000
"""Most rows one statement deletes, so that no transaction grows long."""

PURGE_LIMIT_S = 120
"""How long one run works, units: seconds; the next one goes on."""


def purge_delivered() -> int:
    """Delete deliveries done more than ``EVENT_DELIVERIES_KEPT_DAYS`` ago; returns how many.

    Whatever is pending or parked is kept, however old. Runs in chunks, each in a transaction of its own unless the
    caller is in one.
    """
    before = clock.now() - timedelta(days=settings.EVENT_DELIVERIES_KEPT_DAYS)
    started, total = time.monotonic(), 0
    while True:
        deleted = execute(_PURGE, [DeliveryState.DONE.value, before, CHUNK])
        total += deleted
        if deleted < CHUNK or time.monotonic() - started > PURGE_LIMIT_S:
            return total


_PURGE = """
    DELETE FROM events_delivery WHERE id = ANY(ARRAY(
        SELECT id FROM events_delivery WHERE state = %s AND next_at < %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ))
"""
"""``next_at`` of a done row is the end of its last lease: when it was done, and half a minute.

An array, because a planner may run a subquery of ``IN`` once for every row, and each time it finds others.
"""
