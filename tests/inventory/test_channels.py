"""Channels of their own: opened with sources and rules, by the API and in the back office."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from inventory.exceptions import ChannelExists, InsufficientStock
from inventory.models import Channel, ChannelSource
from inventory.selectors import sellable
from inventory.services import ReserveLine, reserve
from inventory.services.channels import SourceInput, create_channel, remove_channel_source
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import NotFound
from vmi.events.models import Event

BASE = "/api/v1/inventory/channel/"
ACTOR = system_actor()


@pytest.fixture
def api(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    """A manager's client."""
    return api_for(staff("manager"))


@pytest.fixture
def pages(staff: Callable[..., Any], client_for: Callable[..., Client]) -> Client:
    """A manager in the back office."""
    return client_for(staff("manager"))


def _body(stock: Stock, **fields: Any) -> dict[str, Any]:
    sources = [{"warehouse": stock.warehouse_id, "owner": stock.owner_id, "priority": 3}]
    return {"code": "TMALL-9", "name": "Tmall", "sources": sources, **fields}


def _told(channel_id: int) -> list[list[str | None]]:
    """What the history of a channel says about its sources, oldest first: before and after."""
    events = Event.objects.filter(payload__model="inventory.channel", payload__pk=channel_id).order_by("pk")
    changes = [event.payload["changes"] for event in events]
    return [change["channel_source"] for change in changes if "channel_source" in change]


def _named(stock: Stock, priority: int) -> str:
    """How the history names a source."""
    source = ChannelSource.objects.select_related("warehouse", "owner").get(channel_id=stock.channel_id)
    return f"{source.warehouse.code} / {source.owner.code} ({priority})"


def _create(api: Any, body: dict[str, Any], key: str) -> Any:
    return api.post(BASE, body, format="json", HTTP_IDEMPOTENCY_KEY=key)


def test_a_channel_is_opened_with_sources_and_rules(api: Any) -> None:
    stock = make_stock(10)

    made = _create(api, _body(stock, displayRule=3, displayUnits=4, cartHoldMinutes=5, holdShareMax=50), "c-1")

    assert made.status_code == 201, made.json()
    told = made.json()
    assert [(row["warehouse"], row["owner"], row["priority"]) for row in told["sources"]] == [
        (stock.warehouse_id, stock.owner_id, 3)
    ]
    assert {
        name: told[name] for name in ("code", "displayRule", "displayUnits", "cartHoldMinutes", "holdShareMax")
    } == {
        "code": "TMALL-9",
        "displayRule": 3,
        "displayUnits": 4,
        "cartHoldMinutes": 5,
        "holdShareMax": 50,
    }
    assert sellable(told["id"], [stock.sku_id]) == {stock.sku_id: 10}
    again = _create(api, _body(stock), "c-2")
    assert (again.status_code, again.json()["error"]["code"], again.json()["error"]["param"]) == (
        409,
        "channel_exists",
        "code",
    )


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"code": ""}, "code"),
        ({"name": ""}, "name"),
        ({"cartHoldMinutes": 0}, "cartHoldMinutes"),
        ({"holdShareMax": 101}, "holdShareMax"),
        ({"displayUnits": 0}, "displayUnits"),
        ({"sources": [{"warehouse": 987654, "owner": 1}]}, "sources[0].warehouse"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_channel_with_bad_rules_is_refused(api: Any, change: dict[str, Any], param: str) -> None:
    stock = make_stock()

    answer = _create(api, _body(stock, **change), "bad")

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert not Channel.objects.filter(code="TMALL-9").exists()


def test_an_owner_that_does_not_exist_is_refused(api: Any) -> None:
    stock = make_stock()
    sources = [{"warehouse": stock.warehouse_id, "owner": 987654}]

    answer = _create(api, _body(stock, sources=sources), "bad")

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "sources[0].owner")


def test_the_rest_of_the_rules_is_changed_by_the_command(api: Any) -> None:
    stock = make_stock(10)
    body = {"name": "Counter", "orderHoldMinutes": 7, "holdUnitsMax": 2, "cartHoldMinutes": None}

    answer = api.post(f"{BASE}{stock.channel_id}/rules/", body, format="json")

    assert answer.status_code == 200, answer.json()
    channel = Channel.objects.get(pk=stock.channel_id)
    assert (channel.name, channel.order_hold_minutes, channel.hold_units_max) == ("Counter", 7, 2)


