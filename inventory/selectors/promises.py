"""What a document has been promised, for the pages of the apps above."""

from dataclasses import dataclass
from datetime import date, datetime

from inventory.choices import HoldKind, HoldState
from vmi.core.db import fetch_all
from vmi.core.sources import Source

_PROMISES = """
    SELECT r.line_no, i.sku, w.code AS warehouse, o.code AS owner, r.quantity, r.shipped_qty, r.state, r.expires_at,
           r.kind, r.promised_on
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
    JOIN catalog_productinfo i ON i.id = l.sku_id
    JOIN warehousing_warehouse w ON w.id = l.warehouse_id
    JOIN warehousing_owner o ON o.id = l.owner_id
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
    ORDER BY r.line_no, r.id
"""


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One line of a document on one bucket: units held or sold, how many have left, and what they were promised from.

    Units that wait for goods are expected on ``promised_on`` (None: not known).
    """

    line_no: int
    sku: str
    warehouse: str
    owner: str
    quantity: int
    shipped_qty: int
    state: HoldState
    expires_at: datetime
    kind: HoldKind
    promised_on: date | None


def promises_of(source: Source) -> list[PromiseRow]:
    """The reservations of a document, line by line."""
    rows = fetch_all(_PROMISES, {"source_type": source.type, "source_sn": source.sn})
    return [PromiseRow(**{**row, "state": HoldState(row["state"]), "kind": HoldKind(row["kind"])}) for row in rows]
