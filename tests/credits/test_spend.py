"""Spending, correcting and taking credits back."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from credits.choices import CreditType
from credits.exceptions import InsufficientCredits, InvalidCredits
from credits.models import Credit, CreditReport, CreditReward
from credits.selectors import check_reports
from credits.services import adjust, redeem, reverse_for_return
from partners.exceptions import PartnerDisabled
from partners.models import Partner
from partners.services import disable_partner
from tests.factories.credits import earn, make_account
from tests.factories.partners import make_partner
from vmi.core.actors import system_actor
from vmi.core.exceptions import Conflict, DomainError
from vmi.core.sources import Source


def account(partner: Partner) -> tuple[int, int, int]:
    """Earned in all, available, owed."""
    report = CreditReport.objects.get(owner=partner)
    return report.credit, report.available, report.owed


def give_back(partner: Partner, *, order: str, ret: str, amount: str) -> list[int]:
    """Credits of the entries a return writes."""
    entries = reverse_for_return(
        partner_id=partner.pk,
        order=Source("order", order),
        returned=Source("returnOrder", ret),
        amount=Decimal(amount),
        actor=system_actor(),
    )
    return [entry.credit for entry in entries]


def test_spending_writes_a_reward_and_an_entry() -> None:
    report = make_account(credit=500)

    reward = redeem(partner_id=report.owner_id, credit=120, memo="mug", actor=system_actor())

    assert reward.sn.startswith("CRW-")
    assert (reward.credit, reward.memo) == (120, "mug")
    entry = reward.entry
    assert (entry.type, entry.credit, entry.balance_after, entry.seq) == (CreditType.REDEEM, -120, 380, 2)
    assert account(report.owner) == (500, 380, 0)
    assert check_reports() == []


def test_nobody_spends_more_than_is_available() -> None:
    report = make_account(credit=100)

    with pytest.raises(InsufficientCredits) as refusal:
        redeem(partner_id=report.owner_id, credit=101, actor=system_actor())

    assert refusal.value.details == {"available": 100, "wanted": 101, "owed": 0}
    assert refusal.value.param == "credit"
    assert not CreditReward.objects.exists()
    assert account(report.owner) == (100, 100, 0)
    redeem(partner_id=report.owner_id, credit=100, actor=system_actor())
    assert account(report.owner) == (100, 0, 0)


@pytest.mark.parametrize("credit", [0, -1, True, 1.5, "5", None, 2**31, 2**63])
def test_bad_numbers_of_credits_are_refused(credit: Any) -> None:
    report = make_account(credit=100)

    with pytest.raises(InvalidCredits) as refusal:
        redeem(partner_id=report.owner_id, credit=credit, actor=system_actor())

    assert refusal.value.param == "credit"
    assert Credit.objects.count() == 1


def test_a_disabled_member_does_not_spend() -> None:
    report = make_account(credit=100)
    disable_partner(partner_id=report.owner_id, actor=system_actor())

    with pytest.raises(PartnerDisabled):
        redeem(partner_id=report.owner_id, credit=1, actor=system_actor())


def test_the_same_source_spends_once() -> None:
    report, source = make_account(credit=100), Source("pointsOrder", "P-1")

    first = redeem(partner_id=report.owner_id, credit=30, source=source, actor=system_actor())
    assert redeem(partner_id=report.owner_id, credit=30, source=source, actor=system_actor()) == first
    with pytest.raises(Conflict) as refusal:
        redeem(partner_id=report.owner_id, credit=31, source=source, actor=system_actor())

    assert refusal.value.code == "idempotency_mismatch"
    assert account(report.owner) == (100, 70, 0)


def test_corrections_go_both_ways_and_need_a_reason() -> None:
    partner = make_partner()

    adjust(partner_id=partner.pk, credit=50, memo="goodwill", actor=system_actor())
    adjust(partner_id=partner.pk, credit=-20, memo="mistake", actor=system_actor())

    assert account(partner) == (30, 30, 0)
    with pytest.raises(InsufficientCredits):
        adjust(partner_id=partner.pk, credit=-31, memo="too much", actor=system_actor())
    for credit, memo, param in ((0, "x", "credit"), (5, " ", "memo"), (5, "a\x00", "memo"), (True, "x", "credit")):
        with pytest.raises(InvalidCredits) as refusal:
            adjust(partner_id=partner.pk, credit=credit, memo=memo, actor=system_actor())
        assert refusal.value.param == param
    assert account(partner) == (30, 30, 0)


def test_a_correction_with_a_source_happens_once() -> None:
    partner, source = make_partner(), Source("ticket", "T-1")

    first = adjust(partner_id=partner.pk, credit=5, memo="x", source=source, actor=system_actor())

    assert adjust(partner_id=partner.pk, credit=5, memo="x", source=source, actor=system_actor()) == first
    with pytest.raises(Conflict):
        adjust(partner_id=partner.pk, credit=6, memo="x", source=source, actor=system_actor())


def test_a_complete_return_takes_back_everything() -> None:
    partner = make_partner()
    earn(partner, amount="99.99", order="ORD-1")

    assert give_back(partner, order="ORD-1", ret="RET-1", amount="99.99") == [-99]
    assert give_back(partner, order="ORD-1", ret="RET-1", amount="99.99") == []

    assert account(partner) == (0, 0, 0)
    assert check_reports() == []


def test_partial_returns_take_back_their_share_and_never_more_than_was_earned() -> None:
    partner = make_partner()
    earn(partner, amount="100.00", order="ORD-1")

    assert give_back(partner, order="ORD-1", ret="RET-1", amount="33.33") == [-34]  # 66.67 left keep 66
    assert give_back(partner, order="ORD-1", ret="RET-2", amount="33.33") == [-33]  # 33.34 left keep 33
    assert give_back(partner, order="ORD-1", ret="RET-3", amount="33.34") == [-33]
    assert give_back(partner, order="ORD-1", ret="RET-4", amount="10.00") == [0]

    assert account(partner) == (0, 0, 0)


def test_what_was_spent_already_is_owed_and_paid_by_the_next_earnings() -> None:
    partner = make_partner()
    earn(partner, amount="100.00", order="ORD-1")
    redeem(partner_id=partner.pk, credit=80, actor=system_actor())

    give_back(partner, order="ORD-1", ret="RET-1", amount="100.00")
    assert account(partner) == (0, 0, 80)
    with pytest.raises(InsufficientCredits):
        redeem(partner_id=partner.pk, credit=1, actor=system_actor())

    earn(partner, amount="50.00", order="ORD-2")
    assert account(partner) == (50, 0, 30)
    earn(partner, amount="50.00", order="ORD-3")
    assert account(partner) == (100, 20, 0)
    assert [entry.balance_after for entry in Credit.objects.order_by("seq")] == [100, 20, -80, -30, 20]
    assert check_reports() == []


def test_a_return_reported_before_the_order_accrued_is_taken_off() -> None:
    partner = make_partner()

    assert give_back(partner, order="ORD-1", ret="RET-1", amount="40.00") == [0]
    entries = earn(partner, amount="100.00", order="ORD-1")
    assert [(entry.credit, entry.amount) for entry in entries] == [(60, Decimal("60.00"))]

    assert give_back(partner, order="ORD-1", ret="RET-2", amount="60.00") == [-60]
    assert account(partner) == (0, 0, 0)
    assert check_reports() == []


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("UPDATE credits_creditreport SET available = available + 1", "account"),
        ("UPDATE credits_creditreport SET credit = credit + 1", "account"),
        ("UPDATE credits_creditreport SET seq = seq + 1", "account"),
        ("ALTER TABLE credits_credit DISABLE TRIGGER USER; UPDATE credits_credit SET balance_after = 7", "entry"),
        ("ALTER TABLE credits_credit DISABLE TRIGGER USER; UPDATE credits_credit SET seq = seq + 5", "entry"),
        ("ALTER TABLE credits_creditreward DISABLE TRIGGER USER; UPDATE credits_creditreward SET credit = 9", "reward"),
    ],
)
def test_a_planted_difference_is_found(sql: str, check: str) -> None:
    report = make_account(credit=100)
    redeem(partner_id=report.owner_id, credit=10, actor=system_actor())
    assert check_reports() == []

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in sql.split(";"):
            cursor.execute(statement)

    findings = check_reports()
    assert {finding["check"] for finding in findings} == {check}
    assert findings[0]["owner"] == report.owner_id


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE credits_creditreport SET available = -1",
        "UPDATE credits_creditreport SET owed = -1",
        "UPDATE credits_creditreport SET available = 1, owed = 1",
    ],
)
def test_the_database_refuses_impossible_accounts(sql: str) -> None:
    from django.db import IntegrityError, transaction

    make_account(credit=1)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_refusals_are_conflicts_or_bad_requests() -> None:
    errors: list[type[DomainError]] = [InsufficientCredits, InvalidCredits]
    assert [error.status for error in errors] == [409, 400]
