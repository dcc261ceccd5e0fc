"""Granting credits: exact points, once per document, levels, budget of statements."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from credits.choices import CreditTrigger, CreditType
from credits.models import Credit, CreditReport, RewardPolicy
from credits.selectors import check_reports
from credits.services import accrue, disable_policy, open_report
from partners.exceptions import PartnerNotFound
from partners.models import Level, Partner
from partners.services import PartnerRow, register_partners
from tests.factories.credits import earn, make_account, make_policy
from tests.factories.partners import make_partner
from tests.support.sql import align_ids, statements
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from vmi.events import deliver_inline
from vmi.events.models import Event


def account(partner: Partner) -> tuple[int, int, int]:
    """Earned in all, available, owed."""
    report = CreditReport.objects.get(owner=partner)
    return report.credit, report.available, report.owed


def test_a_new_member_gets_the_welcome_credits_through_the_event(frozen_clock: Any) -> None:
    partner = make_partner(with_credits=True)

    entry = Credit.objects.get(owner=partner)
    assert (entry.type, entry.credit, entry.balance_after, entry.seq) == (CreditType.REGISTER, 100, 100, 1)
    assert (entry.source_type, entry.source_sn) == ("partner", partner.code)
    assert entry.policy == RewardPolicy.objects.get(name="welcome")
    assert entry.level == partner.level
    assert entry.create_time == datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    assert entry.sn.startswith("CRD-20261122-")
    assert account(partner) == (100, 100, 0)
    assert Event.objects.get(type="credit.accrued").payload == {
        "partner_id": partner.pk, "sn": entry.sn, "credit": 100, "trigger": "register",
    }  # fmt: skip


def test_members_registered_in_bulk_get_them_too() -> None:
    with deliver_inline():
        partners = register_partners([PartnerRow(name=f"m{n}") for n in range(5)], system_actor())

    assert [account(partner) for partner in partners] == [(100, 100, 0)] * 5
    assert check_reports() == []


@pytest.mark.parametrize(("amount", "points"), [("0.99", 0), ("1.00", 1), ("99.99", 99), ("1234.50", 1234)])
def test_an_order_earns_one_credit_per_unit_rounded_down(amount: str, points: int) -> None:
    partner = make_partner()

    entries = earn(partner, amount=amount)

    assert [entry.credit for entry in entries] == ([points] if points else [])
    assert account(partner) == (points, points, 0)


def test_the_same_order_grants_once() -> None:
    partner = make_partner()

    assert len(earn(partner, amount="50.00", order="ORD-1")) == 1
    assert earn(partner, amount="50.00", order="ORD-1") == []
    assert len(earn(partner, amount="50.00", order="ORD-2")) == 1

    assert account(partner) == (100, 100, 0)
    assert [entry.seq for entry in Credit.objects.order_by("seq")] == [1, 2]


def test_all_enabled_policies_of_a_trigger_grant() -> None:
    partner = make_partner()
    double = make_policy(policy={"version": 1, "trigger": "order", "rate": "0.5", "cap": 10})
    off = make_policy()
    disable_policy(policy_id=off.pk, actor=system_actor())

    entries = earn(partner, amount="30.00", order="ORD-1")

    assert [(entry.policy_id, entry.credit) for entry in entries] == [
        (RewardPolicy.objects.get(name="orderCredit").pk, 30),
        (double.pk, 10),
    ]
    assert account(partner) == (40, 40, 0)


def test_validity_is_judged_at_the_time_it_happened() -> None:
    partner = make_partner()
    make_policy(
        policy={"version": 1, "trigger": "activity", "points": 7,
                "validity": {"from": "2026-11-11T00:00:00+08:00", "until": "2026-11-12T00:00:00+08:00"}}
    )  # fmt: skip

    def points(at: datetime, sn: str) -> int:
        entries = accrue(
            partner_id=partner.pk, trigger=CreditTrigger.ACTIVITY, source=Source("activity", sn), amount=None,
            actor=system_actor(), at=at,
        )  # fmt: skip
        return sum(entry.credit for entry in entries)

    assert points(datetime(2026, 11, 10, 15, 59, 59, tzinfo=UTC), "a") == 0
    assert points(datetime(2026, 11, 10, 16, 0, tzinfo=UTC), "b") == 7
    assert points(datetime(2026, 11, 11, 16, 0, tzinfo=UTC), "c") == 0


def test_excluded_levels_and_members_earn_nothing_from_the_policy() -> None:
    silver = Level.objects.get(name="银卡会员")
    lucky, excluded = make_partner(), make_partner()
    rule = {"version": 1, "trigger": "activity", "points": 5}
    make_policy(policy={**rule, "exclusions": {"levels": [silver.pk], "partners": [excluded.code]}})

    for partner in (lucky, excluded):
        accrue(
            partner_id=partner.pk, trigger=CreditTrigger.ACTIVITY, source=Source("activity", partner.code),
            amount=None, actor=system_actor(),
        )  # fmt: skip

    assert (account(lucky), account(excluded)) == ((5, 5, 0), (0, 0, 0))


def test_the_level_follows_the_points_and_the_entry_keeps_the_level_of_its_time() -> None:
    partner = make_partner()
    low = partner.level

    earn(partner, amount="1000.00")
    partner.refresh_from_db()
    assert partner.level.name == "银卡会员"
    earn(partner, amount="1.00")

    assert [entry.level.name for entry in Credit.objects.order_by("seq")] == [low.name, "银卡会员"]


def test_an_unknown_member_is_refused_and_leaves_no_account() -> None:
    with pytest.raises(PartnerNotFound):
        open_report(partner_id=987_654, actor=system_actor())


def test_an_accrual_costs_five_statements() -> None:
    partner = make_partner()
    earn(partner, amount="10.00")

    with clock.at(datetime(2026, 11, 22, tzinfo=UTC)), statements() as sent:
        earn(partner, amount="10.00")

    assert len(sent) == 5, "\n".join(sent)  # account, policies, entry, account, event


def test_an_order_that_earned_already_costs_two_statements() -> None:
    partner = make_partner()
    earn(partner, amount="10.00", order="ORD-1")

    with clock.at(datetime(2026, 11, 22, tzinfo=UTC)), statements() as sent:
        earn(partner, amount="10.00", order="ORD-1")

    assert len(sent) == 2, "\n".join(sent)


def test_the_ledger_refuses_change_and_deletion() -> None:
    from django.db import DatabaseError, transaction

    make_account(credit=5)

    for statement in (
        lambda: Credit.objects.update(credit=6),
        lambda: Credit.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            statement()


def test_the_other_namespace_keeps_its_own_credits(
    alpha: Any, beta: Any, in_beta: Callable[[], AbstractContextManager[None]]
) -> None:
    align_ids((alpha, beta), Partner, Credit, CreditReport)
    ours = make_partner()
    earn(ours, amount="10.00", order="ORD-1")
    with in_beta():
        theirs = make_partner()
        assert theirs.pk == ours.pk
        earn(theirs, amount="77.00", order="ORD-1")
        assert account(theirs) == (77, 77, 0)
        assert Credit.objects.count() == 1

    assert account(ours) == (10, 10, 0)
    assert Decimal(Credit.objects.get().amount or 0) == Decimal("10.00")
