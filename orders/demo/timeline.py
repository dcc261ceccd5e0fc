"""Telling many stories at once in the order of time, each step with the clock at its own instant."""

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from vmi.core import clock

Story = Generator[timedelta, None, None]
"""Does one thing, yields how long it waits, does the next thing."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A story and when it begins."""

    at: datetime
    story: Story


class StoryTooLong(RuntimeError):
    """A story would go on after the end: a mistake of its author."""


def tell(scenes: Iterable[Scene], *, until: datetime, progress: Callable[[int, int], None]) -> None:
    """Run every story to its end, step by step in the order of time.

    ``progress`` hears how many have ended and how many there are. Raises StoryTooLong.
    """
    waiting = [(scene.at, number, scene.story) for number, scene in enumerate(scenes)]
    heapq.heapify(waiting)
    done, total = 0, len(waiting)
    progress(done, total)
    while waiting:
        instant, number, story = heapq.heappop(waiting)
        if instant > until:
            raise StoryTooLong(f"story {number} goes on at {instant}, after {until}")
        with clock.at(instant):
            pause = next(story, None)
        if pause is None:
            done += 1
            progress(done, total)
        else:
            heapq.heappush(waiting, (instant + pause, number, story))
