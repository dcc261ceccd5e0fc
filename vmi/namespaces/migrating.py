"""Bringing every schema to the version of the code: platform, template, then each namespace.

Each schema stores its version when it is done, so a run that was killed goes on where it stopped and a
run with nothing to do costs two queries (M01).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import DatabaseError
from django_tenants.utils import schema_exists

from vmi.accounts.roles import sync_roles
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace
from vmi.namespaces.choices import TEMPLATE_SCHEMA, NamespaceState
from vmi.namespaces.models import Namespace
from vmi.namespaces.versions import code_version, labels_of, store_version, stored_versions

Progress = Callable[[str], None]

MIGRATE_LOCK: Final = 0x766D696D6967  # "vmimig"
"""Advisory lock of a running migration; a second one waits for it."""


class FleetIncomplete(RuntimeError):
    """Some namespaces could not be migrated; the others were. Carries their names and errors."""

    def __init__(self, failed: dict[str, str]) -> None:
        self.failed = failed
        super().__init__("; ".join(f"{schema}: {error}" for schema, error in failed.items()))


def migrate_all(progress: Progress | None = None) -> list[str]:
    """Migrate what is not on the code's version and return the names of the schemas that were touched.

    A namespace that fails keeps its old version (it answers 503) and does not stop the next one; at
    the end FleetIncomplete names those. Safe to run again, and by two hosts at once.
    """
    report = progress or _silent
    if not pending():
        return []
    with one_at_a_time():
        return _migrate_pending(report)


def pending() -> list[str]:
    """The schemas that are not on the code's version, in the order they are migrated."""
    stored = stored_versions()
    wanted = code_version()
    fixed = [(PUBLIC_SCHEMA, code_version(platform=True)), (TEMPLATE_SCHEMA, wanted)]
    schemas = [schema for schema, version in fixed if stored.get(schema) != version]
    if stored:
        schemas += [schema for schema in _namespaces() if stored.get(schema) != wanted]
    return schemas


def migrate_schema(schema: str) -> None:
    """Migrate one schema (made if missing), give it its roles and store its version."""
    platform = schema == PUBLIC_SCHEMA
    if not schema_exists(schema):
        with run_in_namespace(PUBLIC_SCHEMA), connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{schema}"')
    with _alone_in(schema):
        MigrationRecorder(connection).ensure_schema()  # else the one of public would be found and trusted
    with run_in_namespace(schema):
        _apply(labels_of(platform=platform))
    with run_in_namespace(schema):
        sync_roles(platform=platform)
    store_version(schema, code_version(platform=platform))


def _apply(labels: set[str]) -> None:
    """Apply what these apps lack and let the framework make content types and permissions.

    Other apps' migrations would do nothing here (the router), yet following their states costs most of the time.
    """
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    emit_pre_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    executor.migrate([leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] in labels])
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def _migrate_pending(report: Progress) -> list[str]:
    done: list[str] = []
    failed: dict[str, str] = {}
    for schema in pending():
        report(f"migrating {schema}")
        try:
            migrate_schema(schema)
        except DatabaseError as error:
            if schema in (PUBLIC_SCHEMA, TEMPLATE_SCHEMA):
                raise
            failed[schema] = str(error).strip()
            report(f"failed {schema}: {failed[schema]}")
        else:
            done.append(schema)
    if failed:
        raise FleetIncomplete(failed)
    # Namespaces were listed before the platform's own tables may have existed; look once more.
    return done + (_migrate_pending(report) if done and pending() else [])


def _namespaces() -> list[str]:
    """Namespaces with a schema; a failed opening is brought up to date when it is resumed."""
    with run_in_namespace(PUBLIC_SCHEMA):
        rows = Namespace.objects.filter(state__in=(NamespaceState.ACTIVE, NamespaceState.SUSPENDED))
        return list(rows.order_by("schema_name").values_list("schema_name", flat=True))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the migration lock on a connection of its own, so that a second run waits and then finds nothing."""
    own = connection.copy()
    own.set_schema_to_public()
    own.settings_dict["OPTIONS"] = {k: v for k, v in own.settings_dict["OPTIONS"].items() if k != "pool"}
    try:
        with own.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATE_LOCK])
        yield
    finally:
        own.close()


@contextmanager
def _alone_in(schema: str) -> Iterator[None]:
    """Speak to a schema without ``public`` behind it."""
    tenant = connection.tenant
    connection.set_schema(schema, include_public=False)
    try:
        yield
    finally:
        connection.set_tenant(tenant)


def _silent(line: str) -> None:
    """No one is watching."""
