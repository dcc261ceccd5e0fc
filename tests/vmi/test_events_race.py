"""Two workers and one delivery; real connections, real commits."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.events import delivery
from vmi.events.catalogue import StockLow, WebhookRejected
from vmi.events.choices import DeliveryState
from vmi.events.delivery import deliver_due
from vmi.events.models import Delivery, Event
from vmi.events.registry import DeliveredEvent, subscribe, unsubscribe
from vmi.events.services import Entry, record_many


@pytest.fixture
def slow_handler() -> Iterator[list[int]]:
    """A handler that takes a moment and leaves an event of its own behind."""
    seen: list[int] = []

    @subscribe(StockLow, name="tests.slow")
    def handler(event: DeliveredEvent[StockLow]) -> None:
        seen.append(event.id)
        time.sleep(0.05)
        record_many([Entry(WebhookRejected(connection="x", reason="x"), f"effect:{event.id}")], actor=event.actor)

    yield seen
    unsubscribe("tests.slow")


def _backlog(count: int) -> None:
    low = StockLow(sku="A", warehouse="W", available=1, threshold=2)
    record_many([Entry(low, f"stock:{number}") for number in range(count)], actor=system_actor())


def test_workers_share_a_backlog_and_each_event_has_one_effect(
    committed_namespace: Any, in_threads: Any, slow_handler: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "nudge", lambda ids: None)
    monkeypatch.setattr("vmi.events.services.nudge", lambda ids: None)
    monkeypatch.setattr(delivery, "SWEEP_BATCH", 5)
    _backlog(20)

    results = in_threads(*[lambda: [deliver_due() for _turn in range(4)]] * 4)

    assert sum(done for turns in results for _claimed, done in turns) == 20
    assert sorted(slow_handler) == sorted(set(slow_handler))
    assert Event.objects.filter(subject__startswith="effect:").count() == 20
    assert Delivery.objects.filter(state=DeliveryState.DONE).count() == 20


def test_a_handler_slower_than_its_lease_is_not_run_twice(
    committed_namespace: Any, in_threads: Any, slow_handler: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vmi.events.services.nudge", lambda ids: None)
    monkeypatch.setattr(delivery, "LEASE_S", 0)
    _backlog(1)

    def second() -> Any:
        time.sleep(0.02)
        return deliver_due()

    results = in_threads(deliver_due, second)

    assert sum(done for _claimed, done in results) == 1
    assert Event.objects.filter(subject__startswith="effect:").count() == 1


def test_a_worker_killed_inside_its_handler_leaves_the_delivery_to_the_next(
    committed_namespace: Any, in_threads: Any, slow_handler: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vmi.events.services.nudge", lambda ids: None)
    _backlog(1)

    def killed() -> None:
        [row] = delivery._claim("", [])
        connection.cursor().execute("BEGIN")
        assert Delivery.objects.filter(pk=row["id"]).update(state=DeliveryState.DONE)
        connection.close()

    assert in_threads(killed) == [None]
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (DeliveryState.PENDING, 1)
    assert deliver_due() == (0, 0)

    Delivery.objects.update(next_at=clock.now() - timedelta(seconds=1))
    assert deliver_due() == (1, 1)
