"""The inventory pages of the back office: lists open, numbers link to their ledger, corrections call the service."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from inventory.models import StockCommand
from inventory.services import post_payment
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor

PAGES = (
    "channel",
    "logicalstock",
    "allocationpool",
    "channelstock",
    "physicalstock",
    "batch",
    "reservation",
    "internalallocation",
    "physicalhold",
    "inspection",
    "ledgerentry",
    "stockcommand",
)


@pytest.fixture
def manager(staff: Callable[..., Any], client_for: Callable[..., Client]) -> Client:
    """A signed-in manager."""
    return client_for(staff("manager"))


def _sold_stock() -> Stock:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)
    post_payment(source=document, actor=system_actor())
    return stock


@pytest.mark.parametrize("page", PAGES)
def test_every_list_opens(page: str, manager: Client) -> None:
    _sold_stock()

    assert manager.get(f"/admin/inventory/{page}/").status_code == 200


@pytest.mark.parametrize("page", [page for page in PAGES if page != "channel"])
def test_stock_is_never_added_by_hand(page: str, manager: Client) -> None:
    assert manager.get(f"/admin/inventory/{page}/add/").status_code == 403


def test_the_waterfall_shows_all_layers_linked_to_the_ledger(manager: Client) -> None:
    stock = _sold_stock()

    page = manager.get(f"/admin/inventory/logicalstock/waterfall/{stock.sku_id}/")

    assert page.status_code == 200
    text = page.content.decode()
    assert stock.sku in text
    link = f"/admin/inventory/ledgerentry/?layer__exact=3&amp;row_id__exact={stock.logical.pk}&amp;counter__exact=302"
    assert link in text
    rows = manager.get(link.replace("&amp;", "&"))
    assert rows.context["cl"].result_count == 1


def test_the_waterfall_finds_a_sku_by_its_code(manager: Client) -> None:
    stock = _sold_stock()

    answer = manager.get("/admin/inventory/logicalstock/waterfall/", {"sku": stock.sku.lower()})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/admin/inventory/logicalstock/waterfall/{stock.sku_id}/"
    assert manager.get("/admin/inventory/logicalstock/waterfall/", {"sku": "NONE"}).status_code == 200
    assert manager.get("/admin/inventory/logicalstock/waterfall/999999999/").status_code == 404


def test_the_waterfall_needs_the_permission(staff: Callable[..., Any], client_for: Callable[..., Client]) -> None:
    stock = _sold_stock()

    answer = client_for(staff(None)).get(f"/admin/inventory/logicalstock/waterfall/{stock.sku_id}/")

    assert answer.status_code == 403


def test_adjusting_by_hand_keeps_the_reason(manager: Client) -> None:
    stock = make_stock(10)
    url = f"/admin/inventory/logicalstock/{stock.logical.pk}/adjust-stock/"
    assert manager.get(url).status_code == 200

    body = {"operation": "SUBTRACT", "quantity": "3", "reason": "破损", "location": "", "_answered": "1"}
    assert manager.post(url, body).status_code == 302

    assert stock.logical.physical_base_qty == 7
    assert StockCommand.objects.latest("pk").reason == "破损"


def test_a_refused_adjustment_changes_nothing(manager: Client) -> None:
    stock = _sold_stock()
    url = f"/admin/inventory/logicalstock/{stock.logical.pk}/adjust-stock/"

    manager.post(url, {"operation": "SET", "quantity": "1", "reason": "x", "location": "", "_answered": "1"})

    assert stock.logical.physical_base_qty == 10


def test_adjusting_needs_the_permission(staff: Callable[..., Any], client_for: Callable[..., Client]) -> None:
    stock = make_stock(10)
    client = client_for(staff("finance"))

    answer = client.post(
        f"/admin/inventory/logicalstock/{stock.logical.pk}/adjust-stock/",
        {"operation": "SET", "quantity": "1", "reason": "x", "location": "", "_answered": "1"},
    )

    assert answer.status_code == 403
    assert stock.logical.physical_base_qty == 10
