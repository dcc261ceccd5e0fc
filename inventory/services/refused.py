"""Refused demand: what buyers could not have, written down without slowing anybody (S001-23).

A refusal rolls its transaction back, and it comes by the thousand when a campaign sells out. So it is noted in the
memory of the process, by buyer, goods and day, and a thread writes what gathered a moment later on a connection of
its own: one statement for many refusals, no lock on a row of stock. A process that dies takes the last second of
these statistics with it; the ledger needs none of them.
"""

import atexit
import logging
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from inventory.exceptions import InsufficientStock
from inventory.services.demand import Demand
from vmi.core import clock
from vmi.core.commands import is_dry_run
from vmi.core.db import array_text, fetch_prepared
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source
from vmi.core.tenancy import current_schema

logger = logging.getLogger(__name__)

KEPT_DAYS = 400
"""Days after which refusals are forgotten; reviews look back 60."""

FLUSH_S = 1.0
"""Seconds the writer lets refusals gather."""
GATHERED_MAX = 20_000
"""Most buyers and goods that wait for the writer; refusals beyond are not counted."""

ROWS_MAX = 2_000
"""Most rows of one statement."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Units of a SKU a buyer could not have; from one warehouse if it was named."""

    sku_id: int
    units: int
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Key:
    """Whose refusals are counted together; ``day`` None: that on which they are written, a second later."""

    channel_id: int
    sku_id: int
    warehouse_id: int | None
    asker: str
    day: date | None


@dataclass(slots=True)
class _Count:
    """The most units missing in one refusal, and how often and when it happened."""

    units: int
    times: int
    first_at: datetime | None
    last_at: datetime | None

    def add(self, units: int, at: datetime | None) -> None:
        """Count one more refusal."""
        self.units, self.times = max(self.units, units), self.times + 1
        self.last_at = max(self.last_at, at) if self.last_at and at else at


_Counts = dict[_Key, _Count]


class Recorder:
    """What a process refused and has not written yet, by namespace, and the thread that writes it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin empty; also in a forked child, whose parent writes what it noted itself."""
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._waiting: dict[str, tuple[Any, _Counts]] = {}
        self._size = 0
        self._writer: threading.Thread | None = None

    def note(self, tenant: Any, key: _Key, units: int, at: datetime | None) -> None:
        """Count one refusal; memory only."""
        with self._guard:
            _tenant, counts = self._waiting.setdefault(tenant.schema_name, (tenant, {}))
            known = counts.get(key)
            if known is not None:
                known.add(units, at)
            elif self._size < GATHERED_MAX:
                counts[key] = _Count(units, 1, at, at)
                self._size += 1
            # Whoever sets the time (a replay) writes by ``flush``: its rows may not be committed for a while.
            if settings.REFUSED_WRITER and clock.fixed_instant() is None:
                self._call_writer()

    def _call_writer(self) -> None:
        """Start the writer unless it lives; the guard is held. Where no thread can start the next refusal tries."""
        if self._writer is not None and self._writer.is_alive():
            return
        writer = threading.Thread(target=self._write, name="refused-demand", daemon=True)
        try:
            writer.start()
        except RuntimeError as error:  # no more threads, or the process ends: the buyer is refused all the same
            logger.warning("refused demand waits, its writer does not start: %s", error)
            return
        self._writer = writer

    def take(self, schema: str | None = None) -> list[tuple[Any, _Counts]]:
        """Hand over what waits, of one namespace or of all."""
        with self._guard:
            schemas = [schema] if schema is not None else list(self._waiting)
            taken = [self._waiting.pop(name) for name in schemas if name in self._waiting]
            self._size -= sum(len(counts) for _tenant, counts in taken)
            return taken

    def stop(self, patience_s: float = 5.0) -> None:
        """Let the writer finish what waits; safe to call twice."""
        self._wake.set()
        if (writer := self._writer) is not None:
            writer.join(patience_s)

    def _write(self) -> None:
        """The writer's life: it ends when nothing came for a moment; the next refusal starts another."""
        try:
            while True:
                self._wake.wait(FLUSH_S)
                for tenant, counts in (taken := self.take()):
                    _store_elsewhere(tenant, counts)
                if not taken and self._may_end():
                    return
        finally:
            connection.close()

    def _may_end(self) -> bool:
        """Whether nothing came meanwhile; the writer is forgotten then."""
        with self._guard:
            if self._waiting:
                return False
            self._writer = None
            return True


def note(demand: Demand, refusal: InsufficientStock) -> None:
    """Note what a refused reservation was short of; its lines are those of the demand, and so is its channel."""
    refusal.channel_id = demand.channel_id
    lines = {line.line_no: line for line in demand.lines}
    missing = [
        Missing(line.sku_id, short["wanted"] - short["available"], line.warehouse_id)
        for short in refusal.lines
        if (line := lines.get(short["line"])) is not None
    ]
    note_missing(missing, channel_id=demand.channel_id, partner_id=demand.partner_id, source=demand.source)


