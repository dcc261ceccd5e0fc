"""``receive``: goods came in; every layer goes up and the rules of receipts say who sells them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal

from inventory.choices import Command, Counter, Layer
from inventory.services.assign import assign
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move
from inventory.services.promises import serve_waiting
from inventory.services.rebalance import cover_shortage, lower_shortage
from inventory.services.room import check_room
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

    Creates the rows of SKUs the warehouse never held. Goods cover what is short and serve paid promises that wait
    before they can be bought. The moving average cost follows (C-63). Records StockReceived. Raises StockRowFull.
    """
    context = Context(Command.RECEIVE, source, actor, clock.now())
    content = [warehouse_id, owner_id, [astuple(line) for line in lines]]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at):
        return False
    chains = ensure_chains(warehouse_id=warehouse_id, owner_id=owner_id, sku_ids=[line.sku_id for line in lines])
    check_room(chains, lines)
    places = ensure_places(owner_id=owner_id, places=[_place(line) for line in lines], chains=chains)
    raised = raise_sellable([(chains[line.sku_id], line.line_no, line.quantity) for line in lines], context)
    blend_cost([(chains[line.sku_id].logical_id, line.quantity, line.unit_cost) for line in lines])
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
    lower_shortage(logical_ids={chains[line.sku_id].logical_id for line in lines}, context=context)
    serve_waiting(bucket_ids=raised, context=context)
    record(StockReceived(source_type=source.type, source_sn=source.sn), subject=source.subject, actor=actor)
    return True


def raise_sellable(parts: Sequence[tuple[Chain, int, int]], context: Context) -> set[int]:
    """Offer (chain, line, units) where the rules of receipts say, after what is short was covered.

    Returns the buckets that gained.
    """
    units = offered_units([(chain.logical_id, units) for chain, _line, units in parts], context)
    return assign(
        [(chain, line_no, offer) for (chain, line_no, _units), offer in zip(parts, units, strict=True)], context
    )


def offered_units(parts: Sequence[tuple[int, int]], context: Context) -> list[int]:
    """How many of the arriving units (logical row, units) may be offered, part by part: shortages come first."""
    arriving: dict[int, int] = defaultdict(int)
    for logical_id, units in parts:
        arriving[logical_id] += units
    left = cover_shortage(arriving=arriving, context=context)
    offers = []
    for logical_id, units in parts:
        offer = min(units, left[logical_id])
        left[logical_id] -= offer
        offers.append(offer)
    return offers


def _place(line: ReceiveLine) -> Place:
    """Where a line's units lie."""
    return Place(line.sku_id, line.location_id, line.batch)


def blend_cost(parts: Sequence[tuple[int, int, Decimal]]) -> None:
    """Blend the cost of received (logical row, units, cost per unit), weighted by units; before the base rises."""
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    received: dict[int, int] = defaultdict(int)
    for logical_id, units, unit_cost in parts:
        amounts[logical_id] += unit_cost * units
        received[logical_id] += units
    ids = sorted(received)
    fetch_prepared(
        _COST,
        {
            "ids": ids,
            "amounts": [amounts[logical_id] for logical_id in ids],
            "units": [received[logical_id] for logical_id in ids],
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
