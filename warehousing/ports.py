"""What warehousing needs from apps above it, registered by them at start (dependency inversion)."""

from collections.abc import Callable, Sequence

from vmi.core.actors import Actor
from warehousing.wms.stock import StockAnswer, StockPicture

ShelfUsage = Callable[[Sequence[int]], dict[int, int]]
"""Shelf ids in, units lying on each out; a missing shelf means zero."""

TakeStock = Callable[[int, StockPicture, bool, Actor], StockAnswer]
"""Warehouse id, picture, whether its figures are net, who speaks; books what differs and says what became of it."""

_shelf_usage: list[ShelfUsage] = []
_take_stock: list[TakeStock] = []


def register_shelf_usage(fn: ShelfUsage) -> None:
    """Say who counts the units on shelves; the stock core does, the last one registered wins."""
    _shelf_usage[:] = [fn]


def shelf_usage(shelf_ids: Sequence[int]) -> dict[int, int]:
    """Units on each of the shelves, zero where nothing is known (S000-23: ``used`` is never stored)."""
    if not _shelf_usage or not shelf_ids:
        return dict.fromkeys(shelf_ids, 0)
    counted = _shelf_usage[0](shelf_ids)
    return {shelf_id: counted.get(shelf_id, 0) for shelf_id in shelf_ids}


def register_stock_taker(fn: TakeStock) -> None:
    """Say who compares a warehouse system's stock with ours; the stock core does, the last one registered wins."""
    _take_stock[:] = [fn]


def take_stock(warehouse_id: int, picture: StockPicture, is_net: bool, actor: Actor) -> StockAnswer:
    """Compare a picture with our figures; without a stock core nothing is known of it."""
    if not _take_stock:
        return StockAnswer(picture.seq, "ignored", len(picture.rows), 0, 0, 0, 0)
    return _take_stock[0](warehouse_id, picture, is_net, actor)
