"""Repeat a whole command when the database asks for it: deadlock, serialization failure, lock timeout."""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, transaction

log = logging.getLogger(__name__)

RETRYABLE_STATES = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock timeout: the same call may simply be repeated."""

ATTEMPTS_MAX = 3
TIME_MAX_S = 5.0
"""No further attempt starts after this time, units: seconds; the caller then reads 503 busy_retry."""

T = TypeVar("T")


def sqlstate_of(error: BaseException) -> str:
    """The five characters of the driver's error, or an empty string (no connection at all)."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def with_retries(command: Callable[[], T]) -> T:
    """Run ``command``, up to three times while its transaction falls victim to others.

    Inside an open transaction it runs once, behind a savepoint: only the owner of the transaction can
    start anew, and a refusal leaves it usable.
    """
    if transaction.get_connection().in_atomic_block:
        with transaction.atomic():
            return command()
    started = time.monotonic()
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            return command()
        except OperationalError as error:
            late = time.monotonic() - started > TIME_MAX_S
            if sqlstate_of(error) not in RETRYABLE_STATES or attempt == ATTEMPTS_MAX or late:
                raise
            log.info("command repeated after %s", sqlstate_of(error))
            # The jitter keeps two victims of one deadlock from meeting again.
            time.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 - spreading load, not secrets
    raise AssertionError("unreachable: the last attempt returns or raises")
