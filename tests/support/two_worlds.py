"""Two populated namespaces inside one transaction that is rolled back at the end, shared by many tests.

Tests that use it carry the mark ``no_database``: the usual fixture would open a transaction per test and build all
of this again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django_tenants.utils import get_tenant_model, tenant_context

from tests.support.clients import NamespaceApiClient, NamespaceClient, host_of
from tests.support.populated import level_sequences, populate
from tests.support.population import Populated
from vmi.api.auth import access_token

OURS, NEIGHBOURS, THEIRS = "ALPHA-7C1", "N3IGHBOUR-SHOP", "CANARY-B3TA"
"""The marks in the texts of our shop, of another shop in our namespace, and of the other namespace."""


@dataclass
class TwoWorlds:
    """Two shops in ``alpha``, three in ``beta``; alpha has nothing with the ids of ``only_beta``, the third."""

    alpha: Any
    beta: Any
    ours: Populated
    neighbours: Populated
    theirs: Populated
    only_beta: Populated

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Stand in alpha; undo afterwards whatever was written."""
        with transaction.atomic():
            connection.set_tenant(self.alpha)
            try:
                yield
            finally:
                transaction.set_rollback(True)
        connection.set_tenant(self.alpha)

    def api(self, user: Any = None, *, namespace: Any = None, host: str = "") -> NamespaceApiClient:
        """An API client; a user's token is issued in ``namespace`` (default alpha) and sent to ``host``."""
        home = namespace or self.alpha
        client = NamespaceApiClient(SERVER_NAME=host or host_of(home), raise_request_exception=False)
        if user is not None:
            with tenant_context(home):
                client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token(user)}")
        return client

    def browser(self, user: Any = None, *, namespace: Any = None, host: str = "") -> NamespaceClient:
        """A browser signed in to the back office of ``namespace``, looking at ``host``."""
        home = namespace or self.alpha
        client = NamespaceClient(SERVER_NAME=host or host_of(home), raise_request_exception=False)
        if user is not None:
            with tenant_context(home):
                client.force_login(user)
        return client


@contextmanager
def two_worlds(blocker: Any) -> Iterator[TwoWorlds]:
    """Build both namespaces; everything is rolled back at the end."""
    with blocker.unblock():
        connection.set_schema_to_public()
        found = {row.schema_name: row for row in get_tenant_model().objects.filter(schema_name__in=("alpha", "beta"))}
        alpha, beta = found["alpha"], found["beta"]
        with transaction.atomic():
            try:
                level_sequences([alpha, beta])
                with tenant_context(alpha):
                    ours, neighbours = populate(OURS), populate(NEIGHBOURS, suffix="-2")
                with tenant_context(beta):
                    theirs, _second, only_beta = (populate(THEIRS, suffix=suffix) for suffix in ("", "-2", "-3"))
                connection.set_tenant(alpha)
                yield TwoWorlds(alpha, beta, ours, neighbours, theirs, only_beta)
            finally:
                transaction.set_rollback(True)
        connection.set_schema_to_public()
        connection.close()


def fingerprint(namespace: Any) -> dict[str, tuple[int, int]]:
    """Rows and a hash over all rows of every table of a namespace: equal before and after means nothing was written."""
    with tenant_context(namespace), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [namespace.schema_name])
        tables = [name for (name,) in cursor.fetchall()]
        parts = [
            f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{name}\" t"
            for name in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return {name: (int(rows), int(total)) for name, rows, total in cursor.fetchall()}
