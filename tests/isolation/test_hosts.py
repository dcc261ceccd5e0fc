"""Every URL on the wrong host: the platform's, a namespace's, nobody's, a closed one's (S14–S16)."""

from typing import Any

import pytest
from django.db import connection
from django_tenants.utils import get_tenant_model

from tests.isolation.answers import shows_beta
from tests.isolation.routes import PLATFORM_URLS, Route, routes, values_of
from tests.support.populated import make_user
from tests.support.two_worlds import OURS, TwoWorlds
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace

pytestmark = pytest.mark.no_database

PLATFORM_HOST = "localhost"


def own_routes(urlconf: str, other: str) -> list[Route]:
    """The routes one URLconf has and the other has not; both have a login page, for example."""
    known = {route.template for route in routes(other)}
    return [route for route in routes(urlconf) if route.template not in known]


def paths(worlds: TwoWorlds) -> list[str]:
    """Every path of a namespace's host."""
    return [route.path(values_of(route, worlds.ours)) for route in routes()]


@pytest.fixture
def operator() -> Any:
    """Somebody who may do everything on the platform; a superuser there, nobody elsewhere."""
    with run_in_namespace(PUBLIC_SCHEMA):
        user = make_user("platform_operator", "operator", OURS)
        user.is_superuser = True
        user.save()
        return user


def test_nothing_of_a_namespace_exists_on_the_platforms_host(worlds: TwoWorlds, operator: Any) -> None:
    browser = worlds.browser(operator, namespace=_public(), host=PLATFORM_HOST)
    for route in own_routes("vmi.urls", PLATFORM_URLS):
        path = route.path(values_of(route, worlds.ours))
        assert (browser.get(path).status_code, browser.post(path).status_code) == (404, 404), path


def test_nothing_of_the_platform_exists_on_a_namespaces_host(worlds: TwoWorlds) -> None:
    browser = worlds.browser(worlds.ours.users["namespace_admin"])
    for route in own_routes(PLATFORM_URLS, "vmi.urls"):
        path = "/" + route.template.replace("{object_id}", "1")
        assert browser.get(path).status_code == 404, path


def test_the_platforms_back_office_shows_nothing_of_any_namespace(worlds: TwoWorlds, operator: Any) -> None:
    browser = worlds.browser(operator, namespace=_public(), host=PLATFORM_HOST)
    for route in routes(PLATFORM_URLS):
        if route.is_admin and not route.placeholders:
            response = browser.get(route.path({}))
            assert response.status_code in (200, 302, 403, 405), (route.template, response.status_code)
            assert not shows_beta(response), route.template


@pytest.mark.parametrize("host", ["nobody.testserver", "testserver", "template.testserver", "public"])
def test_an_unknown_host_is_404_everywhere(worlds: TwoWorlds, host: str) -> None:
    client = worlds.api(worlds.ours.users["manager"], host=host)
    for path in paths(worlds):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("change", [{"state": "suspended"}, {"state": "opening"}, {"schema_version": "older"}])
def test_a_closed_namespace_is_503_everywhere(worlds: TwoWorlds, change: dict[str, str]) -> None:
    client = worlds.api(worlds.ours.users["manager"])
    every = paths(worlds)
    with run_in_namespace(PUBLIC_SCHEMA):
        get_tenant_model().objects.filter(pk=worlds.alpha.pk).update(**change)
    for path in every:
        assert client.get(path).status_code == 503, path
    assert worlds.api(worlds.theirs.users["manager"], namespace=worlds.beta).get("/api/v1/auth/me/").status_code == 200


def _public() -> Any:
    with run_in_namespace(PUBLIC_SCHEMA):
        return connection.tenant
