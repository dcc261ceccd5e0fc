"""Errors outside of any view: the error object below ``/api/``, Django's pages elsewhere."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from vmi.api.errors import ApiError, json_response, simple_error
from vmi.api.exception_handler import internal_error, not_found_error, to_api_error


def _is_api(request: HttpRequest) -> bool:
    return request.path == "/api" or request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request Django refuses before a view sees it."""
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    error = to_api_error(exception) or simple_error(
        400, "invalid_request", "bad_request", _("The request was refused.")
    )
    return json_response(request, error)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: refused outside of REST framework."""
    if not _is_api(request):
        return defaults.permission_denied(request, exception)
    error: ApiError = simple_error(403, "permission", "not_allowed", _("You are not allowed to do this."))
    return json_response(request, error)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such path."""
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return json_response(request, not_found_error())


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a defect outside of REST framework; only the request's id is told."""
    if not _is_api(request):
        return defaults.server_error(request)
    return json_response(request, internal_error())
