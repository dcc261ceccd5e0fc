"""What a page may load: this server's own files only, so that everything works offline and nothing else gets in."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

_BASE: Final = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# The theme's Alpine.js evaluates the expressions in its attributes; the API page writes its script inline.
_SCRIPTS: Final = (("/admin/", "'self' 'unsafe-eval'"), ("/api/docs", "'self' 'unsafe-inline'"))


class ContentSecurityMiddleware:
    """Sets ``Content-Security-Policy`` on every HTML page that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its policy."""
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", policy_for(request.path))
        return response


def policy_for(path: str) -> str:
    """The policy of a page: scripts of our own, and what the two pages with foreign scripts need on top."""
    scripts = next((sources for prefix, sources in _SCRIPTS if path.startswith(prefix)), "'self'")
    return f"{_BASE}; script-src {scripts}"
