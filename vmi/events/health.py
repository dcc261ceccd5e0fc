"""How late the outbox is, for ``/readyz``."""

import time
from collections.abc import Sequence
from typing import Final

from vmi.core import clock
from vmi.core.tenancy import run_in_namespace
from vmi.events.choices import DeliveryState
from vmi.events.models import Delivery
from vmi.namespaces.selectors import active_schemas

LAG_LIMIT_S: Final = 300
"""A delivery due for longer than this means that nobody delivers; the sweep runs every minute."""

SAMPLE: Final = 50
"""Namespaces looked at per question; with more of them the next question takes the next ones."""


def probe_outbox() -> str | None:
    """None, or how long the oldest due delivery of a namespace has been waiting."""
    lags = {schema: lag_s(schema) for schema in _sample(active_schemas(sweeping=True))}
    late = [schema for schema, lag in lags.items() if lag > LAG_LIMIT_S]
    return f"deliveries wait {max(lags.values()):.0f} s" if late else None


def lag_s(schema: str) -> float:
    """Seconds since the oldest pending delivery of a namespace became due; 0 when none is."""
    with run_in_namespace(schema):
        oldest = Delivery.objects.filter(state=DeliveryState.PENDING).order_by("next_at").first()
        return max(0.0, (clock.now() - oldest.next_at).total_seconds()) if oldest is not None else 0.0


def _sample(schemas: Sequence[str]) -> Sequence[str]:
    """At most ``SAMPLE`` of them, others every time."""
    if len(schemas) <= SAMPLE:
        return schemas
    start = int(time.monotonic()) * SAMPLE % len(schemas)
    return [*schemas, *schemas][start : start + SAMPLE]
