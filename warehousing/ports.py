"""What warehousing needs from apps above it, registered by them at start (dependency inversion)."""

from collections.abc import Callable, Sequence

ShelfUsage = Callable[[Sequence[int]], dict[int, int]]
"""Shelf ids in, units lying on each out; a missing shelf means zero."""

_shelf_usage: list[ShelfUsage] = []


def register_shelf_usage(fn: ShelfUsage) -> None:
    """Say who counts the units on shelves; the stock core does, the last one registered wins."""
    _shelf_usage[:] = [fn]


def shelf_usage(shelf_ids: Sequence[int]) -> dict[int, int]:
    """Units on each of the shelves, zero where nothing is known (S000-23: ``used`` is never stored)."""
    if not _shelf_usage or not shelf_ids:
        return dict.fromkeys(shelf_ids, 0)
    counted = _shelf_usage[0](shelf_ids)
    return {shelf_id: counted.get(shelf_id, 0) for shelf_id in shelf_ids}
