"""Everybody at every endpoint of the API: answered as declared, never shown or allowed to touch another namespace."""

from typing import Any

import pytest

from tests.isolation import matrix
from tests.isolation.answers import only_beta_values, send, shows_beta
from tests.isolation.routes import Route, routes, values_of
from tests.support.clients import host_of
from tests.support.two_worlds import TwoWorlds, fingerprint

pytestmark = pytest.mark.no_database

READING = {200: "2", 401: "0", 403: "3", 404: "4"}
REFUSED = {401: "0", 403: "3"}

UNSIGNED = {
    "api/v1/auth/login/",
    "api/v1/auth/logout/",
    "api/v1/auth/refresh/",
    "api/v1/partners/register/",
    "api/v1/payments/callbacks/{provider}/",
    "api/v1/schema/",
    "api/v1/warehousing/wms/{code}/events/",
    "api/v1/warehousing/wms/{code}/snapshot/",
}
"""Endpoints that ask for no token: they check a password or a signature, or say nothing of anybody."""


def api_routes() -> list[Route]:
    return [route for route in routes() if route.is_api]


@pytest.fixture
def people(worlds: TwoWorlds) -> dict[str, Any]:
    """An API client of alpha for each column of the matrix."""
    return {name: worlds.api(worlds.ours.users.get(name)) for name in matrix.PEOPLE}


def test_reading_is_answered_as_declared_and_shows_only_our_own(worlds: TwoWorlds, people: dict[str, Any]) -> None:
    found: matrix.Section = {}
    for route in api_routes():
        if "get" not in route.methods:
            continue
        path = route.path(values_of(route, worlds.ours))
        column = ""
        for name, client in people.items():
            response = client.get(path)
            assert not shows_beta(response), (name, path)
            column += READING.get(response.status_code, "?")
        found[route.template] = column
    matrix.check("reading", found)


def test_ids_that_only_the_other_namespace_has_are_404_or_refused(worlds: TwoWorlds, people: dict[str, Any]) -> None:
    for route in api_routes():
        if "pk" not in route.placeholders or "get" not in route.methods:
            continue
        path = route.path(only_beta_values(route, worlds))
        for name, client in people.items():
            response = client.get(path)
            assert response.status_code in (401, 403, 404), (name, path, response.status_code)
            assert not shows_beta(response), (name, path)


def test_writing_is_allowed_as_declared_and_never_reaches_beta(worlds: TwoWorlds, people: dict[str, Any]) -> None:
    before = fingerprint(worlds.beta)
    found: matrix.Section = {}
    for route in api_routes():
        for method, action in route.methods.items():
            if method == "get":
                continue
            path = route.path(only_beta_values(route, worlds))
            column = ""
            for name, client in people.items():
                with worlds.undone():
                    response = send(client, method, path)
                assert response.status_code < 500, (name, method, path, response.content[:300])
                assert not shows_beta(response), (name, method, path)
                column += REFUSED.get(response.status_code, "+")
            found[f"{route.template} {method} {action}"] = column
    matrix.check("writing", found)
    assert fingerprint(worlds.beta) == before


def test_writing_to_equal_ids_changes_our_own_rows_only(worlds: TwoWorlds) -> None:
    before = fingerprint(worlds.beta)
    boss = worlds.api(worlds.ours.users["namespace_admin"])
    changed = 0
    for route in api_routes():
        for method in set(route.methods) - {"get"}:
            path = route.path(values_of(route, worlds.ours))
            with worlds.undone():
                response = send(boss, method, path)
            assert response.status_code < 500, (method, path, response.content[:300])
            assert not shows_beta(response), (method, path)
            changed += response.status_code < 300
    assert changed > 5
    assert fingerprint(worlds.beta) == before


def test_a_token_of_the_other_namespace_is_refused_everywhere(worlds: TwoWorlds) -> None:
    theirs = worlds.theirs.users["namespace_admin"]
    client = worlds.api(theirs, namespace=worlds.beta, host=host_of(worlds.alpha))
    for route in api_routes():
        if route.template in UNSIGNED:
            continue
        for method in route.methods:
            path = route.path(values_of(route, worlds.ours))
            response = send(client, method, path)
            answer = (response.status_code, response.json()["error"]["code"])
            assert answer == (401, "token_wrong_tenant"), (method, path, answer)


def test_only_the_declared_endpoints_ask_for_no_token(worlds: TwoWorlds) -> None:
    open_ones = set()
    for route in api_routes():
        for method in route.methods:
            if send(worlds.api(), method, route.path(values_of(route, worlds.ours))).status_code != 401:
                open_ones.add(route.template)
    signed_by_message = {template for template in UNSIGNED if "{" in template}
    assert open_ones == UNSIGNED - signed_by_message
