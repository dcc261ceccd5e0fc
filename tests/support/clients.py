"""HTTP clients that speak to one namespace's host and leave the test's own connection where it was."""

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from rest_framework.test import APIClient


class _KeepsNamespace:
    """The middleware switches the connection to the host's namespace; the test gets its own back."""

    def request(self, **request: Any) -> HttpResponse:
        """Send one request."""
        tenant = connection.tenant
        try:
            response: HttpResponse = super().request(**request)  # type: ignore[misc]
        finally:
            connection.set_tenant(tenant)
        return response


class NamespaceClient(_KeepsNamespace, Client):
    """A browser: sessions and forms."""


class NamespaceApiClient(_KeepsNamespace, APIClient):
    """A program: JSON and tokens."""


def host_of(namespace: Any) -> str:
    """The host name of a namespace opened for tests."""
    return f"{namespace.schema_name}.testserver"
