"""How many units a stock row can count: asked before goods come in, so that a refusal can name its line."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from inventory.exceptions import ShortLine, StockRowFull
from inventory.selectors.buckets import sku_codes
from inventory.services.rows import Chain

STOCK_MAX = 2_000_000_000
"""Units of one SKU of one owner in one warehouse; below what the columns hold, so that counters have room to move."""


class Arriving(Protocol):
    """A document line that brings units."""

    @property
    def line_no(self) -> int:
        """Its number, from 1."""

    @property
    def sku_id(self) -> int:
        """What it brings."""

    @property
    def quantity(self) -> int:
        """How many."""


def check_room(chains: Mapping[int, Chain], lines: Iterable[Arriving]) -> None:
    """Refuse lines that would take their row beyond ``STOCK_MAX``. Raises StockRowFull naming every one.

    Judged on the figures as the chains were read: a courtesy, the columns themselves refuse what comes in between.
    """
    room = {sku_id: STOCK_MAX - chain.base_qty for sku_id, chain in chains.items()}
    full = []
    for line in lines:
        if line.quantity > room[line.sku_id]:
            full.append((line, max(room[line.sku_id], 0)))
        else:
            room[line.sku_id] -= line.quantity
    if full:
        codes = sku_codes({line.sku_id for line, _room in full})
        raise StockRowFull(
            [
                ShortLine(line=line.line_no, sku=codes[line.sku_id], wanted=line.quantity, available=left)
                for line, left in full
            ]
        )
