"""Commands on namespaces: open (resumable), suspend, resume."""

import re
from typing import Final
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_exists

from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace
from vmi.namespaces.choices import RESERVED_NAMES, NamespaceState
from vmi.namespaces.exceptions import (
    InvalidNamespaceName,
    InvalidNamespaceOption,
    NamespaceNameTaken,
    NamespaceStateConflict,
)
from vmi.namespaces.models import CURRENCY_FORM, Domain, Namespace
from vmi.namespaces.opening import Progress, continue_opening

NAME_FORM: Final = re.compile(r"[a-z][a-z0-9_]{1,47}")
HOST_FORM: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def open_namespace(
    *,
    schema_name: str,
    name: str,
    domain: str,
    currency: str = "CNY",
    time_zone: str = "Asia/Shanghai",
    language: str = "zh-hans",
    progress: Progress | None = None,
) -> Namespace:
    """Open a namespace and return it active; takes about a second (S000-1, S000-26).

    ``domain`` is its host without port. Calling again with the same name and domain continues an opening that
    stopped half way and returns an open namespace as it is; any other use of a taken name or domain is refused.
    """
    with run_in_namespace(PUBLIC_SCHEMA):
        namespace = register_namespace(
            schema_name=schema_name,
            name=name,
            domain=domain,
            currency=currency,
            time_zone=time_zone,
            language=language,
        )
        if namespace.state in (NamespaceState.OPENING, NamespaceState.FAILED):
            continue_opening(namespace, progress)
        return namespace


def register_namespace(
    *, schema_name: str, name: str, domain: str, currency: str, time_zone: str, language: str
) -> Namespace:
    """The first step of an opening: the row and its domain, without a schema yet. Repeating it is harmless."""
    host = domain.lower()
    _check_name(schema_name)
    _check_options(host, currency, time_zone, language)
    known = _registered(schema_name, host)
    if known is not None:
        return known
    if schema_exists(schema_name, case_sensitive=False):
        raise NamespaceNameTaken(param="schema_name")

    namespace = Namespace(schema_name=schema_name, name=name, currency=currency, time_zone=time_zone, language=language)
    try:
        with transaction.atomic():
            namespace.save()
            Domain.objects.create(tenant=namespace, domain=host, is_primary=True)
    except (IntegrityError, ValidationError) as error:  # somebody registered the name or the host at the same moment
        same = _registered(schema_name, host)
        if same is None:
            raise NamespaceNameTaken(param="domain") from error
        return same
    namespace.refresh_from_db()
    return namespace


def _registered(schema_name: str, host: str) -> Namespace | None:
    """The namespace of this name, if it also has this host; a name registered with another host is taken."""
    known = Namespace.objects.filter(schema_name=schema_name).first()
    if known is not None and not Domain.objects.filter(tenant=known, domain=host).exists():
        raise NamespaceNameTaken(param="schema_name")
    return known


def check_registration(*, schema_name: str, domain: str, currency: str, time_zone: str, language: str) -> None:
    """Raise what :func:`register_namespace` would raise for a new namespace, without writing; for forms."""
    host = domain.lower()
    _check_name(schema_name)
    _check_options(host, currency, time_zone, language)
    if schema_exists(schema_name, case_sensitive=False) or Namespace.objects.filter(schema_name=schema_name).exists():
        raise NamespaceNameTaken(param="schema_name")
    if Domain.objects.filter(domain=host).exists():
        raise NamespaceNameTaken(param="domain")


def reopen(*, schema_name: str) -> Namespace:
    """Put a failed opening back to work; the caller sends it to a worker."""
    with run_in_namespace(PUBLIC_SCHEMA):
        Namespace.objects.filter(schema_name=schema_name, state=NamespaceState.FAILED).update(
            state=NamespaceState.OPENING, problem=""
        )
        namespace = Namespace.objects.filter(schema_name=schema_name, state=NamespaceState.OPENING).first()
    if namespace is None:
        raise NamespaceStateConflict(details={"namespace": schema_name})
    return namespace


def suspend_namespace(*, schema_name: str) -> Namespace:
    """Close a namespace to requests and jobs; its data stays. In force everywhere within seconds (S16)."""
    return _switch(schema_name, NamespaceState.ACTIVE, NamespaceState.SUSPENDED)


def resume_namespace(*, schema_name: str) -> Namespace:
    """Let a suspended namespace answer again."""
    return _switch(schema_name, NamespaceState.SUSPENDED, NamespaceState.ACTIVE)


def _switch(schema_name: str, before: NamespaceState, after: NamespaceState) -> Namespace:
    """Compare-and-set the state; asking for the state it has already is no error."""
    with run_in_namespace(PUBLIC_SCHEMA):
        Namespace.objects.filter(schema_name=schema_name, state=before).update(state=after)
        namespace = Namespace.objects.filter(schema_name=schema_name).first()
    if namespace is None or namespace.state != after:
        raise NamespaceStateConflict(details={"namespace": schema_name})
    return namespace


def pause_sweepers(*, schema_name: str, paused: bool) -> None:
    """Stop or start the periodic jobs of a namespace, for example while history is replayed into it."""
    with run_in_namespace(PUBLIC_SCHEMA):
        if not Namespace.objects.filter(schema_name=schema_name).update(sweepers_paused=paused):
            raise NamespaceStateConflict(details={"namespace": schema_name})
    if connection.schema_name == schema_name and hasattr(connection.tenant, "sweepers_paused"):
        connection.tenant.sweepers_paused = paused


def _check_name(schema_name: str) -> None:
    if not NAME_FORM.fullmatch(schema_name) or schema_name in RESERVED_NAMES or schema_name.startswith("pg_"):
        raise InvalidNamespaceName(param="schema_name", details={"name": schema_name[:64]})


def _check_options(host: str, currency: str, time_zone: str, language: str) -> None:
    """Refuse what would only fail later, inside the namespace."""
    valid = {
        "domain": HOST_FORM.fullmatch(host) is not None and host not in settings.PLATFORM_HOSTS,
        "currency": CURRENCY_FORM.match(currency) is not None,
        "time_zone": time_zone in available_timezones(),
        "language": language in dict(settings.LANGUAGES),
    }
    for param, is_valid in valid.items():
        if not is_valid:
            raise InvalidNamespaceOption(_WANTED[param], param=param)


_WANTED: Final = {
    "domain": _("A domain is a host name without port, such as shop.example.com, and none of the platform's own."),
    "currency": _("A currency is three capital letters, such as EUR."),
    "time_zone": _("A time zone is a name such as Europe/Paris."),
    "language": _("The languages are zh-hans and en."),
}
