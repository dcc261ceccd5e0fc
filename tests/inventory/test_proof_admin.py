"""Red on the first page and above every page, the way to the findings, the decision, and green again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from inventory.admin.dashboard import RECONCILE_JOB, reconcile_cards
from inventory.choices import CorrectionKind, CorrectionState
from inventory.models import Correction, ReconcileRun
from inventory.tasks import reconcile_nightly
from tests.factories.inventory import Stock
from tests.inventory.busy import busy_stock, plant
from tests.support.sql import statements
from vmi.core import clock
from vmi.namespaces.jobs import beat

RED = "bo-banner"


@pytest.fixture
def manager(staff: Callable[..., Any], client_for: Callable[..., Client]) -> Client:
    """A signed-in manager."""
    return client_for(staff("manager"))


def nightly() -> None:
    """The nightly proof with its heartbeat, as the worker runs it."""
    started = clock.now()
    reconcile_nightly()
    beat("alpha", RECONCILE_JOB, period_s=86_400, started=started)


@pytest.fixture
def faulty() -> Stock:
    """A row whose held figure was overwritten, found by the nightly proof."""
    stock = busy_stock()
    plant("UPDATE inventory_channelstock SET held_qty = 4 WHERE id = %s", stock.bucket.pk)
    nightly()
    return stock


def test_red_leads_to_the_findings_and_turns_green_after_the_correction(
    faulty: Stock, manager: Client, rf: Any, staff: Callable[..., Any]
) -> None:
    first = Correction.objects.get(invariant="I1")
    page = manager.get("/admin/").content.decode()
    run = ReconcileRun.objects.get()
    assert RED in page
    assert f"/admin/inventory/reconcilerun/{run.pk}/change/" in page
    assert "/admin/inventory/correction/?state__exact=1" in page
    assert RED in manager.get("/admin/inventory/batch/").content.decode()
    assert faulty.sku in manager.get(f"/admin/inventory/reconcilerun/{run.pk}/change/").content.decode()

    body = {"kind": "", "note": "overwritten by a script", "_answered": "1"}
    answer = manager.post(f"/admin/inventory/correction/{first.pk}/approve/", body)
    assert answer.status_code == 302
    nightly()

    assert faulty.bucket.held_qty == 1
    assert RED not in manager.get("/admin/").content.decode()
    request = rf.get("/admin/")
    request.user = staff("manager")
    (card,) = reconcile_cards(request)
    assert card.tone == "good"
    first.refresh_from_db()
    assert (first.state, first.note) == (CorrectionState.APPROVED, "overwritten by a script")


def test_the_page_of_a_correction_shows_the_evidence(faulty: Stock, manager: Client) -> None:
    first = Correction.objects.get(invariant="I1")

    page = manager.get(f"/admin/inventory/correction/{first.pk}/change/").content.decode()

    for text in (first.sn, faulty.sku, "合计 1", "I6 占用: 4 ≠ 1", f"row_id__exact={faulty.bucket.pk}"):
        assert text in page


def test_the_approver_may_choose_the_other_side(faulty: Stock, manager: Client) -> None:
    first = Correction.objects.get(invariant="I1")

    body = {"kind": str(int(CorrectionKind.ENTRY)), "note": "they were sold", "_answered": "1"}
    manager.post(f"/admin/inventory/correction/{first.pk}/approve/", body)

    assert faulty.bucket.held_qty == 4
    first.refresh_from_db()
    assert first.chosen == CorrectionKind.ENTRY


def test_rejecting_needs_a_reason(faulty: Stock, manager: Client) -> None:
    first = Correction.objects.get(invariant="I1")
    url = f"/admin/inventory/correction/{first.pk}/reject/"

    assert manager.post(url, {"note": "", "_answered": "1"}).status_code == 200
    assert manager.post(url, {"note": "wait", "_answered": "1"}).status_code == 302

    first.refresh_from_db()
    assert (first.state, first.note) == (CorrectionState.REJECTED, "wait")


def test_proving_by_hand_asks_first_and_is_four_eyes(faulty: Stock, manager: Client) -> None:
    Correction.objects.all().delete()
    assert manager.get("/admin/inventory/reconcilerun/prove/").status_code == 200
    assert ReconcileRun.objects.count() == 1

    assert manager.post("/admin/inventory/reconcilerun/prove/").status_code == 302

    assert ReconcileRun.objects.count() == 2
    first = Correction.objects.get(invariant="I1")
    manager.post(f"/admin/inventory/correction/{first.pk}/approve/", {"kind": "", "note": "mine", "_answered": "1"})
    assert faulty.bucket.held_qty == 4


@pytest.mark.parametrize("role", ["clerk", "warehouse", "finance"])
def test_others_may_look_but_not_decide(
    faulty: Stock, role: str, staff: Callable[..., Any], client_for: Callable[..., Client]
) -> None:
    client, first = client_for(staff(role)), Correction.objects.get(invariant="I1")

    assert client.get(f"/admin/inventory/correction/{first.pk}/change/").status_code == 200
    body = {"kind": "", "note": "x", "_answered": "1"}
    assert client.post(f"/admin/inventory/correction/{first.pk}/approve/", body).status_code == 403
    assert client.post("/admin/inventory/reconcilerun/prove/").status_code == 403
    assert faulty.bucket.held_qty == 4


def test_a_store_member_sees_no_banner(
    faulty: Stock, staff: Callable[..., Any], client_for: Callable[..., Client]
) -> None:
    assert RED not in client_for(staff("store_member")).get("/admin/").content.decode()


def test_the_api_decides_too(faulty: Stock, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    api = api_for(staff("manager"))
    (first,) = api.get("/api/v1/inventory/corrections/", {"invariant": "I1", "state": 1}).json()["results"]
    assert (first["actual"], first["expected"], first["difference"], first["kinds"]) == (4, 1, 3, [1, 2])
    url = f"/api/v1/inventory/corrections/{first['id']}"

    assert api.post(f"{url}/approve/", {"kind": 3}, format="json").json()["error"]["param"] == "kind"
    done = api.post(f"{url}/approve/", {"note": "by api"}, format="json")

    assert (done.status_code, done.json()["state"], done.json()["chosen"]) == (200, 2, 2)
    assert api.post(f"{url}/reject/", {"note": "x"}, format="json").status_code == 409
    run = api.post("/api/v1/inventory/reconcileRuns/prove/", {}, format="json")
    assert (run.status_code, run.json()["differences"]) == (201, 0)
    assert len(api.get("/api/v1/inventory/reconcileRuns/").json()["results"]) == 2


@pytest.mark.parametrize("role", ["clerk", "warehouse", "finance", "customer"])
def test_the_api_lets_nobody_else_decide(
    faulty: Stock, role: str, staff: Callable[..., Any], api_for: Callable[..., Any]
) -> None:
    api, first = api_for(staff(role)), Correction.objects.get(invariant="I1")

    assert api.post(f"/api/v1/inventory/corrections/{first.pk}/approve/", {}, format="json").status_code == 403
    assert api.post("/api/v1/inventory/reconcileRuns/prove/", {}, format="json").status_code == 403


@pytest.mark.parametrize("name", ["correction", "reconcilerun"])
def test_a_list_costs_the_same_whatever_it_holds(manager: Client, name: str) -> None:
    page = f"/admin/inventory/{name}/"
    costs = []
    for held, stock in zip((4, 5), (busy_stock(), busy_stock()), strict=True):
        plant("UPDATE inventory_channelstock SET held_qty = %s WHERE id = %s", held, stock.bucket.pk)
        nightly()
        manager.get(page)
        with statements() as sent:
            assert manager.get(page).status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_the_question_offers_what_fits_the_correction(faulty: Stock, manager: Client) -> None:
    url = f"/admin/inventory/correction/{Correction.objects.get().pk}/approve/"

    form = manager.get(url).context["form"]

    offered = [value for value, _label in form.fields["kind"].choices]
    assert offered == ["", CorrectionKind.ENTRY, CorrectionKind.COUNTER]
    assert {"4", "1"} <= set(re.findall(r"[0-9]+", str(form.fields["kind"].help_text)))
    answer = manager.post(url, {"kind": CorrectionKind.MOVE, "note": "no", "_answered": "1"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["kind"])
    assert faulty.bucket.held_qty == 4
