"""The member resources over HTTP: who may, what is refused, what is answered."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from partners.models import Level, Partner
from partners.services import disable_partner
from tests.factories.partners import make_partner
from tests.support.sql import align_ids, statements
from vmi.core.actors import system_actor

URL = "/api/v1/vmi/partner/"
LEVELS = "/api/v1/partners/levels/"
REGISTER = "/api/v1/partners/register/"


def error(response: Any) -> tuple[int, str, str | None]:
    body = response.json()["error"]
    return response.status_code, body["code"], body["param"]


def test_a_clerk_registers_a_member(staff: Callable[..., Any], api_for: Callable[..., Any], frozen_clock: Any) -> None:
    clerk, referer = staff("clerk"), make_partner()

    response = api_for(clerk).post(URL, {"name": "王小明", "telephone": "138-0013 8000", "referer": referer.pk})

    assert response.status_code == 201
    partner = Partner.objects.get(name="王小明")
    assert response.json() == {
        "id": partner.pk, "code": partner.code, "name": "王小明", "telephone": "13800138000", "wechat": None,
        "description": None, "referer": referer.pk, "level": partner.level_id, "levelName": "普通会员", "user": None,
        "status": 400, "statusName": response.json()["statusName"], "namespace": "alpha", "creater": clerk.pk,
        "createTime": 1795320000000, "modifyTime": 1795320000000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "required", "name")),
        ({"name": ""}, (400, "blank", "name")),
        ({"name": 7}, (400, "invalid_string", "name")),
        ({"name": "a\x00b"}, (400, "invalid_character", "name")),
        ({"name": "a", "nickname": "b"}, (400, "unknown_field", "nickname")),
        ({"name": "a", "code": "MEM-1"}, (400, "unknown_field", "code")),
        ({"name": "a", "status": 401}, (400, "unknown_field", "status")),
        ({"name": "a", "level": 1}, (400, "unknown_field", "level")),
        ({"name": "a", "creater": 1}, (400, "unknown_field", "creater")),
        ({"name": "a", "referer": 987654}, (400, "does_not_exist", "referer")),
        ({"name": "a", "referer": "1"}, (400, "incorrect_type", "referer")),
        ({"name": "a", "referer": 2**63}, (400, "does_not_exist", "referer")),
        ({"name": "a", "telephone": "abc"}, (400, "invalid_partner", "telephone")),
    ],
)
def test_bad_bodies_are_refused_by_field(
    staff: Callable[..., Any], api_for: Callable[..., Any], body: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    response = api_for(staff("manager")).post(URL, body)

    assert error(response) == expected
    assert not Partner.objects.exists()


def test_a_taken_telephone_is_a_conflict(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    make_partner(telephone="13800138000")

    response = api_for(staff("manager")).post(URL, {"name": "b", "telephone": "13800138000"})

    assert error(response) == (409, "telephone_taken", "telephone")


def test_fields_change_by_patch_and_the_referer_never_closes_a_circle(
    staff: Callable[..., Any], api_for: Callable[..., Any]
) -> None:
    one = make_partner(wechat="x")
    two = make_partner(referer_code=one.code)
    api = api_for(staff("manager"))

    changed = api.patch(f"{URL}{one.pk}/", {"name": "neu", "wechat": None})
    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["wechat"]) == ("neu", None)
    assert error(api.patch(f"{URL}{one.pk}/", {"referer": two.pk})) == (409, "referer_cycle", "referer")
    assert error(api.patch(f"{URL}{one.pk}/", {"referer": one.pk})) == (409, "referer_cycle", "referer")
    assert error(api.patch(f"{URL}{one.pk}/", {"status": 401}))[:2] == (400, "unknown_field")


def test_who_may_do_what(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    partner = make_partner()
    one = f"{URL}{partner.pk}/"
    expected = {"manager": (200, 200, 201, 200), "clerk": (200, 200, 201, 403), "warehouse": (403, 403, 403, 403)}

    for role, codes in expected.items():
        api = api_for(staff(role))
        answers = (
            api.get(URL),
            api.patch(one, {"name": role}),
            api.post(URL, {"name": role}),
            api.post(f"{one}disable/"),
        )
        assert tuple(answer.status_code for answer in answers) == codes, role
    anonymous = api_for(None)
    assert [anonymous.get(URL).status_code, anonymous.post(URL, {"name": "x"}).status_code] == [401, 401]
    assert api_for(staff("manager")).delete(one).status_code == 405


def test_disable_and_enable_by_command(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    one = f"{URL}{make_partner().pk}/"
    api = api_for(staff("manager"))

    assert api.post(f"{one}disable/").json()["status"] == 401
    assert api.post(f"{one}disable/").json()["status"] == 401
    assert api.post(f"{one}enable/").json()["status"] == 400
    assert api.post(f"{URL}987654/disable/").status_code == 404


def test_a_customer_registers_signs_in_and_sees_only_themselves(api_for: Callable[..., Any]) -> None:
    other = make_partner(description="vip")
    anonymous = api_for(None)

    created = anonymous.post(
        REGISTER,
        {"username": "li.lei", "password": "correct horse", "name": "李雷", "telephone": "139 0013 9000",
         "refererCode": other.code},
    )  # fmt: skip
    assert created.status_code == 201
    own = Partner.objects.get(user__username="li.lei")
    assert created.json()["username"] == "li.lei"
    assert created.json()["partner"]["code"] == own.code
    assert own.referer == other

    tokens = anonymous.post("/api/v1/auth/login/", {"username": "li.lei", "password": "correct horse"})
    assert tokens.status_code == 200
    assert tokens.json()["user"]["partner"] == own.pk
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.json()['access']}")

    assert [row["id"] for row in anonymous.get(URL).json()["results"]] == [own.pk]
    shown = anonymous.get(f"{URL}{own.pk}/").json()
    assert shown["telephone"] == "13900139000"
    assert "description" not in shown
    assert anonymous.get(f"{URL}{other.pk}/").status_code == 404
    assert anonymous.get(f"{URL}?nameIcontains=x").status_code == 400
    assert anonymous.patch(f"{URL}{own.pk}/", {"name": "x"}).status_code == 403
    assert anonymous.post(f"{URL}{own.pk}/disable/").status_code == 403
    assert anonymous.get(LEVELS).status_code == 403


def test_a_disabled_customer_cannot_sign_in(api_for: Callable[..., Any]) -> None:
    anonymous = api_for(None)
    body = {"username": "li.lei", "password": "correct horse", "name": "李雷"}
    anonymous.post(REGISTER, body)
    disable_partner(partner_id=Partner.objects.get().pk, actor=system_actor())

    answer = anonymous.post("/api/v1/auth/login/", {"username": "li.lei", "password": "correct horse"})

    assert error(answer)[:2] == (401, "invalid_credentials")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"username": ""}, (400, "blank", "username")),
        ({"username": "SYSTEM"}, (409, "username_taken", "username")),
        ({"password": "123"}, (400, "weak_password", "password")),
        ({"isStaff": True}, (400, "unknown_field", "isStaff")),
        ({"telephone": "13800138000"}, (409, "telephone_taken", "telephone")),
        ({"refererCode": "MEM-404404"}, (400, "unknown_reference", "refererCode")),
    ],
)
def test_refused_registrations_leave_nothing(
    api_for: Callable[..., Any], change: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    make_partner(telephone="13800138000")
    body = {"username": "li.lei", "password": "correct horse", "name": "李雷"} | change

    assert error(api_for(None).post(REGISTER, body)) == expected
    assert Partner.objects.count() == 1
    assert not get_user_model().objects.filter(username="li.lei").exists()


def test_the_list_filters_orders_and_costs_the_same_for_any_number(
    staff: Callable[..., Any], api_for: Callable[..., Any]
) -> None:
    api = api_for(staff("manager"))
    partners = [make_partner(name=f"会员 {n}") for n in range(3)]
    api.get(URL)
    with statements() as few:
        assert len(api.get(URL).json()["results"]) == 3
    for n in range(3, 12):
        make_partner(name=f"会员 {n}")
    with statements() as many:
        assert len(api.get(URL).json()["results"]) == 12

    assert len(few) == len(many) <= 3
    found = api.get(f"{URL}?code={partners[1].code}").json()["results"]
    assert [row["id"] for row in found] == [partners[1].pk]
    assert [row["name"] for row in api.get(f"{URL}?name=员 1&ordering=name").json()["results"]] == [
        "会员 1", "会员 10", "会员 11",
    ]  # fmt: skip
    assert api.get(f"{URL}?status=401").json()["results"] == []
    assert api.get(f"{URL}?colour=red").status_code == 400


def test_the_other_namespace_shows_its_own_row_of_the_same_id(
    staff: Callable[..., Any],
    api_for: Callable[..., Any],
    alpha: Any,
    beta: Any,
    in_beta: Callable[[], AbstractContextManager[None]],
) -> None:
    align_ids((alpha, beta), Partner)
    ours = make_partner(name="ours")
    here = api_for(staff("manager"))
    with in_beta():
        assert make_partner(name="theirs").pk == ours.pk
        there = api_for(staff("manager"), host="beta.testserver")

    assert here.get(f"{URL}{ours.pk}/").json()["name"] == "ours"
    assert there.get(f"{URL}{ours.pk}/").json()["name"] == "theirs"
    there.patch(f"{URL}{ours.pk}/", {"name": "changed"})
    ours.refresh_from_db()
    assert ours.name == "ours"


def test_levels_over_the_api(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    api = api_for(staff("manager"))
    gold = Level.objects.get(name="金卡会员")

    assert [row["name"] for row in api.get(LEVELS).json()["results"]] == ["普通会员", "银卡会员", "金卡会员"]
    assert error(api.post(LEVELS, {"name": "钻石", "minPoints": 20000})) == (409, "level_overlap", "minPoints")
    assert api.patch(f"{LEVELS}{gold.pk}/", {"maxPoints": 20000}).status_code == 200
    created = api.post(LEVELS, {"name": "钻石", "minPoints": 20000, "discount": "0.90"})
    assert (created.status_code, created.json()["discount"]) == (201, "0.90")
    assert error(api.post(LEVELS, {"name": "x", "minPoints": -1})) == (400, "invalid_partner", "minPoints")
    assert error(api.post(LEVELS, {"name": "x", "minPoints": 1.5})) == (400, "invalid_integer", "minPoints")
    assert error(api.post(LEVELS, {"name": "x", "minPoints": 1, "discount": 0.1}))[2] == "discount"
