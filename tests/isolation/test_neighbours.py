"""Inside one namespace: members see their own affairs only, store members those of their own stores (C-46, C-54)."""

import re

import pytest
from django.db.models import Model

from tests.isolation.answers import send, shows
from tests.isolation.routes import Route, routes, values_of
from tests.support.two_worlds import NEIGHBOURS, TwoWorlds

pytestmark = pytest.mark.no_database

CATALOGUE = {"product", "productinfo", "category", "brand"}
OPEN_TO = {
    "customer": CATALOGUE | {"store", "goods"},
    "stranger": CATALOGUE | {"store", "goods"},
    "store_member": CATALOGUE | {"partner", "level"},
}
"""Whose rows of other shops a role may read: what is on sale, and for staff who serve them, the members."""

NOBODYS_ID = 987654321

NAMES_IN_FILTERS = rf"{NEIGHBOURS}(-2)? (store|warehouse|owner)\b"
"""Lists may be filtered by the names of all stores, warehouses and owners; they are no secret among colleagues."""


def readable(role: str, route: Route) -> bool:
    """Whether rows of the neighbours' shop may show at this route."""
    model: type[Model] | None = route.model
    return model is not None and model._meta.model_name in OPEN_TO[role]


@pytest.mark.parametrize("role", sorted(OPEN_TO))
def test_lists_and_rows_of_the_api_show_nothing_of_the_neighbours(worlds: TwoWorlds, role: str) -> None:
    client = worlds.api(worlds.ours.users[role])
    for route in routes():
        if not route.is_api or "get" not in route.methods or readable(role, route):
            continue
        path = route.path(values_of(route, worlds.neighbours, newest=True))
        response = client.get(path)
        assert not shows(NEIGHBOURS, response), (role, path)
        if "pk" in route.placeholders:
            assert response.status_code in (403, 404), (role, path, response.status_code)


@pytest.mark.parametrize("role", sorted(OPEN_TO))
def test_rows_of_the_neighbours_cannot_be_told_from_rows_that_do_not_exist(worlds: TwoWorlds, role: str) -> None:
    client = worlds.api(worlds.ours.users[role])
    for route in routes():
        if not route.is_api or "pk" not in route.placeholders:
            continue
        for method in set(route.methods) - {"get"}:
            answers = []
            for values in (values_of(route, worlds.neighbours, newest=True), {"pk": NOBODYS_ID}):
                with worlds.undone():
                    answers.append(send(client, method, route.path(values)).status_code)
            assert answers[0] == answers[1] >= 400, (role, method, route.template, answers)


def test_the_back_office_shows_a_store_member_nothing_of_the_neighbours(worlds: TwoWorlds) -> None:
    browser = worlds.browser(worlds.ours.users["store_member"])
    for route in routes():
        page = route.name.rsplit("_", 1)[-1]
        if not route.is_admin or page not in ("changelist", "change") or readable("store_member", route):
            continue
        response = browser.get(route.path(values_of(route, worlds.neighbours, newest=True)))
        text = re.sub(NAMES_IN_FILTERS, "", response.content.decode(), flags=re.IGNORECASE)
        assert NEIGHBOURS not in text.upper(), route.template
