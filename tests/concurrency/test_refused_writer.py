"""The writer of refused demand: beside the request, on a connection of its own, and never in a seller's way."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection, transaction

from inventory.exceptions import InsufficientStock
from inventory.models import LogicalStock, RefusedDemand
from inventory.services import refused
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock

BUYERS = 8


@pytest.fixture(autouse=True)
def _writer(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.REFUSED_WRITER = True
    monkeypatch.setattr(refused, "_recorder", refused.Recorder())
    yield
    refused.stop()


def _refuse(stock: Stock) -> Callable[[], None]:
    def call() -> None:
        with pytest.raises(InsufficientStock), transaction.atomic():
            stock.reserve(5)

    return call


def test_what_many_buyers_could_not_have_is_written_once_each(
    committed_namespace: Any, in_threads: Callable[..., list[Any]]
) -> None:
    stock = make_stock(3)
    answers = in_threads(*[_refuse(stock) for _buyer in range(BUYERS)])
    refused.stop()

    assert answers == [None] * BUYERS
    found = RefusedDemand.objects.filter(logical_id=stock.logical.pk)
    assert sorted((row.units, row.times) for row in found) == [(2, 1)] * BUYERS
    assert stock.bucket.held_qty == 0
    assert prove_stock() == []


def test_the_writer_waits_for_no_row_of_stock(committed_namespace: Any) -> None:
    stock = make_stock(3)
    _refuse(stock)()
    with transaction.atomic():
        LogicalStock.objects.select_for_update().get(pk=stock.logical.pk)
        refused.stop()
        assert RefusedDemand.objects.filter(logical_id=stock.logical.pk).count() == 1


def test_what_cannot_be_written_is_dropped_and_the_next_is_not(
    committed_namespace: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stock = make_stock(3)
    with monkeypatch.context() as broken:
        broken.setattr(refused, "_STORE", "SELECT 1 / 0")
        _refuse(stock)()
        refused.stop()
    assert "1 counts of refused demand" in caplog.text
    assert RefusedDemand.objects.filter(logical_id=stock.logical.pk).count() == 0

    _refuse(stock)()
    refused.stop()

    assert RefusedDemand.objects.filter(logical_id=stock.logical.pk).count() == 1
    assert connection.schema_name == committed_namespace.schema_name


def test_where_no_thread_starts_the_buyer_is_refused_all_the_same_and_the_next_tries_again(
    committed_namespace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = make_stock(3)
    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", Mock(side_effect=RuntimeError("can't start new thread")))
        _refuse(stock)()
    _refuse(stock)()
    refused.stop()

    assert RefusedDemand.objects.filter(logical_id=stock.logical.pk).count() == 2


def test_a_writer_that_died_is_followed_by_another(committed_namespace: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = make_stock(3)
    recorder = refused._recorder
    dead = threading.Thread(target=int)
    dead.start()
    dead.join()
    recorder._writer = dead
    _refuse(stock)()
    refused.stop()

    assert RefusedDemand.objects.filter(logical_id=stock.logical.pk).count() == 1
