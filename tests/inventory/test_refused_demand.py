"""Refused demand: what buyers could not have is counted by buyer and day, and costs the refused command nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from inventory.exceptions import HoldLimitExceeded, InsufficientStock
from inventory.models import Channel, RefusedDemand
from inventory.selectors.refused import Refused, refused_by_day
from inventory.services import CartItem, add_channel_source, add_to_cart, combiner, post_payment, refused, reserve
from inventory.services.combiner_batch import apply
from inventory.services.combiner_request import Request
from inventory.services.demand import Demand, ReserveLine
from inventory.services.reconcile import prove_stock
from inventory.tasks import forget_refused
from tests.factories.catalog import make_sku
from tests.factories.inventory import Stock, make_stock, source
from tests.support.sql import statements
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def refuse(stock: Stock, *quantities: int, sn: str = "", member: int | None = None, **more: Any) -> None:
    """Ask for more of the stock's SKU than there is, one line for each quantity."""
    lines = [ReserveLine(number, stock.sku_id, units) for number, units in enumerate(quantities, start=1)]
    with pytest.raises(InsufficientStock):
        reserve(
            channel_id=stock.channel_id,
            lines=lines,
            source=Source("order", sn) if sn else source(),
            expires_at=clock.now() + timedelta(minutes=15),
            partner_id=member,
            actor=ACTOR,
            **more,
        )


def rows(stock: Stock) -> list[tuple[str, int, int]]:
    """What stands written for the stock's row: who asked, units, times."""
    refused.flush()
    found = RefusedDemand.objects.filter(logical_id=stock.logical.pk).order_by("asker")
    return [(row.asker, row.units, row.times) for row in found]


def test_a_member_who_tries_again_counts_once_with_the_most_that_was_missing(frozen_clock: FrozenClock) -> None:
    stock = make_stock(3)
    refuse(stock, 5, member=7)
    frozen_clock.advance(minutes=2)
    refuse(stock, 9, member=7)
    assert rows(stock) == [("M7", 6, 2)]

    frozen_clock.advance(minutes=2)
    refuse(stock, 4, member=7)
    refuse(stock, 4, member=8)

    assert rows(stock) == [("M7", 6, 3), ("M8", 1, 1)]
    row = RefusedDemand.objects.get(logical_id=stock.logical.pk, asker="M7")
    assert row.last_at - row.first_at == timedelta(minutes=4)
    assert row.channel_id == stock.channel_id
    assert stock.bucket.held_qty == 0
    assert prove_stock() == []


def test_anonymous_buyers_are_their_documents_and_lines_add_up() -> None:
    stock = make_stock(3)
    refuse(stock, 5, 4, sn="R-1")
    refuse(stock, 4, sn="R-2")

    assert [(units, times) for _asker, units, times in rows(stock)] == [(3, 1), (1, 1)]


def test_only_the_short_lines_count(frozen_clock: FrozenClock) -> None:
    stock, other = make_stock(3), make_stock(10)
    add_channel_source(
        channel_id=stock.channel_id, warehouse_id=other.warehouse_id, owner_id=other.owner_id, actor=ACTOR
    )
    lines = [ReserveLine(1, other.sku_id, 2), ReserveLine(2, stock.sku_id, 4)]
    with pytest.raises(InsufficientStock):
        reserve(
            channel_id=stock.channel_id,
            lines=lines,
            source=source(),
            expires_at=frozen_clock.now,
            actor=ACTOR,
        )

    assert [units for _asker, units, _times in rows(stock)] == [1]
    assert rows(other) == []


