"""The stock of products and SKUs as 003 asks for it: sums and rows, zeros where there is nothing (C-02, C-71)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.choices import Purpose
from inventory.selectors.availability import Availability, availability_of
from inventory.selectors.offer_sql import (
    JOIN_BUCKETS,
    OVERSELL_NOW,
    PRESALE_NOW,
    SPOT_NOW,
    in_window,
    is_open,
    join_expired,
)
from vmi.core import clock
from vmi.core.db import fetch_prepared

FEW_LEFT_MAX = 5
"""Units up to which a customer reads "few left"."""


class Display(models.TextChoices):
    """What a customer learns about a SKU; never a figure (C-46)."""

    IN_STOCK = "in_stock", _("In stock")
    FEW_LEFT = "few_left", _("Few left")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")


@dataclass(frozen=True, slots=True)
class Figures:
    """Units: ``total`` on hand, ``reserved`` held or sold and not yet shipped, ``available`` to promise now.

    ``presale`` (on their way) and ``oversell`` (beyond the goods) can be promised too, each on its own.
    ``plannable`` is the logical rows' available figure, which unpaid holds do not lower; the warning line looks at it.
    """

    total: int = 0
    reserved: int = 0
    available: int = 0
    plannable: int = 0
    locked: int = 0
    safety: int = 0
    in_transit: int = 0
    presale: int = 0
    oversell: int = 0

    @property
    def is_out_of_stock(self) -> bool:
        """Whether nothing can be promised."""
        return self.available <= 0

    @property
    def display(self) -> Display:
        """What customers are told."""
        if self.is_out_of_stock:
            return Display.OUT_OF_STOCK
        return Display.FEW_LEFT if self.available <= FEW_LEFT_MAX else Display.IN_STOCK


@dataclass(frozen=True, slots=True)
class StockRow:
    """The figures of one logical row."""

    id: int
    warehouse: int
    warehouse_code: str
    owner: int
    figures: Figures
    threshold: int

    @property
    def is_low_stock(self) -> bool:
        """Whether the row lies at or below its warning line; without a line never."""
        return 0 < self.threshold >= self.figures.plannable


@dataclass(frozen=True, slots=True)
class SkuStock:
    """A SKU with its sum and its rows; both empty-handed when it has no row. ``offer``: of the channel asked for."""

    sku_id: int
    sku: str
    product_id: int
    figures: Figures
    rows: list[StockRow] = field(default_factory=list)
    offer: Availability | None = None

    @property
    def is_low_stock(self) -> bool:
        """Whether any row is low."""
        return any(row.is_low_stock for row in self.rows)


@dataclass(frozen=True, slots=True)
class ProductStock:
    """A product: the sum over its SKUs and each of them."""

    product_id: int
    figures: Figures
    skus: list[SkuStock]

    @property
    def is_low_stock(self) -> bool:
        """Whether any SKU is low."""
        return any(sku.is_low_stock for sku in self.skus)


def product_stock(
    product_id: int, *, sku: str = "", warehouse_id: int | None = None, channel_id: int | None = None
) -> ProductStock | None:
    """The stock of a product's SKUs, or of one of them; None: no such product, or no such SKU in it. Two queries."""
    skus = fetch_prepared(_SKUS_OF_PRODUCT, {"product": product_id})
    if not skus or (sku and all(row["sku"].upper() != sku.upper() for row in skus)):
        return None
    wanted = [row for row in skus if row["id"] is not None and (not sku or row["sku"].upper() == sku.upper())]
    found = _stock(wanted, warehouse_id, channel_id)
    return ProductStock(product_id, _sum(stock.figures for stock in found), found)


def sku_stock(
    codes: Collection[str], *, warehouse_id: int | None = None, channel_id: int | None = None
) -> dict[str, SkuStock]:
    """The stock of many SKUs by code as asked, whatever its case; unknown codes are left out. Three queries at most."""
    asked = {code.upper(): code for code in codes}
    skus = fetch_prepared(_SKUS_BY_CODE, {"codes": sorted(asked)})
    return {asked[stock.sku.upper()]: stock for stock in _stock(skus, warehouse_id, channel_id)}