def note_missing(missing: Iterable[Missing], *, channel_id: int, partner_id: int | None, source: Source) -> None:
    """Note units a member, or else the buyer behind a document, could not have; dry runs ask for nothing."""
    if is_dry_run():
        return
    at = clock.fixed_instant()
    day = clock.local_date(at) if at is not None else None
    asker = f"M{partner_id}" if partner_id is not None else source.subject[:100]
    units: dict[tuple[int, int | None], int] = {}
    for one in missing:
        place = one.sku_id, one.warehouse_id
        units[place] = min(units.get(place, 0) + one.units, QUANTITY_MAX)
    for (sku_id, warehouse_id), count in units.items():
        if count > 0:
            _recorder.note(connection.tenant, _Key(channel_id, sku_id, warehouse_id, asker, day), count, at)


def flush() -> int:
    """Write what this process noted for the namespace, on the caller's connection; returns the rows."""
    return sum(_store(counts) for _tenant, counts in _recorder.take(current_schema()))


def forget() -> int:
    """Delete refusals older than ``KEPT_DAYS``; returns how many."""
    before = clock.local_date(clock.now()) - timedelta(days=KEPT_DAYS)
    return len(fetch_prepared(_FORGET, {"before": before}))


def stop() -> None:
    """Write what waits and end the writer."""
    _recorder.stop()
    _recorder.reset()


def _store_elsewhere(tenant: Any, counts: _Counts) -> None:
    """Store from the writer's own connection; statistics that cannot be stored are dropped, with a line in the log."""
    try:
        connection.set_tenant(tenant)
        with transaction.atomic():
            _store(counts)
    except Exception as error:  # noqa: BLE001 - nobody waits for an answer, and nobody may be kept from the next one
        logger.warning("%d counts of refused demand in %s were lost: %s", len(counts), tenant.schema_name, error)
        connection.close()


def _store(counts: _Counts) -> int:
    """Add counts to what is there; a SKU the channel has no stock row of is left out. Returns the rows written."""
    items, rows, now = list(counts.items()), 0, clock.now()
    today = clock.local_date(now)
    for start in range(0, len(items), ROWS_MAX):
        chunk = items[start : start + ROWS_MAX]
        params = {
            "channels": array_text([key.channel_id for key, _count in chunk]),
            "skus": array_text([key.sku_id for key, _count in chunk]),
            "warehouses": array_text([key.warehouse_id for key, _count in chunk]),
            "askers": array_text([key.asker for key, _count in chunk]),
            "days": array_text([key.day or today for key, _count in chunk]),
            "units": array_text([count.units for _key, count in chunk]),
            "times": array_text([count.times for _key, count in chunk]),
            "firsts": array_text([count.first_at or now for _key, count in chunk]),
            "lasts": array_text([count.last_at or now for _key, count in chunk]),
        }
        rows += len(fetch_prepared(_STORE, params))
    return rows


_STORE = """
    INSERT INTO inventory_refuseddemand AS t (logical_id, channel_id, day, asker, units, times, first_at, last_at)
    SELECT l.id, w.channel_id, w.day, w.asker, max(w.units), sum(w.times)::int, min(w.first_at), max(w.last_at)
    FROM unnest(%(channels)s::bigint[], %(skus)s::bigint[], %(warehouses)s::bigint[], %(askers)s::varchar[],
                %(days)s::date[], %(units)s::int[], %(times)s::int[], %(firsts)s::timestamptz[],
                %(lasts)s::timestamptz[])
         AS w(channel_id, sku_id, warehouse_id, asker, day, units, times, first_at, last_at)
    CROSS JOIN LATERAL (
        SELECT l.id FROM inventory_channelsource s
        JOIN inventory_logicalstock l
          ON l.sku_id = w.sku_id AND l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
        WHERE s.channel_id = w.channel_id AND (w.warehouse_id IS NULL OR s.warehouse_id = w.warehouse_id)
        ORDER BY s.priority, l.id LIMIT 1
    ) l
    GROUP BY l.id, w.channel_id, w.day, w.asker
    ORDER BY 1, 3, 2, 4
    ON CONFLICT (logical_id, day, channel_id, asker) DO UPDATE
    SET units = greatest(t.units, excluded.units), times = t.times + excluded.times,
        first_at = least(t.first_at, excluded.first_at), last_at = greatest(t.last_at, excluded.last_at)
    RETURNING t.id
"""
"""In key order, so that two processes never wait for each other in a circle."""

_FORGET = "DELETE FROM inventory_refuseddemand WHERE day < %(before)s::date RETURNING id"

_recorder = Recorder()
os.register_at_fork(after_in_child=_recorder.reset)
atexit.register(_recorder.stop)
