"""Rules of policies: what parses, what they grant, how they read; and the policy commands."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from credits.choices import CreditTrigger, PolicyStatus
from credits.exceptions import InvalidPolicy, PolicyNameTaken, PolicyNotFound
from credits.models import RewardPolicy
from credits.policies import POINTS_MAX, parse_rule, points_to_reverse, summary
from credits.services import create_policy, disable_policy, enable_policy, update_policy
from tests.factories.credits import make_policy
from vmi.core.actors import system_actor
from vmi.events.models import Event

ORDER: dict[str, Any] = {"version": 1, "trigger": "order", "rate": "1"}


def test_the_seeded_policies_parse() -> None:
    rules = {row.name: parse_rule(row.policy) for row in RewardPolicy.objects.all()}

    assert rules["welcome"].trigger == CreditTrigger.REGISTER
    assert rules["welcome"].points_for(None) == 100
    assert rules["orderCredit"].points_for(Decimal("12.99")) == 12


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("rule", "amount", "points"),
    [
        ({"rate": "1", "rounding": "half_up"}, "12.50", 13),
        ({"rate": "1", "rounding": "ceil"}, "12.01", 13),
        ({"rate": "0.1"}, "99.99", 9),
        ({"rate": "2", "cap": 100}, "80.00", 100),
        ({"rate": "1", "minAmount": "50.00"}, "49.99", 0),
        ({"rate": "1", "minAmount": "50.00"}, "50.00", 50),
        ({"points": 7}, "0.01", 7),
        ({"rate": "10000"}, "999999999999.99", POINTS_MAX),
    ],
)
def test_points(rule: dict[str, Any], amount: str, points: int) -> None:
    assert parse_rule({"trigger": "order", **rule}).points_for(Decimal(amount)) == points


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("earned", "base", "returned", "before", "points"),
    [
        (99, "99.99", "99.99", 0, 99),
        (99, "99.99", "120.00", 0, 99),
        (100, "100.00", "0.01", 0, 1),
        (100, "100.00", "50.00", 50, 0),
        (10, "100.00", "5.00", 0, 1),
        (5, None, "1.00", 2, 3),
    ],
)
def test_reversals(earned: int, base: str | None, returned: str, before: int, points: int) -> None:
    found = points_to_reverse(
        earned=earned, base=None if base is None else Decimal(base), returned=Decimal(returned), reversed_before=before
    )
    assert found == points


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("rule", "param"),
    [
        ("1 point per yuan", "policy"),
        ([], "policy"),
        ({}, "policy.rate"),
        ({**ORDER, "points": 5}, "policy.rate"),
        ({**ORDER, "bonus": 1}, "policy.bonus"),
        ({**ORDER, "version": 2}, "policy.version"),
        ({**ORDER, "version": True}, "policy.version"),
        ({**ORDER, "trigger": "birthday"}, "policy.trigger"),
        ({**ORDER, "trigger": 1}, "policy.trigger"),
        ({"rate": "1"}, "policy.trigger"),
        ({"trigger": "register", "rate": "1"}, "policy.rate"),
        ({**ORDER, "rate": 0.1}, "policy.rate"),
        ({**ORDER, "rate": "0"}, "policy.rate"),
        ({**ORDER, "rate": "-1"}, "policy.rate"),
        ({**ORDER, "rate": "NaN"}, "policy.rate"),
        ({**ORDER, "rate": "Infinity"}, "policy.rate"),
        ({**ORDER, "rate": "1e9"}, "policy.rate"),
        ({**ORDER, "rate": "0.00001"}, "policy.rate"),
        ({**ORDER, "rate": "１"}, "policy.rate"),
        ({"trigger": "order", "points": 0}, "policy.points"),
        ({"trigger": "order", "points": True}, "policy.points"),
        ({"trigger": "order", "points": 1.5}, "policy.points"),
        ({**ORDER, "cap": -1}, "policy.cap"),
        ({**ORDER, "rounding": "up"}, "policy.rounding"),
        ({**ORDER, "rounding": ["floor"]}, "policy.rounding"),
        ({**ORDER, "minAmount": 0.5}, "policy.minAmount"),
        ({**ORDER, "exclusions": []}, "policy.exclusions"),
        ({**ORDER, "exclusions": {"levels": ["1"]}}, "policy.exclusions.levels"),
        ({**ORDER, "exclusions": {"partners": ["a\x00"]}}, "policy.exclusions.partners"),
        ({**ORDER, "validity": {"from": "tomorrow"}}, "policy.validity.from"),
        ({**ORDER, "validity": {"from": "2026-11-11T00:00:00"}}, "policy.validity.from"),
        ({**ORDER, "validity": {"from": "2026-13-11T00:00:00Z"}}, "policy.validity.from"),
        (
            {**ORDER, "validity": {"from": "2026-11-11T00:00:00Z", "until": "2026-11-11T00:00:00Z"}},
            "policy.validity.until",
        ),
    ],
)
def test_malformed_rules_are_refused_by_key(rule: Any, param: str) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        parse_rule(rule)

    assert refusal.value.param == param


@pytest.mark.no_database
def test_a_rule_reads_as_a_sentence() -> None:
    rule = parse_rule(
        {**ORDER, "rate": "1.50", "cap": 200, "minAmount": "10.00", "validity": {"until": "2027-01-01T00:00:00+00:00"}}
    )

    with override("en"):
        assert summary(rule) == (
            "Completed order: 1.5 credits per unit of currency; at most 200 each time; from an amount of 10.00; "
            "until 2027-01-01T00:00:00+00:00"
        )


@pytest.mark.no_database
def test_validity_is_half_open() -> None:
    rule = parse_rule({**ORDER, "validity": {"from": "2026-11-11T00:00:00Z", "until": "2026-11-12T00:00:00Z"}})

    def covers(day: int) -> bool:
        return rule.covers(instant=datetime(2026, 11, day, tzinfo=UTC), level_id=1, partner_code="MEM-1")

    assert [covers(10), covers(11), covers(12)] == [False, True, False]


def test_a_policy_is_created_enabled_changed_and_switched_with_an_audit() -> None:
    policy = create_policy(name="weekend", description="x", policy=ORDER, actor=system_actor())
    assert policy.status_id == PolicyStatus.ENABLED

    update_policy(policy_id=policy.pk, changes={"policy": {**ORDER, "rate": "2"}}, actor=system_actor())
    update_policy(policy_id=policy.pk, changes={"name": "weekend"}, actor=system_actor())
    disable_policy(policy_id=policy.pk, actor=system_actor())
    disable_policy(policy_id=policy.pk, actor=system_actor())
    enable_policy(policy_id=policy.pk, actor=system_actor())

    policy.refresh_from_db()
    assert policy.policy["rate"] == "2"
    changes = [event.payload["changes"] for event in Event.objects.filter(type="object.changed").order_by("id")]
    assert [set(change) for change in changes] == [
        {"name", "description", "policy"},
        {"policy"},
        {"status"},
        {"status"},
    ]
    assert changes[2:] == [{"status": [700, 701]}, {"status": [701, 700]}]


def test_bad_policies_leave_nothing() -> None:
    make_policy(name="taken")
    count = RewardPolicy.objects.count()

    with pytest.raises(PolicyNameTaken):
        create_policy(name="taken", policy=ORDER, actor=system_actor())
    for fields, param in (
        ({"name": "", "policy": ORDER}, "name"),
        ({"name": "x", "policy": {}}, "policy.rate"),
        ({"name": "x", "policy": {**ORDER, "exclusions": {"levels": [987654]}}}, "policy.exclusions.levels"),
    ):
        with pytest.raises(InvalidPolicy) as refusal:
            create_policy(**fields, actor=system_actor())  # type: ignore[arg-type]
        assert refusal.value.param == param
    with pytest.raises(PolicyNotFound):
        update_policy(policy_id=987_654, changes={"name": "x"}, actor=system_actor())

    assert RewardPolicy.objects.count() == count
