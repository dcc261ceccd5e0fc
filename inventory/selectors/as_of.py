"""Stock as of any past moment, computed from the ledger alone (I8).

A figure at an instant is the sum of its changes dated at or before it. An entry that was booked late but is dated
earlier counts from its date on; the balances written beside the entries follow the order of booking, and would not.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from inventory.choices import COLUMNS, Counter, Layer, Purpose, Quality
from inventory.models import LedgerEntry, LogicalStock
from vmi.core.db import fetch_all


@dataclass(frozen=True, slots=True)
class RowAt:
    """One row of a layer as it was: its title (channel, purpose, location) and its figures in units."""

    layer: Layer
    row_id: int
    title: str
    figures: dict[Counter, int]


@dataclass(frozen=True, slots=True)
class StockAt:
    """One logical row as it was, with the rows above and below it that had stock or promises then."""

    id: int
    sku_id: int
    sku: str
    warehouse_id: int
    warehouse: str
    owner_id: int
    owner: str
    figures: dict[Counter, int] = field(default_factory=dict)
    rows: list[RowAt] = field(default_factory=list)

    @property
    def available(self) -> int:
        """Base − allocated − locked − safety."""
        taken = sum(self.figures[counter] for counter in (Counter.ALLOCATED, Counter.LOCKED, Counter.SAFETY))
        return self.figures[Counter.BASE] - taken


def rows_at(instant: datetime) -> QuerySet[LogicalStock]:
    """The logical rows that had a history by then; a row opened later does not show as an empty one."""
    entries = LedgerEntry.objects.filter(layer=Layer.LOGICAL, row_id=OuterRef("pk"), at__lte=instant)
    return LogicalStock.objects.filter(Exists(entries))


def as_of(instant: datetime, logical_ids: Sequence[int]) -> list[StockAt]:
    """The stock of these logical rows at an instant, in the order asked; two queries whatever their number."""
    ids = list(logical_ids)
    heads = {row["id"]: row for row in fetch_all(_HEADS, {"ids": ids})}
    figures: dict[int, dict[tuple[int, int], dict[Counter, int]]] = defaultdict(lambda: defaultdict(dict))
    titles: dict[tuple[int, int], str] = {}
    for row in fetch_all(_FIGURES, {"ids": ids, "at": instant}):
        key = (row["layer"], row["row_id"])
        titles[key] = _title(row)
        figures[row["logical_id"]][key][Counter(row["counter"])] = row["amount"]
    return [_stock(heads[pk], figures[pk], titles) for pk in ids if pk in heads]


def _stock(
    head: dict[str, Any], figures: dict[tuple[int, int], dict[Counter, int]], titles: dict[tuple[int, int], str]
) -> StockAt:
    """A logical row with its own figures, zeros included, and the other layers' rows that were not empty."""
    own = figures.get((Layer.LOGICAL, head["id"]), {})
    rows = [
        RowAt(Layer(layer), row_id, titles[layer, row_id], amounts)
        for (layer, row_id), amounts in sorted(figures.items())
        if layer != Layer.LOGICAL and any(amounts.values())
    ]
    counters = [counter for counter in Counter if counter.layer == Layer.LOGICAL]
    return StockAt(**head, figures={counter: own.get(counter, 0) for counter in counters}, rows=rows)


def _title(row: dict[str, Any]) -> str:
    """What tells a row of its layer from the others, for people."""
    if row["layer"] == Layer.PHYSICAL:
        return " · ".join(part for part in (row["name"], row["batch"], str(Quality(row["kind"]).label)) if part)
    parts = (str(Purpose(row["kind"]).label) if row["kind"] else "", row["name"] or "")
    return " · ".join(part for part in parts if part)


def figure_names(layer: Layer) -> dict[Counter, str]:
    """The columns of a layer by counter."""
    return {counter: COLUMNS[counter] for counter in Counter if counter.layer == layer}


_HEADS = """
    SELECT l.id, l.sku_id, i.sku, l.warehouse_id, w.name AS warehouse, l.owner_id, o.name AS owner
    FROM inventory_logicalstock l JOIN catalog_productinfo i ON i.id = l.sku_id
    JOIN warehousing_warehouse w ON w.id = l.warehouse_id JOIN warehousing_owner o ON o.id = l.owner_id
    WHERE l.id = ANY(%(ids)s::bigint[])
"""

_FIGURES = """
    WITH pools AS (
        SELECT id, logical_id, purpose FROM inventory_allocationpool WHERE logical_id = ANY(%(ids)s::bigint[])
    ), buckets AS (
        SELECT c.id, p.logical_id, p.purpose, c.channel_id
        FROM inventory_channelstock c JOIN pools p ON p.id = c.pool_id
    ), rows AS (
        SELECT 3::smallint AS layer, id, id AS logical_id, NULL::smallint AS kind, '' AS name, '' AS batch
        FROM unnest(%(ids)s::bigint[]) AS id
        UNION ALL SELECT 2, id, logical_id, purpose, '', '' FROM pools
        UNION ALL SELECT 1, b.id, b.logical_id, b.purpose, h.name, ''
        FROM buckets b LEFT JOIN inventory_channel h ON h.id = b.channel_id
        UNION ALL SELECT 5, x.id, b.logical_id, b.purpose, h.name, ''
        FROM inventory_channelshare x JOIN buckets b ON b.id = x.bucket_id
        JOIN inventory_channel h ON h.id = x.channel_id
        UNION ALL SELECT 4, s.id, s.logical_id, s.quality, l.code, b.code
        FROM inventory_physicalstock s JOIN warehousing_location l ON l.id = s.location_id
        JOIN inventory_batch b ON b.id = s.batch_id WHERE s.logical_id = ANY(%(ids)s::bigint[])
    )
    SELECT r.logical_id, r.layer, r.id AS row_id, r.kind, r.name, r.batch, e.counter, sum(e.delta)::bigint AS amount
    FROM rows r JOIN inventory_ledgerentry e ON e.layer = r.layer AND e.row_id = r.id
    WHERE e.at <= %(at)s
    GROUP BY r.logical_id, r.layer, r.id, r.kind, r.name, r.batch, e.counter
    ORDER BY r.layer, r.id, e.counter
"""
