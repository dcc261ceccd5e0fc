"""Which namespace the current connection speaks for, and how to keep it across commits and contexts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django_tenants.utils import get_tenant_model, schema_context, tenant_context

PUBLIC_SCHEMA = "public"


class NoNamespace(RuntimeError):
    """Code that needs a namespace ran in the platform's schema: a defect, never user input."""


def current_schema() -> str:
    """The schema the connection speaks to; raises NoNamespace in ``public``."""
    schema: str = connection.schema_name
    if schema == PUBLIC_SCHEMA:
        raise NoNamespace("this code needs a namespace, but the connection speaks to the platform")
    return schema


def current_namespace() -> Any:
    """The Namespace row of the connection (a light stand-in with ``schema_name`` inside ``schema_context``)."""
    current_schema()
    tenant = connection.tenant
    if hasattr(tenant, "currency"):
        return tenant
    namespace = get_tenant_model().objects.get(schema_name=connection.schema_name)
    connection.set_tenant(namespace)
    return namespace


@contextmanager
def run_in_namespace(schema: str) -> Iterator[None]:
    """Speak to another namespace for a while; the previous one is restored, also on error."""
    with schema_context(schema):
        yield


def on_commit_in_namespace(callback: Callable[[], None]) -> None:
    """Run ``callback`` after the commit, in the namespace that registered it.

    The bare hook runs in whatever schema is current at commit time (measured), hence this wrapper.
    """
    tenant = connection.tenant

    def call() -> None:
        with tenant_context(tenant):
            callback()

    transaction.on_commit(call)
