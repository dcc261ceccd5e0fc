"""The error object of every answer that is not a success.

``{"error": {"type", "code", "message", "message_en", "param", "details", "request_id", "retryable"}}``:
``message`` in the caller's language, ``message_en`` always English, ``code`` for machines. Its own
names are the only ones on the wire that are not camelCase (C-61).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, override

from vmi.core.exceptions import DomainError, filled

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class ApiError:
    """One error before it is written: HTTP status, kind, code, both sentences, and what it is about."""

    status: int
    type: str
    code: str
    message: str
    message_en: str
    param: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    retryable: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON document."""
        return {
            "error": {
                "type": self.type,
                "code": self.code,
                "message": self.message,
                "message_en": self.message_en,
                "param": self.param,
                "details": dict(self.details),
                "request_id": request_id,
                "retryable": self.retryable,
            }
        }


def in_both_languages(
    message: str | Promise, values: Mapping[str, Any], fallback: str | Promise = ""
) -> tuple[str, str]:
    """``message`` in the caller's language and in English, ``%(name)s`` filled from ``values``.

    A plain string was translated too early; its English twin is then ``fallback`` unless the caller
    speaks English anyway.
    """
    local = filled(message, values)
    if not isinstance(message, Promise) and _speaks_english():
        return local, local
    with override(ENGLISH):
        english = filled(message if isinstance(message, Promise) else fallback or message, values)
    return local, english


def _speaks_english() -> bool:
    return (get_language() or ENGLISH).startswith(ENGLISH)


def from_domain_error(error: DomainError) -> ApiError:
    """The error object of a refusal."""
    local, english = in_both_languages(error.message, error.details, error.default_message)
    return ApiError(
        status=error.status,
        type=error.type,
        code=error.code,
        message=local,
        message_en=english,
        param=error.param,
        details=error.details,
        retryable=error.retryable,
        headers=_headers_of(error),
    )


def _headers_of(error: DomainError) -> dict[str, str]:
    headers = {"Retry-After": str(getattr(error, "retry_after_s", 1))} if error.retryable else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return headers


def simple_error(
    status: int, kind: str, code: str, message: str | Promise, *, param: str | None = None, **extra: Any
) -> ApiError:
    """An error that is no DomainError: HTTP matters and database refusals. ``extra`` goes to ApiError."""
    local, english = in_both_languages(message, extra.get("details", {}))
    return ApiError(status, kind, code, local, english, param=param, **extra)


def request_id_of(request: HttpRequest | None) -> str:
    """The id the request goes by in headers and logs."""
    return str(getattr(request, "request_id", "")) if request is not None else ""


def error_headers(error: ApiError) -> dict[str, str]:
    """Headers every error answer carries."""
    return {"Content-Language": get_language() or ENGLISH, **error.headers}


def json_response(request: HttpRequest, error: ApiError) -> JsonResponse:
    """The error object outside of REST framework: middleware, unknown paths, crashes."""
    return JsonResponse(
        error.body(request_id_of(request)),
        status=error.status,
        headers=error_headers(error),
        json_dumps_params={"ensure_ascii": False},
    )
