"""Working off the outbox: claim, run the handler and mark done, or back off and finally park.

A claim is a conditional UPDATE in a transaction of its own; it counts the attempt and hides the row
for LEASE_S. The handler then runs in one transaction with the row marked done *first*: that UPDATE
locks the row, so a slow handler whose lease has passed is skipped by later claims, and the number of
attempts in its WHERE fences off a worker that was overtaken. A killed worker's lock dies with its
connection, and the next sweep after the lease takes the row again.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from kombu.exceptions import OperationalError as BrokerDown

from vmi.core import clock
from vmi.core.db import fetch_all
from vmi.events.choices import DeliveryState
from vmi.events.models import ERROR_LENGTH_MAX, Delivery
from vmi.events.payloads import UnknownEventType, payload_class
from vmi.events.registry import DeliveredEvent, subscription

log = logging.getLogger(__name__)

ATTEMPTS_MAX = 5
"""After so many failures a delivery is parked and a person looks at it."""

BACKOFF_S = (5, 30, 120, 600)
"""Wait after the first, second … failure, units: seconds."""

LEASE_S = 30
"""How long a claimed delivery is hidden from other workers, units: seconds."""

SWEEP_BATCH = 200
"""Most deliveries one claim takes, so that a backlog is shared by all workers."""


class UnknownHandler(LookupError):
    """A stored delivery names a handler the code no longer has."""


def nudge(delivery_ids: Sequence[int]) -> None:
    """Wake a worker for these deliveries. A broker that is down costs nothing: the sweep finds them."""
    from vmi.events.tasks import deliver

    try:
        deliver.apply_async(args=[list(delivery_ids)], retry=False)
    except (BrokerDown, OSError) as error:
        log.warning("events: no broker to wake a worker, the sweep will deliver: %s", error)


def deliver_now(delivery_ids: Sequence[int]) -> int:
    """Deliver those of ``delivery_ids`` that are due; returns how many were done."""
    return sum(_attempt(row["id"], row["attempts"]) for row in _claim("id = ANY(%s) AND", [list(delivery_ids)]))


def deliver_due() -> tuple[int, int]:
    """Deliver one batch of what is due; returns (claimed, done)."""
    claimed = _claim("", [])
    return len(claimed), sum(_attempt(row["id"], row["attempts"]) for row in claimed)


def _claim(extra_condition: str, params: list[Any]) -> list[dict[str, Any]]:
    # SKIP LOCKED: rows a handler is working on right now, or another worker is claiming, are not ours. An array is read
    # once; a planner may run a joined subquery again for every row, and each time it would find others.
    rows = fetch_all(
        f"""
        UPDATE events_delivery AS d
           SET attempts = d.attempts + 1, next_at = %s::timestamptz + make_interval(secs => %s)
         WHERE d.id = ANY(ARRAY(
                SELECT id FROM events_delivery
                 WHERE {extra_condition} state = 'pending' AND next_at <= %s
                 ORDER BY next_at, id
                 LIMIT %s
                   FOR UPDATE SKIP LOCKED))
        RETURNING d.id, d.attempts
        """,  # noqa: S608 - the condition is one of two constants of this module
        [(now := clock.now()), LEASE_S, *params, now, SWEEP_BATCH],
    )
    return sorted(rows, key=lambda row: int(row["id"]))


def _attempt(delivery_id: int, attempt: int) -> bool:
    try:
        return _run(delivery_id, attempt)
    except OperationalError:
        # The database itself is in trouble (lost connection, lock timeout): leave the lease to bring it back.
        log.exception("events: delivery %s could not run", delivery_id)
        return False
    except Exception as error:  # a handler may fail in any way; the failure is kept where the admin shows it
        log.exception("events: delivery %s failed, attempt %s", delivery_id, attempt)
        _fail(delivery_id, attempt, error)
        return False


@transaction.atomic
def _run(delivery_id: int, attempt: int) -> bool:
    mine = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.PENDING, attempts=attempt)
    if not mine.update(state=DeliveryState.DONE, last_error=""):
        return False
    call_handler(Delivery.objects.select_related("event").get(pk=delivery_id))
    return True


def _fail(delivery_id: int, attempt: int, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX].replace("\x00", "")
    mine = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.PENDING, attempts=attempt)
    if attempt >= ATTEMPTS_MAX or isinstance(error, (UnknownHandler, UnknownEventType)):
        mine.update(state=DeliveryState.PARKED, last_error=text)
        return
    wait_s = BACKOFF_S[min(attempt, len(BACKOFF_S)) - 1]
    mine.update(next_at=clock.now() + timedelta(seconds=wait_s), last_error=text)


def call_handler(delivery: Delivery) -> None:
    """Run the handler of a delivery in the current transaction. Raises what the handler raises."""
    target = subscription(delivery.handler)
    if target is None:
        raise UnknownHandler(f"no handler {delivery.handler!r}")
    event = delivery.event
    target.call(
        DeliveredEvent(
            id=event.pk,
            payload=payload_class(event.type).from_json(event.payload),
            subject=event.subject,
            actor=event.as_actor(),
            at=event.at,
        )
    )
