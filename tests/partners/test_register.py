"""Registering members: exact values, refusals that leave nothing, both namespaces."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from partners.choices import PartnerStatus
from partners.exceptions import InvalidPartner, TelephoneTaken, UsernameTaken, UserTaken
from partners.models import Partner
from partners.selectors import get_partner, partner_id_of_user, partners_by_codes
from partners.services import PartnerRow, disable_partner, register_customer, register_partner, register_partners
from tests.factories.partners import make_partner
from tests.support.sql import align_ids, statements
from vmi.core.actors import SYSTEM_USER_ID, system_actor
from vmi.core.exceptions import DomainError
from vmi.events.models import Event


def test_a_member_gets_a_code_the_lowest_level_and_an_event(frozen_clock: object) -> None:
    partner = register_partner(
        name=" 王小明 ", telephone="138-0013 8000", wechat="wxm", description="老客户\n介绍", actor=system_actor()
    )

    stored = Partner.objects.select_related("level").get(pk=partner.pk)
    assert stored.code.startswith("MEM-")
    assert (stored.name, stored.telephone, stored.wechat, stored.description) == (
        "王小明", "13800138000", "wxm", "老客户\n介绍",
    )  # fmt: skip
    assert stored.level.name == "普通会员"
    assert stored.status_id == PartnerStatus.ENABLED
    assert stored.creater_id == SYSTEM_USER_ID
    assert stored.create_time == stored.modify_time == datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    event = Event.objects.get(type="partner.registered")
    assert event.subject == f"partner:{stored.code}"
    assert event.payload == {"partner_id": stored.pk, "code": stored.code}


def test_codes_differ_and_members_are_found_by_them() -> None:
    one, two = make_partner(), make_partner()

    assert one.code != two.code
    assert partners_by_codes([one.code, two.code, "MEM-999999"]) == {one.code: one, two.code: two}


def test_a_member_remembers_who_referred_them() -> None:
    referer = make_partner()

    assert make_partner(referer_code=referer.code).referer == referer


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "   "}, "name", "required"),
        ({"name": "x" * 101}, "name", "invalid_partner"),
        ({"name": "a\x00b"}, "name", "invalid_partner"),
        ({"name": "a\ud800"}, "name", "invalid_partner"),
        ({"name": 7}, "name", "invalid_partner"),
        ({"telephone": "call me"}, "telephone", "invalid_partner"),
        ({"telephone": "１３８００１３８０００"}, "telephone", "invalid_partner"),
        ({"wechat": "w" * 65}, "wechat", "invalid_partner"),
        ({"description": "d" * 4001}, "description", "invalid_partner"),
        ({"referer_code": "MEM-999999"}, "refererCode", "unknown_reference"),
    ],
)
def test_bad_fields_are_named_and_nothing_is_written(fields: dict[str, Any], param: str, code: str) -> None:
    with pytest.raises(InvalidPartner) as refusal:
        make_partner(**fields)

    assert (refusal.value.param, refusal.value.code) == (param, code)
    assert not Partner.objects.exists()
    assert not Event.objects.exists()


def test_a_telephone_belongs_to_one_member_but_may_be_missing_for_many() -> None:
    make_partner(telephone="13800138000")
    make_partner()
    make_partner()

    with pytest.raises(TelephoneTaken) as refusal:
        make_partner(telephone="138 0013 8000")

    assert refusal.value.param == "telephone"
    assert Partner.objects.count() == 3


def test_a_login_belongs_to_one_member(staff: Callable[..., Any]) -> None:
    user = staff("customer")
    partner = make_partner(user_id=user.pk)

    with pytest.raises(UserTaken):
        make_partner(user_id=user.pk)
    assert partner_id_of_user(user.pk) == partner.pk

    disable_partner(partner_id=partner.pk, actor=system_actor())
    assert partner_id_of_user(user.pk) is None


def test_the_other_namespace_does_not_see_the_member(
    alpha: Any, beta: Any, in_beta: Callable[[], AbstractContextManager[None]]
) -> None:
    align_ids((alpha, beta), Partner)
    ours = make_partner(name="ours", telephone="13800138000")
    with in_beta():
        theirs = make_partner(name="theirs", telephone="13800138000")
        assert theirs.pk == ours.pk
        assert get_partner(ours.pk).name == "theirs"
        assert partners_by_codes([theirs.code])[theirs.code].name == "theirs"
        assert Partner.objects.count() == 1

    assert get_partner(ours.pk).name == "ours"
    assert [partner.name for partner in Partner.objects.all()] == ["ours"]


def test_many_members_at_once_have_the_same_effects() -> None:
    referer = make_partner()
    rows = [PartnerRow(name=f"会员{n}", telephone=f"1380000{n:04d}", referer_code=referer.code) for n in range(120)]

    with statements() as sent:
        partners = register_partners(rows, system_actor())

    assert len(sent) <= 8  # clock, number rules, level, referers, telephones, members, events, deliveries
    assert [partner.name for partner in partners] == [row.name for row in rows]
    assert len({partner.code for partner in partners}) == 120
    assert Partner.objects.filter(referer=referer).count() == 120
    assert Event.objects.filter(type="partner.registered").count() == 121


@pytest.mark.parametrize(
    ("rows", "param", "error"),
    [
        ([PartnerRow(name="a"), PartnerRow(name="")], "rows[1].name", InvalidPartner),
        ([PartnerRow(name="a", telephone="123456"), PartnerRow(name="b", telephone="123-456")],
         "rows[1].telephone", TelephoneTaken),
        ([PartnerRow(name="a", referer_code="MEM-9")], "rows[0].referer", InvalidPartner),
    ],
)  # fmt: skip
def test_one_bad_row_refuses_all(rows: list[PartnerRow], param: str, error: type[DomainError]) -> None:
    with pytest.raises(error) as refusal:
        register_partners(rows, system_actor())

    assert refusal.value.param == param
    assert not Partner.objects.exists()
    assert not Event.objects.exists()


def test_a_customer_registers_with_a_login_of_the_role_customer() -> None:
    partner = register_customer(username="li.lei", password="correct horse", name="李雷", telephone="13900139000")

    user = get_user_model().objects.get(username="li.lei")
    assert partner.user == user
    assert partner.creater_id == user.pk
    assert user.check_password("correct horse")
    assert not user.is_staff
    assert list(user.groups.values_list("name", flat=True)) == ["customer"]


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [
        ({"username": "SYSTEM"}, UsernameTaken, "username"),
        ({"username": "a b"}, InvalidPartner, "username"),
        ({"password": "short"}, InvalidPartner, "password"),
        ({"password": "x" * 129}, InvalidPartner, "password"),
        ({"name": ""}, InvalidPartner, "name"),
        ({"telephone": "abc"}, InvalidPartner, "telephone"),
    ],
)
def test_a_refused_registration_leaves_no_login(fields: dict[str, str], error: type[DomainError], param: str) -> None:
    given = {"username": "li.lei", "password": "correct horse", "name": "李雷"} | fields
    before = get_user_model().objects.count()

    with pytest.raises(error) as refusal:
        register_customer(**given)

    assert refusal.value.param == param
    assert get_user_model().objects.count() == before
    assert not Partner.objects.exists()


def test_a_taken_telephone_leaves_no_login() -> None:
    make_partner(telephone="13900139000")

    with pytest.raises(TelephoneTaken):
        register_customer(username="li.lei", password="correct horse", name="李雷", telephone="13900139000")

    assert not get_user_model().objects.filter(username="li.lei").exists()
