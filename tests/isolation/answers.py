"""What both matrices share: sending, and looking for marks in what comes back."""

from typing import Any

from django_tenants.utils import tenant_context

from tests.isolation.routes import Route, values_of
from tests.support.two_worlds import THEIRS, TwoWorlds


def shows(mark: str, response: Any) -> bool:
    """Whether any byte of the answer, headers included, carries a mark."""
    wanted = mark.lower().encode()
    content: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return wanted in content.lower() or wanted in str(response.headers).lower().encode()


def shows_beta(response: Any) -> bool:
    """Whether the other namespace leaked."""
    return shows(THEIRS, response)


def send(client: Any, method: str, path: str) -> Any:
    """One API request with an empty object as body."""
    return client.generic(
        method.upper(), path, b"{}", content_type="application/json", headers={"Idempotency-Key": "matrix-1"}
    )


def only_beta_values(route: Route, worlds: TwoWorlds) -> dict[str, Any]:
    """Ids and codes for a route that exist in beta alone."""
    with tenant_context(worlds.beta):
        return values_of(route, worlds.only_beta, newest=True)
