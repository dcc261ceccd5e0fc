"""Supply lines and what was presold of them as rows: locking them in the fixed order, writing them back (I7)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.choices import HoldKind, HoldState, Purpose, SupplyKind, SupplyState
from inventory.exceptions import StockBusy, SupplyClosed
from inventory.models import SupplyStep
from inventory.services.movement import Context
from inventory.services.promises import lockable
from inventory.services.quota_rows import lock_rows
from inventory.services.release import reclaim_expired
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.rows import insert

ATTEMPTS_MAX = 5
"""How often the promises of a bucket are locked anew while others change them."""


@dataclass(slots=True)
class SupplyRow:
    """A supply line, locked until the transaction ends; ``default_id`` is the shared bucket of its logical row."""

    id: int
    kind: SupplyKind
    source_type: str
    source_sn: str
    line_no: int
    logical_id: int
    bucket_id: int | None
    expected_qty: int
    received_qty: int
    closed_qty: int
    presale_qty: int
    unit_cost: Decimal
    due_on: date | None
    first_due_on: date | None
    state: SupplyState
    sku_id: int
    sku: str
    warehouse_id: int
    owner_id: int
    default_id: int
    default_pool_id: int
    internal_id: int

    @property
    def open_qty(self) -> int:
        """Units still to come."""
        return self.expected_qty - self.received_qty - self.closed_qty

    @property
    def room_qty(self) -> int:
        """Units still to come that are not open for presale."""
        return self.open_qty - self.presale_qty

    @property
    def subject(self) -> str:
        """The line in words of the document that expects it."""
        return f"{self.source_sn}/{self.line_no}"


def lock_lines(line_ids: Collection[int]) -> dict[int, SupplyRow]:
    """These lines and every open line of the same stock rows, locked by id; raises NotFound for an unknown one.

    The first lock of every supply command, so that they pass one at a time per stock row. It lets promises refer to
    the lines meanwhile: whoever plans them holds their buckets already.
    """
    rows = [SupplyRow(**row) for row in fetch_prepared(_LOCK_LINES, {"ids": sorted(line_ids)})]
    found = {row.id: row for row in rows}
    if missing := set(line_ids) - found.keys():
        raise NotFound(param="line", details={"lines": sorted(missing)})
    return found


def lock_open_line(line_id: int) -> tuple[SupplyRow, list[SupplyRow]]:
    """One line and the other open lines of its stock row, earliest first; raises NotFound and SupplyClosed."""
    rows = lock_lines([line_id])
    line = rows.pop(line_id)
    refuse_closed(line)
    return line, sorted(rows.values(), key=lambda row: (row.due_on or date.max, row.id))


def refuse_past(day: date | None, *, at: datetime, param: str) -> None:
    """Raise InvalidRequest for a day that is over where the namespace is: nothing is expected yesterday (S001-36)."""
    if day is not None and day < clock.local_date(at):
        raise InvalidRequest(
            _("This day is over: goods are expected today or later, or on a day not known yet."),
            code="day_past",
            param=param,
        )


def refuse_closed(line: SupplyRow) -> None:
    """Raise SupplyClosed for a line nothing more comes on."""
    if line.state != SupplyState.OPEN:
        raise SupplyClosed(details={"source": line.subject, "sku": line.sku})


def write_lines(rows: Sequence[SupplyRow], *, at: datetime) -> None:
    """Store the lines as they are now."""
    if not rows:
        return
    fetch_prepared(
        _WRITE_LINES,
        {
            "ids": [row.id for row in rows],
            "buckets": [row.bucket_id or 0 for row in rows],
            "received": [row.received_qty for row in rows],
            "closed": [row.closed_qty for row in rows],
            "presale": [row.presale_qty for row in rows],
            "states": [int(row.state) for row in rows],
            "at": at,
        },
    )


def note_steps(steps: Sequence[tuple[SupplyRow, int]], *, context: Context) -> None:
    """Write which lines a command moved, by how many units; nothing for those it did not."""
    insert(
        [
            SupplyStep(
                line_id=row.id,
                command=int(context.command),
                units=units,
                source_type=context.source.type,
                source_sn=context.source.sn,
                at=context.at,
                actor_id=context.actor.user_id,
            )
            for row, units in steps
            if units
        ]
    )


def lock_presold(
    bucket_ids: Collection[int], *, logical_ids: Collection[int], now: datetime, actor: Actor
) -> dict[int, list[dict[str, Any]]]:
    """The presale promises of these buckets in the order they are served, with their buckets, all locked.

    Paid before unpaid, each oldest first; expired holds are reclaimed before. Promises are locked before their
    bucket, as payments and cancellations do, then everything the command may touch of these stock rows, in the fixed
    order. Raises StockBusy when others keep changing them.
    """
    if not bucket_ids:
        return {}
    for _attempt in range(ATTEMPTS_MAX):
        with suppress(_ChangedMeanwhile), transaction.atomic():
            return _lock_presold(sorted(bucket_ids), sorted(logical_ids), now, actor)
    raise StockBusy


class _ChangedMeanwhile(Exception):
    """A promise appeared or was taken between locking the promises and locking the bucket."""


def _lock_presold(
    bucket_ids: list[int], logical_ids: list[int], now: datetime, actor: Actor
) -> dict[int, list[dict[str, Any]]]:
    fetch_prepared(_LOCK_PROMISES, {"buckets": bucket_ids})
    lock_rows(logical_ids)
    reclaim_expired(bucket_ids=bucket_ids, now=now, actor=actor)
    promised = {row["id"]: row["promised"] for row in fetch_prepared(_PROMISED, {"ids": bucket_ids})}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in lockable(fetch_prepared(_PRESOLD, {"buckets": bucket_ids})):
        found[row["bucket_id"]].append(row)
    if any(sum(row["quantity"] for row in found[bucket]) != units for bucket, units in promised.items()):
        raise _ChangedMeanwhile
    return found


_LOCK_LINES = f"""
    SELECT s.id, s.kind, s.source_type, s.source_sn, s.line_no, s.logical_id, s.bucket_id, s.expected_qty,
           s.received_qty, s.closed_qty, s.presale_qty, s.unit_cost, s.due_on, s.first_due_on, s.state, l.sku_id,
           i.sku, l.warehouse_id, l.owner_id, c.id AS default_id, p.id AS default_pool_id,
           n.id AS internal_id
    FROM inventory_supplyline s
    JOIN inventory_logicalstock l ON l.id = s.logical_id
    JOIN catalog_productinfo i ON i.id = l.sku_id
    JOIN inventory_allocationpool p ON p.logical_id = l.id AND p.purpose = {int(Purpose.NORMAL)}
    JOIN inventory_channelstock c ON c.pool_id = p.id AND c.channel_id IS NULL
    JOIN inventory_allocationpool n ON n.logical_id = l.id AND n.purpose = {int(Purpose.INTERNAL)}
    WHERE s.id = ANY(%(ids)s::bigint[])
       OR (s.state = {int(SupplyState.OPEN)} AND s.logical_id IN (
           SELECT x.logical_id FROM inventory_supplyline x WHERE x.id = ANY(%(ids)s::bigint[])))
    ORDER BY s.id FOR NO KEY UPDATE OF s
