"""The warning line of a logical row, and the event when the stock falls to it (C-42, S001-18).

The line only warns, it never withholds. Reservations and sales know nothing of it: a sweep looks every minute, and
``low_since`` remembers that a row was announced until it rises above its line again, so that one crossing is one
event. Figures are the row's plannable units; carts and unpaid orders do not make goods scarce.
"""

from collections.abc import Collection, Mapping
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

THRESHOLDS_MAX = 200
"""Rows whose warning line one call may set."""


@command
def set_threshold(*, logical_id: int, threshold: int, actor: Actor, dry_run: bool = False) -> int:
    """Set the warning line of a row, in units; 0 switches it off. Returns the line before.

    A row that lies at or below its new line is announced at once. Raises NotFound.
    """
    return _set({logical_id: threshold}, "{name}", actor)[logical_id]


@command
def set_thresholds(*, thresholds: Mapping[int, int], actor: Actor, dry_run: bool = False) -> dict[int, int]:
    """Set the warning lines of many rows by their ids, all or none; returns the lines before.

    Raises InvalidRequest and NotFound naming the item (``items[2].threshold``).
    """
    if not 1 <= len(thresholds) <= THRESHOLDS_MAX:
        raise InvalidRequest(
            _("Between 1 and %(max)s rows fit into one call."),
            code="too_many_items",
            param="items",
            details={"max": THRESHOLDS_MAX},
        )
    return _set(thresholds, "items[{index}].{name}", actor)


def _set(thresholds: Mapping[int, int], param: str, actor: Actor) -> dict[int, int]:
    """Both commands; ``param`` says how a refusal names a part of an item."""
    for index, threshold in enumerate(thresholds.values()):
        if not 0 <= threshold <= QUANTITY_MAX:
            name = param.format(index=index, name="threshold")
            raise InvalidRequest(_("This quantity is out of bounds."), code="quantity_invalid", param=name)
    ids = sorted(thresholds)
    before = {row["id"]: int(row["alert_threshold"]) for row in fetch_prepared(_LOCK, {"ids": ids})}
    for index, logical_id in enumerate(thresholds):
        if logical_id not in before:
            raise NotFound(param=param.format(index=index, name="id"))
    changed = [logical_id for logical_id in ids if before[logical_id] != thresholds[logical_id]]
    fetch_prepared(_SET, {"ids": changed, "thresholds": [thresholds[logical_id] for logical_id in changed]})
    for logical_id in changed:
        was, becomes = {"alert_threshold": before[logical_id]}, {"alert_threshold": thresholds[logical_id]}
        audit(LogicalStock(pk=logical_id), was, becomes, actor=actor)
    if changed:
        announce_low_stock(logical_ids=changed, actor=actor)
    return before


@command
def announce_low_stock(*, logical_ids: Collection[int] | None = None, actor: Actor | None = None) -> int:
    """Record StockLow for every row that fell to its warning line since the last look; returns how many.

    Rows that rose above their line (or lost it) are watched afresh. Rows somebody is changing at this moment are
    left to the next look. Looks at all rows, or at ``logical_ids`` only.
    """
    params: dict[str, Any] = {"every": logical_ids is None, "ids": sorted(logical_ids or ())}
    fetch_prepared(_REARM, params)
    low = fetch_prepared(_ANNOUNCE, {**params, "now": clock.now(), "limit": ANNOUNCED_MAX})
    for row in low:
        record(
            StockLow(row["sku"], row["warehouse"], row["available_qty"], row["alert_threshold"]),
            subject=f"stock:{row['id']}",
            actor=actor or system_actor("low stock"),
        )
    return len(low)


_LOCK = """
    SELECT id, alert_threshold FROM inventory_logicalstock WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE
"""

_SET = """
    UPDATE inventory_logicalstock l SET alert_threshold = w.threshold
    FROM unnest(%(ids)s::bigint[], %(thresholds)s::int[]) AS w(id, threshold) WHERE l.id = w.id
"""

_REARM = """
    UPDATE inventory_logicalstock SET low_since = NULL
    WHERE id IN (
        SELECT id FROM inventory_logicalstock
        WHERE low_since IS NOT NULL AND (alert_threshold = 0 OR available_qty > alert_threshold)
          AND (%(every)s::boolean OR id = ANY(%(ids)s::bigint[]))
        ORDER BY id FOR UPDATE SKIP LOCKED
    )
"""

_ANNOUNCE = """
    UPDATE inventory_logicalstock l SET low_since = %(now)s::timestamptz
    FROM catalog_productinfo i, warehousing_warehouse w
    WHERE i.id = l.sku_id AND w.id = l.warehouse_id AND l.id = ANY(ARRAY(
        SELECT id FROM inventory_logicalstock
        WHERE alert_threshold > 0 AND available_qty <= alert_threshold AND low_since IS NULL
          AND (%(every)s::boolean OR id = ANY(%(ids)s::bigint[]))
        ORDER BY id LIMIT %(limit)s::int FOR UPDATE SKIP LOCKED
    ))
    RETURNING l.id, i.sku, w.code AS warehouse, l.available_qty, l.alert_threshold
"""
