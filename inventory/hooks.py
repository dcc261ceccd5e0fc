"""What apps above the stock core tell it: hold minutes and channels of stores, how an order gives up its holds.

They register at start (dependency inversion); without them the stock core works with its own settings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from vmi.core.actors import Actor
from vmi.core.sources import Source

if TYPE_CHECKING:
    from vmi.accounts.models import User

StoreMinutes = Callable[[int], int | None]
"""Channel id in, the minutes its store grants an unpaid order out; None: the store has no wish."""

CallOff = Callable[[Source, Actor], None]
"""Calls the order of this source off, with everything that belongs to it; its holds end."""

ChannelScope = Callable[["User"], "set[int] | None"]
"""A signed-in person in, the ids of the channels they are confined to out; None: every channel."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a transfer goes: expected there on ``due_on`` (None: not known), sold before it arrives if ``presale``."""

    warehouse_id: int
    owner_id: int
    due_on: date | None = None
    presale: bool = False


TransferRoute = Callable[[Source], Route | None]
"""An internal document in, where its goods go within the house out; None: they leave it."""

_store_minutes: list[StoreMinutes] = []
_call_off: list[CallOff] = []
_channel_scope: list[ChannelScope] = []
_transfer_route: list[TransferRoute] = []


def register_store_minutes(fn: StoreMinutes) -> None:
    """Say who knows the hold minutes of stores; the last one registered wins."""
    _store_minutes[:] = [fn]


def store_minutes(channel_id: int) -> int | None:
    """The order hold minutes of the store behind a channel, None where nobody set any."""
    return _store_minutes[0](channel_id) if _store_minutes else None


def register_channel_scope(fn: ChannelScope) -> None:
    """Say who knows which channels a person works in; the last one registered wins."""
    _channel_scope[:] = [fn]


def channels_of(user: "User") -> set[int] | None:
    """The channels a signed-in person is confined to (C-54); None: every channel."""
    return _channel_scope[0](user) if _channel_scope else None


def register_transfer_route(fn: TransferRoute) -> None:
    """Say who knows where transfers go; the last one registered wins."""
    _transfer_route[:] = [fn]


def transfer_route(source: Source) -> Route | None:
    """Where the goods of an internal document go, None when they leave the house."""
    return _transfer_route[0](source) if _transfer_route else None


def register_call_off(fn: CallOff) -> None:
    """Say who calls orders off; the last one registered wins."""
    _call_off[:] = [fn]


def call_off(source: Source, actor: Actor) -> bool:
    """Call an order of the house off; False when nobody keeps orders here."""
    if not _call_off:
        return False
    _call_off[0](source, actor)
    return True
