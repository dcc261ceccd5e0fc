"""The back office, page by page: who may do what as declared, nothing of the other namespace on any page."""

from typing import Any

import pytest
from django.http import HttpRequest

from tests.isolation import matrix
from tests.isolation.answers import only_beta_values, shows_beta
from tests.isolation.routes import Route, routes, values_of
from tests.support.clients import host_of
from tests.support.populated import ROLES
from tests.support.two_worlds import THEIRS, TwoWorlds, fingerprint
from vmi.core.admin import namespace_site

pytestmark = pytest.mark.no_database

FREE = {"admin/login/"}
"""Pages for people who are not signed in."""

STANDARD = {"changelist", "add", "change", "delete", "history"}
PART_OF_THE_MARK = THEIRS.split("-", maxsplit=1)[0].lower()
"""Searched for: pages repeat what was searched, so the whole mark would prove nothing."""


def admin_routes() -> list[Route]:
    return [route for route in routes() if route.is_admin]


def command_routes() -> list[Route]:
    """Buttons on an object's page: everything below an object that Django itself does not bring."""
    own = []
    for route in admin_routes():
        verb = route.name.rsplit("_", 1)[-1]
        if "object_id" in route.placeholders and route.model is not None and route.name and verb not in STANDARD:
            own.append(route)
    return own


def both_paths(route: Route, worlds: TwoWorlds) -> list[str]:
    """The path with an id both namespaces have, and with one that only beta has."""
    paths = [route.path(values_of(route, worlds.ours)), route.path(only_beta_values(route, worlds))]
    return paths if route.placeholders else paths[:1]


def test_models_are_open_to_roles_as_declared(worlds: TwoWorlds) -> None:
    found: matrix.Section = {}
    for model, page in namespace_site._registry.items():
        column = []
        for role in ROLES:
            request = HttpRequest()
            request.user = worlds.ours.users[role]
            allowed = {
                "v": page.has_view_permission(request),
                "a": page.has_add_permission(request),
                "c": page.has_change_permission(request),
                "d": page.has_delete_permission(request),
            }
            may = "".join(letter for letter, yes in allowed.items() if yes)
            column.append(f"{role}:{may}" if request.user.is_staff and may else "")
        found[model._meta.label_lower] = " ".join(filter(None, column)) or "-"
    matrix.check("backOffice", found)


def test_buttons_are_open_to_roles_as_declared(worlds: TwoWorlds) -> None:
    browsers = {role: worlds.browser(worlds.ours.users[role]) for role in ROLES if role not in ("customer", "stranger")}
    found: matrix.Section = {}
    for route in command_routes():
        path = route.path(values_of(route, worlds.ours))
        may = []
        for role, browser in browsers.items():
            with worlds.undone():
                response = browser.post(path)
            assert response.status_code < 500, (role, path)
            if response.status_code != 403:
                may.append(role)
        found[route.template] = " ".join(may) or "-"
    matrix.check("buttons", found)


def test_every_page_shows_only_our_own(worlds: TwoWorlds) -> None:
    browser = worlds.browser(worlds.ours.users["namespace_admin"])
    for route in admin_routes():
        for path in both_paths(route, worlds):
            response = browser.get(path)
            assert response.status_code in (200, 301, 302, 400, 403, 404, 405), (path, response.status_code)
            assert not shows_beta(response), path


def test_searching_finds_only_our_own(worlds: TwoWorlds) -> None:
    browser = worlds.browser(worlds.ours.users["namespace_admin"])
    for route in admin_routes():
        if route.name.endswith("_changelist"):
            response = browser.get(route.path({}), {"q": PART_OF_THE_MARK})
            assert response.status_code == 200, route.template
            assert not shows_beta(response), route.template
    assert not shows_beta(browser.get("/admin/search/", {"s": PART_OF_THE_MARK}))


def test_posting_with_their_ids_or_equal_ones_never_reaches_beta(worlds: TwoWorlds) -> None:
    before = fingerprint(worlds.beta)
    browser = worlds.browser(worlds.ours.users["namespace_admin"])
    for route in admin_routes():
        for path in both_paths(route, worlds):
            with worlds.undone():
                response = browser.post(path, {"post": "yes", "_save": "1"})
            assert response.status_code < 500, (path, response.status_code)
            assert not shows_beta(response), path
    assert fingerprint(worlds.beta) == before


@pytest.mark.parametrize("who", ["anonymous", "customer", "staff of beta"])
def test_others_meet_the_login_page_everywhere(worlds: TwoWorlds, who: str) -> None:
    outsider = _outsider(worlds, who)
    for route in admin_routes():
        if route.template in FREE:
            continue
        path = route.path(values_of(route, worlds.ours))
        response = outsider.get(path)
        signed_out = route.name == "logout" and response.status_code in (302, 405)
        assert signed_out or response.headers.get("Location", "").startswith("/admin/login/"), (who, path)


def _outsider(worlds: TwoWorlds, who: str) -> Any:
    if who == "anonymous":
        return worlds.browser()
    if who == "customer":
        return worlds.browser(worlds.ours.users["customer"])
    return worlds.browser(worlds.theirs.users["namespace_admin"], namespace=worlds.beta, host=host_of(worlds.alpha))
