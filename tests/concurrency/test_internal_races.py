"""An internal document is called off while its goods leave: one of both, and nobody waits for ever."""

from collections.abc import Callable
from typing import Any

from inventory.exceptions import HoldNotOpen
from inventory.services import AllocateLine, allocate, cancel_internal, confirm_outbound, issue_ship_notice
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def noticed(stock: Stock, units: int) -> Source:
    """An approved internal document the warehouse was told of."""
    document = source("transfer")
    lines = [AllocateLine(1, stock.sku_id, units)]
    allocate(warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, lines=lines, source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)
    return document


def test_a_document_is_called_off_or_leaves_never_both(in_threads: Callable[..., list[Any]]) -> None:
    for _round in range(6):
        stock = make_stock(10)
        document = noticed(stock, 6)

        freed, left = in_threads(
            lambda document=document: cancel_internal(source=document, notice_withdrawn=True, actor=ACTOR),
            lambda document=document: confirm_outbound(source=document, actor=ACTOR),
        )

        if freed == 6:
            assert isinstance(left, HoldNotOpen), left
        else:
            assert (freed, left) == (0, True)
        assert stock.logical.physical_base_qty == (10 if freed else 4)
        assert prove_stock() == []
