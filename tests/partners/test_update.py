"""Changing, enabling, disabling and grading members."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from partners.choices import PartnerStatus
from partners.exceptions import (
    InvalidPartner,
    LevelNameTaken,
    LevelOverlap,
    PartnerDisabled,
    PartnerNotFound,
    RefererCycle,
    TelephoneTaken,
)
from partners.models import Level, Partner
from partners.selectors import get_enabled_partner, level_for_points, level_rows, referer_chain
from partners.services import create_level, disable_partner, enable_partner, grade_partner, update_level, update_partner
from tests.factories.partners import make_partner
from vmi.core.actors import system_actor
from vmi.core.exceptions import DomainError
from vmi.events.models import Event


def update(partner: Partner, **changes: Any) -> Partner:
    return update_partner(partner_id=partner.pk, changes=changes, actor=system_actor())


def audits() -> list[dict[str, Any]]:
    return [event.payload["changes"] for event in Event.objects.filter(type="object.changed").order_by("id")]


def test_a_change_is_stored_and_audited_with_old_and_new_value(frozen_clock: Any) -> None:
    partner = make_partner(name="old", telephone="13800138000")
    later = frozen_clock.advance(hours=1)

    update(partner, name="new", telephone="13800138000")

    partner.refresh_from_db()
    assert (partner.name, partner.telephone, partner.modify_time) == ("new", "13800138000", later)
    assert audits() == [{"name": ["old", "new"]}]


def test_nothing_changed_writes_nothing(frozen_clock: Any) -> None:
    partner = make_partner(name="same")
    frozen_clock.advance(hours=1)

    update(partner, name=" same ")

    before = partner.modify_time
    partner.refresh_from_db()
    assert partner.modify_time == before
    assert audits() == []


@pytest.mark.parametrize(("changes", "param"), [({"name": ""}, "name"), ({"telephone": "x"}, "telephone")])
def test_bad_values_leave_the_member_alone(changes: dict[str, str], param: str) -> None:
    partner = make_partner(name="stays")

    with pytest.raises(InvalidPartner) as refusal:
        update(partner, **changes)

    assert refusal.value.param == param
    partner.refresh_from_db()
    assert partner.name == "stays"


def test_another_members_telephone_is_refused() -> None:
    make_partner(telephone="13800138000")
    partner = make_partner()

    with pytest.raises(TelephoneTaken):
        update(partner, telephone="13800138000")


def test_only_declared_fields_can_be_changed() -> None:
    with pytest.raises(TypeError):
        update(make_partner(), code="MEM-1")


def test_nobody_refers_themselves_directly_or_through_others() -> None:
    one = make_partner()
    two = make_partner(referer_code=one.code)
    three = make_partner(referer_code=two.code)
    assert referer_chain(three.pk) == [three.pk, two.pk, one.pk]

    for referer in (one, two, three):
        with pytest.raises(RefererCycle) as refusal:
            update(one, referer_id=referer.pk)
        assert refusal.value.param == "referer"
    one.refresh_from_db()
    assert one.referer_id is None


def test_a_referer_may_be_set_and_taken_away() -> None:
    one, two = make_partner(), make_partner()

    assert update(one, referer_id=two.pk).referer_id == two.pk
    assert update(one, referer_id=None).referer_id is None
    with pytest.raises(PartnerNotFound):
        update(one, referer_id=987_654)


def test_disabling_stops_the_member_and_their_tokens(staff: Callable[..., Any]) -> None:
    user = staff("customer")
    partner = make_partner(user_id=user.pk)

    disable_partner(partner_id=partner.pk, actor=system_actor())
    disable_partner(partner_id=partner.pk, actor=system_actor())

    partner.refresh_from_db()
    user.refresh_from_db()
    assert partner.status_id == PartnerStatus.DISABLED
    assert user.token_version >= 1
    assert audits() == [{"status": [400, 401]}]
    with pytest.raises(PartnerDisabled):
        get_enabled_partner(partner.pk)

    enable_partner(partner_id=partner.pk, actor=system_actor())
    assert get_enabled_partner(partner.pk) == partner


def test_an_unknown_member_is_not_found() -> None:
    with pytest.raises(PartnerNotFound):
        disable_partner(partner_id=987_654, actor=system_actor())


def test_every_namespace_starts_with_three_levels() -> None:
    assert [(row.name, row.points_from, row.points_to) for row in level_rows()] == [
        ("普通会员", 0, 1000), ("银卡会员", 1000, 5000), ("金卡会员", 5000, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "level"),
    [(-5, "普通会员"), (0, "普通会员"), (999, "普通会员"), (1000, "银卡会员"), (4999, "银卡会员"), (5000, "金卡会员")],
)
def test_bands_are_half_open(points: int, level: str) -> None:
    assert level_for_points(points).name == level


def test_grading_goes_up_and_down_and_is_audited_once_per_change() -> None:
    partner = make_partner()
    low, _middle, high = Level.objects.order_by("min_points")

    for points in (5000, 6000, 10):
        grade_partner(partner_id=partner.pk, points=points, actor=system_actor())

    partner.refresh_from_db()
    assert partner.level == low
    assert audits() == [{"level": [low.pk, high.pk]}, {"level": [high.pk, low.pk]}]


def test_a_level_can_be_split() -> None:
    gold = Level.objects.get(name="金卡会员")
    update_level(level_id=gold.pk, changes={"max_points": 20_000}, actor=system_actor())

    level = create_level(name="钻石会员", min_points=20_000, discount=Decimal("0.90"), actor=system_actor())

    assert level_for_points(20_000) == level
    assert audits()[0] == {"max_points": [None, 20_000]}


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [
        ({"min_points": 4000, "max_points": 4500}, LevelOverlap, "minPoints"),
        ({"min_points": 9000}, LevelOverlap, "minPoints"),
        ({"min_points": -1, "max_points": 0}, InvalidPartner, "minPoints"),
        ({"min_points": 10, "max_points": 10}, InvalidPartner, "maxPoints"),
        ({"discount": Decimal("1.01")}, InvalidPartner, "discount"),
        ({"discount": Decimal(0)}, InvalidPartner, "discount"),
        ({"name": ""}, InvalidPartner, "name"),
        ({"name": "银卡会员"}, LevelNameTaken, "name"),
    ],
)
def test_bad_levels_are_refused(fields: dict[str, Any], error: type[DomainError], param: str) -> None:
    given: dict[str, Any] = {"name": "新", "min_points": 9000, "max_points": 9001} | fields

    with pytest.raises(error) as refusal:
        create_level(**given, actor=system_actor())

    assert refusal.value.param == param
    assert Level.objects.count() == 3


def test_one_level_always_starts_at_zero() -> None:
    lowest = Level.objects.get(min_points=0)

    with pytest.raises(InvalidPartner):
        update_level(level_id=lowest.pk, changes={"min_points": 1}, actor=system_actor())
