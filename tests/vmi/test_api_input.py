"""What comes in: strict bodies, strict fields, strict parameters; every refusal is an error object."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from tests.vmi.bad_input import JSON, Case, bad_amounts, bad_quantities, broken_bodies, raw_with

GOOD: dict[str, Any] = {
    "orderMemo": "hi",
    "orderLines": [{"listPrice": "12.50", "lineQuantity": 2}, {"listPrice": 1, "lineQuantity": 3}],
}
ECHO = "/api/v1/test/group/echo/"


@pytest.fixture(autouse=True)
def _routes(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.vmi.api_urls"


@pytest.fixture
def api(api_for: Any, staff: Any) -> Any:
    return api_for(staff(superuser=True))


def error_of(response: Any) -> dict[str, Any]:
    """The error object, after checking its shape."""
    body = response.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {
        "type", "code", "message", "message_en", "param", "details", "request_id", "retryable",
    }  # fmt: skip
    assert error["message"]
    assert error["message_en"].isascii() or "“" in error["message_en"]
    assert error["request_id"] == response["X-Request-ID"]
    assert response["Content-Language"]
    return error


def test_a_good_body_is_read_in_camel_case_and_answered_so(api: Any) -> None:
    response = api.post(ECHO, GOOD)

    assert response.status_code == 200, response.content
    assert response.json() == {"orderMemo": "HI", "totalQuantity": 5, "totalPrice": "13.50"}


def test_every_path_answers_without_its_slash(api: Any) -> None:
    assert api.post(ECHO.rstrip("/"), GOOD).status_code == 200
    assert api.get("/api/v1/vmi/status").status_code == 200


@pytest.mark.parametrize("case", broken_bodies(), ids=lambda case: case.name)
def test_broken_bodies_are_refused(api: Any, case: Case) -> None:
    response = api.generic("POST", ECHO, case.body, content_type=case.content_type)

    assert response.status_code in (400, 413, 415), response.content
    error = error_of(response)
    assert error["type"] == "invalid_request"


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("nested 5,000 lists", 400, "json_too_deep"),
        ("nested 33", 400, "json_too_deep"),
        ("duplicate key", 400, "duplicate_key"),
        ("escaped NUL", 400, "invalid_character"),
        ("lone surrogate", 400, "invalid_character"),
        ("GBK", 400, "invalid_encoding"),
        ("byte order mark", 400, "invalid_encoding"),
        ("2 MB", 413, "body_too_large"),
        ("list for object", 400, "not_a_dict"),
        ("null for object", 400, "null"),
        ("form", 415, "unsupported_media_type"),
        ("no content type", 415, "unsupported_media_type"),
        ("other charset", 415, "unsupported_media_type"),
        ("NaN", 400, "malformed_json"),
    ],
)
def test_a_broken_body_is_told_why(api: Any, name: str, status: int, code: str) -> None:
    [case] = [case for case in broken_bodies() if case.name == name]
    response = api.generic("POST", ECHO, case.body, content_type=case.content_type)

    assert (response.status_code, error_of(response)["code"]) == (status, code)


@pytest.mark.parametrize(("name", "literal"), bad_quantities(), ids=lambda value: str(value)[:30])
def test_bad_quantities_are_refused_with_their_path(api: Any, name: str, literal: bytes) -> None:
    body = raw_with(GOOD, "orderLines.lineQuantity", literal)
    response = api.generic("POST", ECHO, body, content_type=JSON)

    assert response.status_code == 400, response.content
    assert error_of(response)["param"] == "orderLines[0].lineQuantity"


@pytest.mark.parametrize(("name", "literal"), bad_amounts(), ids=lambda value: str(value)[:30])
def test_bad_amounts_are_refused_with_their_path(api: Any, name: str, literal: bytes) -> None:
    body = raw_with(GOOD, "orderLines.listPrice", literal)
    response = api.generic("POST", ECHO, body, content_type=JSON)

    assert response.status_code == 400, response.content
    assert error_of(response)["param"] == "orderLines[0].listPrice"


def test_unknown_and_read_only_fields_are_refused(api: Any) -> None:
    unknown = api.post(ECHO, {**GOOD, "order_memo": "snake"})
    nested = api.post(ECHO, {**GOOD, "orderLines": [{**GOOD["orderLines"][0], "id": 1}]})
    read_only = api.post("/api/v1/test/group/", {"id": 9, "name": "x"}, headers={"Idempotency-Key": "k"})

    assert [
        (item.status_code, error_of(item)["code"], error_of(item)["param"]) for item in (unknown, nested, read_only)
    ] == [
        (400, "unknown_field", "order_memo"),
        (400, "unknown_field", "orderLines[0].id"),
        (400, "unknown_field", "id"),
    ]
    assert not Group.objects.filter(name="x").exists()


def test_all_findings_are_listed(api: Any) -> None:
    error = error_of(api.post(ECHO, {"orderLines": [{"listPrice": 0.5, "lineQuantity": 0}, {}]}))

    found = [(item["param"], item["code"]) for item in error["details"]["errors"]]
    assert found == [
        ("orderLines[0].listPrice", "invalid_money"),
        ("orderLines[0].lineQuantity", "min_value"),
        ("orderLines[1].listPrice", "required"),
        ("orderLines[1].lineQuantity", "required"),
    ]


def test_the_error_speaks_both_languages(api: Any) -> None:
    chinese = error_of(api.get("/api/v1/test/group/99/", headers={"Accept-Language": "zh-hans"}))
    response = api.get("/api/v1/test/group/99/", headers={"Accept-Language": "en"})

    assert error_of(response)["message"] == "Not found."
    assert chinese["message_en"] == "Not found."
    assert response["Content-Language"] == "en"


def test_an_empty_optional_text_is_null_on_the_wire(api: Any) -> None:
    response = api.post(ECHO, {**GOOD, "orderMemo": None})

    assert response.json()["orderMemo"] is None


@pytest.mark.parametrize(
    ("query", "code", "param"),
    [
        ("colour=red", "unknown_parameter", "colour"),
        ("page_size=5", "unknown_parameter", "page_size"),
        ("name__regex=x", "unknown_parameter", "name__regex"),
        ("pageSize=0", "invalid_page_size", "pageSize"),
        ("pageSize=201", "invalid_page_size", "pageSize"),
        ("pageSize=%D9%A3", "invalid_page_size", "pageSize"),
        ("ordering=password", "invalid_ordering", "ordering"),
        ("ordering=-name,--name", "invalid_ordering", "ordering"),
        ("cursor=zzz", "invalid_cursor", "cursor"),
        ("id=1%20or%201", "invalid_parameter", "id"),
        ("id=%D9%A3", "invalid_parameter", "id"),
        ("id=99999999999999999999", "invalid_parameter", "id"),
        ("name=a%00b", "invalid_parameter", "name"),
    ],
)
def test_bad_parameters_are_refused(api: Any, query: str, code: str, param: str) -> None:
    response = api.get(f"/api/v1/test/group/?{query}")

    assert response.status_code == 400, response.content
    assert (error_of(response)["code"], error_of(response)["param"]) == (code, param)


def test_filters_filter(api: Any) -> None:
    Group.objects.create(name="zz-1")
    Group.objects.create(name="zz-2")

    names = [
        item["name"] for item in api.get("/api/v1/test/group/?nameStartswith=zz-&ordering=-name").json()["results"]
    ]
    assert names == ["zz-2", "zz-1"]


@pytest.mark.parametrize("path", ["group/99/", "group/9999999999999999999/", "group/abc/", "group/-1/", "nothing/"])
def test_what_does_not_exist_is_404(api: Any, path: str) -> None:
    response = api.get(f"/api/v1/test/{path}")

    assert (response.status_code, error_of(response)["code"]) == (404, "not_found")


def test_wrong_methods_are_405(api: Any) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        response = api.generic(method, "/api/v1/test/group/", b"{}", content_type=JSON)
        assert (response.status_code, error_of(response)["code"]) == (405, "method_not_allowed"), method


def test_a_taken_name_is_409_and_nothing_is_written(api: Any) -> None:
    Group.objects.create(name="taken")
    before = Group.objects.count()
    response = api.post("/api/v1/test/group/", {"name": "taken"}, headers={"Idempotency-Key": "k"})

    assert (response.status_code, error_of(response)["code"]) == (409, "already_exists")
    assert Group.objects.count() == before


def test_a_refusal_leaves_no_trace(api: Any) -> None:
    group = Group.objects.create(name="whole")
    response = api.post(f"/api/v1/test/group/{group.pk}/rename-badly/")

    assert (response.status_code, error_of(response)["param"]) == (409, "name")
    group.refresh_from_db()
    assert group.name == "whole"


def test_a_defect_tells_nothing(api: Any) -> None:
    group = Group.objects.create(name="x")
    api.raise_request_exception = False
    response = api.post(f"/api/v1/test/group/{group.pk}/crash/")

    assert response.status_code == 500
    assert error_of(response)["type"] == "internal"
    assert b"secret_column" not in response.content


def test_creating_changing_deleting(api: Any) -> None:
    made = api.post("/api/v1/test/group/", {"name": "new"}, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201, made.content
    path = f"/api/v1/test/group/{made.json()['id']}/"

    assert api.patch(path, {"name": "newer"}).json() == {"id": made.json()["id"], "name": "newer"}
    assert api.put(path, {}).status_code == 400
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_another_namespaces_object_does_not_exist(api: Any, in_beta: Any) -> None:
    with in_beta():
        theirs = Group.objects.create(name="theirs", pk=987_654)

    assert api.get(f"/api/v1/test/group/{theirs.pk}/").status_code == 404
    assert api.patch(f"/api/v1/test/group/{theirs.pk}/", {"name": "x"}).status_code == 404
