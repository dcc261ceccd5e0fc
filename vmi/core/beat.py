"""Celery beat under a PostgreSQL advisory lock: any number may run, one of them schedules."""

import logging
from typing import Any

import psycopg
from django.db import connection
from django_celery_beat.schedulers import DatabaseScheduler

logger = logging.getLogger(__name__)

LOCK_KEY = 0x766D6962656174  # "vmibeat"
WAIT_S = 5.0


class LockedScheduler(DatabaseScheduler):
    """The database scheduler, silent until this process holds the lock.

    The lock lives on a connection of its own: when that breaks, PostgreSQL frees the lock and this
    process goes back to waiting for it.
    """

    _lock: psycopg.Connection[Any] | None = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Seconds until the next look; schedules only as the holder of the lock."""
        if not self._holds_lock():
            return WAIT_S
        return min(float(super().tick(*args, **kwargs)), WAIT_S)

    def close(self) -> None:
        """Save the schedule and free the lock."""
        super().close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _holds_lock(self) -> bool:
        try:
            if self._lock is not None:
                self._lock.execute("SELECT 1")
                return True
            return self._take_lock()
        except psycopg.Error as error:
            logger.warning("beat lost its database connection: %s", type(error).__name__)
            self._lock = None
            return False

    def _take_lock(self) -> bool:
        connection.ensure_connection()
        parameters = {k: v for k, v in connection.get_connection_params().items() if k in _PARAMETERS}
        own = psycopg.connect(**parameters, autocommit=True)
        row = own.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_KEY]).fetchone()
        if not row or not row[0]:
            own.close()
            return False
        logger.info("beat holds the lock and schedules")
        self._lock = own
        self.app.send_task("vmi.core.heartbeat")  # a start need not wait a period to be known as ready
        return True


_PARAMETERS = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert")
