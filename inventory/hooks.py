"""What apps above the stock core tell it: a store's hold minutes, and how an order of the house gives up its holds.

They register at start (dependency inversion); without them the stock core works with its own settings.
"""

from collections.abc import Callable

from vmi.core.actors import Actor
from vmi.core.sources import Source

StoreMinutes = Callable[[int], int | None]
"""Channel id in, the minutes its store grants an unpaid order out; None: the store has no wish."""

CallOff = Callable[[Source, Actor], None]
"""Calls the order of this source off, with everything that belongs to it; its holds end."""

_store_minutes: list[StoreMinutes] = []
_call_off: list[CallOff] = []


def register_store_minutes(fn: StoreMinutes) -> None:
    """Say who knows the hold minutes of stores; the last one registered wins."""
    _store_minutes[:] = [fn]


def store_minutes(channel_id: int) -> int | None:
    """The order hold minutes of the store behind a channel, None where nobody set any."""
    return _store_minutes[0](channel_id) if _store_minutes else None


def register_call_off(fn: CallOff) -> None:
    """Say who calls orders off; the last one registered wins."""
    _call_off[:] = [fn]


def call_off(source: Source, actor: Actor) -> bool:
    """Call an order of the house off; False when nobody keeps orders here."""
    if not _call_off:
        return False
    _call_off[0](source, actor)
    return True
