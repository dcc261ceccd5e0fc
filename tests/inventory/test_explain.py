"""Every explanation sums to what can be sold, and names what keeps the rest from the channel."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from inventory.choices import Counter, Purpose
from inventory.models import AllocationPool, ChannelShare, ChannelStock, LogicalStock
from inventory.selectors import availability_of, sellable
from inventory.selectors.explain import Explanation, Term, explain
from inventory.services import AllocateLine, allocate, issue_ship_notice, post_payment
from tests.factories.catalog import make_sku
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.promises import allow_oversell
from tests.factories.quota import bucket, grant, make_channel, move, open_share, unassign
from tests.factories.supply import IN_A_WEEK, expect
from tests.support.sql import statements
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor

URL = "/api/v1/inventory/explain/"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def nodes(term: Term) -> Iterator[Term]:
    yield term
    for one in term.terms:
        yield from nodes(one)


def proved(channel_id: int, sku_id: int) -> Explanation:
    """An explanation whose every node sums up, to what the selectors answer."""
    found = explain(channel_id, sku_id)
    for root in (found.spot, found.presale, found.oversell):
        for node in nodes(root):
            if node.terms:
                assert node.amount == sum(one.amount for one in node.terms), node.text
    figures = availability_of(channel_id, [sku_id])[sku_id]
    assert found.sellable == sellable(channel_id, [sku_id])[sku_id] == figures.spot
    assert (found.presale.amount, found.oversell.amount) == (figures.presale, figures.oversell)
    return found


def leaves(term: Term) -> dict[str, int]:
    """Amounts by code, summed."""
    found: dict[str, int] = {}
    for node in nodes(term):
        if not node.terms and node.amount:
            found[node.code] = found.get(node.code, 0) + node.amount
    return found


def test_each_layer_takes_its_part() -> None:
    stock = make_stock(100)
    other = make_channel(stock, "OTHER")
    unassign(stock, 20)
    grant(stock, 5, Purpose.FLASH_SALE)
    move(stock, 30, channel_id=other.pk)
    held, paid, internal = source(), source(), source("stockout")
    stock.reserve(4, document=held)
    stock.reserve(6, document=paid)
    post_payment(source=paid, actor=system_actor())
    allocate(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[AllocateLine(1, stock.sku_id, 3)],
        source=internal,
        actor=system_actor(),
    )

    found = proved(stock.channel_id, stock.sku_id)

    assert found.sellable == 40
    assert leaves(found.spot) == {
        "base": 100,
        "unassigned": -12,
        "other_pool": -5,
        "closed": -30,
        "internal": -3,
        "held": -4,
        "sold": -6,
    }
    texts = {node.code: node.text for node in nodes(found.spot)}
    assert texts["closed"] == "Pool “Normal sale”: set aside for OTHER"
    assert texts["other_pool"] == "Pool “Flash sale”: not open to this channel"
    assert proved(other.pk, stock.sku_id).sellable == 70


def test_terms_lead_to_their_ledger_rows() -> None:
    stock = make_stock(10)
    stock.reserve(3)

    found = {node.code: (node.counter, node.row_id) for node in nodes(explain(stock.channel_id, stock.sku_id).spot)}

    assert found["base"] == (Counter.BASE, stock.logical.pk)
    assert found["held"] == (Counter.HELD, stock.bucket.pk)
    assert found["bucket"] == (Counter.BASE_QUOTA, stock.bucket.pk)


def test_locked_and_safety_are_named() -> None:
    stock = make_stock(10)
    unassign(stock, 5)
    LogicalStock.objects.filter(pk=stock.logical.pk).update(locked_qty=2, safety_qty=3)

    assert leaves(proved(stock.channel_id, stock.sku_id).spot) == {"base": 10, "locked": -2, "safety": -3}


def test_expired_holds_count_no_longer(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    stock.reserve(4)
    assert leaves(proved(stock.channel_id, stock.sku_id).spot) == {"base": 10, "held": -4}

    frozen_clock.advance(minutes=16)

    assert leaves(proved(stock.channel_id, stock.sku_id).spot) == {"base": 10}


def test_a_cap_in_a_shared_bucket() -> None:
    stock = make_stock(10)
    ChannelShare.objects.create(bucket=stock.bucket, channel_id=stock.channel_id, cap_qty=4, used_qty=1)
    ChannelStock.objects.filter(pk=stock.bucket.pk).update(held_qty=1)

    found = proved(stock.channel_id, stock.sku_id)

    assert leaves(found.spot) == {"base": 10, "held": -1, "cap": -6}
    assert "The channel's cap here is 4, 1 of it used" in [node.text for node in nodes(found.spot)]


def test_a_window_that_is_not_open() -> None:
    stock = make_stock(10)
    move(stock, 6, channel_id=stock.channel_id)
    own = ChannelStock.objects.filter(pk=bucket(stock, stock.channel_id).pk)
    own.update(effective_from=clock.now() + timedelta(days=1), effective_to=clock.now() + timedelta(days=2))

    found = proved(stock.channel_id, stock.sku_id)

    assert leaves(found.spot) == {"base": 10, "closed": -6}
    assert any("its time is" in node.text for node in nodes(found.spot))


def test_a_channel_that_may_not_borrow() -> None:
    stock = make_stock(10)
    move(stock, 6, channel_id=stock.channel_id)
    ChannelStock.objects.filter(pk=bucket(stock, stock.channel_id).pk).update(may_borrow=False)

    found = proved(stock.channel_id, stock.sku_id)

    assert (found.sellable, leaves(found.spot)) == (6, {"base": 10, "closed": -4})
    assert any("a quota of its own" in node.text for node in nodes(found.spot))


def test_a_campaign_the_channel_takes_part_in() -> None:
    stock = make_stock(10)
    move(stock, 6, Purpose.FLASH_SALE)
    assert proved(stock.channel_id, stock.sku_id).sellable == 4

    open_share(stock, Purpose.FLASH_SALE, stock.channel_id)

    assert proved(stock.channel_id, stock.sku_id).sellable == 10


def test_a_loss_that_promises_outlived() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(10, document=document)
    post_payment(source=document, actor=system_actor())
    AllocationPool.objects.filter(logical=stock.logical, purpose=Purpose.NORMAL).update(quota_qty=7)
    ChannelStock.objects.filter(pk=stock.bucket.pk).update(base_quota_qty=7, shortage_qty=3)
    LogicalStock.objects.filter(pk=stock.logical.pk).update(physical_base_qty=7, shortage_qty=3)

    assert leaves(proved(stock.channel_id, stock.sku_id).spot) == {"base": 7, "sold": -10, "shortage": 3}


def test_presale_and_overselling_each_on_its_own() -> None:
    stock = make_stock(10)
    allow_oversell(stock, 5)
    expect(stock, 8, presale=6, due_on=IN_A_WEEK)
    stock.reserve(17)

    found = proved(stock.channel_id, stock.sku_id)

    assert leaves(found.spot) == {"base": 10, "held": -10}
    assert leaves(found.presale) == {"presale_granted": 6, "presale_held": -6}
    assert leaves(found.oversell) == {"oversell_limit": 5, "oversold_held": -1}
    assert [(one.units, one.presale, one.due_on) for one in found.coming] == [(8, 6, IN_A_WEEK)]
    ChannelStock.objects.filter(pk=stock.bucket.pk).update(oversell_enabled=False)
    closed = proved(stock.channel_id, stock.sku_id)
    assert leaves(closed.oversell) == {"oversell_limit": 5, "oversold_held": -1, "not_offered": -4}


def test_a_ship_notice_changes_nothing_for_the_shop_front() -> None:
    stock, document = make_stock(10), source()
    stock.reserve(4, document=document)
    post_payment(source=document, actor=system_actor())
    before = leaves(proved(stock.channel_id, stock.sku_id).spot)
    issue_ship_notice(source=document, actor=system_actor())

    assert leaves(proved(stock.channel_id, stock.sku_id).spot) == before == {"base": 10, "sold": -4}


def test_a_sku_the_channel_never_had() -> None:
    stock = make_stock(3)

    found = proved(stock.channel_id, make_sku().pk)

    assert (found.sellable, found.spot.terms, found.coming) == (0, [], [])


def test_an_explanation_costs_the_same_whatever_it_explains() -> None:
    stock = make_stock(10)
    with statements() as few:
        explain(stock.channel_id, stock.sku_id)
    for code in ("A", "B", "C"):
        move(stock, 1, channel_id=make_channel(stock, code).pk)
    with statements() as many:
        explain(stock.channel_id, stock.sku_id)

    assert len(few) == len(many) == 4


def test_the_api_says_the_same_with_links(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    stock: Stock = make_stock(10)
    stock.reserve(3)
    api = api_for(staff("clerk"))

    answer = api.get(URL, {"channel": stock.channel_id, "sku": stock.sku.lower()})

    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["channel"], found["sku"], found["sellable"], found["spot"]["amount"]) == (
        stock.channel_id,
        stock.sku_id,
        7,
        7,
    )
    (warehouse,) = found["spot"]["terms"]
    base = warehouse["terms"][0]
    assert (base["code"], base["amount"]) == ("base", 10)
    assert [entry["delta"] for entry in api.get(base["entries"]).json()["results"]] == [10]
    assert base["page"].startswith("/admin/inventory/ledgerentry/?layer__exact=3")


@pytest.mark.parametrize(
    ("query", "status", "param"),
    [
        ({}, 400, "channel"),
        ({"channel": "x", "sku": "A"}, 400, "channel"),
        ({"channel": "{channel}"}, 400, "sku"),
        ({"channel": 10**9, "sku": "{sku}"}, 404, "channel"),
        ({"channel": "{channel}", "sku": "NONE"}, 404, "sku"),
    ],
)
def test_what_is_not_known_is_named(
    query: dict[str, Any], status: int, param: str, staff: Callable[..., Any], api_for: Callable[..., Any]
) -> None:
    stock = make_stock(1)
    asked = {name: str(value).format(channel=stock.channel_id, sku=stock.sku) for name, value in query.items()}

    answer = api_for(staff("clerk")).get(URL, asked)

    assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)


@pytest.mark.parametrize("role", ["customer", "store_member"])
def test_others_may_not_ask(role: str, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    assert api_for(staff(role)).get(URL).status_code == 403
