"""The opening of a namespace: a resumable row of steps, each safe to repeat (growth rule 11).

registered → cloned from the template → migrated if the template was older → prepared (what apps
want done in a new namespace) → distributed (nothing on plain PostgreSQL) → checked → active.
"""

import logging
from collections.abc import Callable

from django.db import connection, transaction
from django_tenants.clone import CloneSchema
from django_tenants.utils import schema_exists

from vmi.core import clock
from vmi.core.actors import SYSTEM_USER_ID
from vmi.core.exceptions import DomainError
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace
from vmi.namespaces.choices import TEMPLATE_SCHEMA, NamespaceState, OpeningStep
from vmi.namespaces.constraint_names import restore_constraint_names
from vmi.namespaces.exceptions import NamespaceStateConflict, TemplateMissing
from vmi.namespaces.migrating import migrate_schema, one_at_a_time
from vmi.namespaces.models import Namespace
from vmi.namespaces.placement import distribute
from vmi.namespaces.versions import code_version, store_version, stored_versions

logger = logging.getLogger(__name__)

Progress = Callable[[OpeningStep], None]

_preparations: dict[str, Callable[[], None]] = {}


def prepare_namespace_with(name: str, step: Callable[[], None]) -> None:
    """Register what an app does in each new namespace (inside it, in one transaction, repeatable)."""
    _preparations[name] = step


def continue_opening(namespace: Namespace, progress: Progress | None = None) -> None:
    """Run the steps that are left and make the namespace active; on an error it is FAILED and may be continued.

    The row shows the step that was reached, so that an operator sees how far it has come. Two workers, or
    an opening and a migration of all namespaces, wait for each other.
    """
    with one_at_a_time():
        namespace.refresh_from_db()
        if namespace.state in (NamespaceState.OPENING, NamespaceState.FAILED):
            _run_steps(namespace, progress)


def _run_steps(namespace: Namespace, progress: Progress | None) -> None:
    steps: dict[OpeningStep, Callable[[Namespace], None]] = {
        OpeningStep.CLONED: _clone,
        OpeningStep.MIGRATED: _migrate,
        OpeningStep.PREPARED: _prepare,
        OpeningStep.DISTRIBUTED: _distribute,
        OpeningStep.CHECKED: _check,
    }
    try:
        for step, run in steps.items():
            if namespace.opening_step < step:
                run(namespace)
                _note(namespace, opening_step=step, problem="")
            if progress is not None:
                progress(step)
    except Exception as error:
        logger.exception("opening %s failed", namespace.schema_name)
        problem = str(error) if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"
        _note(namespace, state=NamespaceState.FAILED, problem=problem[:2000])
        raise
    _note(namespace, state=NamespaceState.ACTIVE, active_since=clock.now())


def _note(namespace: Namespace, **values: object) -> None:
    """Write columns of the row and of the object in hand."""
    with run_in_namespace(PUBLIC_SCHEMA):
        Namespace.objects.filter(pk=namespace.pk).update(**values)
    for name, value in values.items():
        setattr(namespace, name, value)


def _clone(namespace: Namespace) -> None:
    """Copy the template; one statement, hence all or nothing."""
    version = stored_versions().get(TEMPLATE_SCHEMA, "")
    if not version or not schema_exists(TEMPLATE_SCHEMA):
        raise TemplateMissing
    if not schema_exists(namespace.schema_name):
        with run_in_namespace(PUBLIC_SCHEMA), transaction.atomic():
            CloneSchema().clone_schema(TEMPLATE_SCHEMA, namespace.schema_name, "DATA", set_connection=False)
            restore_constraint_names(TEMPLATE_SCHEMA, namespace.schema_name)
    store_version(namespace.schema_name, version)
    namespace.schema_version = version


def _migrate(namespace: Namespace) -> None:
    """Catch up when the template was older than this code (M03)."""
    if namespace.schema_version != code_version():
        migrate_schema(namespace.schema_name)
        namespace.schema_version = code_version()


def _prepare(namespace: Namespace) -> None:
    """Let the apps put in what a new namespace needs."""
    with run_in_namespace(namespace.schema_name), transaction.atomic():
        for step in _preparations.values():
            step()


def _distribute(namespace: Namespace) -> None:
    """Hand the finished schema to the database's placement, if it has one."""
    distribute(namespace.schema_name)


def _check(namespace: Namespace) -> None:
    """Look into the schema alone, without ``public`` behind it: the tables and the first user are there."""
    from vmi.accounts.models import User

    tenant = connection.tenant
    try:
        connection.set_schema(namespace.schema_name, include_public=False)
        if not User.objects.filter(pk=SYSTEM_USER_ID, username="system").exists():
            raise NamespaceStateConflict(details={"namespace": namespace.schema_name, "missing": "user system"})
    finally:
        connection.set_tenant(tenant)
