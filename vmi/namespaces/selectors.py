"""Reads on namespaces: which are open, whose host this is, what the current one's options are, which jobs are late."""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Max
from django_celery_beat.models import PeriodicTask

from vmi.core.tenancy import PUBLIC_SCHEMA, current_namespace, current_schema, run_in_namespace
from vmi.namespaces.choices import NamespaceState
from vmi.namespaces.models import Domain, JobRun, Namespace
from vmi.namespaces.versions import code_version

OPTIONS: Final = frozenset(
    {
        "currency",
        "time_zone",
        "language",
        "cart_hold_minutes",
        "order_hold_minutes",
        "oversell_hold_minutes",
        "near_expiry_days",
        "sweepers_paused",
        "name",
    }
)
"""The columns business code may ask for by name."""

HOSTS_MAX: Final = 1_000
"""Remembered hosts per process; past it all are forgotten, so that made-up host names cost no memory."""

FAN_OUT_TASK: Final = "vmi.namespaces.for_each_namespace"

LATE_AFTER_PERIODS: Final = 3
"""A job is late when it was not started for this many of its periods (reliability: jobs)."""

_hosts: dict[str, tuple[float, Namespace | None]] = {}


def namespace_setting(name: str) -> Any:
    """An option of the current namespace, for example ``order_hold_minutes``; KeyError for an unknown one."""
    if name not in OPTIONS:
        raise KeyError(name)
    return getattr(current_namespace(), name)


def namespace_of_host(host: str) -> Namespace | None:
    """Whose host this is, remembered for ``NAMESPACE_CACHE_S`` seconds; a suspension waits that long."""
    now = time.monotonic()
    known = _hosts.get(host)
    if known is not None and now < known[0]:
        return known[1]
    with run_in_namespace(PUBLIC_SCHEMA):
        domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    namespace = domain.tenant if domain is not None else None
    if len(_hosts) >= HOSTS_MAX:
        _hosts.clear()
    _hosts[host] = (now + settings.NAMESPACE_CACHE_S, namespace)
    return namespace


def forget_hosts() -> None:
    """Look every host up again."""
    _hosts.clear()


def is_current(namespace: Namespace) -> bool:
    """Whether the namespace's tables are those of this code."""
    return bool(namespace.schema_version == code_version())


def find_namespace(schema_name: str) -> Namespace | None:
    """The row of a namespace, read now."""
    with run_in_namespace(PUBLIC_SCHEMA):
        return Namespace.objects.filter(schema_name=schema_name).first()


def active_schemas(*, sweeping: bool = False) -> list[str]:
    """All active namespaces on this code's version, by name; ``sweeping`` leaves out those whose jobs are paused."""
    with run_in_namespace(PUBLIC_SCHEMA):
        rows = Namespace.objects.filter(state=NamespaceState.ACTIVE, schema_version=code_version())
        if sweeping:
            rows = rows.filter(sweepers_paused=False)
        return list(rows.order_by("schema_name").values_list("schema_name", flat=True))


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last run of a periodic job in a namespace."""

    started: datetime
    succeeded: datetime | None
    failures: int
    error: str


def job_heartbeat(job: str) -> Heartbeat | None:
    """The last run of a job in the current namespace; None before the first one."""
    schema = current_schema()
    with run_in_namespace(PUBLIC_SCHEMA):
        row = JobRun.objects.filter(schema_name=schema, job=job).first()
    return Heartbeat(row.started_time, row.succeeded_time, row.failures, row.error) if row else None


def late_jobs(now: datetime) -> list[str]:
    """Scheduled jobs that no namespace has seen started for three of their periods: beat or the workers are gone.

    A job that starts and fails is not late; its rows show the error. Jobs switched off by an operator
    and namespaces whose jobs are paused do not count.
    """
    schemas = active_schemas(sweeping=True)
    with run_in_namespace(PUBLIC_SCHEMA):
        rows = JobRun.objects.filter(schema_name__in=schemas, job__in=_scheduled_jobs())
        latest = rows.values("job").annotate(started=Max("started_time"), period_s=Max("period_s")).order_by("job")
        return [row["job"] for row in latest if (now - row["started"]).total_seconds() > _patience_s(row["period_s"])]


def _scheduled_jobs() -> list[str]:
    """The jobs beat fans out, as its own table says."""
    arguments = PeriodicTask.objects.filter(enabled=True, task=FAN_OUT_TASK).values_list("args", flat=True)
    return [str(values[0]) for values in map(json.loads, arguments) if values]


def _patience_s(period_s: int) -> int:
    return LATE_AFTER_PERIODS * period_s
