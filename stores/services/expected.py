"""Receiving what was announced: a stock-in that names a transfer or a supplier's order fills its supply lines."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from inventory.choices import SupplyKind
from inventory.selectors.supply import ExpectedRow, expected_of
from inventory.services import ReceiveLine
from inventory.services.supply_receive import ArrivalLine, receive_supply
from stores.choices import StockInType
from stores.models import StockIn
from stores.services.documents import document_source
from vmi.core.actors import Actor

KINDS: Final = {StockInType.TRANSFER: SupplyKind.TRANSFER, StockInType.PURCHASE: SupplyKind.PURCHASE}
"""Which expected goods a stock-in of a type brings."""


def receive_expected(stockin: StockIn, lines: Sequence[ReceiveLine], *, actor: Actor) -> list[ReceiveLine]:
    """Receive the lines whose SKU the document of ``source_sn`` still brings; returns the other lines.

    That document is the stock-out of a transfer or the supplier's order. Partial receipts leave the rest expected.
    Raises SupplyExceeded for more units than are expected.
    """
    kind = KINDS.get(StockInType(stockin.type))
    if kind is None or not stockin.source_sn:
        return list(lines)
    expected = expected_of(
        kind=kind, source_sn=stockin.source_sn, warehouse_id=stockin.warehouse_id, owner_id=stockin.owner_id
    )
    arrivals, others = _match(lines, expected, known_cost=kind is SupplyKind.TRANSFER)
    if arrivals:
        receive_supply(lines=arrivals, source=document_source(stockin), actor=actor)
    return others


def _match(
    lines: Sequence[ReceiveLine], expected: Sequence[ExpectedRow], *, known_cost: bool
) -> tuple[list[ArrivalLine], list[ReceiveLine]]:
    """Fill the supply lines of each SKU in their order; what is beyond them falls to the last, which refuses it.

    ``known_cost``: a line without a price costs what the goods cost where they came from.
    """
    queues: dict[int, list[ExpectedRow]] = defaultdict(list)
    left = {}
    for row in expected:
        queues[row.sku_id].append(row)
        left[row.id] = row.open_qty
    arrivals, others = [], []
    for line in lines:
        queue = queues.get(line.sku_id)
        if not queue:
            others.append(line)
            continue
        rest = line.quantity
        cost = None if known_cost and not line.unit_cost else line.unit_cost
        for row in queue:
            part = rest if row is queue[-1] else min(rest, left[row.id])
            left[row.id] -= part
            rest -= part
            if part:
                arrivals.append(ArrivalLine(line.line_no, row.id, line.location_id, line.batch, part, cost))
    return arrivals, others
