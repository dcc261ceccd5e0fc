"""What members are told when goods are short: no more than the display rule of the channel shows (C-46)."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.choices import DisplayRule
from inventory.models import Channel
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock
from tests.factories.orders import make_shop

BASE = "/api/v1/inventory/reserve"
UNITS = 10


def hide(channel_id: int, rule: DisplayRule, units: int = UNITS) -> None:
    Channel.objects.filter(pk=channel_id).update(display_rule=rule, display_units=units)


def told(api: Any, path: str, stock: Stock, quantity: int) -> dict[str, Any]:
    """The error of a call that asks for too much."""
    body = {"channel": stock.channel_id, "items": [{"sku": stock.sku, "quantity": quantity}]}
    answer = api.post(f"{BASE}/{path}/", body, format="json", headers={"Idempotency-Key": f"{path}-{quantity}"})
    assert answer.status_code == 409
    error: dict[str, Any] = answer.json()["error"]
    return error


@pytest.mark.parametrize(
    ("rule", "shown"),
    [(DisplayRule.EXACT, 30), (DisplayRule.CAPPED, 10), (DisplayRule.FEW_LEFT, 10), (DisplayRule.MINIMUM, 30)],
    ids=["exact", "capped", "few left", "minimum"],
)
def test_members_learn_what_the_rule_shows(
    rule: DisplayRule, shown: int, member: Callable[[], Any], api_for: Callable[..., Any]
) -> None:
    stock = make_stock(30)
    hide(stock.channel_id, rule)
    api = api_for(member()[0])

    for path in ("cart", "order"):
        error = told(api, path, stock, 31)
        assert error["details"] == {"lines": [{"line": 1, "sku": stock.sku, "wanted": 31, "available": shown}]}
        assert (error["param"], f" {shown} " in error["message_en"]) == ("items[0].quantity", True)
    assert stock.bucket.held_qty == 0
    assert prove_stock() == []


def test_a_figure_below_the_rule_s_is_told_as_it_is(member: Callable[[], Any], api_for: Callable[..., Any]) -> None:
    stock = make_stock(4)
    hide(stock.channel_id, DisplayRule.CAPPED)

    assert told(api_for(member()[0]), "cart", stock, 5)["details"]["lines"][0]["available"] == 4


def test_staff_are_told_the_figure(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    stock = make_stock(30)
    hide(stock.channel_id, DisplayRule.FEW_LEFT)

    assert told(api_for(staff("manager")), "order", stock, 31)["details"]["lines"][0]["available"] == 30


def test_an_order_of_the_house_tells_members_no_more(member: Callable[[], Any], api_for: Callable[..., Any]) -> None:
    shop = make_shop(stock=30)
    hide(shop.channel_id, DisplayRule.CAPPED)
    body = {"store": shop.store_id, "goods": [{"sku": shop.skus[0], "count": 31}]}
    answer = api_for(member()[0]).post("/api/v1/vmi/order/", body, format="json", headers={"Idempotency-Key": "told"})

    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (409, "goods[0].count")
    assert error["details"] == {"lines": [{"line": 1, "sku": shop.skus[0], "wanted": 31, "available": 10}]}
