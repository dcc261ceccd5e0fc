"""Goods on their way and the promise queue in the back office."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils.formats import date_format

from inventory.choices import HoldKind, SupplyState
from inventory.models import SupplyLine
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import make_stock
from tests.factories.promises import promise
from tests.factories.supply import IN_A_WEEK, IN_THREE_DAYS, IN_TWO_WEEKS, TODAY, arrive, expect
from vmi.core.admin.columns import badge
from warehousing.models import Location

BASE = "/admin/inventory"


@pytest.fixture
def manager(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    """A manager in the back office."""
    return client_for(staff("manager"))


def act(client: Any, line: SupplyLine, action: str, **answers: object) -> Any:
    """Answer the question of an action on a line's page."""
    return client.post(f"{BASE}/supplyline/{line.pk}/{action}/", {"_answered": "1", **answers}, follow=True)


def test_a_purchase_is_announced_and_lives_by_its_buttons(manager: Any) -> None:
    stock = make_stock()
    page = f"{BASE}/supplyline/add/"
    assert manager.get(page).status_code == 200
    form = {"warehouse": stock.warehouse_id, "owner": stock.owner_id, "quantity": "40", "due_on": str(IN_THREE_DAYS)}
    refused = manager.post(page, {**form, "sku": "none"})
    assert refused.status_code == 200
    assert not SupplyLine.objects.exists()
    made = manager.post(page, {**form, "sku": stock.sku, "unit_cost": "3.25", "source_number": "PO-9"}, follow=True)
    assert made.status_code == 200
    line = SupplyLine.objects.get()
    assert (line.source_sn, line.expected_qty, str(line.unit_cost)) == ("PO-9", 40, "3.2500")

    code = Location.objects.get(pk=stock.location_id).code
    act(manager, line, "open-for-presale", quantity="30")
    act(manager, line, "close-for-presale", quantity="10")
    act(manager, line, "reschedule", due_on=str(IN_A_WEEK))
    act(manager, line, "receive", quantity="15", location=code)
    line.refresh_from_db()
    assert (line.presale_qty, line.received_qty, str(line.due_on)) == (5, 15, str(IN_A_WEEK))
    act(manager, line, "close", reason="the rest is sold out")
    line.refresh_from_db()
    assert (line.closed_qty, line.state) == (25, SupplyState.CLOSED)
    assert stock.bucket.sellable_qty == 15
    page = manager.get(f"{BASE}/supplyline/{line.pk}/change/")
    assert page.status_code == 200
    assert prove_stock() == []


def test_a_refusal_is_a_message_and_changes_nothing(manager: Any) -> None:
    stock = make_stock()
    line = expect(stock, 10)
    code = Location.objects.get(pk=stock.location_id).code
    answer = act(manager, line, "receive", quantity="11", location=code)
    assert answer.status_code == 200
    line.refresh_from_db()
    assert (line.received_qty, stock.logical.physical_base_qty) == (0, 0)


def test_a_day_that_is_over_is_refused_and_a_late_line_is_red(manager: Any) -> None:
    line = expect(make_stock(), 10)
    act(manager, line, "reschedule", due_on=str(TODAY - timedelta(days=2)))
    line.refresh_from_db()
    assert line.due_on == IN_THREE_DAYS
    late = badge(date_format(TODAY - timedelta(days=2), "SHORT_DATE_FORMAT"), "red")
    assert late not in manager.get(f"{BASE}/supplyline/").content.decode()

    SupplyLine.objects.filter(pk=line.pk).update(due_on=TODAY - timedelta(days=2))
    assert late in manager.get(f"{BASE}/supplyline/").content.decode()


def test_a_purchase_and_its_line_name_the_receipts(manager: Any) -> None:
    stock = make_stock()
    line = expect(stock, 10)
    receipt = arrive(stock, line, [4])

    for page in (f"{BASE}/ledgerentry/document/purchase/{line.source_sn}/", f"{BASE}/supplyline/{line.pk}/change/"):
        assert receipt.sn in manager.get(page).content.decode()


def test_the_queue_shows_who_waits_for_what(manager: Any) -> None:
    stock = make_stock()
    line = expect(stock, 10, presale=10)
    waiting = promise(stock, 4, kind=HoldKind.PRESALE)
    act(manager, line, "reschedule", due_on=str(IN_A_WEEK))
    sold = promise(stock, 1, kind=HoldKind.PRESALE, paid=False)

    found = manager.get(f"{BASE}/waitingpromise/").content.decode()
    assert waiting.sn in found
    assert sold.sn in found
    assert line.source_sn in found
    assert manager.get(f"{BASE}/supplyline/").status_code == 200
    for query in ("kind__exact=3", "state__exact=2"):
        assert waiting.sn in manager.get(f"{BASE}/waitingpromise/?{query}").content.decode()


def test_a_clerk_reschedules_but_does_not_give_up(staff: Callable[..., Any], client_for: Callable[..., Any]) -> None:
    line = expect(make_stock(), 10)
    clerk = client_for(staff("clerk"))
    assert act(clerk, line, "close", reason="").status_code == 403
    act(clerk, line, "reschedule", due_on=str(IN_TWO_WEEKS))
    line.refresh_from_db()
    assert (str(line.due_on), line.state) == (str(IN_TWO_WEEKS), SupplyState.OPEN)