def test_a_day_is_the_namespace_s_own(frozen_clock: FrozenClock) -> None:
    stock = make_stock(1)
    frozen_clock.set(datetime(2026, 3, 1, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai
    refuse(stock, 3, member=7)
    frozen_clock.advance(minutes=2)
    refuse(stock, 2, member=7)
    refuse(stock, 2, member=8)
    refused.flush()

    key = stock.logical.pk
    found = refused_by_day([key], since=date(2026, 3, 1), until=date(2026, 3, 3))
    assert found == {key: {date(2026, 3, 1): Refused(2, 1, 1), date(2026, 3, 2): Refused(2, 2, 2)}}
    assert refused_by_day([key], since=date(2026, 3, 3), until=date(2026, 3, 4)) == {}


def test_dry_runs_and_limits_ask_for_nothing() -> None:
    stock = make_stock(3)
    refuse(stock, 5, member=7, dry_run=True)
    call: dict[str, Any] = {"channel_id": stock.channel_id, "partner_id": 7, "actor": ACTOR}
    with pytest.raises(InsufficientStock):
        add_to_cart(items=[CartItem(stock.sku_id, 5)], dry_run=True, **call)
    Channel.objects.filter(pk=stock.channel_id).update(hold_units_max=2)
    with pytest.raises(HoldLimitExceeded):
        add_to_cart(items=[CartItem(stock.sku_id, 5)], **call)

    assert rows(stock) == []


def test_a_cart_that_cannot_grow_is_refused_demand() -> None:
    stock = make_stock(3)
    call: dict[str, Any] = {"channel_id": stock.channel_id, "partner_id": 7, "actor": ACTOR}
    add_to_cart(items=[CartItem(stock.sku_id, 2)], **call)
    with pytest.raises(InsufficientStock):
        add_to_cart(items=[CartItem(stock.sku_id, 4)], **call)

    assert rows(stock) == [("M7", 3, 1)]
    assert stock.bucket.held_qty == 2


def test_a_late_payment_whose_goods_are_gone_is_refused_demand(frozen_clock: FrozenClock) -> None:
    stock = make_stock(3)
    late = source()
    stock.reserve(2, document=late)
    frozen_clock.advance(minutes=16)
    stock.reserve(3)
    with pytest.raises(InsufficientStock):
        post_payment(source=late, actor=ACTOR)

    assert rows(stock) == [(late.subject, 2, 1)]


def test_a_batch_of_reservations_notes_what_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = make_stock(3)
    demand = Demand(stock.channel_id, [ReserveLine(1, stock.sku_id, 5)], source(), clock.now(), 9, ACTOR)

    def submit(_combiner: Any, _tenant: Any, asked: Demand) -> Request:
        request = Request(asked)
        apply([request])
        return request

    monkeypatch.setattr(combiner, "is_open", lambda: True)
    monkeypatch.setattr(combiner.Combiner, "submit", submit)
    with pytest.raises(InsufficientStock):
        combiner.combined(demand)

    assert rows(stock) == [("M9", 2, 1)]


def test_goods_the_channel_has_no_row_of_are_left_out() -> None:
    stock, sku_id = make_stock(3), make_sku().pk
    with pytest.raises(InsufficientStock):
        reserve(
            channel_id=stock.channel_id,
            lines=[ReserveLine(1, sku_id, 1)],
            source=source(),
            expires_at=clock.now(),
            actor=ACTOR,
        )

    assert refused.flush() == 0
    assert rows(stock) == []


def test_a_named_warehouse_is_the_one_that_was_short() -> None:
    near, far = make_stock(3), make_stock(3)
    add_channel_source(
        channel_id=near.channel_id, warehouse_id=far.warehouse_id, owner_id=far.owner_id, priority=5, actor=ACTOR
    )
    line = ReserveLine(1, far.sku_id, 9, warehouse_id=far.warehouse_id)
    with pytest.raises(InsufficientStock):
        reserve(channel_id=near.channel_id, lines=[line], source=source(), expires_at=clock.now(), actor=ACTOR)

    assert [units for _asker, units, _times in rows(far)] == [6]


def test_a_refusal_costs_no_statement_more() -> None:
    stock = make_stock(3)
    refuse(stock, 5)
    with statements() as ran:
        refuse(stock, 5)

    assert not [sql for sql in ran if "refuseddemand" in sql]


def test_old_refusals_are_forgotten(frozen_clock: FrozenClock) -> None:
    stock = make_stock(3)
    refuse(stock, 5, member=7)
    refused.flush()
    frozen_clock.advance(days=refused.KEPT_DAYS)
    assert forget_refused() == 0
    frozen_clock.advance(days=1)

    assert forget_refused() == 1
    assert rows(stock) == []


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused, "GATHERED_MAX", 2)
    recorder = refused.Recorder()
    monkeypatch.setattr(refused, "_recorder", recorder)
    stock = make_stock(3)
    for member in (1, 2, 3, 1):
        refuse(stock, 5, member=member)

    assert rows(stock) == [("M1", 2, 2), ("M2", 2, 1)]
