"""Which version of the tables a schema must have: a digest of this code's last migrations and roles."""

import hashlib
import threading
from collections.abc import Iterable
from functools import cache
from typing import Final

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from vmi.accounts.roles import ROLES
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace
from vmi.namespaces.choices import TEMPLATE_SCHEMA
from vmi.namespaces.models import Namespace, SchemaVersion

DIGEST_LENGTH: Final = 16

_lock = threading.Lock()


def code_version(*, platform: bool = False) -> str:
    """The version this code needs: of the platform's schema or of a namespace; 16 hexadecimal digits.

    Two processes running the same code always agree; a new migration or a changed role changes it.
    """
    with _lock:
        return _versions()[platform]


@cache
def _versions() -> dict[bool, str]:
    """Reads files, not models, hence safe to remember for the life of the process."""
    leaves = MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes()
    return {platform: _digest(leaves, labels_of(platform=platform), platform) for platform in (True, False)}


def labels_of(*, platform: bool) -> set[str]:
    """The labels of the apps whose tables lie in the platform's schema or in namespaces."""
    wanted = set(settings.SHARED_APPS if platform else settings.TENANT_APPS)
    return {config.label for config in apps.get_app_configs() if config.name in wanted}


def _digest(leaves: Iterable[tuple[str, str]], labels: set[str], platform: bool) -> str:
    lines = sorted(f"{label}.{name}" for label, name in leaves if label in labels)
    lines += [f"{role.name}:{','.join(role.patterns)}" for role in ROLES if role.platform is platform]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:DIGEST_LENGTH]


def stored_versions() -> dict[str, str]:
    """The version of every schema by name, the platform's and the template's included; no table, no versions."""
    with run_in_namespace(PUBLIC_SCHEMA):
        if SchemaVersion._meta.db_table not in connection.introspection.table_names():
            return {}
        versions = dict(SchemaVersion.objects.values_list("schema_name", "version"))
        versions |= dict(Namespace.objects.values_list("schema_name", "schema_version"))
    return versions


def store_version(schema: str, version: str) -> None:
    """Note that a schema has every table of ``version``."""
    with run_in_namespace(PUBLIC_SCHEMA):
        if schema in (PUBLIC_SCHEMA, TEMPLATE_SCHEMA):
            SchemaVersion.objects.update_or_create(schema_name=schema, defaults={"version": version})
        else:
            Namespace.objects.filter(schema_name=schema).update(schema_version=version)
