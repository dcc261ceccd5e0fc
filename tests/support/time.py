"""A clock that stands still until the test moves it."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Self

import time_machine

from vmi.core import clock

START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class FrozenClock:
    """Business time (``vmi.core.clock``) and Python's own time, both standing at ``now``."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._enter()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def advance(self, **step: float) -> datetime:
        """Move on by a timedelta given as keywords, such as ``minutes=16``; returns the new instant."""
        return self.set(self.now + timedelta(**step))

    def set(self, instant: datetime) -> datetime:
        """Stand at ``instant`` (aware)."""
        self._stack.close()
        self.now = instant
        self._enter()
        return instant

    def _enter(self) -> None:
        self._stack.enter_context(clock.at(self.now))
        self._stack.enter_context(time_machine.travel(self.now, tick=False))
