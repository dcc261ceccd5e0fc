"""``apply_stocktake``: somebody else agrees, and the differences of the count stand in the books."""

from collections.abc import Sequence
from typing import Any

from inventory.choices import Command, Quality, StocktakeState
from inventory.exceptions import CountedBySelf
from inventory.models import Stocktake
from inventory.services.commands import claim
from inventory.services.differences import Booked, Difference, book_differences
from inventory.services.movement import Context
from inventory.services.rows import Place, ensure_chains, ensure_places
from inventory.services.stocktake import lock_stocktake, step
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
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

    Raises PhysicalShort when units are missing that wait to leave. Records StocktakeApplied.
    """
    context = Context(Command.APPLY_STOCKTAKE, Source(SOURCE_TYPE, document.sn), actor, clock.now())
    rows = fetch_prepared(_LINES, {"stocktake": document.pk})
    content = [[row["line_no"], row["difference"]] for row in rows]
    if not claim(command=context.command, source=context.source, content=content, actor=actor, at=context.at):
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


_LINES = """
    SELECT line_no, sku_id, location_id, batch, quality, counted_qty - expected_qty AS difference
    FROM inventory_stocktakeline WHERE stocktake_id = %(stocktake)s::bigint ORDER BY line_no
"""