"""  # noqa: S608 - built from fixed names only

_WRITE_LINES = """
    UPDATE inventory_supplyline s
    SET bucket_id = nullif(w.bucket, 0), received_qty = w.received, closed_qty = w.closed, presale_qty = w.presale,
        state = w.state, modify_time = %(at)s::timestamptz
    FROM unnest(%(ids)s::bigint[], %(buckets)s::bigint[], %(received)s::int[], %(closed)s::int[], %(presale)s::int[],
                %(states)s::smallint[]) AS w(id, bucket, received, closed, presale, state)
    WHERE s.id = w.id
"""

_OPEN_PRESALE = f"kind = {int(HoldKind.PRESALE)} AND r.state <= {int(HoldState.SOLD)}"

_LOCK_PROMISES = f"""
    SELECT x.id FROM inventory_reservation r
    JOIN inventory_reservation x ON x.source_type = r.source_type AND x.source_sn = r.source_sn
     AND x.line_no = r.line_no AND x.bucket_id = r.bucket_id
    WHERE r.bucket_id = ANY(%(buckets)s::bigint[]) AND r.{_OPEN_PRESALE}
    ORDER BY x.id FOR UPDATE OF x
"""  # noqa: S608 - built from fixed names only

_PROMISED = """
    SELECT id, presale_held_qty + presale_sold_qty AS promised
    FROM inventory_channelstock WHERE id = ANY(%(ids)s::bigint[])
"""

_PRESOLD = f"""
    SELECT r.id, r.source_type, r.source_sn, r.line_no, r.bucket_id, r.channel_id, r.kind, r.state, r.quantity,
           s.id AS share_id, s.cap_qty - s.used_qty AS share_qty
    FROM inventory_reservation r
    LEFT JOIN inventory_channelshare s
      ON s.bucket_id = r.bucket_id AND s.channel_id = r.channel_id AND s.cap_qty IS NOT NULL
    WHERE r.bucket_id = ANY(%(buckets)s::bigint[]) AND r.{_OPEN_PRESALE}
    ORDER BY r.state DESC, r.id FOR UPDATE OF r SKIP LOCKED
"""  # noqa: S608 - built from fixed names only
