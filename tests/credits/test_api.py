"""The credit resources over HTTP: members read their own, staff spend and correct, nothing else writes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from credits.models import Credit, CreditReport, CreditReward, RewardPolicy
from partners.models import Partner
from tests.factories.credits import earn, make_account
from tests.factories.partners import make_partner
from tests.support.sql import align_ids, statements

CREDITS = "/api/v1/vmi/credit/"
REPORTS = "/api/v1/vmi/credit/creditReport/"
REWARDS = "/api/v1/vmi/credit/creditReward/"
POLICIES = "/api/v1/vmi/credit/rewardPolicy/"
RULE: dict[str, Any] = {"trigger": "order", "rate": "2"}


def error(response: Any) -> tuple[int, str, str | None]:
    body = response.json()["error"]
    return response.status_code, body["code"], body["param"]


def send(api: Any, path: str, body: dict[str, Any], key: str) -> Any:
    return api.post(path, body, HTTP_IDEMPOTENCY_KEY=key)


@pytest.fixture
def api(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    return api_for(staff("manager"))


def test_an_entry_reads_as_the_documents_spell_it(frozen_clock: Any, api: Any) -> None:
    partner = make_partner()
    entry = earn(partner, amount="12.50", order="ORD-1")[0]

    assert api.get(f"{CREDITS}{entry.pk}/").json() == {
        "id": entry.pk, "sn": entry.sn, "owner": partner.pk, "memo": "orderCredit", "credit": 12, "type": 2,
        "typeName": api.get(f"{CREDITS}{entry.pk}/").json()["typeName"], "level": partner.level_id, "balanceAfter": 12,
        "seq": 1, "policy": entry.policy_id, "amount": "12.50", "source": "order:ORD-1", "reverses": None,
        "namespace": "alpha", "creater": 1, "createTime": 1795320000000,
    }  # fmt: skip
    report = api.get(f"{REPORTS}?ownerId={partner.pk}").json()["results"][0]
    assert (report["credit"], report["available"], report["owed"]) == (12, 12, 0)


def test_redeeming_spends_once_per_key(api: Any) -> None:
    report = make_account(credit=100)
    body = {"owner": report.owner_id, "credit": 30, "memo": "mug"}

    first = send(api, REWARDS, body, "k1")
    again = send(api, REWARDS, body, "k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["credit"] == 30
    assert error(send(api, REWARDS, {**body, "credit": 31}, "k1"))[:2] == (422, "idempotency_mismatch")
    assert error(api.post(REWARDS, body))[:2] == (400, "idempotency_key_required")
    report.refresh_from_db()
    assert report.available == 70

    more = send(api, f"{REPORTS}{report.pk}/redeem/", {"credit": 70}, "k2")
    assert (more.status_code, more.json()["owner"], more.json()["memo"]) == (200, report.owner_id, None)
    refused = send(api, f"{REPORTS}{report.pk}/redeem/", {"credit": 1}, "k3")
    assert error(refused) == (409, "credits_insufficient", "credit")
    assert refused.json()["error"]["details"] == {"available": 0, "wanted": 1, "owed": 0}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"credit": 0}, (400, "min_value", "credit")),
        ({"credit": -5}, (400, "min_value", "credit")),
        ({"credit": 1.5}, (400, "invalid_integer", "credit")),
        ({"credit": "5"}, (400, "invalid_integer", "credit")),
        ({"credit": True}, (400, "invalid_integer", "credit")),
        ({"credit": None}, (400, "null", "credit")),
        ({"credit": 2**63}, (400, "max_value", "credit")),
        ({"owner": 987654}, (400, "does_not_exist", "owner")),
        ({"owner": None}, (400, "null", "owner")),
        ({"sn": "CRW-1"}, (400, "unknown_field", "sn")),
        ({"available": 5}, (400, "unknown_field", "available")),
    ],
)
def test_bad_redemptions_are_refused_by_field(api: Any, change: dict[str, Any], expected: tuple[int, str, str]) -> None:
    report = make_account(credit=100)

    response = send(api, REWARDS, {"owner": report.owner_id, "credit": 5} | change, "k")

    assert error(response) == expected
    assert not CreditReward.objects.exists()


def test_corrections_by_the_manager(api: Any) -> None:
    report = make_account(credit=100)
    path = f"{REPORTS}{report.pk}/adjust/"

    assert send(api, path, {"credit": -40, "memo": "mistake"}, "k1").json()["available"] == 60
    assert send(api, path, {"credit": -40, "memo": "mistake"}, "k1").json()["available"] == 60
    assert error(send(api, path, {"credit": -61, "memo": "x"}, "k2")) == (409, "credits_insufficient", "credit")
    assert error(send(api, path, {"credit": 0, "memo": "x"}, "k3")) == (400, "invalid_credits", "credit")
    assert error(send(api, path, {"credit": 5}, "k4")) == (400, "required", "memo")
    assert error(api.post(path, {"credit": 5, "memo": "x"}))[:2] == (400, "idempotency_key_required")


def test_nobody_writes_the_ledger_or_the_accounts(api: Any) -> None:
    report = make_account(credit=100)
    entry = Credit.objects.get()

    for path in (CREDITS, REPORTS):
        assert api.post(path, {"owner": report.owner_id, "credit": 5}).status_code == 405
    for path in (f"{CREDITS}{entry.pk}/", f"{REPORTS}{report.pk}/"):
        assert api.patch(path, {"credit": 5}).status_code == 405
        assert api.delete(path).status_code == 405


def test_policies(api: Any) -> None:
    created = api.post(POLICIES, {"name": "double", "policy": RULE})
    assert created.status_code == 201
    assert (created.json()["policy"], created.json()["status"]) == (RULE, 700)
    assert created.json()["summary"]
    one = f"{POLICIES}{created.json()['id']}/"

    assert error(api.post(POLICIES, {"name": "double", "policy": RULE})) == (409, "policy_name_taken", "name")
    assert error(api.post(POLICIES, {"name": "x", "policy": "2 per yuan"})) == (400, "invalid_policy", "policy")
    assert error(api.post(POLICIES, {"name": "x", "policy": {**RULE, "rate": 0.1}}))[2] == "policy.rate"
    assert error(api.post(POLICIES, {"name": "x", "policy": {**RULE, "x": 1}})) == (400, "unknown_field", "policy.x")
    assert error(api.post(POLICIES, {"name": "x"})) == (400, "required", "policy")
    assert api.post(f"{one}disable/").json()["status"] == 701
    assert api.post(f"{one}enable/").json()["status"] == 700
    assert api.patch(one, {"policy": {**RULE, "cap": 5}}).json()["policy"]["cap"] == 5
    assert RewardPolicy.objects.count() == 3


def test_who_may_do_what(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    report = make_account(credit=100)
    adjust = f"{REPORTS}{report.pk}/adjust/"
    allowed = (200, 200, 201)
    expected = {"manager": allowed, "finance": allowed, "clerk": (200, 403, 403), "warehouse": (403,) * 3}

    for role, codes in expected.items():
        api = api_for(staff(role))
        answers = (
            api.get(CREDITS),
            send(api, adjust, {"credit": 1, "memo": "x"}, role),
            api.post(POLICIES, {"name": role, "policy": RULE}),
        )
        assert tuple(answer.status_code for answer in answers) == codes, role
    anonymous = api_for(None)
    assert {anonymous.get(path).status_code for path in (CREDITS, REPORTS, REWARDS, POLICIES)} == {401}


def test_customers_read_their_own_credits_only(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    user = staff("customer")
    own = make_account(credit=50, partner=make_partner(user_id=user.pk))
    other = make_account(credit=70)
    api = api_for(user)

    assert [row["owner"] for row in api.get(CREDITS).json()["results"]] == [own.owner_id]
    assert [row["available"] for row in api.get(REPORTS).json()["results"]] == [50]
    assert api.get(f"{CREDITS}?ownerId={other.owner_id}").json()["results"] == []
    assert api.get(f"{REPORTS}{other.pk}/").status_code == 404
    assert api.get(POLICIES).status_code == 403
    assert send(api, REWARDS, {"owner": own.owner_id, "credit": 1}, "k").status_code == 403
    assert send(api, f"{REPORTS}{own.pk}/redeem/", {"credit": 1}, "k").status_code == 403
    assert send(api, f"{REPORTS}{own.pk}/adjust/", {"credit": 1, "memo": "x"}, "k").status_code == 403


def test_lists_cost_the_same_for_any_number(api: Any) -> None:
    make_account()
    paths = (CREDITS, REPORTS, REWARDS, POLICIES)
    for path in paths:  # what a process looks up once, such as names of statuses, is not a list's cost
        api.get(path)
    costs: dict[str, list[int]] = {path: [] for path in paths}

    for _round in range(2):
        for path in paths:
            with statements() as sent:
                api.get(path)
            costs[path].append(len(sent))
        for _n in range(5):
            report = make_account(credit=10)
            send(api, REWARDS, {"owner": report.owner_id, "credit": 1}, f"k{report.pk}")

    assert all(few == many <= 3 for few, many in costs.values()), costs


def test_the_other_namespace_answers_its_own_account(
    staff: Callable[..., Any],
    api_for: Callable[..., Any],
    alpha: Any,
    beta: Any,
    in_beta: Callable[[], AbstractContextManager[None]],
) -> None:
    align_ids((alpha, beta), Partner, CreditReport)
    ours = make_account(credit=10)
    here = api_for(staff("manager"))
    with in_beta():
        assert make_account(credit=99).pk == ours.pk
        there = api_for(staff("manager"), host="beta.testserver")

    assert here.get(f"{REPORTS}{ours.pk}/").json()["available"] == 10
    assert there.get(f"{REPORTS}{ours.pk}/").json()["available"] == 99
    send(there, f"{REPORTS}{ours.pk}/adjust/", {"credit": 1, "memo": "x"}, "k")
    ours.refresh_from_db()
    assert ours.available == 10
