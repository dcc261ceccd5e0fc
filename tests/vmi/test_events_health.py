"""The outbox's lateness shows in ``/readyz``."""

from datetime import timedelta
from typing import Any

import pytest

from vmi.core import clock
from vmi.core.actors import SYSTEM_USER_ID
from vmi.core.tenancy import run_in_namespace
from vmi.events import health
from vmi.events.choices import DeliveryState
from vmi.events.models import Delivery, Event


def _delivery(waiting_s: int, state: str = DeliveryState.PENDING) -> Delivery:
    event = Event.objects.create(
        type="test.happened", subject="test:1", actor_id=SYSTEM_USER_ID, actor_kind="system", payload={}
    )
    due = clock.now() - timedelta(seconds=waiting_s)
    return Delivery.objects.create(event=event, handler="test.nobody", state=state, next_at=due)


def test_nothing_due_is_no_lag() -> None:
    _delivery(waiting_s=-60)
    _delivery(waiting_s=9000, state=DeliveryState.DONE)
    _delivery(waiting_s=9000, state=DeliveryState.PARKED)

    assert health.lag_s("alpha") == 0
    assert health.probe_outbox() is None


def test_a_late_delivery_of_another_namespace_counts_too(beta: Any) -> None:
    with run_in_namespace(beta.schema_name):
        _delivery(waiting_s=health.LAG_LIMIT_S + 100)

    assert health.lag_s("alpha") == 0
    assert health.probe_outbox() == f"deliveries wait {health.LAG_LIMIT_S + 100} s"


def test_many_namespaces_are_looked_at_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    schemas = [f"n{number}" for number in range(120)]
    seen: set[str] = set()
    for second in range(20):
        monkeypatch.setattr(health.time, "monotonic", lambda second=second: float(second))
        sample = health._sample(schemas)
        assert len(sample) == len(set(sample)) == health.SAMPLE
        seen |= set(sample)

    assert seen == set(schemas)
