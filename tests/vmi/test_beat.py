"""Two schedulers on one database: one schedules, the other waits and takes over."""

from collections.abc import Iterator

import pytest
from django_celery_beat.schedulers import DatabaseScheduler

from vmi.core.beat import WAIT_S, LockedScheduler


class _App:
    """Stands for Celery: remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send_task(self, name: str) -> None:
        self.sent.append(name)


@pytest.fixture
def schedulers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[LockedScheduler, LockedScheduler]]:
    """Two schedulers whose work is only to tick; their locks are real."""
    monkeypatch.setattr(DatabaseScheduler, "tick", lambda self: 3.0)
    monkeypatch.setattr(DatabaseScheduler, "close", lambda self: None)
    pair = LockedScheduler.__new__(LockedScheduler), LockedScheduler.__new__(LockedScheduler)
    for scheduler in pair:
        scheduler.app = _App()
    yield pair
    for scheduler in pair:
        scheduler.close()


def test_only_the_holder_of_the_lock_schedules(schedulers: tuple[LockedScheduler, LockedScheduler]) -> None:
    first, second = schedulers

    assert first.tick() == 3.0
    assert second.tick() == WAIT_S
    assert (first.app.sent, second.app.sent) == (["vmi.core.heartbeat"], [])

    first.close()
    assert second.tick() == 3.0
    assert first.tick() == WAIT_S


def test_a_broken_connection_gives_the_lock_up_and_takes_it_again(
    schedulers: tuple[LockedScheduler, LockedScheduler],
) -> None:
    first, _second = schedulers
    first.tick()
    assert first._lock is not None
    first._lock.close()  # what a restarted server looks like

    assert first.tick() == WAIT_S
    assert first.tick() == 3.0
