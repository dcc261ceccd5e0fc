"""Starting the embedded services on first need and stopping them with their last user.

Every process that uses the services of a home holds a shared lock on ``users.lock`` there; whoever
can turn it into an exclusive one at exit is the last and stops them. The kernel drops the lock of a
killed process, so nothing has to be remembered or repaired.
"""

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vmi.embedded.paths import Layout
from vmi.embedded.postgres import EmbeddedPostgres
from vmi.embedded.redis import EmbeddedRedis


@dataclass
class Services:
    """The embedded services of one home; which of them is wanted is said by the caller."""

    layout: Layout
    postgres: bool = True
    redis: bool = True
    fast: bool = False
    _lease: int | None = field(default=None, init=False)
    _owner: int = field(default=0, init=False)
    _database: EmbeddedPostgres = field(init=False)
    _broker: EmbeddedRedis = field(init=False)

    def __post_init__(self) -> None:
        self._database = EmbeddedPostgres(self.layout, fast=self.fast)
        self._broker = EmbeddedRedis(self.layout)

    def ensure(self) -> None:
        """Make the wanted services answer and keep them for the life of this process; cheap when called again."""
        if self._lease is not None:
            return
        self.layout.prepare()
        lease = os.open(self.layout.home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lease, fcntl.LOCK_SH)
        self._start()
        self._lease, self._owner = lease, os.getpid()
        atexit.register(self.release)

    def revive(self) -> None:
        """Start again what has died meanwhile; cheap when nothing has."""
        if self._lease is not None:
            self._start()

    def release(self) -> None:
        """Give the services up; the last user stops them. Forked children leave it to their parent."""
        if self._lease is None or self._owner != os.getpid():
            return
        lease, self._lease = self._lease, None
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lease)
            return
        try:
            self.stop()
        finally:
            os.close(lease)

    def stop(self) -> None:
        """Stop the wanted services, whoever started them."""
        with _exclusive(self.layout.home / "start.lock"):
            if self.redis:
                self._broker.stop()
            if self.postgres:
                self._database.stop()

    def _start(self) -> None:
        with _exclusive(self.layout.home / "start.lock"):
            if self.postgres:
                self._database.start()
            if self.redis:
                self._broker.start()


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``, waiting for whoever holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


_services: dict[tuple[Path, bool, bool, bool], Services] = {}


def ensure_configured() -> None:
    """Start whatever the Django settings leave to the embedded services; called before the first connection."""
    from django.conf import settings

    wanted = (
        settings.RUN_LAYOUT.home,
        settings.EMBEDDED_DATABASE,
        settings.EMBEDDED_BROKER,
        getattr(settings, "EMBEDDED_FAST", False),
    )
    if not (settings.EMBEDDED_DATABASE or settings.EMBEDDED_BROKER):
        return
    if wanted not in _services:
        _services[wanted] = Services(settings.RUN_LAYOUT, postgres=wanted[1], redis=wanted[2], fast=wanted[3])
    _services[wanted].ensure()
