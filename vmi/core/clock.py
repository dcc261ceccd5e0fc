"""One reading of the time per command, from the database's clock.

A replay or a test sets the instant with :func:`at`; nothing else may. Workers' own clocks are never
asked, so that a host whose clock jumps cannot expire a hold early (reliability: time).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from vmi.core.tenancy import PUBLIC_SCHEMA, current_namespace

_fixed: ContextVar[datetime | None] = ContextVar("vmi_clock", default=None)


def now() -> datetime:
    """The current instant (UTC, aware): the fixed one if set, else the database's."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    instant: datetime = row[0]
    return instant


def fixed_instant() -> datetime | None:
    """The instant set by :func:`at`, or None; for columns whose default is the database's own time."""
    return _fixed.get()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let every command inside read ``instant``; for replays of history and for tests.

    Raises ValueError for an instant without a zone.
    """
    if instant.tzinfo is None:
        raise ValueError("the clock needs an aware instant")
    token = _fixed.set(instant)
    try:
        yield
    finally:
        _fixed.reset(token)


def local_zone() -> ZoneInfo:
    """The zone of the current namespace (default Asia/Shanghai)."""
    tenant = connection.tenant
    if connection.schema_name != PUBLIC_SCHEMA and not hasattr(tenant, "time_zone"):
        tenant = current_namespace()  # entered by name only: the stand-in knows no zone
    return ZoneInfo(getattr(tenant, "time_zone", "") or "Asia/Shanghai")


def local_date(instant: datetime) -> date:
    """The business day of ``instant`` in the zone of the current namespace."""
    return instant.astimezone(local_zone()).date()
