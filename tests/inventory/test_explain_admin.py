"""The waterfall page answers why a channel can sell just so many, and shows kinds of promises and caps."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from inventory.choices import Purpose
from inventory.models import ChannelShare, ChannelStock
from tests.factories.inventory import make_stock
from tests.factories.promises import allow_oversell
from tests.factories.quota import make_channel, move, open_share
from tests.factories.supply import expect
from tests.support.sql import statements


def test_the_waterfall_explains_a_channel(staff: Callable[..., Any], client_for: Callable[..., Client]) -> None:
    stock = make_stock(10)
    other = make_channel(stock, "OTHER")
    allow_oversell(stock, 3)
    expect(stock, 8, presale=6)
    move(stock, 4, Purpose.FLASH_SALE)
    open_share(stock, Purpose.FLASH_SALE, other.pk)
    ChannelShare.objects.create(bucket=stock.bucket, channel_id=other.pk, cap_qty=5)
    client = client_for(staff("manager"))
    url = f"/admin/inventory/logicalstock/waterfall/{stock.sku_id}/"

    page = client.get(url, {"channel": stock.channel_id})

    spot, presale, oversell = page.context["trees"]
    assert [(line["depth"], line["amount"]) for line in spot] == [(0, 6), (1, 6), (2, 10), (2, -4)]
    assert (presale[0]["amount"], oversell[0]["amount"]) == (6, 3)
    assert f"row_id__exact={stock.bucket.pk}&amp;counter__exact=107" in page.content.decode()
    bars = [bar for branch in page.context["branches"] for bar in branch["layers"][0][2]]
    assert [(bar.total, bar.is_cap) for bar in bars] == [(6, False), (4, False), (5, True)]
    assert {note.units for bar in bars for note in bar.notes} == {3, 6}
    assert [units for _title, units in page.context["totals"]] == [10, 10, 10]
    assert "trees" in page.context
    assert client.get(url, {"channel": "x"}).context["trees"] == []


def test_the_page_costs_the_same_whatever_it_shows(
    staff: Callable[..., Any], client_for: Callable[..., Client]
) -> None:
    stock = make_stock(10)
    client = client_for(staff("manager"))
    url = f"/admin/inventory/logicalstock/waterfall/{stock.sku_id}/?channel={stock.channel_id}"
    client.get(url)
    with statements() as few:
        client.get(url)
    for code in ("A", "B"):
        move(stock, 1, channel_id=make_channel(stock, code).pk)
    assert ChannelStock.objects.filter(pool__logical=stock.logical).count() > 2
    with statements() as many:
        client.get(url)

    assert len(few) == len(many)
