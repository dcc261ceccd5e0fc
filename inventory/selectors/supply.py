"""What is expected of a document, for those who receive it."""

from dataclasses import dataclass
from datetime import datetime

from inventory.choices import SupplyKind, SupplyState
from inventory.models import SupplyStep
from vmi.core.db import fetch_all

STEPS_MAX = 500
"""Steps of one document shown on its page."""

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


@dataclass(frozen=True, slots=True)
class SupplyStepRow:
    """What a document did to a supply line: ``units`` received, given up, put on sale or taken off it."""

    at: datetime
    command: str
    sku: str
    line_no: int
    units: int
    source_type: str
    source_sn: str
    actor: str


def steps_of_supply(source_type: str, source_sn: str) -> list[SupplyStepRow]:
    """What became of the supply lines a purchase or transfer opened, oldest first; one query."""
    found = SupplyStep.objects.filter(line__source_type=source_type, line__source_sn=source_sn)
    rows = found.select_related("line__logical__sku", "actor").order_by("pk")[:STEPS_MAX]
    return [
        SupplyStepRow(
            row.at,
            row.get_command_display(),
            row.line.logical.sku.sku,
            row.line.line_no,
            row.units,
            row.source_type,
            row.source_sn,
            str(row.actor),
        )
        for row in rows
    ]


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
