"""The warning line of a logical row, and the event when the stock falls to it (C-42, S001-18).

The line only warns, it never withholds. Reservations and sales know nothing of it: a sweep looks every minute, and
``low_since`` remembers that a row was announced until it rises above its line again, so that one crossing is one
event. Figures are the row's plannable units; carts and unpaid orders do not make goods scarce.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.models import LogicalStock
from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.fields import QUANTITY_MAX
from vmi.events.catalogue import StockLow
from vmi.events.services import record

ANNOUNCED_MAX = 500
"""Rows announced in one transaction."""


@command
def set_threshold(*, logical_id: int, threshold: int, actor: Actor, dry_run: bool = False) -> int:
    """Set the warning line of a row, in units; 0 switches it off. Returns the line before.

    A row that lies at or below its new line is announced at once. Raises NotFound.
    """
    if not 0 <= threshold <= QUANTITY_MAX:
        raise InvalidRequest(_("This quantity is out of bounds."), code="quantity_invalid", param="threshold")
    found = fetch_prepared(_LOCK, {"id": logical_id})
    if not found:
        raise NotFound(param="id")
    before = int(found[0]["alert_threshold"])
    if before != threshold:
        fetch_prepared(_SET, {"id": logical_id, "threshold": threshold})
        row = LogicalStock(pk=logical_id)
        audit(row, {"alert_threshold": before}, {"alert_threshold": threshold}, actor=actor)
        announce_low_stock(logical_id=logical_id, actor=actor)
    return before


@command
def announce_low_stock(*, logical_id: int | None = None, actor: Actor | None = None) -> int:
    """Record StockLow for every row that fell to its warning line since the last look; returns how many.

    Rows that rose above their line (or lost it) are watched afresh. Rows somebody is changing at this moment are
    left to the next look.
    """
    params: dict[str, Any] = {"id": logical_id}
    fetch_prepared(_REARM, params)
    low = fetch_prepared(_ANNOUNCE, {**params, "now": clock.now(), "limit": ANNOUNCED_MAX})
    for row in low:
        record(
            StockLow(row["sku"], row["warehouse"], row["available_qty"], row["alert_threshold"]),
            subject=f"stock:{row['id']}",
            actor=actor or system_actor("low stock"),
        )
    return len(low)


_LOCK = "SELECT alert_threshold FROM inventory_logicalstock WHERE id = %(id)s::bigint FOR UPDATE"

_SET = "UPDATE inventory_logicalstock SET alert_threshold = %(threshold)s::int WHERE id = %(id)s::bigint"

_REARM = """
    UPDATE inventory_logicalstock SET low_since = NULL
    WHERE id IN (
        SELECT id FROM inventory_logicalstock
        WHERE low_since IS NOT NULL AND (alert_threshold = 0 OR available_qty > alert_threshold)
          AND (%(id)s::bigint IS NULL OR id = %(id)s::bigint)
        ORDER BY id FOR UPDATE SKIP LOCKED
    )
"""

_ANNOUNCE = """
    UPDATE inventory_logicalstock l SET low_since = %(now)s::timestamptz
    FROM catalog_productinfo i, warehousing_warehouse w
    WHERE i.id = l.sku_id AND w.id = l.warehouse_id AND l.id IN (
        SELECT id FROM inventory_logicalstock
        WHERE alert_threshold > 0 AND available_qty <= alert_threshold AND low_since IS NULL
          AND (%(id)s::bigint IS NULL OR id = %(id)s::bigint)
        ORDER BY id LIMIT %(limit)s::int FOR UPDATE SKIP LOCKED
    )
    RETURNING l.id, i.sku, w.code AS warehouse, l.available_qty, l.alert_threshold
"""
