"""The event log: recording, delivery after the commit, retries, parking, inline delivery."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from vmi.core import clock
from vmi.core.actors import system_actor, user_actor
from vmi.events import checks, delivery
from vmi.events.catalogue import ObjectChanged, OrderCompleted, PartnerRegistered
from vmi.events.choices import DeliveryState
from vmi.events.delivery import ATTEMPTS_MAX, BACKOFF_S, LEASE_S, deliver_due, deliver_now
from vmi.events.exceptions import DeliveryNotParked
from vmi.events.models import Delivery, Event
from vmi.events.payloads import EventPayload
from vmi.events.registry import DeliveredEvent, Subscription, subscribe, subscribers_of, unsubscribe
from vmi.events.services import Entry, audit, deliver_inline, record, record_many, retry_delivery

Handler = Callable[[DeliveredEvent[Any]], None]
QUIET = ObjectChanged(model="x.y", pk=1, changes={"name": ["a", "b"]})


@pytest.fixture
def listen() -> Iterator[Callable[..., list[DeliveredEvent[Any]]]]:
    """``listen(Payload, handler)`` subscribes for one test and returns what the handler saw."""
    names: list[str] = []

    def start(payload: type[EventPayload], body: Handler | None = None) -> list[DeliveredEvent[Any]]:
        seen: list[DeliveredEvent[Any]] = []
        names.append(f"tests.handler_{len(names)}")

        @subscribe(payload, name=names[-1])
        def handler(event: DeliveredEvent[Any]) -> None:
            seen.append(event)
            if body is not None:
                body(event)

        return seen

    others = [item for kind in ("object.changed", "partner.registered") for item in subscribers_of(kind)]
    for item in others:
        unsubscribe(item.name)
    yield start
    for name in names:
        unsubscribe(name)
    for item in others:
        subscribe(item.payload, name=item.name)(item.call)


def _statements(queries: CaptureQueriesContext) -> int:
    """How many statements ran, without the search path of each cursor; prepared ones have no text in the log."""
    return sum(not (query["sql"] or "").startswith("SET ") for query in queries)


def _boom(event: DeliveredEvent[Any]) -> None:
    raise ValueError("boom")


def test_an_event_without_subscribers_costs_one_statement(listen: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        event = record(QUIET, subject="x.y:1", actor=system_actor())

    assert _statements(queries) == 1
    stored = Event.objects.get(pk=event.pk)
    assert (stored.type, stored.subject, stored.actor_id) == ("object.changed", "x.y:1", 1)
    assert stored.payload == {"model": "x.y", "pk": 1, "changes": {"name": ["a", "b"]}}
    assert abs(stored.at - clock.now()) < timedelta(minutes=1)


def test_an_event_with_subscribers_costs_two(listen: Any) -> None:
    listen(ObjectChanged)
    listen(ObjectChanged)
    with CaptureQueriesContext(connection) as queries:
        record(QUIET, subject="x.y:1", actor=system_actor())

    assert _statements(queries) == 2
    assert Delivery.objects.filter(state=DeliveryState.PENDING).count() == 2


def test_many_events_cost_two_statements_too(listen: Any) -> None:
    listen(PartnerRegistered)
    with CaptureQueriesContext(connection) as queries:
        record_many([Entry(PartnerRegistered(n, f"MEM-{n}"), f"partner:{n}") for n in range(50)], actor=system_actor())

    assert _statements(queries) == 2
    assert Delivery.objects.count() == 50


def test_the_commit_wakes_a_worker_and_the_handler_sees_a_typed_event(
    listen: Any, staff: Any, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    seen = listen(PartnerRegistered)
    user = staff("clerk")
    with django_capture_on_commit_callbacks(execute=True):
        event = record(PartnerRegistered(7, "MEM-7"), subject="partner:MEM-7", actor=user_actor(user))
        assert seen == []

    assert [(item.payload, item.subject, item.actor.user_id, item.id) for item in seen] == [
        (PartnerRegistered(7, "MEM-7"), "partner:MEM-7", user.pk, event.pk)
    ]
    assert Delivery.objects.get().state == DeliveryState.DONE


def test_a_broker_that_is_down_does_not_fail_the_request(
    listen: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    from vmi.events import tasks

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError("no broker")

    seen = listen(ObjectChanged)
    monkeypatch.setattr(tasks.deliver, "apply_async", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        record(QUIET, subject="x.y:1", actor=system_actor())
    assert seen == []

    assert tasks.sweep() == 1
    assert len(seen) == 1


def test_a_delivery_runs_once(listen: Any) -> None:
    seen = listen(ObjectChanged)
    record(QUIET, subject="x.y:1", actor=system_actor())
    pk = Delivery.objects.get().pk

    assert deliver_now([pk]) == 1
    assert deliver_now([pk]) == 0
    assert deliver_due() == (0, 0)
    assert len(seen) == 1


def test_a_failing_handler_backs_off_and_is_parked_in_the_end(listen: Any, frozen_clock: Any) -> None:
    def write_and_fail(event: DeliveredEvent[Any]) -> None:
        record(PartnerRegistered(1, "MEM-1"), subject="partner:MEM-1", actor=event.actor)
        raise ValueError("boom")

    seen = listen(ObjectChanged, write_and_fail)
    record(QUIET, subject="x.y:1", actor=system_actor())

    for attempt in range(1, ATTEMPTS_MAX + 1):
        assert deliver_due() == (1, 0)
        row = Delivery.objects.get()
        assert (row.attempts, row.last_error) == (attempt, "ValueError: boom")
        if attempt < ATTEMPTS_MAX:
            assert row.state == DeliveryState.PENDING
            assert row.next_at == frozen_clock.now + timedelta(seconds=BACKOFF_S[attempt - 1])
            assert deliver_due() == (0, 0)
            frozen_clock.advance(seconds=BACKOFF_S[attempt - 1])

    assert Delivery.objects.get().state == DeliveryState.PARKED
    assert deliver_due() == (0, 0)
    assert len(seen) == ATTEMPTS_MAX
    assert Event.objects.filter(type="partner.registered").count() == 0


def test_a_parked_delivery_can_be_tried_again_once(listen: Any) -> None:
    seen = listen(ObjectChanged)
    record(QUIET, subject="x.y:1", actor=system_actor())
    row = Delivery.objects.get()
    Delivery.objects.update(state=DeliveryState.PARKED, attempts=ATTEMPTS_MAX, last_error="x")

    retry_delivery(delivery_id=row.pk, actor=system_actor())
    with pytest.raises(DeliveryNotParked), transaction.atomic():
        retry_delivery(delivery_id=row.pk, actor=system_actor())

    row.refresh_from_db()
    assert (row.state, row.attempts) == (DeliveryState.PENDING, 0)
    assert deliver_now([row.pk]) == 1
    assert len(seen) == 1


def test_a_handler_that_is_gone_parks_the_delivery_at_once(listen: Any) -> None:
    event = record(QUIET, subject="x.y:1", actor=system_actor())
    row = Delivery.objects.create(event=event, handler="gone.handler", next_at=clock.now() - timedelta(seconds=1))

    assert deliver_now([row.pk]) == 0

    row.refresh_from_db()
    assert (row.state, row.attempts) == (DeliveryState.PARKED, 1)
    assert "gone.handler" in row.last_error


def test_a_claimed_delivery_is_hidden_until_its_lease_ends(listen: Any, frozen_clock: Any) -> None:
    seen = listen(ObjectChanged)
    record(QUIET, subject="x.y:1", actor=system_actor())
    assert len(delivery._claim("", [])) == 1  # a worker that is killed right after its claim

    assert deliver_due() == (0, 0)
    frozen_clock.advance(seconds=LEASE_S)
    assert deliver_due() == (1, 1)
    assert len(seen) == 1
    assert Delivery.objects.get().attempts == 2


def test_a_worker_that_was_overtaken_has_no_effect(listen: Any, frozen_clock: Any) -> None:
    seen = listen(ObjectChanged)
    record(QUIET, subject="x.y:1", actor=system_actor())
    [first] = delivery._claim("", [])
    frozen_clock.advance(seconds=LEASE_S)
    [second] = delivery._claim("", [])

    assert delivery._attempt(first["id"], first["attempts"]) is False
    assert delivery._attempt(second["id"], second["attempts"]) is True
    assert len(seen) == 1


def test_inline_delivery_runs_at_once_in_the_same_transaction(listen: Any) -> None:
    seen = listen(ObjectChanged)
    with deliver_inline():
        record(QUIET, subject="x.y:1", actor=system_actor())

    assert len(seen) == 1
    assert Delivery.objects.get().state == DeliveryState.DONE
    assert seen[0].at == Event.objects.get().at


def test_inline_delivery_costs_two_statements_while_the_clock_is_set(listen: Any, frozen_clock: Any) -> None:
    listen(ObjectChanged)
    with deliver_inline(), CaptureQueriesContext(connection) as queries:
        record(QUIET, subject="x.y:1", actor=system_actor())

    assert _statements(queries) == 2


def test_an_inline_handler_that_fails_fails_the_command(listen: Any) -> None:
    listen(ObjectChanged, _boom)
    with pytest.raises(ValueError, match="boom"), deliver_inline(), transaction.atomic():
        record(QUIET, subject="x.y:1", actor=system_actor())

    assert (Event.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_set_clock_dates_the_event(frozen_clock: Any) -> None:
    event = record(QUIET, subject="x.y:1", actor=system_actor())

    assert Event.objects.get(pk=event.pk).at == frozen_clock.now


@pytest.mark.parametrize(
    "change", ["UPDATE events_event SET type = 'x'", "DELETE FROM events_event", "TRUNCATE events_event CASCADE"]
)
def test_the_log_is_append_only(change: str) -> None:
    record(QUIET, subject="x.y:1", actor=system_actor())
    with pytest.raises((InternalError, Exception), match="append-only"), transaction.atomic():
        connection.cursor().execute(change)

    assert Event.objects.count() == 1


def test_audit_writes_what_changed_and_nothing_else(staff: Any) -> None:
    user = staff("clerk")
    audit(user, {"phone": "1", "email": "a"}, {"phone": "2", "email": "a"}, actor=system_actor())
    audit(user, {"phone": "2"}, {"phone": "2"}, actor=system_actor())

    event = Event.objects.get()
    assert event.subject == f"accounts.user:{user.pk}"
    assert event.payload["changes"] == {"phone": ["1", "2"]}


def test_events_of_two_namespaces_do_not_mix(in_beta: Any) -> None:
    record(QUIET, subject="x.y:1", actor=system_actor())
    with in_beta():
        assert Event.objects.count() == 0
        record(QUIET, subject="x.y:2", actor=system_actor())
        assert [event.subject for event in Event.objects.all()] == ["x.y:2"]
    assert [event.subject for event in Event.objects.all()] == ["x.y:1"]


@pytest.mark.no_database
def test_the_catalogue_and_the_subscriptions_fit_together() -> None:
    assert checks.check_events(None) == []


@pytest.mark.no_database
def test_the_checks_find_a_handler_of_the_own_app_and_a_bad_name() -> None:
    from vmi.events.services import retry_delivery as stand_in

    own = Subscription(name="events.x", payload=ObjectChanged, call=stand_in)  # type: ignore[arg-type]
    misnamed = Subscription(name="nowhere.x", payload=OrderCompleted, call=stand_in)  # type: ignore[arg-type]

    assert [item.id for item in checks.subscription_findings([own])] == ["events.E006"]
    assert [item.id for item in checks.subscription_findings([misnamed])] == ["events.E005"]


@pytest.mark.no_database
def test_a_payload_of_an_older_release_is_still_read() -> None:
    stored = {"order_id": 1, "sn": "ORD-1", "partner_id": None, "amount": "1.00", "dropped": True}

    assert OrderCompleted.from_json(stored) == OrderCompleted(1, "ORD-1", None, "1.00")
