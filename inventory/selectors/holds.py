"""Who holds what: a cart's lines, a member's live holds, the holds of an order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from inventory.choices import HoldKind, HoldState
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source

ORDER = "order"
"""Source type of an order of the house."""

EXTERNAL_ORDER = "extorder"
"""Source type of an order kept elsewhere that holds stock through the hold endpoints."""


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold as its owner sees it; ``expires_at`` is when it ends unless it becomes a sale.

    ``promise`` says what was promised; ``promised_on`` the day the goods of a waiting one are expected, if any.
    """

    id: int
    source_type: str
    source_sn: str
    line_no: int
    channel_id: int
    partner_id: int | None
    sku_id: int
    sku: str
    warehouse_id: int
    quantity: int
    state: HoldState
    expires_at: datetime
    promise: HoldKind
    promised_on: date | None


def last_line_no(source: Source) -> int:
    """The highest line number a document has used, 0 for none."""
    rows = fetch_prepared(_LAST_LINE, {"source_type": source.type, "source_sn": source.sn})
    return int(rows[0]["line_no"])


def cart_lines(
    source: Source, *, channel_id: int | None = None, sku_ids: Collection[int] | None = None, at: datetime
) -> list[HoldRow]:
    """The live holds of a cart at an instant, all or those of a channel and of some SKUs."""
    params = {
        "source_type": source.type,
        "source_sn": source.sn,
        "channel": channel_id,
        "skus": sorted(sku_ids) if sku_ids is not None else None,
        "now": at,
    }
    return _rows(_CART, params)


def holds_of_document(source: Source) -> list[HoldRow]:
    """Every reservation of a document, ended ones included, line by line."""
    return _rows(_DOCUMENT, {"source_type": source.type, "source_sn": source.sn})


def holds_of_member(partner_id: int, *, at: datetime) -> list[HoldRow]:
    """What a member holds at an instant: carts and unpaid orders, those that end first on top."""
    return _rows(_MEMBER, {"partner": partner_id, "now": at})


def hold_by_id(hold_id: int) -> HoldRow | None:
    """One reservation, whatever its state."""
    rows = _rows(_ONE, {"id": hold_id})
    return rows[0] if rows else None


def _rows(sql: str, params: Mapping[str, Any]) -> list[HoldRow]:
    return [
        HoldRow(**{**row, "state": HoldState(row["state"]), "promise": HoldKind(row["promise"])})
        for row in fetch_prepared(sql, params)
    ]


_LAST_LINE = """
    SELECT coalesce(max(line_no), 0) AS line_no FROM inventory_reservation
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s
"""

_SELECT = """
    SELECT r.id, r.source_type, r.source_sn, r.line_no, r.channel_id, r.partner_id, l.sku_id, i.sku, l.warehouse_id,
           r.quantity, r.state, r.expires_at, r.kind AS promise, r.promised_on
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
    JOIN catalog_productinfo i ON i.id = l.sku_id
"""

_LIVE = f"r.state = {int(HoldState.HELD)} AND r.expires_at > %(now)s::timestamptz"

_CART = f"""
    {_SELECT}
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s AND {_LIVE}
      AND (%(channel)s::bigint IS NULL OR r.channel_id = %(channel)s::bigint)
      AND (%(skus)s::bigint[] IS NULL OR l.sku_id = ANY(%(skus)s::bigint[]))
    ORDER BY r.id
"""

_DOCUMENT = f"""
    {_SELECT} WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s ORDER BY r.line_no, r.id
"""

_MEMBER = f"{_SELECT} WHERE r.partner_id = %(partner)s::bigint AND {_LIVE} ORDER BY r.expires_at, r.id"

_ONE = f"{_SELECT} WHERE r.id = %(id)s::bigint"
