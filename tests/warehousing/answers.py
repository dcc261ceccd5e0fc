"""Reading refusals."""

from typing import Any


def error(response: Any, status: int) -> tuple[str, str | None]:
    """Code and field of a refusal with this status."""
    assert response.status_code == status, response.content
    found = response.json()["error"]
    return found["code"], found["param"]
