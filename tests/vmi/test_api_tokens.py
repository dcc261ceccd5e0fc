"""Tokens: bound to the namespace, short, rotated, revoked (S01–S03)."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vmi.api import auth
from vmi.api.models import TokenFamily
from vmi.api.tokens import namespace_backend

ME = "/api/v1/auth/me/"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _routes(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.vmi.api_urls"


def login(api: Any, user: Any, **changes: Any) -> Any:
    return api.post("/api/v1/auth/login/", {"username": user.username, "password": PASSWORD, **changes})


def code_of(response: Any) -> tuple[int, str]:
    error = response.json()["error"]
    assert response["WWW-Authenticate"].startswith("Bearer")
    return response.status_code, error["code"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_login_gives_a_pair_that_works(api_for: Any, staff: Any) -> None:
    user = staff("clerk")
    response = login(api_for(), user)

    assert response.status_code == 200, response.content
    body = response.json()
    assert set(body) == {"access", "refresh", "expiresIn", "user"}
    assert body["user"]["roles"] == ["clerk"]
    assert body["user"]["namespace"] == "alpha"
    assert response["Cache-Control"] == "no-store"
    assert api_for().get(ME, headers=bearer(body["access"])).json()["id"] == user.pk


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "nobody"}])
def test_wrong_credentials_are_one_answer(api_for: Any, staff: Any, changes: dict[str, str]) -> None:
    assert code_of(login(api_for(), staff("clerk"), **changes)) == (401, "invalid_credentials")


def test_a_locked_account_cannot_sign_in(api_for: Any, staff: Any) -> None:
    assert code_of(login(api_for(), staff("clerk", is_active=False))) == (401, "invalid_credentials")


def test_guessing_is_slowed_down(api_for: Any, staff: Any) -> None:
    user = staff("clerk")
    for _attempt in range(10):
        assert login(api_for(), user, password="wrong").status_code == 401

    response = login(api_for(), user)
    assert (response.status_code, response.json()["error"]["code"]) == (429, "too_many_attempts")
    assert int(response["Retry-After"]) > 0
    assert login(api_for(), staff("clerk")).status_code == 200


def test_a_call_without_a_token_is_401(api_for: Any) -> None:
    assert code_of(api_for().get(ME)) == (401, "not_authenticated")
    assert code_of(api_for().get("/api/v1/test/group/")) == (401, "not_authenticated")


def test_s01_a_token_of_another_namespace_is_refused(api_for: Any, staff: Any, in_beta: Any) -> None:
    token = login(api_for(), staff(superuser=True)).json()["access"]
    with in_beta():
        # The same user id exists there, with all rights.
        staff(superuser=True)
        before = Group.objects.count()
    other = api_for(host="beta.testserver")

    assert code_of(other.get(ME, headers=bearer(token))) == (401, "token_wrong_tenant")
    written = other.post("/api/v1/test/group/", {"name": "x"}, headers={**bearer(token), "Idempotency-Key": "k"})
    assert code_of(written) == (401, "token_wrong_tenant")
    with in_beta():
        assert Group.objects.count() == before


def test_s01_a_refresh_token_of_another_namespace_is_refused(api_for: Any, staff: Any) -> None:
    refresh = login(api_for(), staff("clerk")).json()["refresh"]

    response = api_for(host="beta.testserver").post("/api/v1/auth/refresh/", {"refresh": refresh})
    assert code_of(response) == (401, "token_wrong_tenant")


def test_s01_a_token_with_the_other_namespaces_claims_but_our_key_is_refused(api_for: Any, staff: Any) -> None:
    claims = namespace_backend().decode(login(api_for(), staff("clerk")).json()["access"].encode())
    backend = namespace_backend()
    forged = jwt.encode({**claims, "ns": "beta"}, str(backend.signing_key), "HS256", headers={"kid": backend.key_id})

    assert code_of(api_for().get(ME, headers=bearer(forged))) == (401, "token_wrong_tenant")


def test_s02_kinds_of_tokens_do_not_stand_in_for_each_other(api_for: Any, staff: Any) -> None:
    pair = login(api_for(), staff("clerk")).json()

    assert code_of(api_for().get(ME, headers=bearer(pair["refresh"]))) == (401, "token_invalid")
    refreshed = api_for().post("/api/v1/auth/refresh/", {"refresh": pair["access"]})
    assert code_of(refreshed) == (401, "token_invalid")


def test_s02_a_reused_refresh_token_ends_the_login(api_for: Any, staff: Any) -> None:
    api = api_for()
    first = login(api, staff("clerk")).json()
    second = api.post("/api/v1/auth/refresh/", {"refresh": first["refresh"]}).json()
    assert api.get(ME, headers=bearer(second["access"])).status_code == 200

    assert code_of(api.post("/api/v1/auth/refresh/", {"refresh": first["refresh"]})) == (401, "token_reused")

    assert code_of(api.get(ME, headers=bearer(second["access"]))) == (401, "token_invalid")
    assert code_of(api.post("/api/v1/auth/refresh/", {"refresh": second["refresh"]})) == (401, "token_reused")
    assert TokenFamily.objects.get().revoke_reason == "reused"


def test_logout_ends_the_login_and_may_be_repeated(api_for: Any, staff: Any) -> None:
    api = api_for()
    user = staff("clerk")
    pair, other = login(api, user).json(), login(api, user).json()

    assert api.post("/api/v1/auth/logout/", {"refresh": pair["refresh"]}).status_code == 204
    assert api.post("/api/v1/auth/logout/", {"refresh": pair["refresh"]}).status_code == 204

    assert code_of(api.get(ME, headers=bearer(pair["access"]))) == (401, "token_invalid")
    assert api.get(ME, headers=bearer(other["access"])).status_code == 200


def _encode(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_s03_forged_tokens_are_refused(api_for: Any, staff: Any) -> None:
    backend = namespace_backend()
    key, kid = str(backend.signing_key), backend.key_id
    claims = backend.decode(login(api_for(), staff("clerk")).json()["access"].encode())
    good = {"kid": kid}
    forged = {
        "alg none": _encode({"alg": "none", "kid": kid}, claims),
        "alg none upper": _encode({"alg": "NONE", "kid": kid}, claims),
        "other algorithm": jwt.encode(claims, key, "HS512", headers=good),
        "other key": jwt.encode(claims, "x" * 64, "HS256", headers=good),
        "other kid": jwt.encode(claims, key, "HS256", headers={"kid": "1.99"}),
        "no kid": jwt.encode(claims, key, "HS256"),
        "kid is a list": _encode({"alg": "HS256", "kid": [kid]}, claims),
        "nbf in the future": jwt.encode({**claims, "nbf": claims["nbf"] + 60}, key, "HS256", headers=good),
        "no expiry": jwt.encode({k: v for k, v in claims.items() if k != "exp"}, key, "HS256", headers=good),
        "no audience": jwt.encode({k: v for k, v in claims.items() if k != "aud"}, key, "HS256", headers=good),
        "other audience": jwt.encode({**claims, "aud": "namespace:beta"}, key, "HS256", headers=good),
        "other version": jwt.encode({**claims, "tv": 99}, key, "HS256", headers=good),
        "version as text": jwt.encode({**claims, "tv": "0"}, key, "HS256", headers=good),
        "no user": jwt.encode({k: v for k, v in claims.items() if k != "user_id"}, key, "HS256", headers=good),
        "user is a word": jwt.encode({**claims, "user_id": "1 or 1"}, key, "HS256", headers=good),
        "somebody else": jwt.encode({**claims, "user_id": "1"}, key, "HS256", headers=good),
        "other family": jwt.encode({**claims, "fam": 999_999}, key, "HS256", headers=good),
        "9 kB": jwt.encode({**claims, "x": "x" * 9000}, key, "HS256", headers=good),
        "no dots": "abc",
        "bytes": "ÿÿ.ÿÿ.ÿÿ",
    }
    for name, token in forged.items():
        response = api_for().get(ME, headers=bearer(token))
        assert response.status_code == 401, name
        assert response.json()["error"]["code"] in ("token_invalid", "token_wrong_tenant"), name
    assert api_for().get(ME, headers={"Authorization": "Bearer a b"}).status_code == 401
    assert api_for().get(ME, headers={"Authorization": "Basic YTpi"}).status_code == 401


def test_s03_an_expired_token_says_so(api_for: Any, staff: Any, settings: Any) -> None:
    with time_machine.travel(timedelta(hours=-2), tick=True):
        token = login(api_for(), staff("clerk")).json()["access"]

    assert code_of(api_for().get(ME, headers=bearer(token))) == (401, "token_expired")


def test_a_new_password_ends_every_token(api_for: Any, staff: Any) -> None:
    user = staff("clerk")
    pair = login(api_for(), user).json()
    user.set_password("another good one")
    user.save()

    assert code_of(api_for().get(ME, headers=bearer(pair["access"]))) == (401, "token_invalid")
    assert code_of(api_for().post("/api/v1/auth/refresh/", {"refresh": pair["refresh"]})) == (401, "token_invalid")


def test_a_lost_role_counts_at_once(api_for: Any, staff: Any) -> None:
    user = staff("namespace_admin")
    api = api_for(user)
    assert api.get("/api/v1/test/group/").status_code == 200
    user.groups.clear()
    assert api.get("/api/v1/test/group/").status_code == 403


@pytest.mark.parametrize(("keep_s", "expected"), [(0, 1), (15, 0)])
def test_who_calls_costs_one_query_or_none(api_for: Any, staff: Any, settings: Any, keep_s: int, expected: int) -> None:
    api = api_for(staff("namespace_admin"))
    settings.API_LOGIN_CACHE_S = keep_s
    api.get("/api/v1/test/group/")
    with CaptureQueriesContext(connection) as queries:
        assert api.get("/api/v1/test/group/").status_code == 200

    asked = [query["sql"] for query in queries if "accounts_user" in query["sql"] or "auth_permission" in query["sql"]]
    assert len(asked) == expected


def test_a_logout_is_not_outlived_by_the_cache(api_for: Any, staff: Any, settings: Any) -> None:
    settings.API_LOGIN_CACHE_S = 15
    api = api_for()
    pair = login(api, staff("clerk")).json()
    assert api.get(ME, headers=bearer(pair["access"])).status_code == 200

    api.post("/api/v1/auth/logout/", {"refresh": pair["refresh"]})
    assert api.get(ME, headers=bearer(pair["access"])).status_code == 401


def test_claims_of_an_app_are_in_the_token(api_for: Any, staff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_claim_sources", [lambda user: {"pid": user.pk}])
    user = staff("customer")
    api = api_for(user)

    assert api.get(ME).json()["partner"] == user.pk


def test_a_member_sees_their_own_rows_only(api_for: Any, staff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_claim_sources", [lambda user: {"pid": user.pk}])
    member, other = staff("customer"), staff("customer")
    api, _other = api_for(member), api_for(other)
    theirs = TokenFamily.objects.get(user=other).pk
    mine = TokenFamily.objects.get(user=member).pk

    assert [item["id"] for item in api.get("/api/v1/test/family/").json()["results"]] == [mine]
    assert api.get(f"/api/v1/test/family/{mine}/").status_code == 200
    assert api.get(f"/api/v1/test/family/{theirs}/").status_code == 404
    assert api.get("/api/v1/test/group/").status_code == 403
    assert api.get("/api/v1/test/group/1/").status_code == 403


def test_a_member_without_a_partner_sees_nothing(api_for: Any, staff: Any) -> None:
    assert api_for(staff("customer")).get("/api/v1/test/family/").json()["results"] == []


def test_default_deny(api_for: Any, staff: Any) -> None:
    clerk = api_for(staff("clerk"))
    assert clerk.get("/api/v1/test/user/").status_code == 403
    admin = api_for(staff(superuser=True))
    assert admin.get("/api/v1/test/user/").status_code == 200
    # A command that names no permission is nobody's, not even the superuser's.
    assert admin.post("/api/v1/test/group/undeclared/").status_code == 403


def test_the_platforms_host_has_no_api(api_for: Any) -> None:
    response = api_for(host="localhost").get("/api/v1/auth/me/")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"
