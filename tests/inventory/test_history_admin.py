"""The pages of history: stock as of a moment, a document step by step, the ledger as a file."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from inventory.choices import Counter, Layer, Purpose, Quality
from inventory.models import AllocationPool, Batch, Channel, ChannelStock, PhysicalStock
from inventory.selectors.rows import row_titles
from inventory.services import post_payment
from tests.factories.inventory import Stock, make_stock, source
from tests.support.sql import statements
from tests.support.time import START, FrozenClock
from vmi.core.actors import system_actor, user_actor
from vmi.core.sources import Source

AS_OF, LEDGER = "/admin/inventory/logicalstock/as-of/", "/admin/inventory/ledgerentry/"


@pytest.fixture
def manager(staff: Callable[..., Any], client_for: Callable[..., Client]) -> Client:
    """A signed-in manager."""
    return client_for(staff("manager"))


def paid(stock: Stock) -> Source:
    document = source()
    stock.reserve(2, document=document, minutes=600)
    post_payment(source=document, actor=system_actor())
    return document


def table(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_stock_as_of_a_moment_in_the_readers_zone(manager: Client, frozen_clock: FrozenClock) -> None:
    stock = make_stock(8)
    frozen_clock.advance(hours=1)
    paid(stock)
    then = timezone.localtime(START).strftime("%Y-%m-%dT%H:%M:%S")

    (before,) = manager.get(AS_OF, {"at": then, "sku": stock.sku}).context["rows"]
    (now,) = manager.get(AS_OF, {"sku": stock.sku}).context["rows"]

    assert [units for units, _url in before["figures"]] == [8, 0, 0, 0, 0, 0]
    assert [units for units, _url in now["figures"]] == [8, 2, 0, 0, 0, 0]
    assert manager.get(AS_OF, {"at": "2000-01-01T00:00:00"}).context["rows"] == []
    assert manager.get(AS_OF, {"at": "never"}).status_code == 200


def test_stock_as_of_as_a_file(manager: Client, frozen_clock: FrozenClock) -> None:
    stock = make_stock(8)
    paid(stock)
    then = timezone.localtime(frozen_clock.now + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")

    lines = table(manager.get(AS_OF, {"at": then, "sku": stock.sku, "export": "1"}))

    values = [list(line.values()) for line in lines]
    assert {line[0] for line in values} == {stock.sku}
    assert sorted(int(line[-1]) for line in values) == [2, 2, 8, 8, 8, 8]


def test_a_document_is_told_step_by_step(manager: Client) -> None:
    stock = make_stock(8)
    document = paid(stock)

    page = manager.get(f"{LEDGER}document/{document.type}/{document.sn}/")

    steps = page.context["steps"]
    assert [len(entries) for _step, entries in steps] == [1, 3]
    assert [row["change"] for row in steps[1][1]] == ["-2", "+2", "+2"]
    assert stock.sku in page.content.decode()
    assert manager.get(f"{LEDGER}document/order/NONE/").status_code == 404


def test_the_ledger_is_searched_by_sku_and_written_as_a_file(manager: Client) -> None:
    stock, other = make_stock(8), make_stock(3)
    document = paid(stock)

    page = manager.get(LEDGER, {"q": stock.sku.lower()})
    ids = [entry.pk for entry in page.context["cl"].result_list]
    answer = manager.post(LEDGER, {"action": "export_csv", "_selected_action": ids})

    lines = table(answer)
    assert len(lines) == len(ids) == 8
    assert {tuple(line.values())[1] for line in lines} == {stock.sku}
    assert other.sku not in answer.content.decode()
    assert document.sn in answer.content.decode()


def test_pages_cost_the_same_whatever_they_hold(manager: Client) -> None:
    document = paid(make_stock(5))
    paths = (AS_OF, f"{LEDGER}document/{document.type}/{document.sn}/", LEDGER)
    costs = []
    for _round in range(2):
        sent = []
        for path in paths:
            manager.get(path)
            with statements() as asked:
                assert manager.get(path).status_code == 200
            sent.append(len(asked))
        costs.append(sent)
        paid(make_stock(5))
        paid(make_stock(5))

    assert costs[0] == costs[1]


def test_only_those_who_see_stock_see_its_history(staff: Callable[..., Any], client_for: Callable[..., Client]) -> None:
    document = paid(make_stock(5))
    client = client_for(staff("store_member"))

    assert client.get(AS_OF).status_code == 403
    assert client.get(f"{LEDGER}document/{document.type}/{document.sn}/").status_code == 403


def test_the_ledger_of_one_person(manager: Client, staff: Callable[..., Any]) -> None:
    stock, person = make_stock(8), staff("clerk")
    document = source()
    stock.reserve(2, document=document, minutes=600)
    post_payment(source=document, actor=user_actor(person))

    page = manager.get(LEDGER, {"actor_id": person.pk})

    assert [entry.counter for entry in page.context["cl"].result_list] == [
        Counter.ALLOCATED,
        Counter.SOLD,
        Counter.HELD,
    ]
    assert str(person) in page.content.decode()
    for nobody in ("0", "x", "9" * 30):
        assert list(manager.get(LEDGER, {"actor_id": nobody}).context["cl"].result_list) == []


def test_rows_of_one_layer_are_told_apart() -> None:
    stock = make_stock(8)
    source_bucket = stock.bucket
    flash, own = (
        AllocationPool.objects.create(logical=stock.logical, purpose=Purpose.FLASH_SALE),
        ChannelStock.objects.create(pool_id=source_bucket.pool_id, channel_id=stock.channel_id),
    )
    shared = ChannelStock.objects.create(pool=flash)
    bad = PhysicalStock.objects.create(
        logical=stock.logical,
        sku_id=stock.sku_id,
        owner_id=stock.owner_id,
        location_id=stock.location_id,
        batch=Batch.objects.create(sku_id=stock.sku_id, code="B7"),
        quality=Quality.LOCKED,
    )
    keys = {
        "default": (Layer.CHANNEL, source_bucket.pk),
        "own": (Layer.CHANNEL, own.pk),
        "shared": (Layer.CHANNEL, shared.pk),
        "pool": (Layer.POOL, flash.pk),
        "bad": (Layer.PHYSICAL, bad.pk),
        "row": (Layer.LOGICAL, stock.logical.pk),
    }

    with translation.override("en"):
        titles = row_titles(keys.values())
        places = {name: titles[key].place for name, key in keys.items()}

    here = places["row"]
    assert here == f"{stock.logical.warehouse.name} · {stock.logical.owner.name}"
    assert places == {
        "row": here,
        "default": here,
        "own": f"{here} · {Channel.objects.get(pk=stock.channel_id).name}",
        "shared": f"{here} · Flash sale",
        "pool": f"{here} · Flash sale",
        "bad": f"{here} · {bad.location.code} · B7 · Locked",
    }


def test_a_long_document_leads_to_all_its_entries(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    document = paid(make_stock(8))
    page = f"{LEDGER}document/{document.type}/{document.sn}/"
    assert manager.get(page).context["all_url"] == ""

    monkeypatch.setattr("inventory.selectors.history.ENTRIES_MAX", 3)

    answer = manager.get(page)
    assert sum(len(entries) for _step, entries in answer.context["steps"]) == 3
    assert answer.context["all_url"] in answer.content.decode().replace("&amp;", "&")
    found = manager.get(answer.context["all_url"]).context["cl"].result_list
    assert {entry.source_sn for entry in found} == {document.sn}
    assert len(found) == 4
