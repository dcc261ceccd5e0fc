"""Answers given before a namespace is entered: unknown host, closed namespace, no database."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import escape
from django.utils.translation import get_language, gettext, gettext_lazy, override

from vmi.core.exceptions import Busy, DomainError, NotFound

RETRY_AFTER_S: Final = 30
"""How long a client should wait for a namespace that is being opened, migrated or is suspended."""


class UnknownHost(NotFound):
    """No namespace answers under this host name."""

    code = "unknown_host"
    default_message = gettext_lazy("No namespace answers under this address.")


class NamespaceUnavailable(Busy):
    """The namespace is suspended, being opened or being migrated."""

    code = "namespace_unavailable"
    default_message = gettext_lazy("This namespace is not available at the moment.")


def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The error object for API paths, a plain page for everything else; never a word about the installation."""
    is_api = request.path == "/api" or request.path.startswith("/api/")
    response: HttpResponse = _object(request, error) if is_api else _page(error)
    response["Cache-Control"] = "no-store"
    response["Content-Language"] = get_language() or "en"
    if error.retryable:
        response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _object(request: HttpRequest, error: DomainError) -> JsonResponse:
    with override("en"):
        english = str(error)
    body: dict[str, Any] = {
        "type": error.type,
        "code": error.code,
        "message": str(error),
        "message_en": english,
        "param": None,
        "details": {},
        "request_id": str(getattr(request, "request_id", "")),
        "retryable": error.retryable,
    }
    return JsonResponse({"error": body}, status=error.status, json_dumps_params={"ensure_ascii": False})


def _page(error: DomainError) -> HttpResponse:
    """A page without any asset: static files may be what is missing."""
    title = gettext("Not available") if error.retryable else gettext("Not found")
    language, heading, text = (escape(value) for value in (get_language() or "en", title, str(error)))
    return HttpResponse(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{heading}</title></head>'
        f"<body><h1>{heading}</h1><p>{text}</p></body></html>",
        status=error.status,
    )
