"""Who signs in to a fresh namespace first: the platform makes an administrator, who makes everybody else."""

from typing import Final

from django.db import IntegrityError, transaction

from vmi.accounts.models import User
from vmi.accounts.people import Login, ensure_user, random_password
from vmi.core.actors import SYSTEM_USER_ID, Actor
from vmi.core.audit import audit, snapshot
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace
from vmi.namespaces.exceptions import AdministratorKnown, NamespaceStateConflict, UnknownNamespace
from vmi.namespaces.models import Namespace
from vmi.namespaces.selectors import is_current

ROLE: Final = "namespace_admin"
DEFAULT_NAME: Final = "admin"


def make_administrator(*, schema_name: str, username: str = DEFAULT_NAME, actor: Actor) -> Login:
    """Make a user of the role ``namespace_admin`` with a random password, which the answer carries and nothing keeps.

    The namespace's own event log names the platform's operator as ``platform:<name>``. Raises UnknownNamespace,
    NamespaceStateConflict unless the namespace is open and migrated, and AdministratorKnown for a name in use:
    nobody's password is changed.
    """
    with run_in_namespace(PUBLIC_SCHEMA):
        namespace = Namespace.objects.filter(schema_name=schema_name).first()
    if namespace is None:
        raise UnknownNamespace(details={"name": schema_name})
    if not (namespace.is_active and is_current(namespace)):
        raise NamespaceStateConflict(details={"name": schema_name})
    password = random_password()
    operator = Actor(user_id=SYSTEM_USER_ID, kind=actor.kind, label=f"platform:{actor.label}")
    with run_in_namespace(schema_name), transaction.atomic():
        user = _new_user(username, password)
        audit(user, {}, snapshot(user), actor=operator)
    return Login(username, password)


def primary_host(schema_name: str) -> str:
    """The host name a namespace is first known by; empty when it has none."""
    with run_in_namespace(PUBLIC_SCHEMA):
        hosts = Namespace.objects.filter(schema_name=schema_name).order_by("-domains__is_primary", "domains__id")
        return hosts.values_list("domains__domain", flat=True).first() or ""


def _new_user(username: str, password: str) -> User:
    try:
        with transaction.atomic():
            user, made = ensure_user(username=username, password=password, role=ROLE)
    except IntegrityError as error:
        raise AdministratorKnown(param="username", details={"name": username}) from error
    if not made:
        raise AdministratorKnown(param="username", details={"name": username})
    return user
