"""Heartbeats of periodic jobs: one row per namespace and job, written by the task base."""

from datetime import datetime
from typing import Final

from vmi.core import clock
from vmi.core.db import execute
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace
from vmi.namespaces.selectors import late_jobs

ERROR_LENGTH_MAX: Final = 2000

_BEAT: Final = """
    INSERT INTO namespaces_jobrun AS run
        (schema_name, job, period_s, started_time, succeeded_time, failures, error)
    VALUES (%(schema)s, %(job)s, %(period)s, %(started)s, %(succeeded)s, %(failed)s, %(error)s)
    ON CONFLICT (schema_name, job) DO UPDATE SET
        period_s = excluded.period_s,
        started_time = excluded.started_time,
        succeeded_time = coalesce(excluded.succeeded_time, run.succeeded_time),
        failures = CASE WHEN excluded.failures = 0 THEN 0 ELSE run.failures + 1 END,
        error = excluded.error
"""


def beat(schema: str, job: str, *, period_s: int, started: datetime, error: str = "") -> None:
    """Note that a job has run in a namespace, well or with ``error``."""
    with run_in_namespace(PUBLIC_SCHEMA):
        finished = None if error else clock.now()
        execute(
            _BEAT,
            {
                "schema": schema,
                "job": job,
                "period": max(period_s, 1),
                "started": started,
                "succeeded": finished,
                "failed": 1 if error else 0,
                "error": error[:ERROR_LENGTH_MAX],
            },
        )


def probe_jobs() -> str | None:
    """For ``/readyz``: None, or which jobs are three periods late."""
    with run_in_namespace(PUBLIC_SCHEMA):
        late = late_jobs(clock.now())
    return f"late: {', '.join(late)}" if late else None
