"""The credit pages of the back office."""

from collections.abc import Callable
from typing import Any

import pytest

from credits.choices import PolicyStatus
from credits.models import Credit, CreditReward, RewardPolicy
from credits.services import redeem
from tests.factories.credits import make_account, make_policy
from tests.support.sql import statements
from vmi.core.actors import system_actor

REPORTS = "/admin/credits/creditreport/"
POLICIES = "/admin/credits/rewardpolicy/"


@pytest.fixture
def browser(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    return client_for(staff("manager"))


def test_all_pages_open(browser: Any) -> None:
    report = make_account(credit=100)
    reward = redeem(partner_id=report.owner_id, credit=10, actor=system_actor())
    policy = make_policy()
    pages = (
        "/admin/credits/credit/", f"/admin/credits/credit/{reward.entry_id}/change/",
        "/admin/credits/credit/?q=MEM&type__exact=4",
        REPORTS, f"{REPORTS}{report.pk}/change/", f"{REPORTS}?q={report.owner.code}",
        "/admin/credits/creditreward/", f"/admin/credits/creditreward/{reward.pk}/change/",
        POLICIES, f"{POLICIES}add/", f"{POLICIES}{policy.pk}/change/", f"{POLICIES}?status=700",
    )  # fmt: skip

    for page in pages:
        assert browser.get(page).status_code == 200, page


def test_the_ledger_and_the_accounts_cannot_be_typed_in(browser: Any) -> None:
    report = make_account(credit=100)
    entry = Credit.objects.get()

    for model, pk in (("credit", entry.pk), ("creditreport", report.pk)):
        assert browser.get(f"/admin/credits/{model}/add/").status_code == 403
        assert browser.post(f"/admin/credits/{model}/{pk}/change/", {"credit": 1}).status_code == 403
        assert browser.post(f"/admin/credits/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403


def test_credits_are_spent_and_adjusted_by_actions_with_a_form(browser: Any) -> None:
    report = make_account(credit=100)

    assert browser.get(f"{REPORTS}{report.pk}/redeem/").status_code == 200
    browser.post(f"{REPORTS}{report.pk}/redeem/", {"credit": 30, "memo": "mug"})
    browser.post(f"{REPORTS}{report.pk}/adjust/", {"credit": -20, "memo": "mistake"})
    report.refresh_from_db()
    assert (report.available, report.credit) == (50, 80)
    assert CreditReward.objects.get().memo == "mug"

    for credit, memo in (("51", "too much"), ("0", "nothing"), ("x", "y")):
        browser.post(f"{REPORTS}{report.pk}/redeem/", {"credit": credit, "memo": memo})
    browser.post(f"{REPORTS}{report.pk}/adjust/", {"credit": 5, "memo": ""})
    report.refresh_from_db()
    assert report.available == 50


def test_finance_adjusts_and_a_clerk_does_not(staff: Callable[..., Any], client_for: Callable[..., Any]) -> None:
    report = make_account(credit=100)
    path = f"{REPORTS}{report.pk}/adjust/"

    assert client_for(staff("clerk")).post(path, {"credit": 5, "memo": "x"}).status_code == 403
    assert client_for(staff("finance")).post(path, {"credit": 5, "memo": "x"}).status_code == 302
    report.refresh_from_db()
    assert report.available == 105


def test_policies_are_kept_by_the_commands(browser: Any) -> None:
    body = {"name": "double", "description": "", "policy": '{"trigger": "order", "rate": "2"}'}

    assert browser.post(f"{POLICIES}add/", body).status_code == 302
    policy = RewardPolicy.objects.get(name="double")
    assert policy.policy == {"trigger": "order", "rate": "2"}
    for bad in ('{"trigger": "order", "rate": 0.1}', '"2 per yuan"', "{", '{"trigger": "order"}'):
        assert browser.post(f"{POLICIES}add/", {**body, "name": "bad", "policy": bad}).status_code == 200, bad
    changed = {**body, "policy": '{"trigger": "order", "rate": "3"}'}
    assert browser.post(f"{POLICIES}{policy.pk}/change/", changed).status_code == 302
    browser.post(POLICIES, {"action": "disable", "_selected_action": [policy.pk]})
    policy.refresh_from_db()
    assert (policy.policy["rate"], policy.status_id) == ("3", PolicyStatus.DISABLED)
    assert RewardPolicy.objects.count() == 3


def test_exports(browser: Any) -> None:
    report = make_account(credit=100)

    for path, pk in ((REPORTS, report.pk), ("/admin/credits/credit/", Credit.objects.get().pk)):
        answer = browser.post(path, {"action": "export_csv", "_selected_action": [pk]})
        assert report.owner.code in answer.content.decode("utf-8-sig")


def test_lists_cost_the_same_for_any_number(browser: Any) -> None:
    pages = ("/admin/credits/credit/", REPORTS, "/admin/credits/creditreward/", POLICIES)
    costs: dict[str, list[int]] = {page: [] for page in pages}
    redeem(partner_id=make_account().owner_id, credit=1, actor=system_actor())
    for page in pages:
        browser.get(page)

    for _round in range(2):
        for page in pages:
            with statements() as sent:
                browser.get(page)
            costs[page].append(len(sent))
        for _n in range(5):
            redeem(partner_id=make_account().owner_id, credit=1, actor=system_actor())

    assert all(few == many for few, many in costs.values()), costs


def test_a_new_policy_starts_with_a_rule_that_can_be_saved(browser: Any) -> None:
    form = browser.get(f"{POLICIES}add/").context["adminform"].form

    field = form["policy"]
    answer = browser.post(f"{POLICIES}add/", {"name": "double", "description": "", "policy": field.value()})

    assert answer.status_code == 302
    assert RewardPolicy.objects.get(name="double").policy["trigger"] == "order"
    assert "register, order, activity" in field.help_text
