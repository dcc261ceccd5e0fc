"""``apply_stocktake``: somebody else agrees, and the differences of the count stand in the books."""

from collections.abc import Sequence
from typing import Any

from inventory.choices import Command, Counter, Layer, Quality, StocktakeState
from inventory.exceptions import CountedBySelf
from inventory.models import Stocktake
from inventory.services.commands import claim
from inventory.services.differences import Booked, Difference, book_differences
from inventory.services.movement import Context
from inventory.services.rows import Place, ensure_chains, ensure_places
from inventory.services.snapshot_sql import CORRECTIONS, TURN
from inventory.services.stocktake import lock_stocktake, step
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import execute, fetch_prepared
from vmi.core.sources import Source
from vmi.events.catalogue import StocktakeApplied
from vmi.events.services import record
from warehousing.selectors import get_warehouse

SOURCE_TYPE = "stocktake"
"""How the ledger names a count."""


@command
def approve_stocktake(*, stocktake_id: int, actor: Actor, dry_run: bool = False) -> Stocktake:
    """Agree to a submitted count; the approval that is enough books it, see :func:`apply_stocktake`.

    A difference above the warehouse's limit asks for two approvals by two people. Raises NotFound, StocktakeClosed,
    CountedBySelf for whoever counted, submitted or approved before.
    """
    document = lock_stocktake(stocktake_id, StocktakeState.SUBMITTED, StocktakeState.SECOND)
    if actor.user_id in (document.creater_id, document.submitted_by_id, document.approved_by_id):
        raise CountedBySelf
    now = clock.now()
    if document.state == StocktakeState.SECOND:
        step(document, now, second_by_id=actor.user_id, second_at=now)
    else:
        step(document, now, approved_by_id=actor.user_id, approved_at=now)
        if _is_large(document):
            return step(document, now, state=StocktakeState.SECOND)
    apply_stocktake(document=document, actor=actor)
    return step(document, now, state=StocktakeState.APPLIED)


def apply_stocktake(*, document: Stocktake, actor: Actor) -> Booked:
    """Book counted − expected of every line, whatever left or arrived since the count; a repetition books nothing.

    What another correction booked on the same place since the count is taken off, so that nothing is missed twice.
    Raises PhysicalShort when units are missing that wait to leave. Records StocktakeApplied.
    """
    context = Context(Command.APPLY_STOCKTAKE, Source(SOURCE_TYPE, document.sn), actor, clock.now())
    execute(TURN, {"warehouse": document.warehouse_id})
    rows = fetch_prepared(_BOOKED, {"stocktake": document.pk, "owner": document.owner_id})
    if not claim(command=context.command, source=context.source, content=document.sn, actor=actor, at=context.at):
        return Booked(0, 0, 0)
    booked = book_differences(_differences(document, [row for row in rows if row["difference"]]), context)
    record(
        StocktakeApplied(
            sn=document.sn,
            warehouse=get_warehouse(document.warehouse_id).code,
            gained=booked.gained,
            lost=booked.lost,
            shortage=booked.shortage,
        ),
        subject=context.source.subject,
        actor=actor,
    )
    return booked


def _is_large(document: Stocktake) -> bool:
    """Whether a line differs by more than the limit noted when the count was submitted."""
    limit = document.limit_qty
    return limit is not None and any(
        abs(row["difference"]) > limit for row in fetch_prepared(_LINES, {"stocktake": document.pk})
    )


def _differences(document: Stocktake, rows: Sequence[dict[str, Any]]) -> list[Difference]:
    """The lines that differ, with the rows they move; rows are created for places that were unknown."""
    if not rows:
        return []
    chains = ensure_chains(
        warehouse_id=document.warehouse_id, owner_id=document.owner_id, sku_ids=[row["sku_id"] for row in rows]
    )
    keys = {
        row["line_no"]: Place(row["sku_id"], row["location_id"], row["batch"], Quality(row["quality"])) for row in rows
    }
    places = ensure_places(owner_id=document.owner_id, places=list(keys.values()), chains=chains)
    return [
        Difference(
            row["line_no"],
            places[keys[row["line_no"]]],
            chains[row["sku_id"]].logical_id,
            Quality(row["quality"]),
            row["difference"],
        )
        for row in rows
    ]


_BOOKED = f"""
    SELECT n.line_no, n.sku_id, n.location_id, n.batch, n.quality,
           n.counted_qty - n.expected_qty - coalesce(c.units, 0)::int AS difference
    FROM inventory_stocktakeline n
    LEFT JOIN inventory_batch b ON b.sku_id = n.sku_id AND b.code = n.batch
    LEFT JOIN inventory_physicalstock s ON s.sku_id = n.sku_id AND s.owner_id = %(owner)s::bigint
     AND s.location_id = n.location_id AND s.batch_id = b.id AND s.quality = n.quality
    LEFT JOIN LATERAL (
        SELECT sum(e.delta) AS units FROM inventory_ledgerentry e
        WHERE e.layer = {int(Layer.PHYSICAL)} AND e.row_id = s.id AND e.counter = {int(Counter.QUANTITY)}
          AND e.command IN ({", ".join(str(int(command)) for command in CORRECTIONS)}) AND e.at > n.counted_at
    ) c ON true
    WHERE n.stocktake_id = %(stocktake)s::bigint ORDER BY n.line_no
"""  # noqa: S608 - built from fixed names only

_LINES = """
    SELECT line_no, sku_id, location_id, batch, quality, counted_qty - expected_qty AS difference
    FROM inventory_stocktakeline WHERE stocktake_id = %(stocktake)s::bigint ORDER BY line_no
"""
