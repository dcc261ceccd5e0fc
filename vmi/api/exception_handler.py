"""One handler shapes every error of the API; nothing leaves it as a page or with a stack trace."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import Error as DatabaseError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from vmi.api.database_errors import from_database_error
from vmi.api.errors import (
    ApiError,
    error_headers,
    from_domain_error,
    in_both_languages,
    request_id_of,
    simple_error,
)
from vmi.api.messages import ENGLISH_BY_CODE, english_of
from vmi.api.naming import camel
from vmi.core.exceptions import DomainError

log = logging.getLogger(__name__)

ERRORS_MAX = 50
"""Most findings one answer lists."""


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Turn whatever a view raised into the error object (hook of REST framework)."""
    request: HttpRequest | None = context.get("request")
    error = to_api_error(exc)
    if error is None:
        log.error("unhandled error in %s", type(context.get("view")).__name__, exc_info=exc)
        got_request_exception.send(sender=exception_handler, request=request)
        error = internal_error()
    return Response(error.body(request_id_of(request)), status=error.status, headers=error_headers(error))


def internal_error() -> ApiError:
    """A defect of ours: the caller learns the request's id and nothing else."""
    return simple_error(500, "internal", "internal", _("An internal error occurred; please report the request id."))


def not_found_error() -> ApiError:
    """No such path or object for this caller; another's object answers the same."""
    return simple_error(404, "not_found", "not_found", _("Not found."))


def to_api_error(exc: Exception) -> ApiError | None:
    """The error object of an exception, or None for a defect."""
    if isinstance(exc, DomainError):
        return from_domain_error(exc)
    if isinstance(exc, exceptions.ValidationError):
        return from_validation_error(exc)
    if isinstance(exc, exceptions.APIException):
        return _from_framework(exc)
    if isinstance(exc, Http404):
        return not_found_error()
    if isinstance(exc, PermissionDenied):
        return simple_error(403, "permission", "not_allowed", _("You are not allowed to do this."))
    if isinstance(exc, (ProtectedError, RestrictedError)):
        return simple_error(409, "conflict", "in_use", _("The object is still in use."))
    if isinstance(exc, DatabaseError):
        return from_database_error(exc)
    if isinstance(exc, RequestDataTooBig):
        return simple_error(413, "invalid_request", "body_too_large", _("The body of the request is too large."))
    if isinstance(exc, SuspiciousOperation):
        return simple_error(400, "invalid_request", "bad_request", _("The request was refused."))
    return None


_KINDS = {401: "auth", 403: "permission", 404: "not_found", 409: "conflict", 429: "rate_limit", 503: "dependency"}


def _from_framework(exc: exceptions.APIException) -> ApiError:
    codes = exc.get_codes()
    code = codes if isinstance(codes, str) else str(exc.default_code)
    local, english = in_both_languages(_text(exc.detail, code), {}, ENGLISH_BY_CODE.get(code) or _default_text(exc))
    return ApiError(
        status=exc.status_code,
        type=_KINDS.get(exc.status_code, "internal" if exc.status_code >= 500 else "invalid_request"),
        code=code,
        message=local,
        message_en=english,
        retryable=exc.status_code in (429, 503),
        headers=_framework_headers(exc),
    )


def _text(detail: Any, code: str) -> str:
    return str(detail) if isinstance(detail, str) else str(detail.get("detail", code)) if detail else code


def _default_text(exc: exceptions.APIException) -> str | Promise:
    default = exc.default_detail
    return default if isinstance(default, (str, Promise)) else ""


def _framework_headers(exc: exceptions.APIException) -> dict[str, str]:
    headers: dict[str, str] = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait)))
    return headers


def from_validation_error(exc: exceptions.ValidationError) -> ApiError:
    """The first finding as the sentence, all of them in ``details.errors``."""
    findings = [{"param": path or None, "code": code, "message": text} for path, code, text in _leaves(exc.detail, "")][
        :ERRORS_MAX
    ]
    first = findings[0] if findings else {"param": None, "code": "invalid", "message": str(exc.default_detail)}
    return ApiError(
        status=400,
        type="invalid_request",
        code=str(first["code"]),
        message=str(first["message"]),
        message_en=english_of(str(first["code"]), str(first["message"])),
        param=first["param"],
        details={"errors": findings},
    )


def _leaves(detail: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Every finding of a nested error tree as (path, code, text); a path looks like ``goods[0].count``."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _leaves(value, _joined(path, key))
    elif isinstance(detail, (list, tuple)):
        for index, value in enumerate(detail):
            nested = isinstance(value, (Mapping, list, tuple))
            yield from _leaves(value, f"{path}[{index}]" if nested else path)
    else:
        code = str(getattr(detail, "code", None) or "invalid")
        # Rules over several fields name them as Python does; an unknown field is named as the caller did.
        text = str(_NULL_BODY if detail == "No data provided" else detail)
        yield (path if code == "unknown_field" else camel(path)), code, text


_NULL_BODY = _("The body is null; an object is required.")
"""Said instead of the one sentence REST framework never translates."""


def _joined(path: str, key: Any) -> str:
    if key == "non_field_errors":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)
