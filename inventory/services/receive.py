"""``receive``: goods came in; every layer goes up and the shared bucket of the default pool sells them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal

from inventory.choices import Command, Counter, Layer
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move
from inventory.services.promises import serve_waiting
from inventory.services.rows import Chain, Place, ensure_chains, ensure_places
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from vmi.events.catalogue import StockReceived
from vmi.events.services import record


@dataclass(frozen=True, slots=True)
class ReceiveLine:
    """Units of a SKU put on a location; ``unit_cost`` is what one of them cost, ``batch`` empty for none."""

    line_no: int
    sku_id: int
    location_id: int
    batch: str
    quantity: int
    unit_cost: Decimal


@command
def receive(
    *,
    warehouse_id: int,
    owner_id: int,
    lines: Sequence[ReceiveLine],
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> bool:
    """Book an approved stock-in of qualified goods; returns False when this document was booked before.

    Creates the rows of SKUs the warehouse never held. The moving average cost follows (C-63). Records StockReceived.
    """
    context = Context(Command.RECEIVE, source, actor, clock.now())
    content = [warehouse_id, owner_id, [astuple(line) for line in lines]]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at):
        return False
    chains = ensure_chains(warehouse_id=warehouse_id, owner_id=owner_id, sku_ids=[line.sku_id for line in lines])
    places = ensure_places(owner_id=owner_id, places=[_place(line) for line in lines], chains=chains)
    raise_sellable([(chains[line.sku_id], line.line_no, line.quantity) for line in lines], context)
    _average_cost(lines, chains)
    move(
        Layer.LOGICAL,
        [Change(chains[line.sku_id].logical_id, line.line_no, {Counter.BASE: line.quantity}) for line in lines],
        context,
    )
    move(
        Layer.PHYSICAL,
        [Change(places[_place(line)], line.line_no, {Counter.QUANTITY: line.quantity}) for line in lines],
        context,
    )
    serve_waiting(bucket_ids={chains[line.sku_id].bucket_id for line in lines}, context=context)
    record(StockReceived(source_type=source.type, source_sn=source.sn), subject=source.subject, actor=actor)
    return True


def raise_sellable(parts: Sequence[tuple[Chain, int, int]], context: Context) -> None:
    """Raise (or lower, for negative units) the shared bucket and the default pool by (chain, line, units)."""
    move(
        Layer.CHANNEL,
        [Change(chain.bucket_id, line_no, {Counter.BASE_QUOTA: units}) for chain, line_no, units in parts],
        context,
    )
    move(
        Layer.POOL,
        [Change(chain.pool_id, line_no, {Counter.QUOTA: units}) for chain, line_no, units in parts],
        context,
    )


def _place(line: ReceiveLine) -> Place:
    """Where a line's units lie."""
    return Place(line.sku_id, line.location_id, line.batch)


def _average_cost(lines: Sequence[ReceiveLine], chains: dict[int, Chain]) -> None:
    """Blend the received cost into the logical rows, weighted by units; before the base rises."""
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    units: dict[int, int] = defaultdict(int)
    for line in lines:
        logical_id = chains[line.sku_id].logical_id
        amounts[logical_id] += line.unit_cost * line.quantity
        units[logical_id] += line.quantity
    ids = sorted(units)
    fetch_prepared(
        _COST,
        {
            "ids": ids,
            "amounts": [amounts[logical_id] for logical_id in ids],
            "units": [units[logical_id] for logical_id in ids],
        },
    )


_COST = """
    WITH want AS MATERIALIZED (
        SELECT * FROM unnest(%(ids)s::bigint[], %(amounts)s::numeric[], %(units)s::int[]) AS w(id, amount, units)
    ), locked AS MATERIALIZED (
        SELECT t.id FROM inventory_logicalstock t JOIN want w USING (id) ORDER BY t.id FOR UPDATE OF t
    )
    UPDATE inventory_logicalstock l
    SET unit_cost = round((l.unit_cost * l.physical_base_qty + w.amount) / (l.physical_base_qty + w.units), 4)
    FROM want w JOIN locked USING (id) WHERE l.id = w.id
"""
