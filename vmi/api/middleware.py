"""Every API path answers with and without its closing slash (C-61)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

API_PREFIX = "/api/"


class SlashMiddleware:
    """Adds the missing slash before the path is looked up, for every method; no redirect loses a body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look up ``/api/v1/vmi/partner`` as ``/api/v1/vmi/partner/``; ``request.path`` stays as it was sent."""
        if request.path_info.startswith(API_PREFIX) and not request.path_info.endswith("/"):
            request.path_info += "/"
        return self.get_response(request)
