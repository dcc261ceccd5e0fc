"""Alerts of stock, titles of stock rows, and the card that says whether the nightly proof held."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inventory.admin.dashboard import RECONCILE_JOB, reconcile_cards
from inventory.choices import Layer
from inventory.models import AllocationPool, LogicalStock, PhysicalStock
from inventory.selectors import stock_alerts
from inventory.selectors.alerts import Alert, rows_with_alert
from inventory.selectors.rows import row_titles
from tests.factories.inventory import make_stock
from tests.support.sql import statements
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.events.catalogue import ReconcileFailed
from vmi.events.services import record
from vmi.namespaces.jobs import beat


def warn_at(stock: Any, threshold: int) -> None:
    LogicalStock.objects.filter(pk=stock.logical.pk).update(alert_threshold=threshold)


def test_rows_are_counted_by_what_is_wrong_with_them() -> None:
    plenty, low, out = make_stock(10), make_stock(3), make_stock(2)
    for stock in (plenty, low):
        warn_at(stock, 5)
    LogicalStock.objects.filter(pk=out.logical.pk).update(safety_qty=2)

    found = stock_alerts()

    assert (found.out, found.low, found.short, found.skus, found.units) == (1, 1, 0, 3, 15)
    assert list(rows_with_alert(Alert.LOW)) == [low.logical]
    assert set(rows_with_alert("")) == {low.logical, out.logical}


def test_an_alert_leads_to_its_rows(client_for: Callable[..., Any], staff: Callable[..., Any]) -> None:
    fine, low = make_stock(10), make_stock(1)
    warn_at(low, 5)
    browser = client_for(staff("manager"))

    assert "alert=low" in browser.get("/admin/").content.decode()
    page = browser.get("/admin/inventory/logicalstock/?alert=low").content.decode()

    assert low.sku in page
    assert fine.sku not in page


def test_rows_of_every_layer_have_titles_at_a_query_per_layer() -> None:
    stock = make_stock(4)
    logical = stock.logical
    keys = [
        (int(Layer.LOGICAL), logical.pk),
        (int(Layer.POOL), AllocationPool.objects.filter(logical=logical).order_by("purpose")[0].pk),
        (int(Layer.CHANNEL), stock.bucket.pk),
        (int(Layer.PHYSICAL), PhysicalStock.objects.get(logical=logical).pk),
    ]

    with statements() as sent:
        found = row_titles(keys)

    assert len(sent) == 4
    assert {found[key].sku for key in keys} == {stock.sku}
    assert row_titles([(1, -1)]) == {}


@pytest.fixture
def request_of(rf: Any, staff: Callable[..., Any]) -> Callable[[str], Any]:
    def make(role: str) -> Any:
        request = rf.get("/admin/")
        request.user = staff(role)
        return request

    return make


def ran(error: str = "") -> None:
    beat("alpha", RECONCILE_JOB, period_s=86_400, started=clock.now() - timedelta(minutes=5), error=error)


def test_the_proof_is_grey_before_its_first_run(request_of: Callable[[str], Any]) -> None:
    (card,) = reconcile_cards(request_of("manager"))

    assert card.tone == ""


def test_the_proof_is_green_after_a_run_without_differences(request_of: Callable[[str], Any]) -> None:
    ran()

    (card,) = reconcile_cards(request_of("manager"))

    assert card.tone == "good"


def test_the_proof_is_red_when_it_found_differences_or_could_not_run(request_of: Callable[[str], Any]) -> None:
    ran(error="boom")
    (card,) = reconcile_cards(request_of("manager"))
    assert (card.tone, str(card.note)) == ("bad", "boom")

    record(ReconcileFailed(findings=3), subject="reconcile:alpha", actor=system_actor())
    (card,) = reconcile_cards(request_of("manager"))
    assert card.tone == "bad"
    assert "3" in str(card.value)


def test_who_may_not_read_the_log_is_told_nothing(request_of: Callable[[str], Any]) -> None:
    assert reconcile_cards(request_of("clerk")) == []


@pytest.mark.parametrize(
    "name",
    ["logicalstock", "physicalstock", "allocationpool", "channelstock", "reservation", "ledgerentry", "stockcommand"],
)
def test_a_list_costs_the_same_whatever_it_holds(
    client_for: Callable[..., Any], staff: Callable[..., Any], name: str
) -> None:
    browser = client_for(staff("manager"))
    page = f"/admin/inventory/{name}/"
    make_stock(5).reserve(1)
    browser.get(page)
    with statements() as few:
        assert browser.get(page).status_code == 200
    for _number in range(3):
        make_stock(5).reserve(1)

    with statements() as many:
        browser.get(page)

    assert len(many) == len(few), "\n".join(sorted(many))
