"""The connection and its namespace: savepoints, threads, late evaluation, commits, caches (P05, S10, S12)."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import ProgrammingError, connection, transaction
from django_tenants.utils import tenant_context

from orders.models import Order
from partners.models import Partner
from tests.support.two_worlds import NEIGHBOURS, OURS, THEIRS, TwoWorlds
from vmi.core.db import fetch_all, fetch_prepared
from vmi.core.tenancy import NoNamespace, current_schema, on_commit_in_namespace
from vmi.events.catalogue import PartnerRegistered
from vmi.events.services import record
from vmi.numbering.services import next_number

pytestmark = pytest.mark.no_database

SQL = "SELECT current_schema() AS schema"
READERS: dict[str, Callable[[], str]] = {
    "cursor": lambda: str(fetch_all(SQL)[0]["schema"]),
    "prepared": lambda: str(fetch_prepared(SQL)[0]["schema"]),
}
"""Two ways to the database: Django's cursor, and the driver's own with prepared statements."""


class Refusal(Exception):
    """Stands for any error that rolls back."""


def in_thread(function: Callable[[], Any]) -> Any:
    """Run in a new thread with a connection of its own; an exception is returned."""
    found: list[Any] = []

    def body() -> None:
        try:
            found.append(function())
        except Exception as error:  # noqa: BLE001 - the test judges it
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=body)
    thread.start()
    thread.join(30)
    return found[0]


def test_the_setting_these_tests_are_about_is_on() -> None:
    assert settings.TENANT_LIMIT_SET_CALLS is True


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_namespace_entered_inside_a_savepoint_outlives_its_rollback(
    worlds: TwoWorlds, read: Callable[[], str]
) -> None:
    assert read() == "alpha"
    with suppress(Refusal), transaction.atomic():
        connection.set_tenant(worlds.beta)
        assert read() == "beta"
        raise Refusal

    assert (connection.schema_name, read()) == ("beta", "beta")
    connection.set_tenant(worlds.alpha)
    assert read() == "alpha"


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_namespace_left_inside_a_savepoint_stays_left(worlds: TwoWorlds, read: Callable[[], str]) -> None:
    connection.set_tenant(worlds.beta)
    with suppress(Refusal), transaction.atomic():
        assert read() == "beta"
        with tenant_context(worlds.alpha):
            assert read() == "alpha"
        raise Refusal
    assert read() == "beta"


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_rollback_of_the_whole_transaction_keeps_the_namespace(worlds: TwoWorlds, read: Callable[[], str]) -> None:
    def work() -> list[str]:
        seen = []
        connection.set_tenant(worlds.alpha)
        seen.append(read())
        try:
            with transaction.atomic():
                connection.set_tenant(worlds.beta)
                seen.append(read())
                raise Refusal
        except Refusal:
            seen.append(read())
        connection.set_tenant(worlds.alpha)
        return [*seen, read()]

    assert in_thread(work) == ["alpha", "beta", "beta", "alpha"]


def test_a_broken_statement_inside_a_savepoint_does_not_move_the_next_one(worlds: TwoWorlds) -> None:
    connection.set_tenant(worlds.beta)
    with pytest.raises(ProgrammingError), transaction.atomic():
        fetch_all("SELECT * FROM no_such_table")
    assert READERS["prepared"]() == "beta"


def test_a_prepared_statement_reads_the_namespace_it_runs_in(worlds: TwoWorlds) -> None:
    sql = "SELECT count(*) AS rows FROM orders_order WHERE memo LIKE %s"
    found = []
    for namespace in (worlds.alpha, worlds.beta) * 4:  # the server's plan is older than the switch
        with tenant_context(namespace):
            found.append(fetch_prepared(sql, [f"%{THEIRS}%"])[0]["rows"])
    assert found == [0, found[1]] * 4
    assert found[1] > 0


def test_a_new_thread_has_no_namespace_and_business_code_refuses_there() -> None:
    assert in_thread(lambda: connection.schema_name) == "public"
    assert isinstance(in_thread(current_schema), NoNamespace)
    assert isinstance(in_thread(lambda: next_number("order")), NoNamespace)
    assert isinstance(in_thread(lambda: list(Order.objects.all())), ProgrammingError)  # no such table in public
    payload = PartnerRegistered(1, "MEM-1")
    refused = in_thread(lambda: record(payload, subject="partner:MEM-1", actor=None))  # type: ignore[arg-type]
    assert isinstance(refused, (NoNamespace, ProgrammingError, AttributeError))


def test_a_queryset_reads_the_namespace_in_which_it_is_evaluated(worlds: TwoWorlds) -> None:
    """Known and meant: a queryset is a question, not an answer. Never the namespace where it was written down."""
    with tenant_context(worlds.beta):
        late = Partner.objects.order_by("pk")
        cached = Partner.objects.order_by("pk")
        assert THEIRS in cached[0].name
        names = [row.name for row in cached]

    assert all(OURS in row.name or NEIGHBOURS in row.name for row in late)
    assert [row.name for row in cached] == names  # an answer, once given, stays what it was


def test_an_open_cursor_goes_on_in_the_namespace_where_it_began(worlds: TwoWorlds) -> None:
    with tenant_context(worlds.beta):
        rows = Partner.objects.order_by("pk").iterator(chunk_size=1)
        first = next(rows).name
    assert all(THEIRS in name for name in [first, *(row.name for row in rows)])


def test_what_waits_for_the_commit_runs_in_its_own_namespace(worlds: TwoWorlds) -> None:
    def work() -> list[str]:
        seen: list[str] = []
        with transaction.atomic():
            connection.set_tenant(worlds.beta)
            on_commit_in_namespace(lambda: seen.append(connection.schema_name))
            connection.set_tenant(worlds.alpha)
            on_commit_in_namespace(lambda: seen.append(connection.schema_name))
            connection.set_schema_to_public()
        return [*seen, connection.schema_name]

    assert in_thread(work) == ["beta", "alpha", "public"]


def test_cache_keys_are_of_one_namespace(worlds: TwoWorlds) -> None:
    cache.set("qa", OURS)
    with tenant_context(worlds.beta):
        assert cache.get("qa") is None
        cache.set("qa", THEIRS)
        assert cache.get_many(["qa"]) == {"qa": THEIRS}
    assert cache.get("qa") == OURS
    assert cache.make_key("qa").startswith("alpha:")
