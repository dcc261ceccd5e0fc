"""Every URL can be filled, so that no new one escapes the tests of this directory."""

import pytest
from django.urls import resolve
from django_tenants.utils import tenant_context

from tests.isolation.routes import NAMESPACE_URLS, Route, routes, values_of
from tests.support.two_worlds import TwoWorlds

pytestmark = pytest.mark.no_database

SEEDED = ("admin/auth/group/", "admin/numbering/", "api/v1/vmi/status/")


def test_every_path_of_the_resolver_can_be_filled_and_leads_back_to_its_own_view(worlds: TwoWorlds) -> None:
    for route in routes():
        path = route.path(values_of(route, worlds.ours))
        found = resolve(path, NAMESPACE_URLS)
        assert found.func == route.callback, path


def test_beta_has_an_id_for_every_path_that_alpha_has_not(worlds: TwoWorlds) -> None:
    for route in routes():
        if route.model is None or not {"pk", "object_id", "id"} & set(route.placeholders):
            continue
        ours = _newest(route, worlds)
        with tenant_context(worlds.beta):
            theirs = _newest(route, worlds)
        assert _is_shared(route) or theirs > ours, route.template


def _newest(route: Route, worlds: TwoWorlds) -> int:
    return values_of(route, worlds.only_beta, newest=True)["pk"] or 0


def _is_shared(route: Route) -> bool:
    """Seeded alike in every namespace; nothing is added to them."""
    return route.template.startswith(SEEDED)