def _stock(skus: list[dict[str, Any]], warehouse_id: int | None, channel_id: int | None) -> list[SkuStock]:
    ids = sorted(row["id"] for row in skus)
    params = {"skus": ids, "warehouse": warehouse_id, "now": clock.now()}
    if channel_id is None:
        found, offers = fetch_prepared(_ROWS, params), {}
    else:
        found = fetch_prepared(_ROWS_OF_CHANNEL, {**params, "channel": channel_id})
        offers = availability_of(channel_id, ids)
    rows: dict[int, list[StockRow]] = defaultdict(list)
    for row in found:
        rows[row["sku_id"]].append(_row(row))
    return [
        SkuStock(
            sku_id=row["id"],
            sku=row["sku"],
            product_id=row["product_id"],
            figures=_sum(one.figures for one in rows[row["id"]]),
            rows=rows[row["id"]],
            offer=offers.get(row["id"]),
        )
        for row in skus
    ]


def _row(row: dict[str, Any]) -> StockRow:
    figures = Figures(**{name: row[name] for name in _FIGURES})
    return StockRow(row["id"], row["warehouse_id"], row["warehouse"], row["owner_id"], figures, row["threshold"])


def _sum(figures: Iterable[Figures]) -> Figures:
    many = list(figures)
    return Figures(**{name: sum(getattr(one, name) for one in many) for name in _FIGURES})


_FIGURES = tuple(one.name for one in fields(Figures))

_SKUS_OF_PRODUCT = """
    SELECT i.id, coalesce(i.sku, '') AS sku, p.id AS product_id
    FROM catalog_product p LEFT JOIN catalog_productinfo i ON i.product_id = p.id
    WHERE p.id = %(product)s::bigint ORDER BY i.sku
"""

_SKUS_BY_CODE = """
    SELECT id, sku, product_id FROM catalog_productinfo WHERE upper(sku) = ANY(%(codes)s::varchar[]) ORDER BY sku
"""

_NOW = "%(now)s::timestamptz"


def _rows_sql(buckets: str, source: str = "") -> str:
    """The logical rows of SKUs with what ``buckets`` can promise; ``source`` says which rows a channel sells."""
    return f"""
        SELECT l.id, l.sku_id, l.warehouse_id, w.code AS warehouse, l.owner_id, l.alert_threshold AS threshold,
               l.physical_base_qty AS total, l.available_qty AS plannable, l.locked_qty AS locked,
               l.safety_qty AS safety, l.in_transit_qty AS in_transit, b.available, b.presale, b.oversell,
               l.allocated_qty + b.held AS reserved
        FROM inventory_logicalstock l
        JOIN warehousing_warehouse w ON w.id = l.warehouse_id
        {source}
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(c.held_qty - e.spot), 0)::bigint AS held,
                   coalesce(sum({SPOT_NOW}), 0)::bigint AS available,
                   coalesce(sum({PRESALE_NOW}), 0)::bigint AS presale,
                   coalesce(sum({OVERSELL_NOW}), 0)::bigint AS oversell
            {buckets}
        ) b
        WHERE l.sku_id = ANY(%(skus)s::bigint[])
          AND (%(warehouse)s::bigint IS NULL OR l.warehouse_id = %(warehouse)s::bigint)
        ORDER BY l.sku_id, w.code, l.owner_id
    """  # noqa: S608 - built from fixed names only


_EVERY = f"""
    FROM (SELECT NULL::bigint AS channel_id, NULL::int AS cap_qty, 0 AS used_qty) x
    CROSS JOIN (SELECT NULL::bigint AS channel_id) s
    JOIN inventory_allocationpool p ON p.logical_id = l.id AND p.purpose <> {int(Purpose.INTERNAL)}
    JOIN inventory_channelstock c ON c.pool_id = p.id
    {join_expired(_NOW)}
    WHERE {in_window("c", _NOW)}
"""
_ROWS = _rows_sql(_EVERY)
"""Over every bucket that sells at the moment, whoever it belongs to."""

_OPEN_ONES = f"FROM (SELECT 1 AS one) o {JOIN_BUCKETS} {join_expired(_NOW)} WHERE {is_open(_NOW)}"
_ROWS_OF_CHANNEL = _rows_sql(
    _OPEN_ONES,
    "JOIN inventory_channelsource s ON s.warehouse_id = l.warehouse_id AND s.owner_id = l.owner_id"
    " AND s.channel_id = %(channel)s::bigint",
)
"""Over the buckets open to one channel."""
