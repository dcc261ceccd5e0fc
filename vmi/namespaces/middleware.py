"""From the host to the schema: unknown hosts get 404, closed namespaces 503, nothing falls through to ``public``."""

import logging
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from vmi.core.exceptions import Busy, DomainError
from vmi.namespaces.models import Namespace
from vmi.namespaces.refusals import NamespaceUnavailable, UnknownHost, refuse
from vmi.namespaces.selectors import is_current, namespace_of_host

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

API_PREFIX: Final = "/api/"


class NamespaceMiddleware:
    """Puts the request into its namespace, or into the platform on the platform's own hosts (S14–S16).

    Sets ``request.tenant`` (the Namespace; on platform hosts a stand-in named ``public``) and
    ``request.urlconf``. Host names count exactly as registered: no ``www.`` is dropped and no trailing
    dot, because a second name for the same namespace would split cookies and tokens.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside the namespace and leave the connection as it was found."""
        before = connection.tenant
        try:
            try:
                self._enter(request)
            except DomainError as error:
                return refuse(request, error)
            except OperationalError:
                logger.exception("the database did not answer when a host was looked up")
                return refuse(request, Busy())
            return self._answer(request, before)
        finally:
            timezone.deactivate()

    def _answer(self, request: HttpRequest, before: object) -> HttpResponse:
        response = self.get_response(request)
        if not response.streaming:  # a stream may still read rows of the namespace; the next request switches anyway
            connection.set_tenant(before)
        return response

    def _enter(self, request: HttpRequest) -> None:
        host = canonical_host(request)
        if host in settings.PLATFORM_HOSTS:
            connection.set_schema_to_public()
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        else:
            namespace = open_namespace_of(host)
            connection.set_tenant(namespace)
            timezone.activate(ZoneInfo(namespace.time_zone))
            request.urlconf = settings.ROOT_URLCONF
        request.tenant = connection.tenant  # type: ignore[attr-defined]


class LanguageMiddleware:
    """Chooses the language: the switch's cookie, then (API only) ``Accept-Language``, then the namespace's own.

    Browsers send the language of their installation, which says little about the people at a back
    office; so pages follow the namespace until somebody uses the switch.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the chosen language."""
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if request.path.startswith(API_PREFIX):
            patch_vary_headers(response, ("Accept-Language",))
        return response


def canonical_host(request: HttpRequest) -> str:
    """The host of a request in lower case, without port; raises UnknownHost for a malformed one."""
    try:
        raw = request.get_host()
    except DisallowedHost as error:
        raise UnknownHost from error
    host, _port = split_domain_port(raw)
    if raw.rsplit(":", 1)[0].endswith("."):
        raise UnknownHost
    return host


def open_namespace_of(host: str) -> Namespace:
    """The namespace that answers under ``host`` now; raises UnknownHost or NamespaceUnavailable."""
    namespace = namespace_of_host(host)
    if namespace is None:
        raise UnknownHost
    if not namespace.is_active:
        logger.warning("namespace %s is closed: its state is %s", namespace.schema_name, namespace.state)
        raise NamespaceUnavailable
    if not is_current(namespace):
        logger.warning(
            "namespace %s is closed: its tables are not those of this code; run migrate_all", namespace.schema_name
        )
        raise NamespaceUnavailable
    return namespace


def language_of(request: HttpRequest) -> str:
    """The language code to answer in; always one of ``LANGUAGES``."""
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    if request.path.startswith(API_PREFIX) and request.headers.get("Accept-Language"):
        return translation.get_language_from_request(request)
    own = getattr(getattr(request, "tenant", None), "language", "")
    return own if own in known else settings.LANGUAGE_CODE
