"""What one batch of the combiner writes and whom it refuses: exact figures, in one transaction."""

from datetime import timedelta
from typing import Any

import pytest

from inventory.choices import Counter, Purpose
from inventory.exceptions import InsufficientStock, SourceConflict
from inventory.models import ChannelShare, LedgerEntry, Reservation
from inventory.services import ReserveLine, combiner, reserve
from inventory.services.combiner_batch import apply
from inventory.services.combiner_request import Request
from inventory.services.demand import Demand
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.quota import move, open_share
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def _request(stock: Stock, *units: int, document: Source | None = None, skus: list[int] | None = None) -> Request:
    wanted = skus or [stock.sku_id] * len(units)
    lines = [ReserveLine(number, sku, want) for number, (sku, want) in enumerate(zip(wanted, units, strict=True), 1)]
    deadline = clock.now() + timedelta(minutes=15)
    return Request(Demand(stock.channel_id, lines, document or source(), deadline, None, ACTOR))


def _ledger(stock: Stock) -> list[tuple[str, int, int, int, int]]:
    """(document, line, change, balance, version) of the bucket's held counter, in the row's own order."""
    rows = LedgerEntry.objects.filter(layer=1, row_id=stock.bucket.pk, counter=Counter.HELD).order_by("version")
    return [(row.source_sn, row.line_no, row.delta, row.balance_after, row.version) for row in rows]


def _figures(request: Request) -> list[Any]:
    assert request.refusal is not None
    return [(line["line"], line["wanted"], line["available"]) for line in request.refusal.lines]


def test_each_reservation_has_its_own_balance_and_version() -> None:
    stock = make_stock(10)
    start = stock.bucket.version
    requests = [_request(stock, units) for units in (2, 3, 1)]

    apply(requests)

    names = [request.demand.source.sn for request in requests]
    assert _ledger(stock) == [
        (names[0], 1, 2, 2, start + 1),
        (names[1], 1, 3, 5, start + 2),
        (names[2], 1, 1, 6, start + 3),
    ]
    assert (stock.bucket.held_qty, stock.bucket.version) == (6, start + 3)
    assert prove_stock() == []


def test_the_answer_is_what_was_written() -> None:
    stock = make_stock(10)
    request = _request(stock, 4)

    apply([request])

    assert request.holds is not None
    (hold,) = request.holds
    row = Reservation.objects.get(pk=hold.id)
    assert (row.source_sn, row.line_no, row.quantity, row.expires_at) == (
        request.demand.source.sn,
        hold.line_no,
        hold.quantity,
        hold.expires_at,
    )
    assert (row.bucket_id, hold.bucket_id, hold.sku_id) == (stock.bucket.pk, stock.bucket.pk, stock.sku_id)


def test_a_bad_request_fails_alone() -> None:
    stock, held = make_stock(10), source()
    stock.reserve(1, document=held)
    again, stranger = source(), make_stock(5)
    good = _request(stock, 5, document=again)
    short = _request(stock, 6)
    twice = _request(stock, 1, document=again)
    known = _request(stock, 1, document=held)
    foreign = _request(stock, 1, skus=[stranger.sku_id])
    last = _request(stock, 4)

    apply([good, short, twice, known, foreign, last])

    assert good.holds
    assert last.holds
    assert _figures(short) == [(1, 6, 0)]
    assert [(r.holds, r.refusal) for r in (twice, known, foreign)] == [(None, None)] * 3, "left to the plain path"
    assert stock.bucket.held_qty == 10
    assert prove_stock() == []


def test_a_cart_gets_every_line_or_none() -> None:
    first, second = make_stock(10), make_stock()
    first.receive(2, sku_id=second.sku_id)
    skus = [first.sku_id, second.sku_id]
    short, good = _request(first, 3, 3, skus=skus), _request(first, 3, 2, skus=skus)

    apply([short, good])

    assert _figures(short) == [(2, 3, 0)]
    assert good.holds is not None
    assert [hold.quantity for hold in good.holds] == [3, 2]
    assert first.bucket.held_qty == 3
    assert prove_stock() == []


def test_two_lines_of_one_sku_share_an_entry() -> None:
    stock = make_stock(10)
    start = stock.bucket.version
    request = _request(stock, 2, 3)

    apply([request])

    assert _ledger(stock) == [(request.demand.source.sn, 0, 5, 5, start + 1)]
    assert request.holds is not None
    assert [(hold.line_no, hold.quantity) for hold in request.holds] == [(1, 2), (2, 3)]
    assert prove_stock() == []


def test_expired_holds_in_the_way_are_taken_back() -> None:
    stock = make_stock(5)
    stock.reserve(5, minutes=-1)
    first, second, third = (_request(stock, 3), _request(stock, 3), _request(stock, 2))

    apply([first, second, third])

    assert first.holds
    assert third.holds
    assert _figures(second) == [(1, 3, 0)]
    assert stock.bucket.held_qty == 5
    assert prove_stock() == []


def test_refusals_read_as_those_of_the_plain_path() -> None:
    stock = make_stock(2)
    request = _request(stock, 3)
    apply([request])
    with pytest.raises(InsufficientStock) as plain:
        stock.reserve(3)

    assert request.refusal is not None
    assert (request.refusal.details, request.refusal.param) == (plain.value.details, plain.value.param)
    assert str(request.refusal.message) == str(plain.value.message)


def test_a_named_warehouse_is_kept_to() -> None:
    stock = make_stock(5)
    line = ReserveLine(1, stock.sku_id, 1, warehouse_id=make_stock().warehouse_id)
    request = Request(Demand(stock.channel_id, [line], source(), clock.now(), None, ACTOR))

    apply([request])

    assert (request.holds, request.refusal) == (None, None)
    assert stock.bucket.held_qty == 0


def test_calls_inside_a_transaction_and_dry_runs_never_queue(settings: Any, monkeypatch: Any) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("queued")

    settings.RESERVE_COMBINER = True
    monkeypatch.setattr(combiner.Combiner, "submit", refuse)
    stock = make_stock(5)

    stock.reserve(2)
    lines = [ReserveLine(1, stock.sku_id, 1)]
    reserve(
        channel_id=stock.channel_id, lines=lines, source=source(), expires_at=clock.now(), actor=ACTOR, dry_run=True
    )

    assert stock.bucket.held_qty == 2


def test_another_content_under_the_same_source_is_refused_by_the_plain_path() -> None:
    stock, document = make_stock(9), source()
    first = _request(stock, 2, document=document)
    apply([first])
    second = _request(stock, 3, document=document)
    apply([second])

    assert (second.holds, second.refusal) == (None, None)
    with pytest.raises(SourceConflict):
        stock.reserve(3, document=document)


def test_goods_under_a_cap_that_come_first_are_left_to_the_plain_path() -> None:
    stock = make_stock(20)
    move(stock, 10, Purpose.FLASH_SALE)
    share = open_share(stock, Purpose.FLASH_SALE, stock.channel_id)
    ChannelShare.objects.filter(pk=share.pk).update(cap_qty=5)
    fits, beyond = _request(stock, 5), _request(stock, 6)

    apply([fits, beyond])

    assert (fits.holds, fits.refusal) == (None, None)
    assert [hold.bucket_id for hold in beyond.holds or ()] == [stock.bucket.pk]
