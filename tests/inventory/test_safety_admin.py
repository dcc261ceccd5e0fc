"""Safety stock in the back office: lists, actions, the first page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from inventory.choices import ReviewState
from inventory.models import SafetyPolicy, SafetyReview
from inventory.selectors.safety import safety_numbers
from inventory.services import SafetyTerms, review_safety, set_safety
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.support.sql import statements
from tests.support.time import FrozenClock
from vmi.core.actors import system_actor

ACTOR = system_actor()
POLICIES = "/admin/inventory/safetypolicy/"
REVIEWS = "/admin/inventory/safetyreview/"
ROWS = "/admin/inventory/logicalstock/"


def in_english(client: Any) -> Any:
    """The same browser with the switch on English."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def browser(client_for: Callable[..., Any], staff: Callable[..., Any]) -> Any:
    """A manager in the back office."""
    return in_english(client_for(staff("manager")))


def withheld(units: int, *, of: int = 100) -> tuple[Stock, SafetyPolicy]:
    """A row that withholds ``units``, and its policy."""
    stock = make_stock(of)
    set_safety(logical_id=stock.logical.pk, terms=SafetyTerms(normal_units=units), source=source("safety"), actor=ACTOR)
    return stock, SafetyPolicy.objects.get(logical=stock.logical)


def act(browser: Any, page: str, pk: int, action: str, **fields: Any) -> str:
    """Press an object's button, answer its question; the page it leads to."""
    answer = browser.post(f"{page}{pk}/{action}/", fields, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_shows_what_is_missing_and_filters_by_state(browser: Any) -> None:
    short, _policy = withheld(120)
    fine, _other = withheld(10)

    everything = browser.get(POLICIES).content.decode()
    assert short.sku in everything
    assert fine.sku in everything
    missing = browser.get(f"{POLICIES}?state=deficit").content.decode()
    assert short.sku in missing
    assert fine.sku not in missing
    for state in ("released", "locked", "proposal"):
        assert short.sku not in browser.get(f"{POLICIES}?state={state}").content.decode()


def test_release_lock_emergency_and_rearm(browser: Any) -> None:
    stock, policy = withheld(100)

    page = act(browser, POLICIES, policy.pk, "release", quantity="60", reason="双十一", until="", channel="")
    assert "40 of 100 units are withheld, 60 released." in page
    refused = act(browser, POLICIES, policy.pk, "release", quantity="60", reason="双十一", until="", channel="")
    assert "60 units were to be moved, there are 40." in refused
    act(browser, POLICIES, policy.pk, "lock-stock", reason="供应商停产", until="2999-12-31")
    assert "is locked: 供应商停产" in act(browser, POLICIES, policy.pk, "release", quantity="1", reason="x")
    act(browser, POLICIES, policy.pk, "release-locked", quantity="5", reason="急救", channel=stock.channel_id)
    act(browser, POLICIES, policy.pk, "unlock-stock")
    page = act(browser, POLICIES, policy.pk, "rearm", quantity="", reason="到货")
    assert "100 of 100 units are withheld, 0 released." in page
    assert browser.get(f"{POLICIES}{policy.pk}/change/").status_code == 200
    assert 'value="100"' in browser.get(f"{POLICIES}{policy.pk}/set-stock/").content.decode()
    assert "双十一" in browser.get("/admin/inventory/safetyrelease/").content.decode()
    assert prove_stock() == []


def test_limits_of_selected_rows_are_set_together(browser: Any) -> None:
    first, second = make_stock(50), make_stock(20)
    rows = [first.logical.pk, second.logical.pk]
    chosen = {"_selected_action": rows, "_answered": "1", "select_across": "0"}

    browser.post(ROWS, {**chosen, "action": "set_warning_line", "threshold": "7"})
    fields = {"normal_units": "10", "emergency_percent": "10", "supplier_risk_percent": "0", "review_every": "7"}
    browser.post(ROWS, {**chosen, "action": "set_safety_stock", **fields})

    assert [(row.logical.alert_threshold, row.logical.safety_qty) for row in (first, second)] == [(7, 11), (7, 11)]
    page = browser.get(ROWS).content.decode()
    assert "warning line" in page.lower()
    assert prove_stock() == []


def test_a_proposal_is_accepted_with_one_click(
    frozen_clock: FrozenClock, client_for: Callable[..., Any], staff: Callable[..., Any]
) -> None:
    stock, policy = withheld(20)
    other, rejected = withheld(30)
    frozen_clock.advance(days=7)
    browser = in_english(client_for(staff("manager")))
    assert "Back-test over 7 days" in act(browser, POLICIES, policy.pk, "review")
    review_safety(logical_ids=[other.logical.pk], actor=ACTOR)
    assert "proposals" in browser.get("/admin/").content.decode()

    page = browser.get(f"{REVIEWS}{SafetyReview.objects.get(policy=policy).pk}/change/").content.decode()
    assert "idle days 7" in page
    act(browser, REVIEWS, SafetyReview.objects.get(policy=policy).pk, "accept")
    act(browser, REVIEWS, SafetyReview.objects.get(policy=rejected).pk, "reject")

    assert (stock.logical.safety_qty, other.logical.safety_qty) == (0, 30)
    states = SafetyReview.objects.order_by("policy_id").values_list("state", flat=True)
    assert list(states) == [ReviewState.ACCEPTED, ReviewState.REJECTED]


def test_the_first_page_counts_deficits(browser: Any) -> None:
    assert "safety stock not backed" not in browser.get("/admin/").content.decode().lower()
    withheld(120)
    withheld(10)

    numbers = safety_numbers()
    page = browser.get("/admin/").content.decode()

    assert (numbers.policies, numbers.deficits, numbers.missing_units, numbers.proposals) == (2, 1, 20, 0)
    assert "20 units missing" in page
    assert "state=deficit" in page


@pytest.mark.parametrize("name", ["safetypolicy", "safetyrelease", "safetyreview"])
def test_a_list_costs_the_same_whatever_it_holds(browser: Any, name: str) -> None:
    page = f"/admin/inventory/{name}/"
    withheld(5)
    browser.get(page)
    with statements() as few:
        assert browser.get(page).status_code == 200
    for _number in range(3):
        withheld(5)

    with statements() as many:
        browser.get(page)

    assert len(many) == len(few)
