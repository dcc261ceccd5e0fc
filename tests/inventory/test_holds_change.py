"""``change_hold`` and ``extend_hold``: one bucket moves by the difference; time is bounded."""

from datetime import timedelta

import pytest

from inventory.exceptions import HoldNotOpen, InsufficientStock
from inventory.services import change_hold, extend_hold
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import make_stock, source
from tests.inventory.reading import held_entries
from tests.support.time import FrozenClock
from vmi.core.actors import system_actor
from vmi.core.exceptions import NotFound

ACTOR = system_actor()


@pytest.mark.parametrize(("to", "delta"), [(1, -3), (4, 0), (10, 6), (0, -4)])
def test_change_hold_moves_one_bucket_by_the_difference(to: int, delta: int) -> None:
    stock, document = make_stock(10), source()
    (hold,) = stock.reserve(4, document=document)

    assert change_hold(hold_id=hold.id, quantity=to, actor=ACTOR) == delta
    assert stock.bucket.held_qty == to
    assert held_entries(document) == [(4, 4), *([(delta, to)] if delta else [])]
    assert prove_stock() == []


def test_change_hold_refuses_what_the_bucket_lacks() -> None:
    stock = make_stock(10)
    (hold,) = stock.reserve(4)
    stock.reserve(5)

    with pytest.raises(InsufficientStock) as refusal:
        change_hold(hold_id=hold.id, quantity=6, actor=ACTOR)
    assert refusal.value.lines == [{"line": 1, "sku": stock.sku, "wanted": 6, "available": 5}]
    assert stock.bucket.held_qty == 9


def test_change_hold_knows_what_is_open(frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    (hold,) = stock.reserve(4)
    with pytest.raises(NotFound):
        change_hold(hold_id=10**12, quantity=1, actor=ACTOR)
    frozen_clock.advance(minutes=15)
    with pytest.raises(HoldNotOpen):
        change_hold(hold_id=hold.id, quantity=1, actor=ACTOR)


def test_extending_is_bounded_and_never_shortens(frozen_clock: FrozenClock) -> None:
    stock, document = make_stock(10), source()
    start = frozen_clock.now
    stock.reserve(4, document=document)

    assert extend_hold(source=document, minutes=5, actor=ACTOR) == start + timedelta(minutes=15)
    frozen_clock.advance(minutes=10)
    assert extend_hold(source=document, minutes=15, actor=ACTOR) == start + timedelta(minutes=25)
    frozen_clock.advance(minutes=14)
    assert extend_hold(source=document, minutes=59, actor=ACTOR) == start + timedelta(minutes=60)
    frozen_clock.advance(minutes=36)
    assert extend_hold(source=document, minutes=59, actor=ACTOR) is None
