"""``apply_wms_snapshot``: a warehouse system tells its stock; what differs is booked, explained or put to a person.

Figures are compared with ours at the instant the picture was taken, so that goods on their way out are deducted
once, in whatever order the messages arrive (C-43, worked example 12).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from inventory.choices import Command, Quality, SnapshotState
from inventory.models import WmsSnapshot
from inventory.services import snapshot_sql as sql
from inventory.services.differences import Difference, book_differences
from inventory.services.movement import Context
from inventory.services.rows import Place, ensure_chains, ensure_places
from inventory.services.snapshot_book import book_plain
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import execute, fetch_all
from vmi.core.sources import Source
from vmi.events.catalogue import WmsSnapshotApplied
from vmi.events.services import record
from warehousing.selectors import difference_limit, get_warehouse
from warehousing.wms.stock import StockAnswer, StockPicture

SOURCE_TYPE = "wmssnapshot"
"""How the ledger names a snapshot: warehouse code and sequence."""

STAMP_EVERY = timedelta(hours=1)
"""``last_synced_at`` of a row is at most this much behind: writing it for every row each time costs too much."""

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

SnapshotRow = tuple[str, str, str, str, int, int]
"""SKU, owner, location, batch (empty: none), quality, quantity."""


@command
def apply_wms_snapshot(
    *,
    warehouse_id: int,
    seq: int,
    taken_at: datetime,
    rows: Sequence[SnapshotRow],
    is_complete: bool = False,
    is_net: bool = False,
    actor: Actor,
    dry_run: bool = False,
) -> WmsSnapshot:
    """Compare a picture of the stock with ours and book the differences; the same sequence again answers the first.

    An older sequence is recorded and ignored. Units that a ship notice may have taken out meanwhile explain a lower
    figure, and units under one of our locks a higher one. Differences above the warehouse's limit, places a complete
    picture does not name, missing units that wait to leave, and units found while goods are expected (their receipt
    would count them again) go to review. Unknown codes are reported.
    Raises WarehouseNotFound, and StockBusy when sales moved the same rows: nothing is written then.
    """
    now = clock.now()
    execute(sql.TURN, {"warehouse": warehouse_id})
    text = _copy_text(rows)
    mark = hashlib.sha256(text.encode()).hexdigest()
    last = WmsSnapshot.objects.filter(warehouse_id=warehouse_id).exclude(state=SnapshotState.IGNORED).order_by("-seq")
    latest = last.first()
    if latest is not None and (latest.seq, latest.fingerprint) == (seq, mark):
        return latest
    found = WmsSnapshot(
        warehouse_id=warehouse_id,
        seq=seq,
        taken_at=min(taken_at, now),
        received_at=now,
        is_complete=is_complete,
        is_net=is_net,
        row_count=len(rows),
        fingerprint=mark,
        actor_id=actor.user_id,
    )
    if latest is not None and seq <= latest.seq:
        found.state = SnapshotState.IGNORED
        found.save()
        return found
    _compare(found, text)
    _create_places(warehouse_id)
    _book(found, actor)
    _report(found, actor)
    return found


def snapshot_source(warehouse_code: str, seq: int) -> Source:
    """The document under which a snapshot stands in the ledger."""
    return Source(SOURCE_TYPE, f"{warehouse_code}#{seq}")


def _copy_text(rows: Sequence[SnapshotRow]) -> str:
    """The rows as COPY reads them, one per place: a place that is told twice holds the sum."""
    places: dict[tuple[str, str, str, str, int], tuple[str, int]] = {}
    for sku, owner, location, batch, quality, quantity in rows:
        key = (sku.upper() if sku.isascii() else sku, owner, location, batch, quality)
        places[key] = (sku, places[key][1] + quantity if key in places else quantity)
    lines = [
        f"{sku}\t{owner}\t{location}\t{batch}\t{quality}\t{quantity}\n"
        for (_code, owner, location, batch, quality), (sku, quantity) in places.items()
    ]
    text = "".join(lines)
    if "\\" not in text and text.count("\t") == 5 * len(lines) and text.count("\n") == len(lines):
        return text
    return "".join(
        "\t".join([*(part.translate(_ESCAPES) for part in (sku, *key[1:4])), str(key[4]), str(quantity)]) + "\n"
        for key, (sku, quantity) in places.items()
    )


def _compare(found: WmsSnapshot, text: str) -> None:
    """Copy the rows into a temporary table and find every place that differs."""
    execute(sql.CREATE)
    with connection.cursor() as cursor, cursor.copy(sql.COPY) as copy:
        copy.write(text)
    execute("ANALYZE wms_row")
    execute(
        sql.FIND,
        {
            "warehouse": found.warehouse_id,
            "taken": found.taken_at,
            "net": found.is_net,
            "complete": found.is_complete,
            "limit": difference_limit(found.warehouse_id),
        },
    )
    execute("ANALYZE wms_found")


def _create_places(warehouse_id: int) -> None:
    """Create the rows of places that hold goods there and are not known here yet, owner by owner."""
    missing = fetch_all(sql.MISSING_PLACES)
    for owner_id in sorted({row["owner_id"] for row in missing}):
        of_owner = [row for row in missing if row["owner_id"] == owner_id]
        chains = ensure_chains(
            warehouse_id=warehouse_id, owner_id=owner_id, sku_ids=[row["sku_id"] for row in of_owner]
        )
        places = [Place(row["sku_id"], row["location_id"], row["batch"], Quality(row["quality"])) for row in of_owner]
        ensure_places(owner_id=owner_id, places=places, chains=chains)
    if missing:
        execute(sql.FILL_PLACES)


def _book(found: WmsSnapshot, actor: Actor) -> None:
    """Book what may be booked: plain rows in bulk, the others by the plan of quotas."""
    source = snapshot_source(get_warehouse(found.warehouse_id).code, found.seq)
    context = Context(Command.APPLY_WMS_SNAPSHOT, source, actor, found.received_at)
    execute(sql.SUMS)
    special = [
        Difference(row["line_no"], row["physical_id"], row["logical_id"], Quality(row["quality"]), row["difference"])
        for row in fetch_all(sql.SPECIAL)
    ]
    book_differences(special, context)
    book_plain(context)


def _report(found: WmsSnapshot, actor: Actor) -> None:
    """Write the differences, what they supersede, the freshness of the rows, and tell."""
    counts: dict[str, Any] = fetch_all(sql.COUNTS)[0]
    for name, value in counts.items():
        setattr(found, name, int(value))
    found.state = SnapshotState.REVIEW if found.review_count else SnapshotState.APPLIED
    execute(sql.SUPERSEDE, {"warehouse": found.warehouse_id, "complete": found.is_complete})
    found.save()
    execute(sql.REPORT, {"snapshot": found.pk})
    stamp = {"warehouse": found.warehouse_id, "at": found.taken_at, "before": found.taken_at - STAMP_EVERY}
    execute(sql.STAMP, stamp)
    record(
        WmsSnapshotApplied(
            warehouse=get_warehouse(found.warehouse_id).code,
            seq=found.seq,
            rows=found.row_count,
            applied=found.applied_count,
            review=found.review_count,
            unknown=found.unknown_count,
        ),
        subject=f"{SOURCE_TYPE}:{found.pk}",
        actor=actor,
    )


def take_stock(warehouse_id: int, picture: StockPicture, is_net: bool, actor: Actor) -> StockAnswer:
    """:func:`apply_wms_snapshot` for the webhook, the poll and the import: the port warehousing offers."""
    found = apply_wms_snapshot(
        warehouse_id=warehouse_id,
        seq=picture.seq,
        taken_at=picture.taken_at,
        rows=picture.rows,
        is_complete=picture.is_complete,
        is_net=is_net,
        actor=actor,
    )
    return StockAnswer(
        seq=found.seq,
        state=SnapshotState(found.state).name.lower(),
        rows=found.row_count,
        applied=found.applied_count,
        explained=found.explained_count,
        review=found.review_count,
        unknown=found.unknown_count,
    )