def test_a_source_is_added_and_dropped_and_promises_stay(api: Any) -> None:
    stock, other = make_stock(10), make_stock(4)
    place = {"warehouse": other.warehouse_id, "owner": other.owner_id}
    url = f"{BASE}{stock.channel_id}/"

    added = api.post(f"{url}source/", {**place, "priority": 2}, format="json")
    assert added.status_code == 200, added.json()
    assert sellable(stock.channel_id, [other.sku_id]) == {other.sku_id: 4}
    line, until = ReserveLine(1, other.sku_id, 3), clock.now() + timedelta(minutes=15)
    reserve(channel_id=stock.channel_id, lines=[line], source=source(), expires_at=until, actor=ACTOR)

    assert api.post(f"{url}drop-source/", place, format="json").status_code == 200
    assert sellable(stock.channel_id, [other.sku_id]) == {other.sku_id: 0}
    assert other.bucket.held_qty == 3
    with pytest.raises(InsufficientStock):
        reserve(channel_id=stock.channel_id, lines=[line], source=source(), expires_at=until, actor=ACTOR)
    assert api.post(f"{url}drop-source/", place, format="json").status_code == 404
    assert prove_stock() == []
    assert _told(stock.channel_id)[1:] == [[None, _named(other, 2)], [_named(other, 2), None]]


def test_commands_refuse_what_is_there_or_is_not() -> None:
    stock = make_stock()
    code = Channel.objects.get(pk=stock.channel_id).code

    with pytest.raises(ChannelExists):
        create_channel(code=code, name="twice", sources=[SourceInput(stock.warehouse_id, stock.owner_id)], actor=ACTOR)
    with pytest.raises(NotFound):
        remove_channel_source(channel_id=stock.channel_id, warehouse_id=1, owner_id=987654, actor=ACTOR)


def _form(**fields: Any) -> dict[str, Any]:
    return {
        "code": "TMALL-9",
        "name": "Tmall",
        "display_rule": "1",
        "display_units": "10",
        "warehouse_choice": "1",
        "sources-TOTAL_FORMS": "0",
        "sources-INITIAL_FORMS": "0",
        **fields,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cart_hold_minutes", "0"),
        ("order_hold_minutes", "10081"),
        ("oversell_hold_minutes", "0"),
        ("hold_units_max", "0"),
        ("hold_share_max", "101"),
        ("display_units", "0"),
    ],
)
def test_a_limit_out_of_bounds_is_said_at_its_field(pages: Client, name: str, value: str) -> None:
    answer = pages.post("/admin/inventory/channel/add/", _form(**{name: value}))

    assert list(answer.context["adminform"].form.errors) == [name]
    assert not Channel.objects.filter(code="TMALL-9").exists()


def test_a_rule_of_receipts_out_of_bounds_is_said_in_words(pages: Client) -> None:
    url = "/admin/inventory/assignmentrule/add/"

    errors = pages.post(url, {"percent": "101", "purpose": "9"}).context["adminform"].form.errors
    assert set(errors) == {"percent", "purpose"}
    errors = pages.post(url, {"percent": "10", "purpose": "1"}).context["adminform"].form.errors
    assert "inventory_" not in str(errors)


def test_sources_are_added_and_removed_on_the_page(pages: Client) -> None:
    stock, other = make_stock(10), make_stock(4)
    row, before = ChannelSource.objects.get(channel_id=stock.channel_id), _named(stock, 0)
    url = f"/admin/inventory/channel/{stock.channel_id}/change/"
    rows = {
        "sources-TOTAL_FORMS": "2",
        "sources-INITIAL_FORMS": "1",
        "sources-0-id": str(row.pk),
        "sources-0-channel": str(stock.channel_id),
        "sources-0-warehouse": str(row.warehouse_id),
        "sources-0-owner": str(row.owner_id),
        "sources-0-priority": "0",
        "sources-0-DELETE": "on",
        "sources-1-channel": str(stock.channel_id),
        "sources-1-warehouse": str(other.warehouse_id),
        "sources-1-owner": str(other.owner_id),
        "sources-1-priority": "5",
    }

    answer = pages.post(url, _form(**rows))

    assert answer.status_code == 302, answer.context["errors"]
    found = ChannelSource.objects.filter(channel_id=stock.channel_id)
    assert list(found.values_list("warehouse_id", "owner_id", "priority")) == [(other.warehouse_id, other.owner_id, 5)]
    assert _told(stock.channel_id)[1:] == [[before, None], [None, _named(other, 5)]]
