"""What was delivered is forgotten after a while; what was not, and the log itself, never."""

from datetime import timedelta
from typing import Any

import pytest

from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.db import execute
from vmi.events import retention
from vmi.events.catalogue import ObjectChanged
from vmi.events.choices import DeliveryState
from vmi.events.models import Delivery, Event
from vmi.events.services import record
from vmi.events.tasks import purge


def _delivery(state: DeliveryState, *, days: int) -> int:
    event = record(ObjectChanged(model="x.y", pk=1, changes={}), subject="x:1", actor=system_actor())
    at = clock.now() - timedelta(days=days)
    return int(Delivery.objects.create(event=event, handler="x.y", state=state, next_at=at).pk)


def test_only_what_was_delivered_long_ago_is_forgotten(settings: Any) -> None:
    settings.EVENT_DELIVERIES_KEPT_DAYS = 30
    Delivery.objects.filter(state=DeliveryState.DONE).delete()
    _delivery(DeliveryState.DONE, days=31)
    kept = [
        _delivery(DeliveryState.DONE, days=29),
        _delivery(DeliveryState.PENDING, days=400),
        _delivery(DeliveryState.PARKED, days=400),
    ]
    events = Event.objects.count()

    assert purge() == 1
    assert set(Delivery.objects.values_list("pk", flat=True)) >= set(kept)
    assert Delivery.objects.filter(state=DeliveryState.DONE).count() == 1
    assert Event.objects.count() == events
    assert purge() == 0


def test_a_backlog_goes_in_chunks(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    for _number in range(5):
        _delivery(DeliveryState.DONE, days=settings.EVENT_DELIVERIES_KEPT_DAYS + 1)

    assert retention.purge_delivered() == 5


@pytest.mark.parametrize("avoided", ["", "hashjoin mergejoin hashagg material sort indexscan bitmapscan"])
def test_one_run_ends_in_time(settings: Any, monkeypatch: pytest.MonkeyPatch, avoided: str) -> None:
    """Whatever plan the database chooses: a subquery that is run again for every row would delete them all."""
    for plan in avoided.split():
        execute(f"SET LOCAL enable_{plan} = off")
    monkeypatch.setattr(retention, "CHUNK", 2)
    monkeypatch.setattr(retention, "PURGE_LIMIT_S", -1)
    for _number in range(5):
        _delivery(DeliveryState.DONE, days=settings.EVENT_DELIVERIES_KEPT_DAYS + 1)

    assert [retention.purge_delivered() for _run in range(3)] == [2, 2, 1]
