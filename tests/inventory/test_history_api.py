"""The ledger by SKU, row, document, person and time; stock as of a moment, over the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inventory.services import adjust, post_payment
from tests.factories.inventory import Stock, make_stock, source
from tests.support.sql import statements
from tests.support.time import START, FrozenClock
from vmi.core.actors import system_actor, user_actor
from vmi.core.sources import Source

LEDGER, AS_OF = "/api/v1/inventory/ledger/", "/api/v1/inventory/as-of/"


@pytest.fixture
def api(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    """A clerk's client."""
    return api_for(staff("clerk"))


def rows(api: Any, **query: Any) -> list[dict[str, Any]]:
    answer = api.get(LEDGER, query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def adjusted(stock: Stock, user: Any) -> Source:
    document = source("adjust")
    adjust(
        logical_id=stock.logical.pk,
        operation="ADD",  # type: ignore[arg-type]
        quantity=2,
        reason="found behind the shelf",
        source=document,
        actor=user_actor(user),
    )
    return document


def test_one_entry_says_what_where_who_and_why(api: Any, staff: Callable[..., Any]) -> None:
    stock, person = make_stock(3), staff("manager")
    document = adjusted(stock, person)

    (entry,) = rows(api, sourceType=document.type, sourceSn=document.sn, layer=3)

    assert (entry["sku"], entry["skuId"], entry["delta"], entry["balanceAfter"]) == (stock.sku, stock.sku_id, 2, 5)
    assert (entry["actorName"], entry["reason"]) == (str(person), "found behind the shelf")
    assert entry["rowId"] == stock.logical.pk
    assert entry["place"]


def test_entries_of_a_sku_come_from_every_layer_and_from_no_other_sku(api: Any) -> None:
    stock, document = make_stock(5), source()
    other = make_stock(5)
    stock.reserve(2, document=document)
    post_payment(source=document, actor=system_actor())

    found = rows(api, sku=stock.sku.lower())

    assert {entry["sku"] for entry in found} == {stock.sku}
    assert {entry["layer"] for entry in found} == {1, 2, 3, 4}
    assert [entry["id"] for entry in found] == [entry["id"] for entry in rows(api, skuId=stock.sku_id)]
    assert rows(api, sku=stock.sku, counter=302)[0]["delta"] == 2
    assert rows(api, sku="NONE") == []
    assert rows(api, skuId=other.sku_id, layer=3, rowId=stock.logical.pk) == []


def test_entries_of_a_person_and_of_a_command(api: Any, staff: Callable[..., Any]) -> None:
    stock, person = make_stock(3), staff("manager")
    adjusted(stock, person)

    assert {entry["command"] for entry in rows(api, actorId=person.pk)} == {13}
    assert {entry["actorName"] for entry in rows(api, command=13)} == {str(person)}


def test_a_span_of_time_includes_its_start_and_not_its_end(frozen_clock: FrozenClock, api: Any) -> None:
    stock = make_stock(1)
    for _step in range(2):
        frozen_clock.advance(minutes=1)
        stock.receive(1)
    step = timedelta(minutes=1)

    def bases(**span: Any) -> list[int]:
        found = rows(api, sku=stock.sku, counter=301, **{name: at.isoformat() for name, at in span.items()})
        return [entry["balanceAfter"] for entry in found]

    assert bases() == [3, 2, 1]
    assert bases(**{"from": START + step}) == [3, 2]
    assert bases(to=START + step) == [1]
    assert bases(**{"from": START + step, "to": START + 2 * step}) == [2]


@pytest.mark.parametrize("query", [{"from": "2026-11-22"}, {"to": "2026-11-22T10:00:00"}, {"sort": "x"}])
def test_what_cannot_be_read_is_refused_by_name(api: Any, query: dict[str, str]) -> None:
    answer = api.get(LEDGER, query)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == next(iter(query))


def test_pages_follow_each_other_by_time(api: Any) -> None:
    stock = make_stock(1)
    for _number in range(3):
        stock.receive(1)

    first = api.get(LEDGER, {"sku": stock.sku, "counter": 301, "ordering": "at", "pageSize": 3}).json()
    second = api.get(first["next"]).json()

    assert [entry["balanceAfter"] for entry in (*first["results"], *second["results"])] == [1, 2, 3, 4]
    assert second["next"] is None


def test_a_page_costs_the_same_whatever_it_holds(api: Any) -> None:
    stock = make_stock(1)
    stock.reserve(1)
    rows(api, sku=stock.sku)
    with statements() as few:
        rows(api, sku=stock.sku)
    for _number in range(4):
        stock.receive(3)
        stock.reserve(1)
    with statements() as many:
        rows(api, sku=stock.sku)

    assert len(few) == len(many)


def test_stock_as_of_a_moment(frozen_clock: FrozenClock, api: Any) -> None:
    stock = make_stock(8)
    stock.reserve(3, minutes=600)
    frozen_clock.advance(minutes=1)
    stock.receive(4)

    def at(moment: str) -> dict[str, Any]:
        answer = api.get(AS_OF, {"at": moment, "sku": stock.sku.lower()})
        assert answer.status_code == 200, answer.content
        (found,) = answer.json()["results"]
        return dict(found)

    then, now = at(START.isoformat()), at(frozen_clock.now.isoformat())

    assert (then["figures"]["physicalBaseQty"], then["availableQty"]) == (8, 8)
    assert (now["figures"]["physicalBaseQty"], now["availableQty"]) == (12, 12)
    assert then["skuCode"] == stock.sku
    bucket = next(row for row in then["rows"] if row["layer"] == 1)
    assert (bucket["rowId"], bucket["figures"]) == (stock.bucket.pk, {"baseQuotaQty": 8, "heldQty": 3})
    assert api.get(AS_OF, {"at": (START - timedelta(hours=1)).isoformat()}).json()["results"] == []
    assert api.get(AS_OF, {"skuId": stock.sku_id}).json()["results"][0]["figures"] == now["figures"]


def test_a_moment_without_its_offset_is_refused(api: Any) -> None:
    answer = api.get(AS_OF, {"at": "2026-11-22T10:00:00"})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "at")


def test_pages_of_stock_as_of_cost_the_same(api: Any) -> None:
    for _number in range(3):
        make_stock(2)
    api.get(AS_OF, {"pageSize": 1})
    with statements() as few:
        first = api.get(AS_OF, {"pageSize": 1}).json()
    with statements() as many:
        every = api.get(AS_OF, {"pageSize": 200}).json()

    assert (len(first["results"]), len(every["results"])) == (1, 3)
    assert len(few) == len(many)


@pytest.mark.parametrize("path", [LEDGER, AS_OF])
@pytest.mark.parametrize("role", ["customer", "store_member"])
def test_others_may_not_look(path: str, role: str, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    assert api_for(staff(role)).get(path).status_code == 403
