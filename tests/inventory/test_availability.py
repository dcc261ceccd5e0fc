"""What a channel can promise of many SKUs, each kind on its own; figures for staff, display rules for members."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.choices import DisplayRule
from inventory.models import Channel, ChannelShare, ChannelStock
from inventory.selectors import Availability, availability_of, sellable, sellable_by_channel
from inventory.services import ReserveLine, reserve
from tests.factories.catalog import make_sku
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.promises import allow_oversell
from tests.factories.quota import bucket, make_channel, move
from tests.factories.supply import IN_A_WEEK, IN_THREE_DAYS, expect
from tests.support.sql import statements
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor

BATCH = "/api/v1/inventory/batch"


def _of(stock: Stock, channel_id: int | None = None) -> tuple[int, int, int]:
    found = availability_of(channel_id or stock.channel_id, [stock.sku_id])[stock.sku_id]
    return found.spot, found.presale, found.oversell


def test_each_kind_is_reported_on_its_own(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    allow_oversell(stock, 5)
    expect(stock, 4, presale=4, due_on=IN_A_WEEK)
    expect(stock, 6, presale=3, due_on=IN_THREE_DAYS)

    assert availability_of(stock.channel_id, [stock.sku_id]) == {
        stock.sku_id: Availability(stock.sku_id, 10, 7, 5, IN_THREE_DAYS, DisplayRule.EXACT, 10)
    }
    stock.reserve(13)
    assert availability_of(stock.channel_id, [stock.sku_id])[stock.sku_id].presale_on == IN_A_WEEK
    assert _of(stock) == (0, 4, 5)
    stock.reserve(6)
    assert _of(stock) == (0, 0, 3)
    frozen_clock.advance(minutes=16)
    assert _of(stock) == (10, 7, 5), "what has expired counts no longer"


def test_a_sku_without_stock_reads_zero() -> None:
    stock, other = make_stock(3), make_sku()

    assert availability_of(stock.channel_id, [other.pk]) == {
        other.pk: Availability(other.pk, 0, 0, 0, None, DisplayRule.EXACT, 10)
    }
    assert availability_of(10**9, [stock.sku_id]) == {}


def test_every_reader_knows_quotas_caps_and_windows(frozen_clock: FrozenClock) -> None:
    stock = make_stock(100)
    other = make_channel(stock, "OTHER")
    move(stock, 30, channel_id=stock.channel_id)
    ChannelStock.objects.filter(channel=stock.channel_id).update(effective_from=frozen_clock.now)
    ChannelShare.objects.create(bucket=stock.bucket, channel_id=other.pk, cap_qty=20)
    allow_oversell(stock, 9)

    assert _of(stock) == (100, 0, 9)
    assert _of(stock, other.pk) == (20, 0, 0), "a capped channel sells goods only"
    reserve(
        channel_id=other.pk,
        lines=[ReserveLine(1, stock.sku_id, 15)],
        source=source(),
        expires_at=clock.now(),
        actor=system_actor(),
    )
    assert _of(stock, other.pk) == (20, 0, 0), "an own expired hold does not count against the cap"
    assert sellable(other.pk, [stock.sku_id]) == {stock.sku_id: 20}
    channels = [stock.channel_id, other.pk]
    assert sellable_by_channel(channels, [stock.sku_id]) == {
        (stock.channel_id, stock.sku_id): 100,
        (other.pk, stock.sku_id): 20,
    }
    ChannelStock.objects.filter(pk=bucket(stock, stock.channel_id).pk).update(may_borrow=False)
    assert _of(stock) == (30, 0, 0)


@pytest.fixture
def manager(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    """A manager at the API."""
    return api_for(staff("manager"))


@pytest.fixture
def customer(member: Callable[[], Any], api_for: Callable[..., Any]) -> Any:
    """A member at the API."""
    return api_for(member()[0])


def _item(api: Any, stock: Stock) -> dict[str, Any]:
    found = api.post(BATCH, {"skus": [stock.sku], "channel": stock.channel_id}, format="json").json()
    item: dict[str, Any] = found["items"][0]
    return item


def test_staff_read_the_figures_of_the_channel(manager: Any) -> None:
    stock = make_stock(10)
    allow_oversell(stock, 5)
    expect(stock, 6, presale=3)
    Channel.objects.filter(pk=stock.channel_id).update(display_rule=DisplayRule.CAPPED, display_units=8)

    item = _item(manager, stock)

    assert item["offer"] == {
        "text": "8+",
        "quantity": 8,
        "inStock": True,
        "hasPresale": True,
        "presaleOn": str(IN_THREE_DAYS),
        "spot": 10,
        "presale": 3,
        "oversell": 5,
    }
    assert (item["available"], item["presale"], item["oversell"], item["inTransit"]) == (10, 3, 5, 6)
    assert (item["rows"][0]["presale"], item["rows"][0]["oversell"]) == (3, 5)


def test_members_read_what_the_rule_of_the_bucket_tells(customer: Any) -> None:
    stock = make_stock(10)
    ChannelStock.objects.filter(pk=stock.bucket.pk).update(display_rule=DisplayRule.CAPPED, display_units=4)

    item = _item(customer, stock)

    assert set(item) == {"skuId", "sku", "productId", "inStock", "display", "displayName", "offer"}
    assert item["offer"] == {"text": "4+", "quantity": 4, "inStock": True, "hasPresale": False, "presaleOn": None}


def test_a_thousand_skus_cost_as_many_queries_as_one() -> None:
    stock = make_stock(10)
    many = [*range(10_000, 10_999), stock.sku_id]

    with statements() as one:
        availability_of(stock.channel_id, [stock.sku_id])
    with statements() as thousand:
        found = availability_of(stock.channel_id, many)

    assert (len(found), found[stock.sku_id].spot) == (1_000, 10)
    assert len(one) == len(thousand) <= 2


def test_a_batch_of_a_thousand_codes_costs_as_many_queries_as_one(manager: Any) -> None:
    stock = make_stock(10)
    others = [make_sku().sku for _number in range(3)]

    def ask(codes: list[str]) -> int:
        with statements() as seen:
            answer = manager.post(BATCH, {"skus": codes, "channel": stock.channel_id}, format="json")
        assert answer.status_code == 200
        return len(seen)

    ask([stock.sku])
    unknown = [f"NO-{number}" for number in range(1_000 - 4)]
    assert ask([stock.sku]) == ask([stock.sku, *others, *unknown])
