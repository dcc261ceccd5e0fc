"""What every test stands on: two namespaces in one database, people with roles, clients, a clock.

A test runs in a transaction in the namespace ``alpha``. Tests of races need real commits: they take
``committed_namespace``, a namespace of their own that is dropped afterwards.
"""

import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django_tenants.utils import get_tenant_model, tenant_context
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from tests.support import database
from tests.support.clients import NamespaceApiClient, NamespaceClient
from tests.support.time import FrozenClock

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Copy the template database for this run; drop the copy at the end."""
    with django_db_blocker.unblock():
        name = database.create()
    yield
    with django_db_blocker.unblock():
        database.drop(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse flushing tests: they would empty append-only tables."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is not None and marker.kwargs.get("transaction"):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture committed_namespace instead of transaction=True")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Build the database before the first test starts, whose time limit is not made for that on a slow machine."""
    if session.config.option.collectonly or session.testsfailed:
        return
    if any(item.get_closest_marker("no_database") is None for item in session.items):
        with session.config.stash[blocking_manager_key].unblock():
            database.prepare()
            connection.close()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case of raw bytes by its argument: every worker must know a test by the same, printable name."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Blame whoever left a transaction open or silenced the log, not the tests that then miss something."""
    assert not _silenced_loggers(), "an earlier test or fixture switched loggers off"
    if item.get_closest_marker("no_database") is None:
        assert not connection.in_atomic_block, "an earlier test or fixture left its transaction open"


def _silenced_loggers() -> list[str]:
    """Loggers that say nothing any more; configuring logging anew does that to all that exist."""
    known = logging.root.manager.loggerDict.items()
    return [name for name, logger in known if isinstance(logger, logging.Logger) and logger.disabled]


@pytest.fixture(autouse=True)
def _namespace(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stand in ``alpha`` within a transaction; a test marked ``no_database`` or with commits of its own does not."""
    if request.node.get_closest_marker("no_database") or "committed_namespace" in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")
    connection.set_tenant(request.getfixturevalue("alpha"))
    yield
    connection.set_schema_to_public()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """No test sees what another one cached."""
    from vmi.numbering.services import forget_rules

    yield
    cache.clear()
    forget_rules()


@pytest.fixture(scope="session")
def _namespaces(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, Any]:
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        return {
            found.schema_name: found for found in get_tenant_model().objects.filter(schema_name__in=("alpha", "beta"))
        }


@pytest.fixture
def alpha(_namespaces: dict[str, Any]) -> Any:
    """The namespace tests run in; host ``alpha.testserver``."""
    return _namespaces["alpha"]


@pytest.fixture
def beta(_namespaces: dict[str, Any]) -> Any:
    """The other namespace, whose ids equal those of ``alpha``; host ``beta.testserver``."""
    return _namespaces["beta"]


@pytest.fixture
def in_beta(beta: Any, db: None) -> Callable[[], AbstractContextManager[None]]:
    """A function: ``with in_beta()`` speaks to the other namespace for a while."""
    return lambda: tenant_context(beta)


@pytest.fixture
def staff(db: None) -> Callable[..., Any]:
    """A function that makes a person in the current namespace: ``staff("clerk")``, ``staff(superuser=True)``."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    def make(role: str | None = None, *, username: str | None = None, superuser: bool = False, **fields: Any) -> Any:
        number = next(_numbers)
        name = username or f"{role or 'user'}-{number}"
        user = get_user_model().objects.create_user(
            username=name,
            password="correct horse battery",
            is_staff=fields.pop("is_staff", role != "customer"),
            is_superuser=superuser,
            **fields,
        )
        if role is not None:
            user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def client_for() -> Callable[..., NamespaceClient]:
    """A function that makes a browser, signed in when a user is given, by default on ``alpha``'s host."""

    def make(user: Any = None, *, host: str = "alpha.testserver") -> NamespaceClient:
        client = NamespaceClient(SERVER_NAME=host)
        if user is not None:
            client.force_login(user)
        return client

    return make


@pytest.fixture
def api_for() -> Callable[..., NamespaceApiClient]:
    """A function that makes an API client with a user's access token, by default on ``alpha``'s host."""

    def make(user: Any = None, *, host: str = "alpha.testserver") -> NamespaceApiClient:
        client = NamespaceApiClient(SERVER_NAME=host)
        if user is not None:
            from vmi.api.auth import access_token

            client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token(user)}")
        return client

    return make


@pytest.fixture
def frozen_clock() -> Iterator[FrozenClock]:
    """Time stands still at 2026-11-22 12:00 in Shanghai until ``frozen_clock.advance(minutes=…)``."""
    with FrozenClock() as clock:
        yield clock


@pytest.fixture
def committed_namespace(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """A namespace of this test's own, in which transactions really commit: for threads and races."""
    from vmi.namespaces.services import open_namespace

    schema = f"race_{next(_numbers)}"
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        namespace = open_namespace(schema_name=schema, name=schema, domain=f"{schema.replace('_', '-')}.testserver")
        connection.set_tenant(namespace)
        try:
            yield namespace
        finally:
            connection.rollback()
            connection.set_schema_to_public()
            with connection.cursor() as cursor:
                cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
            get_tenant_model().objects.filter(pk=namespace.pk).delete()  # migrating would bring the schema back
            connection.close()


@pytest.fixture
def in_threads(committed_namespace: Any) -> Callable[..., list[Any]]:
    """Run functions at the same moment, each in a thread with a connection of its own to the namespace.

    Returns results in order; an exception is returned in place of its result.
    """
    from tests.support.threads import run_together

    def run(*functions: Callable[[], Any]) -> list[Any]:
        return run_together(committed_namespace, functions)

    return run
