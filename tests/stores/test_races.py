"""Two people at the same moment, each with a connection of their own (R15, R27), and the controls."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import transaction

from inventory.models import PhysicalStock
from stores.choices import DocumentStatus
from stores.exceptions import ShelfTaken
from stores.models import StockIn, StoreShelf
from stores.services import approve_stockin, assign_shelves, reject_stockin
from tests.factories.stores import AUTHOR, REVIEWER, make_people, make_world
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidTransition

InThreads = Callable[..., list[Any]]


def test_two_approvals_move_the_goods_once(in_threads: InThreads) -> None:
    world = make_world()
    document = world.stockin(world.line(10))
    _author, first, second = make_people((AUTHOR, REVIEWER, REVIEWER + 1))

    results = in_threads(
        lambda: approve_stockin(stockin_id=document.pk, actor=first),
        lambda: approve_stockin(stockin_id=document.pk, actor=second),
    )

    winners = [row for row in results if isinstance(row, StockIn)]
    losers = [row for row in results if isinstance(row, InvalidTransition)]
    assert (len(winners), len(losers)) == (1, 1), results
    assert losers[0].status == 409
    assert PhysicalStock.objects.get().quantity == 10
    assert StockIn.objects.get().status_id == DocumentStatus.DONE


def test_approval_against_rejection_has_one_outcome(in_threads: InThreads) -> None:
    world = make_world()
    document = world.stockin(world.line(10))
    _author, first, second = make_people((AUTHOR, REVIEWER, REVIEWER + 1))

    results = in_threads(
        lambda: approve_stockin(stockin_id=document.pk, actor=first),
        lambda: reject_stockin(stockin_id=document.pk, reason="no", actor=second),
    )

    assert sum(isinstance(row, InvalidTransition) for row in results) == 1, results
    done = StockIn.objects.get().status_id == DocumentStatus.DONE
    assert PhysicalStock.objects.count() == (1 if done else 0)


def test_control_without_compare_and_set_both_win(in_threads: InThreads) -> None:
    """The same two people, reading the state and then writing it: both believe they approved."""
    document = make_world().stockin()
    both_have_read = threading.Barrier(2)

    def careless() -> bool:
        with transaction.atomic():
            row = StockIn.objects.get(pk=document.pk)
            pending = row.status_id == DocumentStatus.PENDING
            both_have_read.wait(300)
            if pending:
                row.status_id = DocumentStatus.CANCELLED
                row.save(update_fields=["status"])
            return pending

    assert in_threads(careless, careless) == [True, True]


def test_two_stores_claim_one_shelf(in_threads: InThreads) -> None:
    first, second = make_world(with_shelf=False), make_world(with_shelf=False)

    results = in_threads(
        lambda: assign_shelves(store_id=first.store.pk, shelf_ids=[first.shelf_id], actor=system_actor()),
        lambda: assign_shelves(store_id=second.store.pk, shelf_ids=[first.shelf_id], actor=system_actor()),
    )

    assert sum(isinstance(row, ShelfTaken) for row in results) == 1, results
    assert StoreShelf.objects.count() == 1
