"""Refused demand over the API and in the back office; what a reservation tells of itself."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.exceptions import InsufficientStock
from inventory.models import RefusedDemand
from inventory.services import CartItem, add_to_cart, refused
from tests.factories.inventory import Stock, make_stock
from tests.support.time import FrozenClock
from vmi.core.actors import system_actor
from vmi.core.sources import Source

API = "/api/v1/inventory"
PAGE = "/admin/inventory/refuseddemand/"


@pytest.fixture
def wanted(frozen_clock: FrozenClock) -> Stock:
    """A stock of 3 of which the member 7 wanted 5."""
    stock = make_stock(3)
    with pytest.raises(InsufficientStock):
        add_to_cart(channel_id=stock.channel_id, items=[CartItem(stock.sku_id, 5)], partner_id=7, actor=system_actor())
    refused.flush()
    return stock


def refuse_anonymously(stock: Stock) -> None:
    missing = [refused.Missing(stock.sku_id, 1)]
    source = Source("extorder", "EXT-9")
    refused.note_missing(missing, channel_id=stock.channel_id, partner_id=None, source=source)
    refused.flush()


def test_staff_read_what_was_refused(wanted: Stock, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    client = api_for(staff("manager"))
    row = RefusedDemand.objects.get()
    (found,) = client.get(f"{API}/refusedDemand/?skuCode={wanted.sku}&day={row.day}").json()["results"]

    millis = {"firstAt": found["firstAt"], "lastAt": found["lastAt"]}
    assert found == {
        "id": row.pk,
        "logical": wanted.logical.pk,
        "skuCode": wanted.sku,
        "warehouse": wanted.warehouse_id,
        "channel": wanted.channel_id,
        "day": "2026-11-22",
        "asker": "M7",
        "units": 2,
        "times": 1,
        **millis,
    }
    assert client.get(f"{API}/refusedDemand/?dayLt=2026-11-22").json()["results"] == []
    assert client.get(f"{API}/refusedDemand/{row.pk}/").json() == found


def test_customers_do_not(wanted: Stock, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    assert api_for(staff("customer")).get(f"{API}/refusedDemand/").status_code == 403
    assert api_for(staff("store_member")).get(f"{API}/refusedDemand/").status_code == 403


def test_the_back_office_shows_who_wanted_what(
    wanted: Stock, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(staff("manager"))
    listed = client.get(PAGE).content.decode()
    assert wanted.sku in listed
    assert 'href="/admin/partners/partner/7/change/"' in listed
    refuse_anonymously(wanted)
    listed = client.get(PAGE).content.decode()
    assert 'EXT-9<span class="bo-sub">外部订单</span>' in listed
    opened = client.get(f"{PAGE}{RefusedDemand.objects.get(asker='M7').pk}/change/")
    assert opened.status_code == 200


def test_a_reservation_tells_its_kind_and_member(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    stock = make_stock(3)
    add_to_cart(channel_id=stock.channel_id, items=[CartItem(stock.sku_id, 2)], partner_id=7, actor=system_actor())
    client = api_for(staff("manager"))
    (found,) = client.get(f"{API}/reservations/?partnerId=7&kind=1&skuId={stock.sku_id}").json()["results"]

    assert (found["partner"], found["kind"], found["kindName"]) == (7, 1, "现货")
    assert (found["supplyLine"], found["promisedOn"]) == (None, None)
    assert client.get(f"{API}/reservations/?kind=2").json()["results"] == []
    assert client.get(f"{API}/reservations/?partnerId=8").json()["results"] == []
