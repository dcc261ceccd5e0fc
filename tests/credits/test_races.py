"""Two at once on one account: the lock, and what happens without it."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from credits import locks
from credits.choices import CreditTrigger, CreditType
from credits.exceptions import InsufficientCredits
from credits.models import Credit, CreditReport, CreditReward
from credits.selectors import check_reports
from credits.services import accounts, accrue, redeem
from tests.factories.credits import make_account
from tests.factories.partners import make_partner
from vmi.core.actors import system_actor
from vmi.core.db import fetch_all
from vmi.core.sources import Source

pytestmark = pytest.mark.slow


def spend(partner_id: int, credit: int) -> Callable[[], Any]:
    return lambda: redeem(partner_id=partner_id, credit=credit, actor=system_actor())


def complete(partner_id: int, order: str) -> Callable[[], Any]:
    return lambda: accrue(
        partner_id=partner_id,
        trigger=CreditTrigger.ORDER,
        source=Source("order", order),
        amount=Decimal("10.00"),
        actor=system_actor(),
    )


def test_credits_are_spent_once(in_threads: Callable[..., list[Any]]) -> None:
    report = make_account(credit=100)  # and 100 to welcome the member

    results = in_threads(*[spend(report.owner_id, 200) for _n in range(4)])

    refused = [result for result in results if isinstance(result, InsufficientCredits)]
    assert len(refused) == 3, results
    assert [error.details["available"] for error in refused] == [0, 0, 0]
    report.refresh_from_db()
    assert (report.available, CreditReward.objects.count()) == (0, 1)
    assert check_reports() == []


def test_without_the_lock_both_see_the_same_credits(
    in_threads: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both pass the check, and only the number of the entry stops the second one."""
    report = make_account(credit=100)
    both_have_read = threading.Barrier(2)

    def read_without_lock(owner_id: int) -> locks.Account | None:
        rows = fetch_all(locks._LOCK.replace("FOR NO KEY UPDATE OF report", ""), {"owner": owner_id})
        both_have_read.wait(300)
        return locks.Account(**rows[0])

    monkeypatch.setattr(accounts, "lock_report", read_without_lock)
    results = in_threads(spend(report.owner_id, 200), spend(report.owner_id, 200))

    assert [type(result) for result in results if isinstance(result, Exception)] == [IntegrityError], results


def test_an_order_that_completes_twice_at_once_grants_once(in_threads: Callable[..., list[Any]]) -> None:
    partner = make_partner()

    results = in_threads(*[complete(partner.pk, "ORD-1") for _n in range(4)])

    assert sorted(len(result) for result in results) == [0, 0, 0, 1]
    assert Credit.objects.filter(type=CreditType.ORDER).count() == 1


def test_many_orders_at_once_open_one_account_and_add_up(in_threads: Callable[..., list[Any]]) -> None:
    partner = make_partner()

    results = in_threads(*[complete(partner.pk, f"ORD-{n}") for n in range(6)])

    assert [len(result) for result in results] == [1] * 6
    report = CreditReport.objects.get()
    assert (report.available, report.seq) == (160, 7)
    assert check_reports() == []
