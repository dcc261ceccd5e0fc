"""The combiner over real connections: many threads, two namespaces, broken batches, a killed process."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django_tenants.utils import get_tenant_model, tenant_context

from inventory.exceptions import InsufficientStock
from inventory.models import LedgerEntry, Reservation
from inventory.services import combiner
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.sources import Source
from vmi.namespaces.services import open_namespace


@pytest.fixture(autouse=True)
def _combiner(settings: Any) -> Iterator[None]:
    settings.RESERVE_COMBINER = True
    yield
    combiner.stop()


@pytest.fixture
def other_namespace(committed_namespace: Any) -> Iterator[Any]:
    """A second namespace with real commits, dropped afterwards."""
    connection.set_schema_to_public()
    namespace = open_namespace(schema_name="race_other", name="other", domain="race-other.testserver")
    connection.set_tenant(committed_namespace)
    yield namespace
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute('DROP SCHEMA "race_other" CASCADE')
    get_tenant_model().objects.filter(pk=namespace.pk).delete()
    connection.set_tenant(committed_namespace)


def _sold(results: list[Any]) -> int:
    return sum(1 for result in results if isinstance(result, list))


def _moments() -> int:
    """How many transactions wrote the holds: those of one batch share an instant."""
    return Reservation.objects.values("created_at").distinct().count()


@pytest.mark.parametrize("on", [True, False], ids=["combined", "control"])
def test_thirty_two_buyers_of_the_last_ten_units(in_threads: Any, settings: Any, on: bool) -> None:
    settings.RESERVE_COMBINER = on
    stock = make_stock(10)

    results = in_threads(*[lambda: stock.reserve(1)] * 32)

    refusals = [result for result in results if isinstance(result, InsufficientStock)]
    assert (_sold(results), len(refusals)) == (10, 22)
    assert {refusal.lines[0]["available"] for refusal in refusals} == {0}
    assert stock.bucket.held_qty == 10
    assert (_moments() < 10) is on, "only the combiner puts several reservations into one commit"
    assert prove_stock() == []


def test_the_ledger_of_a_hot_row_has_no_gap(in_threads: Any) -> None:
    stock = make_stock(200)

    in_threads(*[lambda: [stock.reserve(1) for _round in range(20)]] * 6)

    rows = LedgerEntry.objects.filter(row_id=stock.bucket.pk, layer=1).order_by("version")
    assert [row.version for row in rows] == list(range(1, 122))
    assert [row.balance_after for row in rows][1:] == list(range(1, 121))
    assert prove_stock() == []


def test_the_same_source_in_parallel_is_held_once(in_threads: Any) -> None:
    stock, document = make_stock(10), source()

    results = in_threads(*[lambda: stock.reserve(3, document=document)] * 8)

    assert {result[0].id for result in results} == {Reservation.objects.get(source_sn=document.sn).pk}
    assert stock.bucket.held_qty == 3
    assert prove_stock() == []


def test_namespaces_never_mix(committed_namespace: Any, other_namespace: Any, in_threads: Any) -> None:
    here = make_stock(20)
    with tenant_context(other_namespace):
        there = make_stock(20)

    def buy_there() -> list[Any]:
        with tenant_context(other_namespace):
            return there.reserve(1, document=Source("order", f"T-{threading.get_ident()}"))

    results = in_threads(*[lambda: here.reserve(1), buy_there] * 12)

    assert _sold(results) == 24
    assert (here.bucket.held_qty, Reservation.objects.filter(source_sn__startswith="T-").count()) == (12, 0)
    assert prove_stock() == []
    with tenant_context(other_namespace):
        assert (there.bucket.held_qty, Reservation.objects.count()) == (12, 12)
        assert prove_stock() == []


def _broken(*_args: object) -> None:
    raise OperationalError("the connection is lost")


@pytest.mark.parametrize(
    "fault",
    [lambda patch: patch.setattr(combiner, "apply", _broken), lambda patch: patch.setattr(combiner, "QUEUE", 0)],
    ids=["batch fails", "queue full"],
)
def test_without_a_batch_everyone_takes_the_plain_path(
    in_threads: Any, monkeypatch: Any, fault: Callable[[Any], None]
) -> None:
    fault(monkeypatch)
    stock = make_stock(5)

    results = in_threads(*[lambda: stock.reserve(1)] * 8)

    assert (_sold(results), stock.bucket.held_qty) == (5, 5)
    assert prove_stock() == []


def test_stopping_answers_those_who_wait_and_ends_the_threads(in_threads: Any) -> None:
    stock = make_stock(50)

    results = in_threads(*[lambda: stock.reserve(1)] * 16, combiner.stop)

    assert _sold(results) == 16
    assert stock.bucket.held_qty == 16
    combiner.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "reserve-combiner"]


def _sell_until_killed(namespace: Any, stock: Stock, pipe: int) -> None:
    """A process of its own: eight threads that tell each sale they were answered."""
    for inherited in connections.all(initialized_only=True):
        inherited.connection = None  # the parent's socket is not ours

    def sell(thread: int) -> None:
        connection.set_tenant(namespace)
        for number in range(100_000):
            document = Source("order", f"K-{thread}-{number}")
            stock.reserve(1, document=document)
            os.write(pipe, f"{document.sn}\n".encode())

    for thread in range(8):
        threading.Thread(target=sell, args=(thread,), daemon=True).start()
    threading.Event().wait(600)


def test_a_killed_process_loses_no_answered_hold(committed_namespace: Any) -> None:
    stock = make_stock(1_000_000)
    reading, writing = os.pipe()
    child = get_context("fork").Process(target=_sell_until_killed, args=(committed_namespace, stock, writing))
    child.start()
    os.close(writing)
    with os.fdopen(reading) as answers:
        told = [answers.readline().strip() for _answer in range(60)]
        os.kill(child.pid or 0, signal.SIGKILL)
        told += [line.strip() for line in answers]
    child.join()

    written = set(Reservation.objects.values_list("source_sn", flat=True))
    assert len(told) >= 60
    assert set(told) - written == set()
    assert prove_stock() == []
