"""Idempotency keys: one effect, one answer, however often and however simultaneously a call is sent (R03, R04)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from tests.support.clients import NamespaceApiClient, host_of
from tests.vmi import api_urls
from tests.vmi.api_urls import Pause
from vmi.api.auth import access_token
from vmi.api.idempotency import purge_expired_keys
from vmi.api.models import IdempotencyKey
from vmi.core import clock

GROUPS = "/api/v1/test/group/"


@pytest.fixture(autouse=True)
def _routes(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.vmi.api_urls"


@pytest.fixture
def api(api_for: Any, staff: Any) -> Any:
    return api_for(staff(superuser=True))


def create(api: Any, name: str, key: str | None = "key-1") -> Any:
    return api.post(GROUPS, {"name": name}, headers={"Idempotency-Key": key} if key is not None else {})


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_the_second_call_replays_the_first_byte_by_byte(api: Any) -> None:
    first, second = create(api, "超市"), create(api, "超市")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first["Content-Type"] == second["Content-Type"]
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Group.objects.filter(name="超市").count() == 1


def test_the_order_of_members_and_spaces_do_not_matter(api: Any) -> None:
    create(api, "g")
    spaced = api.generic(
        "POST", GROUPS, b'{ "name" :\n "g" }', content_type="application/json", headers={"Idempotency-Key": "key-1"}
    )

    assert spaced["Idempotency-Replayed"] == "true"


def test_another_body_is_422(api: Any) -> None:
    create(api, "g")

    assert code_of(create(api, "h")) == (422, "idempotency_mismatch")
    assert not Group.objects.filter(name="h").exists()


def test_keys_belong_to_a_user_a_path_and_a_namespace(api: Any, api_for: Any, staff: Any, in_beta: Any) -> None:
    create(api, "g")
    other = api_for(staff(superuser=True))
    assert create(other, "h").status_code == 201
    assert (
        other.post("/api/v1/test/user/", {"displayName": "x"}, headers={"Idempotency-Key": "key-1"}).status_code != 422
    )
    with in_beta():
        their = api_for(staff(superuser=True), host="beta.testserver")
        assert IdempotencyKey.objects.count() == 0
    assert create(their, "g").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_missing_or_bad_key_is_400(api: Any, key: str) -> None:
    response = create(api, "g", key)

    expected = "idempotency_key_required" if not key else "idempotency_key_invalid"
    assert code_of(response) == (400, expected)
    assert response.json()["error"]["param"] == "Idempotency-Key"
    assert not Group.objects.filter(name="g").exists()


def test_refusals_are_not_stored(api: Any) -> None:
    Group.objects.create(name="taken")
    assert create(api, "", "key-2").status_code == 400
    assert create(api, "taken").status_code == 409
    assert IdempotencyKey.objects.count() == 0

    Group.objects.filter(name="taken").delete()
    assert create(api, "taken").status_code == 201


def test_old_keys_are_deleted_after_a_week(api: Any) -> None:
    create(api, "old", "old")
    create(api, "new", "new")
    IdempotencyKey.objects.filter(key="old").update(create_time=clock.now() - timedelta(days=8))

    assert purge_expired_keys() == 1
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


@pytest.fixture
def staff_of(committed_namespace: Any) -> Any:
    """A superuser of the committed namespace."""
    from django.contrib.auth import get_user_model

    return lambda: get_user_model().objects.create_superuser(username="boss", password="x")


def _client(namespace: Any, token: str) -> NamespaceApiClient:
    client = NamespaceApiClient(SERVER_NAME=host_of(namespace).replace("_", "-"))
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_r03_the_same_call_at_the_same_time_has_one_effect(
    committed_namespace: Any, in_threads: Any, staff_of: Any
) -> None:
    token = access_token(staff_of())
    answers = in_threads(*[lambda: create(_client(committed_namespace, token), "once")] * 6)

    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 5
    assert Group.objects.filter(name="once").count() == 1


def test_r03_control_without_a_key_the_same_call_has_several_effects(
    committed_namespace: Any, in_threads: Any, staff_of: Any
) -> None:
    token = access_token(staff_of())

    def login_again() -> Any:
        return _client(committed_namespace, token).post("/api/v1/test/family/make/", {})

    answers = in_threads(*[login_again] * 4)

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 4


def test_a_call_that_outlasts_the_lock_timeout_is_in_progress(
    committed_namespace: Any, in_threads: Any, staff_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, pause = access_token(staff_of()), Pause()
    monkeypatch.setattr(api_urls, "pauses", [pause])

    def slow() -> Any:
        return create(_client(committed_namespace, token), "held", "k")

    def late() -> Any:
        pause.reached.wait(300)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            return create(_client(committed_namespace, token), "held", "k")
        finally:
            pause.over.set()

    first, second = in_threads(slow, late)

    assert first.status_code == 201
    assert code_of(second) == (409, "idempotency_in_progress")
    assert second["Retry-After"]
    assert Group.objects.filter(name="held").count() == 1
    assert create(_client(committed_namespace, token), "held", "k")["Idempotency-Replayed"] == "true"


def test_r29_the_same_name_at_the_same_time_is_one_201_and_409s(
    committed_namespace: Any, in_threads: Any, staff_of: Any
) -> None:
    token = access_token(staff_of())
    answers = in_threads(
        *[lambda key=key: create(_client(committed_namespace, token), "unique", f"k{key}") for key in range(6)]
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert connection.in_atomic_block is False
