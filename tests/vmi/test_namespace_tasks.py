"""Background jobs: inside their namespace or not at all, counted, retried, put aside, seen by the heartbeat."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app, shared_task
from celery.exceptions import Retry
from django.db import connection
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from kombu.exceptions import OperationalError as BrokerDown

from tests.support.time import START, FrozenClock
from vmi.accounts.models import User
from vmi.core.actors import system_actor
from vmi.core.tenancy import run_in_namespace
from vmi.namespaces import deadletters, jobs, selectors, tasks
from vmi.namespaces.choices import DeadReason
from vmi.namespaces.models import DeadLetter, JobRun, Namespace
from vmi.namespaces.tasks import NamespaceTask, Rejected, delay_in_namespace, for_each_namespace, send_to_namespace

RAN: list[tuple[str, Any]] = []


@shared_task(base=NamespaceTask, name="tests.note")
def note(value: Any = None) -> int:
    RAN.append((connection.schema_name, value))
    return User.objects.filter(username="only-here").count()


@shared_task(base=NamespaceTask, name="tests.broken")
def broken(value: Any = None) -> None:
    RAN.append((connection.schema_name, value))
    raise ZeroDivisionError("always")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    RAN.clear()
    yield
    RAN.clear()


def letters() -> list[tuple[str, str, str, int]]:
    with run_in_namespace("public"):
        return list(DeadLetter.objects.order_by("id").values_list("task", "schema_name", "reason", "count"))


def as_worker(task: Any, *args: Any, headers: dict[str, Any], retries: int = 0, **delivery: Any) -> Any:
    """Call a task the way a worker does: with a request of its own, not eager."""
    task.push_request(
        id="message-1",
        headers=headers,
        args=args,
        kwargs={},
        retries=retries,
        called_directly=False,
        is_eager=False,
        delivery_info=delivery,
    )
    try:
        return task(*args)
    finally:
        task.pop_request()


def change(schema: str, **values: Any) -> None:
    with run_in_namespace("public"):
        Namespace.objects.filter(schema_name=schema).update(**values)


def test_a_message_runs_in_the_namespace_that_sent_it() -> None:
    note.apply_async(args=[1])
    with run_in_namespace("beta"):
        note.apply_async(args=[2])

    assert RAN == [("alpha", 1), ("beta", 2)]
    assert connection.schema_name == "alpha"


def test_the_body_reads_its_own_namespace(in_beta: Callable[..., Any]) -> None:
    with in_beta():
        User.objects.create_user("only-here")

    assert as_worker(note, headers={"_schema_name": "alpha"}) == 0
    assert as_worker(note, headers={"_schema_name": "beta"}) == 1


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (None, DeadReason.NO_NAMESPACE),
        ("", DeadReason.NO_NAMESPACE),
        ("public", DeadReason.NO_NAMESPACE),
        ("nobody", DeadReason.UNKNOWN),
        ("template", DeadReason.UNKNOWN),
        ('x"; DROP SCHEMA alpha', DeadReason.UNKNOWN),
    ],
)
def test_a_message_without_a_known_namespace_never_runs(schema: str | None, reason: DeadReason) -> None:
    with pytest.raises(Rejected):
        as_worker(note, 7, headers={} if schema is None else {"_schema_name": schema})

    assert RAN == []
    assert letters() == [("tests.note", schema or "", reason, 1)]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"state": "suspended"}, DeadReason.INACTIVE),
        ({"state": "opening"}, DeadReason.INACTIVE),
        ({"schema_version": "older"}, DeadReason.OLD_SCHEMA),
    ],
)
def test_a_message_for_a_closed_namespace_is_put_aside(values: dict[str, str], reason: DeadReason) -> None:
    change("beta", **values)

    with pytest.raises(Rejected):
        as_worker(note, headers={"_schema_name": "beta"})

    assert RAN == []
    assert letters() == [("tests.note", "beta", reason, 1)]


def test_equal_messages_share_one_open_letter() -> None:
    for value in (1, 1, 2):
        with pytest.raises(Rejected):
            as_worker(note, value, headers={"_schema_name": "nobody"})

    assert [count for *_rest, count in letters()] == [2, 1]


def test_sent_from_the_platform_a_task_does_not_run() -> None:
    connection.set_schema_to_public()
    note.apply_async(args=[1])

    assert RAN == []
    assert letters() == [("tests.note", "public", DeadReason.NO_NAMESPACE, 1)]
    with pytest.raises(Rejected):
        note(1)


def test_a_plain_call_runs_where_the_caller_stands() -> None:
    note("direct")

    assert RAN == [("alpha", "direct")]


def test_a_failing_message_is_tried_again_and_at_last_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def retry(**options: Any) -> Retry:
        waits.append(options["countdown"])
        return Retry()

    monkeypatch.setattr(broken, "retry", retry)
    for tries in range(4):
        with pytest.raises(Retry):
            as_worker(broken, 1, headers={"_schema_name": "alpha"}, retries=tries)
    with pytest.raises(Rejected):
        as_worker(broken, 1, headers={"_schema_name": "alpha"}, retries=4)

    assert waits == [5, 10, 20, 40]
    assert len(RAN) == 5
    assert letters() == [("tests.broken", "alpha", DeadReason.EXHAUSTED, 1)]
    with run_in_namespace("public"):
        assert DeadLetter.objects.get().error == "ZeroDivisionError: always"


def test_a_message_that_keeps_killing_its_worker_is_put_aside_after_five_deliveries() -> None:
    as_worker(note, 1, headers={"_schema_name": "alpha"})
    for _ in range(4):
        as_worker(note, 1, headers={"_schema_name": "alpha"}, redelivered=True)
    with pytest.raises(Rejected):
        as_worker(note, 1, headers={"_schema_name": "alpha"}, redelivered=True)

    assert len(RAN) == 5
    assert letters() == [("tests.note", "alpha", DeadReason.EXHAUSTED, 1)]


def test_an_operator_sends_a_letter_again_once(staff: Callable[..., Any]) -> None:
    change("beta", state="suspended")
    with pytest.raises(Rejected):
        as_worker(note, 5, headers={"_schema_name": "beta"})
    change("beta", state="active")
    with run_in_namespace("public"):
        letter = DeadLetter.objects.get()

    deadletters.retry(letter_id=letter.pk, actor=system_actor("ops"))

    assert RAN == [("beta", 5)]
    with pytest.raises(deadletters.LetterResolved):
        deadletters.retry(letter_id=letter.pk, actor=system_actor("ops"))
    assert RAN == [("beta", 5)]


def test_a_discarded_letter_stays_as_a_record() -> None:
    with pytest.raises(Rejected):
        as_worker(note, headers={"_schema_name": "nobody"})
    with run_in_namespace("public"):
        letter = DeadLetter.objects.get()

    deadletters.discard(letter_id=letter.pk, actor=system_actor("ops"))

    with run_in_namespace("public"):
        letter.refresh_from_db()
    assert letter.resolution == "discarded by ops"
    with pytest.raises(Rejected):
        as_worker(note, headers={"_schema_name": "nobody"})
    assert len(letters()) == 2


def test_a_periodic_job_reaches_every_open_namespace_and_leaves_a_heartbeat(frozen_clock: FrozenClock) -> None:
    assert for_each_namespace("tests.note", period_s=60) == 2

    assert RAN == [("alpha", None), ("beta", None)]
    with run_in_namespace("public"):
        rows = list(JobRun.objects.values_list("schema_name", "job", "period_s", "succeeded_time", "failures"))
    assert rows == [("alpha", "tests.note", 60, START, 0), ("beta", "tests.note", 60, START, 0)]


def test_paused_and_closed_namespaces_are_left_out() -> None:
    change("alpha", sweepers_paused=True)
    change("beta", state="suspended")

    assert for_each_namespace("tests.note") == 0
    assert RAN == []


def test_a_job_that_was_under_way_when_the_pause_began_does_nothing() -> None:
    change("beta", sweepers_paused=True)

    assert as_worker(note, headers={"_schema_name": "beta", "_sweep_period_s": 60}) is None
    assert RAN == []
    assert letters() == []


def test_one_failing_namespace_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_in_alpha(value: Any = None) -> None:
        RAN.append((connection.schema_name, value))
        if connection.schema_name == "alpha":
            raise ZeroDivisionError("alpha only")

    monkeypatch.setattr(broken, "run", fails_in_alpha)

    assert for_each_namespace("tests.broken", period_s=60) == 2
    for_each_namespace("tests.broken", period_s=60)

    assert [schema for schema, _value in RAN] == ["alpha", "beta"] * 2
    with run_in_namespace("public"):
        failures = dict(JobRun.objects.values_list("schema_name", "failures"))
        error = JobRun.objects.get(schema_name="alpha").error
    assert failures == {"alpha": 2, "beta": 0}
    assert error == "ZeroDivisionError: alpha only"


def test_a_job_is_late_when_no_namespace_has_started_it_for_three_periods(frozen_clock: FrozenClock) -> None:
    with run_in_namespace("public"):
        every, _created = IntervalSchedule.objects.get_or_create(every=60, period=IntervalSchedule.SECONDS)
        PeriodicTask.objects.create(
            name="note", task=selectors.FAN_OUT_TASK, interval=every, args='["tests.note"]', kwargs="{}"
        )
    for_each_namespace("tests.note", period_s=60)
    frozen_clock.advance(seconds=180)
    assert jobs.probe_jobs() is None

    frozen_clock.advance(seconds=1)
    assert jobs.probe_jobs() == "late: tests.note"

    change("beta", state="suspended")
    for_each_namespace("tests.note", period_s=60)
    assert jobs.probe_jobs() is None

    frozen_clock.advance(hours=1)
    with run_in_namespace("public"):
        PeriodicTask.objects.update(enabled=False)
    assert jobs.probe_jobs() is None


def test_a_wake_up_waits_for_the_commit_and_keeps_its_namespace(
    committed_namespace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import transaction

    with transaction.atomic():
        delay_in_namespace(note, "later")
        assert RAN == []
        connection.set_schema_to_public()
    connection.set_tenant(committed_namespace)

    assert [(committed_namespace.schema_name, "later")] == RAN


def test_without_a_broker_the_command_still_succeeds(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def no_broker(*args: Any, **options: Any) -> None:
        raise BrokerDown("no broker")

    monkeypatch.setattr(note, "apply_async", no_broker)

    with django_capture_on_commit_callbacks(execute=True):
        delay_in_namespace(note, 1)

    assert RAN == []


def test_the_fan_out_goes_on_when_the_broker_is_down_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def flaky(task_name: str, schema: str, **options: Any) -> None:
        if schema == "alpha":
            raise BrokerDown("no broker")
        sent.append(schema)

    monkeypatch.setattr(tasks, "send_to_namespace", flaky)

    for_each_namespace("tests.note")

    assert sent == ["beta"]


def test_a_task_is_sent_by_name_to_a_namespace() -> None:
    send_to_namespace("tests.note", "beta", args=[9])

    assert RAN == [("beta", 9)]
    assert connection.schema_name == "alpha"


def test_every_scheduled_job_exists_and_runs_inside_namespaces() -> None:
    from django.conf import settings

    current_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["task"] == selectors.FAN_OUT_TASK:
            assert isinstance(current_app.tasks[entry["args"][0]], NamespaceTask)
            assert entry["args"][1] == timedelta.total_seconds(entry["schedule"])
