"""What the database refuses: a clear answer without SQL, and another try where that helps."""

import threading
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import ProtectedError

from vmi.api.exception_handler import to_api_error
from vmi.core.retry import sqlstate_of, with_retries


def raised(sql: str) -> DatabaseError:
    """The error a statement makes."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        connection.cursor().execute(sql)
    return caught.value


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("INSERT INTO auth_group (name) VALUES ('a'), ('a')", 409, "already_exists"),
        ("INSERT INTO auth_group (name) VALUES (NULL)", 409, "rule_violated"),
        ("INSERT INTO auth_group (name) VALUES (repeat('x', 200))", 400, "invalid_value"),
        ("SELECT 1/0", 400, "invalid_value"),
        ("SELECT 'x'::integer", 400, "invalid_value"),
        ("SELECT 99999999999::integer", 400, "invalid_value"),
        ("INSERT INTO events_delivery (event_id, handler, state, attempts, last_error) VALUES (1, 'x', 'odd', 0, '')",
         409, "rule_violated"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'deadlock_detected'; END $$", 503, "busy_retry"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'serialization_failure'; END $$", 503, "busy_retry"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'lock_not_available'; END $$", 503, "busy_retry"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'query_canceled'; END $$", 503, "busy_retry"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'too_many_connections'; END $$", 503, "database_unavailable"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'admin_shutdown'; END $$", 503, "database_unavailable"),
    ],
)  # fmt: skip
def test_a_database_error_has_a_status_and_a_code(sql: str, status: int, code: str) -> None:
    error = to_api_error(raised(sql))

    assert error is not None
    assert (error.status, error.code) == (status, code)
    assert error.retryable is (status == 503)
    assert ("Retry-After" in error.headers) is (status == 503)
    assert "auth_group" not in f"{error.message}{error.message_en}{error.details}"


@pytest.mark.parametrize("sql", ["SELECT nothing", "SELECT * FROM nowhere", "SELEC 1"])
def test_a_defect_of_ours_stays_a_defect(sql: str) -> None:
    assert to_api_error(raised(sql)) is None


def test_a_lost_connection_may_be_tried_again() -> None:
    error = OperationalError("server closed the connection")
    error.__cause__ = psycopg.OperationalError("server closed the connection")
    found = to_api_error(error)

    assert found is not None
    assert (found.status, found.code, found.retryable) == (503, "database_unavailable", True)
    assert "server closed" not in found.message


def test_a_named_constraint_names_its_field() -> None:
    error = raised(
        "INSERT INTO events_delivery (event_id, handler, state, attempts, last_error) "
        "VALUES (1, 'x', 'pending', -1, '')"
    )

    assert isinstance(error, IntegrityError)
    assert sqlstate_of(error) == "23514"


def test_an_object_in_use_is_409() -> None:
    found = to_api_error(ProtectedError("x", set()))

    assert found is not None
    assert (found.status, found.code) == (409, "in_use")


def _deadlocking(first: str, second: str, gate: threading.Barrier, tries: list[str]) -> None:
    with transaction.atomic():
        tries.append(first)
        Group.objects.select_for_update().get(name=first)
        if not gate.broken:
            try:
                gate.wait(300)
            except threading.BrokenBarrierError:
                tries.append("alone")
        Group.objects.select_for_update().get(name=second)


def _two_orders(in_threads: Any, run: Any) -> list[Any]:
    Group.objects.create(name="a")
    Group.objects.create(name="b")
    gate = threading.Barrier(2)
    tries: list[str] = []

    def order(first: str, second: str) -> None:
        def command() -> None:
            _deadlocking(first, second, gate, tries)
            gate.abort()

        try:
            run(command)
        except OperationalError:
            gate.abort()
            raise

    results: list[Any] = in_threads(lambda: order("a", "b"), lambda: order("b", "a"))
    return results


def test_two_commands_that_deadlock_both_succeed(committed_namespace: Any, in_threads: Any) -> None:
    def run(command: Any) -> None:
        with_retries(command)

    assert _two_orders(in_threads, run) == [None, None]


def test_control_without_retries_one_of_them_fails(committed_namespace: Any, in_threads: Any) -> None:
    results = _two_orders(in_threads, lambda command: command())

    failed = [result for result in results if result is not None]
    assert len(failed) == 1
    assert sqlstate_of(failed[0]) == "40P01"


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
def test_three_attempts_and_no_more(committed_namespace: Any, state: str) -> None:
    calls: list[int] = []

    def command() -> None:
        calls.append(1)
        connection.cursor().execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$")

    with pytest.raises(OperationalError):
        with_retries(command)
    assert len(calls) == 3


def test_other_errors_are_not_repeated(committed_namespace: Any) -> None:
    calls: list[int] = []

    def command() -> None:
        calls.append(1)
        connection.cursor().execute("SELECT 1/0")

    with pytest.raises(DatabaseError):
        with_retries(command)
    assert len(calls) == 1
