"""From the host to the schema: right namespace, 404, 503, and never a fall-through to the platform."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from vmi.core.tenancy import run_in_namespace
from vmi.namespaces import middleware, selectors
from vmi.namespaces.middleware import LanguageMiddleware, NamespaceMiddleware
from vmi.namespaces.models import Namespace

Answer = dict[str, Any]


@pytest.fixture(autouse=True)
def _fresh_hosts() -> Iterator[None]:
    selectors.forget_hosts()
    yield
    selectors.forget_hosts()


def ask(host: str, path: str = "/", **headers: str) -> tuple[HttpResponse, Answer]:
    """Send a request through the middleware and say where it arrived, if it did."""
    seen: Answer = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(
            schema=connection.schema_name,
            urlconf=request.urlconf,
            zone=timezone.get_current_timezone_name(),
        )
        return HttpResponse("arrived")

    request = RequestFactory().get(path, headers={"host": host, **headers})
    return NamespaceMiddleware(view)(request), seen


def change(schema: str, **values: Any) -> None:
    with run_in_namespace("public"):
        assert Namespace.objects.filter(schema_name=schema).update(**values) == 1


@pytest.mark.parametrize("host", ["alpha.testserver", "ALPHA.TestServer", "alpha.testserver:8000"])
def test_a_registered_host_leads_into_its_namespace(host: str) -> None:
    response, seen = ask(host)

    assert response.status_code == 200
    assert seen == {"schema": "alpha", "urlconf": "vmi.urls", "zone": "Asia/Shanghai"}


def test_two_hosts_lead_into_two_namespaces() -> None:
    assert [ask(f"{name}.testserver")[1]["schema"] for name in ("alpha", "beta", "alpha")] == ["alpha", "beta", "alpha"]


def test_the_platforms_own_hosts_lead_to_the_platform() -> None:
    for host in ("localhost", "127.0.0.1:8000"):
        response, seen = ask(host)
        assert response.status_code == 200
        assert (seen["schema"], seen["urlconf"]) == ("public", "vmi.urls_public")


@pytest.mark.parametrize(
    "host",
    [
        "nobody.testserver",
        "www.alpha.testserver",
        "alpha.testserver.",
        "[::1]",
        "public",
        "a b",
        "alpha.testserver\x00",
    ],
)
def test_every_other_host_is_unknown(host: str) -> None:
    response, seen = ask(host)

    assert (response.status_code, seen) == (404, {})


def test_an_unknown_host_is_an_error_object_for_the_api_and_a_page_for_people() -> None:
    api, _seen = ask("nobody.testserver", "/api/v1/vmi/partner/")
    page, _seen = ask("nobody.testserver", "/admin/")

    assert api["Content-Type"] == "application/json"
    assert b'"type": "not_found", "code": "unknown_host"' in api.content
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert b"<h1>" in page.content


@pytest.mark.parametrize(
    "values",
    [
        {"state": "suspended"},
        {"state": "opening"},
        {"state": "failed"},
        {"schema_version": "older"},
        {"schema_version": ""},
    ],
)
def test_a_namespace_that_is_not_open_answers_503_and_lets_nobody_in(values: dict[str, str]) -> None:
    change("alpha", **values)

    response, seen = ask("alpha.testserver", "/api/v1/vmi/partner/")

    assert (response.status_code, response["Retry-After"], seen) == (503, "30", {})
    assert b'"code": "namespace_unavailable"' in response.content
    assert b'"retryable": true' in response.content
    assert ask("beta.testserver")[1]["schema"] == "beta"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"state": "suspended"}, "namespace alpha is closed: its state is suspended"),
        ({"schema_version": "older"}, "namespace alpha is closed: its tables are not those of this code"),
    ],
)
def test_the_log_tells_the_operator_why_a_namespace_is_closed(
    values: dict[str, str], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    change("alpha", **values)

    ask("alpha.testserver", "/api/v1/vmi/partner/")

    assert reason in caplog.text


def test_a_refusal_in_chinese_can_be_read_as_it_is_sent() -> None:
    change("alpha", state="suspended")

    with translation.override("zh-hans"):
        response, _seen = ask("alpha.testserver", "/api/v1/vmi/partner/")

    assert "该命名空间暂时不可用。" in response.content.decode()


def test_a_suspension_is_in_force_once_the_host_is_looked_up_again(settings: Any) -> None:
    settings.NAMESPACE_CACHE_S = 60.0
    ask("alpha.testserver")
    change("alpha", state="suspended")

    assert ask("alpha.testserver")[0].status_code == 200
    selectors.forget_hosts()
    assert ask("alpha.testserver")[0].status_code == 503


def test_made_up_hosts_are_remembered_up_to_a_limit(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.NAMESPACE_CACHE_S = 60.0
    monkeypatch.setattr(selectors, "HOSTS_MAX", 3)
    for number in range(10):
        ask(f"host{number}.testserver")

    assert len(selectors._hosts) <= 3


def test_the_connection_returns_to_where_it_was() -> None:
    ask("beta.testserver")
    assert connection.schema_name == "alpha"

    ask("nobody.testserver")
    assert connection.schema_name == "alpha"
    assert timezone.get_current_timezone_name() == "Asia/Shanghai"


def test_without_a_database_the_answer_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(host: str) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(middleware, "namespace_of_host", down)

    response, seen = ask("alpha.testserver", "/api/v1/x/")

    assert (response.status_code, seen) == (503, {})
    assert b"refused" not in response.content
    assert b'"code": "busy_retry"' in response.content


def test_neither_back_office_shows_the_models_of_the_other(
    client_for: Callable[..., Any], staff: Callable[..., Any]
) -> None:
    inside = client_for(staff(superuser=True))
    with run_in_namespace("public"):
        outside = client_for(staff(superuser=True), host="localhost")

    assert inside.get("/admin/numbering/numberrule/").status_code == 200
    assert inside.get("/admin/namespaces/namespace/").status_code == 404
    assert outside.get("/admin/namespaces/namespace/").status_code == 200
    assert outside.get("/admin/numbering/numberrule/").status_code == 404
    assert outside.get("/api/v1/vmi/partner/").status_code == 404


def test_a_session_of_one_namespace_is_worth_nothing_in_another(
    client_for: Callable[..., Any], staff: Callable[..., Any], beta: Any
) -> None:
    client = client_for(staff(superuser=True))
    cookie = client.cookies["sessionid"].value

    elsewhere = client_for(host="beta.testserver")
    elsewhere.cookies["sessionid"] = cookie

    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


def speak(path: str, *, cookie: str = "", language: str = "zh-hans", **headers: str) -> str:
    """The language a request is answered in."""
    request = RequestFactory().get(path, headers=headers)
    request.tenant = Namespace(language=language)  # type: ignore[attr-defined]
    if cookie:
        request.COOKIES["django_language"] = cookie
    response = LanguageMiddleware(lambda _request: HttpResponse(translation.get_language()))(request)
    assert response["Content-Language"] == response.content.decode()
    return str(response.content.decode())


@pytest.mark.no_database
def test_pages_speak_the_namespaces_language_until_somebody_switches() -> None:
    assert speak("/admin/", accept_language="en") == "zh-hans"
    assert speak("/admin/", language="en") == "en"
    assert speak("/admin/", cookie="en") == "en"
    assert speak("/admin/", cookie="xx") == "zh-hans"


@pytest.mark.no_database
def test_the_api_speaks_what_the_client_asks_for() -> None:
    assert speak("/api/v1/x/", accept_language="en-GB,en;q=0.8") == "en"
    assert speak("/api/v1/x/", accept_language="tlh") == "zh-hans"
    assert speak("/api/v1/x/", language="en") == "en"
