"""Every operation of the API, whoever wrote it: bad bodies, strangers and other namespaces get a 4xx and no more.

The list comes from the OpenAPI document, so a new endpoint is tested from its first day.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.vmi.bad_input import Case, broken_bodies

WRITING = ("post", "put", "patch", "delete")
SECURED_TAG = "security"


class Operation(NamedTuple):
    """One path and method; ids are filled with a number nobody has."""

    method: str
    path: str
    secured: bool
    has_body: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def operations() -> Iterator[Operation]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            filled = re.sub(r"\{[^}]+\}", "987654321", path)
            yield Operation(method, filled, any(operation.get("security", [])), "requestBody" in operation)


@pytest.fixture(scope="module")
def every() -> list[Operation]:
    return list(operations())


def send(api: Any, operation: Operation, case: Case | None = None) -> Any:
    body = case.body if case else b"{}"
    kind = case.content_type if case else "application/json"
    return api.generic(
        operation.method.upper(), operation.path, body, content_type=kind, headers={"Idempotency-Key": "every-1"}
    )


def test_there_is_something_to_test(every: list[Operation]) -> None:
    assert len([item for item in every if item.method in WRITING]) > 50


@pytest.mark.parametrize("case", broken_bodies(), ids=lambda case: case.name)
def test_broken_bodies_are_4xx_everywhere(api_for: Any, staff: Any, every: list[Operation], case: Case) -> None:
    api = api_for(staff(superuser=True))
    for operation in every:
        if operation.method not in WRITING or not operation.has_body:
            continue
        response = send(api, operation, case)
        assert 400 <= response.status_code < 500, (operation.name, response.status_code, response.content[:300])
        assert set(response.json()["error"]) >= {"type", "code", "message", "message_en"}, operation.name


def test_strangers_are_401_everywhere(api_for: Any, every: list[Operation]) -> None:
    for operation in every:
        if operation.secured:
            response = send(api_for(), operation)
            assert response.status_code == 401, (operation.name, response.status_code)


def test_another_namespaces_token_is_401_everywhere(
    api_for: Any, staff: Any, in_beta: Any, every: list[Operation]
) -> None:
    with in_beta():
        theirs = api_for(staff(superuser=True))  # a token of beta, sent to alpha's host
    for operation in every:
        if operation.secured:
            response = send(theirs, operation)
            found = (response.status_code, response.json()["error"]["code"])
            assert found == (401, "token_wrong_tenant"), (operation.name, found)


def test_what_nobody_has_is_404_everywhere(api_for: Any, staff: Any, every: list[Operation]) -> None:
    api = api_for(staff(superuser=True))
    for operation in every:
        if operation.method == "get" and "987654321" in operation.path:
            assert send(api, operation).status_code == 404, operation.name


def test_a_member_reads_no_list_of_others(api_for: Any, staff: Any, every: list[Operation]) -> None:
    api = api_for(staff("customer"))
    for operation in every:
        if operation.method == "get" and operation.secured and "987654321" not in operation.path:
            response = send(api, operation)
            assert response.status_code in (200, 400, 403), (operation.name, response.status_code)


def test_unknown_parameters_are_400_on_every_list(api_for: Any, staff: Any, every: list[Operation]) -> None:
    api = api_for(staff(superuser=True))
    for operation in every:
        if operation.method == "get" and operation.secured and "987654321" not in operation.path:
            if operation.path == "/api/v1/auth/me/":
                continue
            response = api.get(f"{operation.path}?nobodyReadsThis=1")
            assert (response.status_code, response.json()["error"]["code"]) == (400, "unknown_parameter"), (
                operation.name
            )
