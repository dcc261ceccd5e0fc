"""What is expected of a document, for those who receive it."""

from dataclasses import dataclass

from inventory.choices import SupplyKind, SupplyState
from vmi.core.db import fetch_all

_EXPECTED = """
    SELECT s.id, l.sku_id, s.expected_qty - s.received_qty - s.closed_qty AS open_qty
    FROM inventory_supplyline s JOIN inventory_logicalstock l ON l.id = s.logical_id
    WHERE s.state = %(open)s AND s.kind = %(kind)s AND s.source_sn = %(sn)s
      AND l.warehouse_id = %(warehouse)s AND l.owner_id = %(owner)s
    ORDER BY s.line_no, s.id
"""


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """An open supply line: units of a SKU still to come."""

    id: int
    sku_id: int
    open_qty: int


def expected_of(*, kind: SupplyKind, source_sn: str, warehouse_id: int, owner_id: int) -> list[ExpectedRow]:
    """What a transfer or purchase still brings to a warehouse, line by line; empty when nothing of it is known."""
    params = {
        "open": int(SupplyState.OPEN),
        "kind": int(kind),
        "sn": source_sn,
        "warehouse": warehouse_id,
        "owner": owner_id,
    }
    return [ExpectedRow(**row) for row in fetch_all(_EXPECTED, params)]
