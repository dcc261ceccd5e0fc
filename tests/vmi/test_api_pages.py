"""Keyset pages: complete, stable, without counting."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vmi.api.models import TokenFamily
from vmi.core import clock

LIST = "/api/v1/test/family/"


@pytest.fixture(autouse=True)
def _routes(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.vmi.api_urls"


@pytest.fixture
def api(api_for: Any, staff: Any) -> Any:
    user = staff(superuser=True)
    client = api_for(user)
    now = clock.now()
    # 23 rows: repeated values, and every third one without.
    TokenFamily.objects.bulk_create(
        TokenFamily(
            user=user,
            current_jti=f"jti-{number % 4}",
            expire_time=now + timedelta(days=30),
            revoke_time=None if number % 3 == 0 else now + timedelta(seconds=number % 5),
        )
        for number in range(23)
    )
    return client


def walk(api: Any, url: str, link: str = "next") -> tuple[list[list[int]], str | None]:
    """The ids of each page from ``url`` on, and the opposite link of the last one."""
    pages, back = [], None
    following: str | None = url
    while following:
        response = api.get(following)
        assert response.status_code == 200, response.content
        body = response.json()
        pages.append([item["id"] for item in body["results"]])
        following, back = body[link], body["previous" if link == "next" else "next"]
    return pages, back


@pytest.mark.parametrize(
    "ordering", ["", "currentJti", "-currentJti", "revokeTime", "-revokeTime", "currentJti,-revokeTime"]
)
def test_pages_are_complete_in_both_directions(api: Any, ordering: str) -> None:
    whole = [item["id"] for item in api.get(f"{LIST}?pageSize=200&ordering={ordering}").json()["results"]]
    assert len(whole) == len(set(whole)) == TokenFamily.objects.count()

    pages, back = walk(api, f"{LIST}?pageSize=5&ordering={ordering}")
    assert [pk for page in pages for pk in page] == whole
    assert [len(page) for page in pages] == [5, 5, 5, 5, 4]

    assert back is not None
    backwards, _none = walk(api, back, "previous")
    assert [pk for page in reversed(backwards) for pk in page] == whole[:20]


def test_rows_added_meanwhile_neither_repeat_nor_hide_others(api: Any) -> None:
    first = api.get(f"{LIST}?pageSize=5").json()
    newest = TokenFamily.objects.latest("pk")
    TokenFamily.objects.create(user=newest.user, current_jti="new", expire_time=newest.expire_time)

    second = api.get(first["next"]).json()
    seen = [item["id"] for item in first["results"] + second["results"]]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 10


def test_a_page_is_one_query_and_never_counts(api: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        api.get(f"{LIST}?pageSize=5")

    rows = [query["sql"] for query in queries if "api_tokenfamily" in query["sql"] and "LIMIT" in query["sql"]]
    assert len(rows) == 1
    assert "COUNT(" not in rows[0]
    assert "OFFSET" not in rows[0]


def test_an_empty_list_has_no_links(api: Any) -> None:
    TokenFamily.objects.exclude(pk=TokenFamily.objects.earliest("pk").pk).delete()

    body = api.get(f"{LIST}?pageSize=5").json()
    assert (len(body["results"]), body["next"], body["previous"]) == (1, None, None)


def test_a_cursor_of_another_ordering_is_refused(api: Any) -> None:
    link = api.get(f"{LIST}?pageSize=5&ordering=currentJti").json()["next"]

    response = api.get(link.replace("ordering=currentJti", "ordering=-currentJti"))
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    "document",
    ["null", "[]", '["-id", [1], 0, 0]',
     '["-id", ["x"], 0]', '["-id", [null], 0]', '["-id", [[1]], 0]', '["-id", [1, 2], 0]',
     '["-id", [1e400], 0]', '["-id", [99999999999999999999999], 0]', "[" * 900],
)  # fmt: skip
def test_made_up_cursors_are_refused_or_empty(api: Any, document: str) -> None:
    import base64

    cursor = base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")
    response = api.get(f"{LIST}?cursor={cursor}")

    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert response.json()["error"]["code"] == "invalid_cursor"
