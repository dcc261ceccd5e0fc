"""The stock of products and SKUs as 003 asks for it: sums and rows, zeros where there is nothing (C-02, C-71)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.choices import HoldState, Purpose
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

    ``plannable`` is the logical rows' available figure, which unpaid holds do not lower; the warning line looks at it.
    """

    total: int = 0
    reserved: int = 0
    available: int = 0
    plannable: int = 0
    locked: int = 0
    safety: int = 0
    in_transit: int = 0

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
    """A SKU with its sum and its rows; both empty-handed when it has no row."""

    sku_id: int
    sku: str
    product_id: int
    figures: Figures
    rows: list[StockRow] = field(default_factory=list)

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
    """The stock of many SKUs by code as asked, whatever its case; unknown codes are left out. Two queries."""
    asked = {code.upper(): code for code in codes}
    skus = fetch_prepared(_SKUS_BY_CODE, {"codes": sorted(asked)})
    return {asked[stock.sku.upper()]: stock for stock in _stock(skus, warehouse_id, channel_id)}


def _stock(skus: list[dict[str, Any]], warehouse_id: int | None, channel_id: int | None) -> list[SkuStock]:
    params = {
        "skus": sorted(row["id"] for row in skus),
        "warehouse": warehouse_id,
        "channel": channel_id,
        "normal": int(Purpose.NORMAL),
        "now": clock.now(),
    }
    rows: dict[int, list[StockRow]] = defaultdict(list)
    for row in fetch_prepared(_ROWS, params):
        rows[row["sku_id"]].append(_row(row))
    return [
        SkuStock(
            row["id"], row["sku"], row["product_id"], _sum(one.figures for one in rows[row["id"]]), rows[row["id"]]
        )
        for row in skus
    ]


def _row(row: dict[str, Any]) -> StockRow:
    figures = Figures(
        total=row["total"],
        reserved=row["reserved"],
        available=row["available"],
        plannable=row["plannable"],
        locked=row["locked"],
        safety=row["safety"],
        in_transit=row["in_transit"],
    )
    return StockRow(row["id"], row["warehouse_id"], row["warehouse"], row["owner_id"], figures, row["threshold"])


def _sum(figures: Iterable[Figures]) -> Figures:
    many = list(figures)
    names = ("total", "reserved", "available", "plannable", "locked", "safety", "in_transit")
    return Figures(**{name: sum(getattr(one, name) for one in many) for name in names})


_SKUS_OF_PRODUCT = """
    SELECT i.id, coalesce(i.sku, '') AS sku, p.id AS product_id
    FROM catalog_product p LEFT JOIN catalog_productinfo i ON i.product_id = p.id
    WHERE p.id = %(product)s::bigint ORDER BY i.sku
"""

_SKUS_BY_CODE = """
    SELECT id, sku, product_id FROM catalog_productinfo WHERE upper(sku) = ANY(%(codes)s::varchar[]) ORDER BY sku
"""

_ROWS = f"""
    SELECT l.id, l.sku_id, l.warehouse_id, w.code AS warehouse, l.owner_id, l.alert_threshold AS threshold,
           l.physical_base_qty AS total, l.available_qty AS plannable, l.locked_qty AS locked, l.safety_qty AS safety,
           l.in_transit_qty AS in_transit, coalesce(b.available, 0)::int AS available,
           (l.allocated_qty + coalesce(b.held, 0))::int AS reserved
    FROM inventory_logicalstock l
    JOIN warehousing_warehouse w ON w.id = l.warehouse_id
    LEFT JOIN LATERAL (
        SELECT sum(c.held_qty - coalesce(x.expired, 0)) AS held,
               sum(greatest(c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty + coalesce(x.expired, 0), 0))
                   AS available
        FROM inventory_allocationpool p
        JOIN inventory_channelstock c ON c.pool_id = p.id
        LEFT JOIN LATERAL (
            SELECT sum(r.quantity) AS expired FROM inventory_reservation r
            WHERE r.bucket_id = c.id AND r.state = {int(HoldState.HELD)} AND r.expires_at <= %(now)s::timestamptz
        ) x ON true
        WHERE p.logical_id = l.id AND p.purpose = %(normal)s::smallint
          AND (%(channel)s::bigint IS NULL OR c.channel_id IS NULL OR c.channel_id = %(channel)s::bigint)
    ) b ON true
    WHERE l.sku_id = ANY(%(skus)s::bigint[])
      AND (%(warehouse)s::bigint IS NULL OR l.warehouse_id = %(warehouse)s::bigint)
      AND (%(channel)s::bigint IS NULL OR EXISTS (
          SELECT 1 FROM inventory_channelsource s
          WHERE s.channel_id = %(channel)s::bigint AND s.warehouse_id = l.warehouse_id AND s.owner_id = l.owner_id))
    ORDER BY l.sku_id, w.code, l.owner_id
"""  # noqa: S608 - built from fixed names only
