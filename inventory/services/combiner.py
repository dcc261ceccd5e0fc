"""The combiner: application group commit for callers that only reserve (docs/adr/0007-combiner.md).

Requests of many threads wait in a queue per namespace; a writer thread takes up to ``BATCH`` at once and applies
them in one transaction. A caller is answered after the commit. Whatever the batch leaves undecided (and
all of it, should the batch fail) the caller decides itself on the plain path, which is idempotent on the source.
"""

import atexit
import logging
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from inventory.services import refused
from inventory.services.combiner_batch import apply
from inventory.services.combiner_request import Request
from inventory.services.demand import Demand, Hold
from vmi.core import clock
from vmi.core.tenancy import PUBLIC_SCHEMA

logger = logging.getLogger(__name__)

BATCH = 64
"""Most requests in one transaction."""

QUEUE = 1_024
"""Most requests that wait in a namespace; more take the plain path."""

WRITERS = 2
"""Most writer threads of a process, each with one connection. A namespace has one of them at a time."""

IDLE_S = 5.0
"""Seconds without work after which a writer gives back its connection and ends."""

GATHER_S = 0.001
"""Longest wait for the callers of the last batch to come again, seconds."""

PAUSE_S = 0.0002
"""Between two looks whether more have come, seconds; no more since the last look: the batch begins."""


@dataclass(slots=True)
class _Ticket:
    """A waiting request; ``answered`` is locked until its batch is over."""

    request: Request
    answered: threading.Lock


@dataclass(slots=True)
class _Lane:
    """The queue of one namespace."""

    tenant: Any
    waiting: deque[_Ticket] = field(default_factory=deque)
    taken: bool = False
    expected: int = 0


class Combiner:
    """The queues and writers of one process."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin empty; also in a forked child, which has none of its parent's threads."""
        self._changed = threading.Condition()
        self._lanes: dict[str, _Lane] = {}
        self._writers: set[threading.Thread] = set()
        self._idle = 0
        self._closed = False

    def submit(self, tenant: Any, demand: Demand) -> Request | None:
        """Wait for the batch that takes this demand; None when it was not accepted (queue full, stopping)."""
        ticket = _Ticket(Request(demand), threading.Lock())
        ticket.answered.acquire()
        with self._changed:
            lane = self._lanes.get(tenant.schema_name)
            if lane is None:
                lane = self._lanes[tenant.schema_name] = _Lane(tenant)
            if self._closed or len(lane.waiting) >= QUEUE:
                return None
            lane.waiting.append(ticket)
            if not lane.taken and len(lane.waiting) == 1:
                self._call_writer()
        ticket.answered.acquire()
        return ticket.request

    def stop(self, patience_s: float = 10.0) -> None:
        """Accept nothing more, finish what waits, end the writers; safe to call twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        deadline = time.monotonic() + patience_s
        # A writer that ends may have called another for what still waits.
        while (writers := self._alive()) and time.monotonic() < deadline:
            writers[0].join(deadline - time.monotonic())

    def _alive(self) -> list[threading.Thread]:
        with self._changed:
            return [writer for writer in self._writers if writer.is_alive()]

    def _call_writer(self) -> None:
        """Wake an idle writer, or start one while there may be more. The condition is held."""
        if self._idle:
            self._changed.notify()
        elif len(self._writers) < WRITERS:
            writer = threading.Thread(target=self._write, name="reserve-combiner", daemon=True)
            self._writers.add(writer)
            writer.start()

    def _write(self) -> None:
        """A writer's life: batch after batch until nothing comes for a while."""
        try:
            while (lane := self._next_lane()) is not None:
                try:
                    self._serve(lane)
                finally:
                    with self._changed:
                        lane.taken = False
                        if lane.waiting:
                            self._call_writer()
        finally:
            with self._changed:  # also when it fails: a dead writer that still counts would leave its queue waiting
                self._writers.discard(threading.current_thread())
            connection.close()

    def _next_lane(self) -> _Lane | None:
        """The namespace that waits for a writer, or None when this one should end."""
        deadline = time.monotonic() + IDLE_S
        with self._changed:
            while True:
                for schema, lane in self._lanes.items():
                    if lane.waiting and not lane.taken:
                        lane.taken = True
                        self._lanes[schema] = self._lanes.pop(schema)  # to the end: namespaces take turns
                        return lane
                left = deadline - time.monotonic()
                if self._closed or left <= 0:
                    self._writers.discard(threading.current_thread())
                    return None
                self._idle += 1
                self._changed.wait(left)
                self._idle -= 1

    def _serve(self, lane: _Lane) -> None:
        """One batch of a namespace: the namespace's path for the batch, then the answers."""
        _gather(lane)
        with self._changed:
            batch = [lane.waiting.popleft() for _number in range(min(BATCH, len(lane.waiting)))]
        try:
            _commit(lane.tenant, [ticket.request for ticket in batch])
        finally:
            lane.expected = min(len(batch) + len(lane.waiting), BATCH)
            for ticket in batch:
                ticket.answered.release()


def _gather(lane: _Lane) -> None:
    """Callers just answered tend to come again: a moment's wait makes one commit of what would be two."""
    deadline = time.monotonic() + GATHER_S
    seen = 0
    while seen < len(lane.waiting) < lane.expected and time.monotonic() < deadline:
        seen = len(lane.waiting)
        time.sleep(PAUSE_S)


def _commit(tenant: Any, requests: list[Request]) -> None:
    """Apply the requests in one transaction of the writer's own connection; on any error answer none of them."""
    try:
        if connection.schema_name != tenant.schema_name:
            connection.set_tenant(tenant)
        with transaction.atomic():
            apply(requests)
    except Exception as error:  # noqa: BLE001 - each caller meets it again, alone, on the plain path
        logger.warning("a batch of %d reservations goes the plain path: %s", len(requests), error)
        for request in requests:
            request.holds = request.refusal = None
        connection.close()


def combined(demand: Demand) -> list[Hold] | None:
    """The holds of ``demand`` if a batch gave them; None: the caller reserves by the plain path.

    Raises InsufficientStock. Calls inside a transaction, with a fixed time, or with the setting off never come here.
    """
    if not is_open():
        return None
    request = _combiner.submit(connection.tenant, demand)
    if request is None:
        return None
    if request.refusal is not None:
        refused.note(demand, request.refusal)
        raise request.refusal
    return request.holds


def is_open() -> bool:
    """Whether a batch may take a reservation of the caller."""
    return bool(
        settings.RESERVE_COMBINER
        and not connection.in_atomic_block
        and connection.schema_name != PUBLIC_SCHEMA
        and clock.fixed_instant() is None
    )


def stop() -> None:
    """Finish what waits and end the writers; the next request starts a fresh one."""
    _combiner.stop()
    _combiner.reset()


_combiner = Combiner()
os.register_at_fork(after_in_child=_combiner.reset)
atexit.register(_combiner.stop)
