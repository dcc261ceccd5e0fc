"""HTTP clients that speak to one namespace's host and leave the test's own connection where it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import Client
from rest_framework.test import APIClient


@contextmanager
def _namespace_kept() -> Iterator[None]:
    """The middleware switches the connection to the host's namespace; the test gets its own back."""
    tenant = connection.tenant
    try:
        yield
    finally:
        connection.set_tenant(tenant)


class NamespaceClient(Client):
    """A browser: sessions and forms."""

    def request(self, **request: Any) -> Any:
        """Send one request."""
        with _namespace_kept():
            return super().request(**request)


class NamespaceApiClient(APIClient):
    """A program: JSON and tokens."""

    def request(self, **kwargs: Any) -> Any:
        """Send one request."""
        with _namespace_kept():
            return super().request(**kwargs)


def host_of(namespace: Any) -> str:
    """The host name of a namespace opened for tests."""
    return f"{namespace.schema_name.replace('_', '-')}.testserver"
