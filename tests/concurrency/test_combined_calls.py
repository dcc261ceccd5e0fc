"""Reservations of the API through the combiner: one effect a key, one answer, exact refusals, no unit twice."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from inventory.choices import HoldState
from inventory.models import Channel, Reservation
from inventory.services import combiner, combiner_batch
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock
from tests.factories.promises import allow_oversell
from tests.support.clients import host_of
from tests.support.populated import make_user
from vmi.api.models import IdempotencyKey

BASE = "/api/v1/inventory/reserve"


@pytest.fixture(autouse=True)
def _combiner(settings: Any) -> Iterator[None]:
    settings.RESERVE_COMBINER = True
    yield
    combiner.stop()


@pytest.fixture
def call(committed_namespace: Any, api_for: Callable[..., Any]) -> Callable[..., Any]:
    """A function that posts a body as the manager, under a key."""
    user = make_user("manager", "manager", "M")
    host = host_of(committed_namespace)

    def post(path: str, key: str, body: dict[str, Any]) -> Any:
        client = api_for(user, host=host)
        return client.post(f"{BASE}/{path}", body, format="json", headers={"Idempotency-Key": key})

    return post


@pytest.fixture
def batched(monkeypatch: Any) -> list[int]:
    """How many reservations each batch wrote."""
    written: list[int] = []
    write = combiner_batch._write

    def counted(decision: Any, places: Any) -> None:
        written.append(len(decision.granted))
        write(decision, places)

    monkeypatch.setattr(combiner_batch, "_write", counted)
    return written


def _order(stock: Stock, units: int, number: str = "") -> dict[str, Any]:
    named = {"orderNo": number} if number else {}
    return {"channel": stock.channel_id, "items": [{"sku": stock.sku, "quantity": units}], **named}


def _cart(*stocks: Stock, units: int = 1) -> dict[str, Any]:
    return {"channel": stocks[0].channel_id, "items": [{"sku": one.sku, "quantity": units} for one in stocks]}


@pytest.mark.parametrize("path", ["order", "cart"])
def test_a_key_has_one_effect_and_one_answer(path: str, call: Any, batched: list[int]) -> None:
    stock = make_stock(10)

    first = call(path, "k1", _order(stock, 3))
    again = call(path, "k1", _order(stock, 3))
    other = call(path, "k1", _order(stock, 4))

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [hold["quantity"] for hold in first.json()["reservations"]] == [3]
    assert (batched, stock.bucket.held_qty) == ([1], 3)
    assert prove_stock() == []


@pytest.mark.parametrize("path", ["order", "cart"])
def test_an_answer_that_was_lost_is_made_again(path: str, call: Any, monkeypatch: Any) -> None:
    stock = make_stock(10)
    with monkeypatch.context() as patch:
        patch.setattr("inventory.api.combined.answer", lambda claim, response: None)
        first = call(path, "k1", _order(stock, 3))

    assert IdempotencyKey.objects.get().status == 0
    again = call(path, "k1", _order(stock, 3))

    assert (again.status_code, again.json()) == (201, first.json())
    assert stock.bucket.held_qty == 3


def test_a_refusal_leaves_no_key_and_names_the_figures(call: Any, batched: list[int]) -> None:
    stock = make_stock(2)

    refused = call("order", "k1", _order(stock, 3))

    assert refused.status_code == 409
    assert refused.json()["error"]["details"]["lines"] == [{"line": 1, "sku": stock.sku, "wanted": 3, "available": 2}]
    assert not IdempotencyKey.objects.exists()
    assert call("order", "k1", _order(stock, 2)).status_code == 201
    assert batched == [1]


def test_many_calls_at_once_sell_what_there_is(call: Any, in_threads: Any, batched: list[int]) -> None:
    stock = make_stock(10)

    results = in_threads(*[lambda n=n: call("order", f"k{n}", _order(stock, 1)).status_code for n in range(24)])

    assert (results.count(201), results.count(409)) == (10, 14)
    assert sum(batched) == 10
    assert IdempotencyKey.objects.count() == 10
    assert (stock.bucket.held_qty, Reservation.objects.count()) == (10, 10)
    assert prove_stock() == []


def test_the_same_call_many_times_at_once_has_one_effect(call: Any, in_threads: Any) -> None:
    stock = make_stock(10)

    results = in_threads(*[lambda: call("order", "k1", _order(stock, 2))] * 8)

    assert {result.status_code for result in results} == {201}
    assert len({result.json()["orderNo"] for result in results}) == 1
    assert stock.bucket.held_qty == 2
    assert prove_stock() == []


def test_the_lines_of_a_cart_are_numbered_on(call: Any, batched: list[int]) -> None:
    first, second = make_stock(10), make_stock()
    first.receive(10, sku_id=second.sku_id)
    second.channel_id = first.channel_id

    call("cart", "k1", _cart(first))
    call("cart", "k2", _cart(second))
    grown = call("cart", "k3", _cart(first, second, units=2))

    held = Reservation.objects.filter(state=HoldState.HELD).order_by("line_no")
    assert [(row.line_no, row.quantity) for row in held] == [(1, 3), (2, 3)]
    assert [hold["quantity"] for hold in grown.json()["reservations"]] == [3, 3]
    assert batched == [1, 1], "a cart that grows takes the ordinary way"
    assert prove_stock() == []


@pytest.mark.parametrize("why", ["oversold", "limited"])
def test_what_is_not_plain_takes_the_ordinary_way(call: Any, batched: list[int], why: str) -> None:
    stock = make_stock(2)
    if why == "oversold":
        allow_oversell(stock, 5)
    else:
        Channel.objects.filter(pk=stock.channel_id).update(hold_units_max=5)
        stock.receive(5)

    answer = call("order", "k1", _order(stock, 4, "EXT-9"))

    assert answer.status_code == 201
    assert sum(hold["quantity"] for hold in answer.json()["reservations"]) == 4
    assert (batched, answer.json()["orderNo"]) == ([], "EXT-9")
    assert call("order", "k1", _order(stock, 4, "EXT-9")).json() == answer.json()
    assert prove_stock() == []


def test_a_number_in_use_is_refused_or_answered_again(call: Any) -> None:
    stock = make_stock(10)
    first = call("order", "k1", _order(stock, 2, "EXT-1"))

    same, other = call("order", "k2", _order(stock, 2, "EXT-1")), call("order", "k3", _order(stock, 3, "EXT-1"))

    assert (same.status_code, same.json()) == (201, first.json())
    assert (other.status_code, other.json()["error"]["code"]) == (409, "source_mismatch")
    assert stock.bucket.held_qty == 2
