"""Lines of a stock document: checking what a caller asks for and writing it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from catalog import selectors as catalog_selectors
from stores.choices import LineType
from stores.exceptions import InvalidLine, InvalidReference
from stores.models import GoodsInfo, GoodsInfoLocation, StockDocument, StockIn
from vmi.core.actors import Actor
from vmi.core.fields import CODE_LENGTH_MAX, QUANTITY_MAX
from vmi.core.money import MONEY_DIGITS_MAX, quantize
from warehousing import selectors as warehousing_selectors

if TYPE_CHECKING:
    from catalog.selectors import SkuRow

LINES_MAX = 10_000
"""Most lines of one document; the opening stock of a shop with a full catalogue fits."""

AMOUNT_MAX = Decimal(10) ** (MONEY_DIGITS_MAX - 2) - Decimal("0.01")
"""Largest amount the money columns hold."""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line as a caller asks for it: units of a SKU at a cost per unit.

    ``locations`` are pairs of location id and units that add up to ``quantity``; empty: the default
    location of the warehouse (stock-in), or where the goods lie (stock-out, FEFO). ``shelf_ids`` names one
    shelf instead, whose lowest location is meant. ``sku``, when given, must be the SKU's code.
    """

    sku_id: int
    quantity: int
    price: Decimal = Decimal(0)
    locations: Sequence[tuple[int, int]] = ()
    batch: str = ""
    shelf_ids: Sequence[int] = ()
    sku: str = ""


def check_lines(lines: Sequence[DocumentLine], *, warehouse_id: int) -> dict[int, "SkuRow"]:
    """Refuse lines that break a rule and return the SKUs by id. Raises InvalidLine, InvalidReference."""
    if len(lines) > LINES_MAX:
        raise InvalidLine(_("A document has at most %(max)s lines."), param="goodsInfo", details={"max": LINES_MAX})

    for index, line in enumerate(lines):
        _check_figures(line, f"goodsInfo[{index}]")
    total = sum((quantize(line.price * line.quantity) for line in lines), Decimal(0))
    if total > AMOUNT_MAX:
        raise InvalidLine(_("The total amount is too large."), param="goodsInfo", details={"max": str(AMOUNT_MAX)})

    skus = catalog_selectors.skus_by_id({line.sku_id for line in lines})
    places = warehousing_selectors.locations_by_id({place for line in lines for place, _count in line.locations})
    for index, line in enumerate(lines):
        if line.sku_id not in skus:
            raise InvalidReference(_("The SKU does not exist."), param=f"goodsInfo[{index}].product")
        if line.sku and line.sku.upper() != skus[line.sku_id].code.upper():
            raise InvalidLine(
                _("The SKU code is not that of the product."),
                code="sku_mismatch",
                param=f"goodsInfo[{index}].sku",
                details={"sku": skus[line.sku_id].code},
            )
        for position, (place, _count) in enumerate(line.locations):
            row = places.get(place)
            if row is None or row.warehouse_id != warehouse_id:
                raise InvalidReference(
                    _("The location does not exist in this warehouse."),
                    param=f"goodsInfo[{index}].locations[{position}].location",
                )
    return skus


def _check_figures(line: DocumentLine, param: str) -> None:
    if not 1 <= line.quantity <= QUANTITY_MAX:
        raise InvalidLine(
            _("The quantity must be between 1 and %(max)s."), param=f"{param}.count", details={"max": QUANTITY_MAX}
        )
    if not 0 <= line.price <= AMOUNT_MAX:
        raise InvalidLine(_("The price must not be negative."), param=f"{param}.price")
    if len(line.batch) > CODE_LENGTH_MAX:
        raise InvalidLine(_("The batch code is too long."), param=f"{param}.batch")
    if not line.locations:
        return
    places = [place for place, _count in line.locations]
    if len(set(places)) != len(places):
        raise InvalidLine(_("A location appears twice in one line."), param=f"{param}.locations")
    if any(count < 1 for _place, count in line.locations):
        raise InvalidLine(_("The quantity at a location must be at least 1."), param=f"{param}.locations")
    placed = sum(count for _place, count in line.locations)
    if placed != line.quantity:
        raise InvalidLine(
            _("The quantities at the locations must add up to the quantity of the line."),
            code="location_quantity_mismatch",
            param=f"{param}.locations",
            details={"count": line.quantity, "located": placed},
        )


def place_on_shelves(lines: Sequence[DocumentLine]) -> list[DocumentLine]:
    """Lines that name a shelf get its lowest location; raises InvalidLine, InvalidReference.

    The customer's documents give a line a list of shelves and one quantity, which cannot say how many units lie
    on which (C-14): several shelves need ``locations``.
    """
    shelves = warehousing_selectors.location_ids_of_shelves({pk for line in lines for pk in line.shelf_ids})
    return [_on_shelf(line, shelves, f"goodsInfo[{index}].shelf") for index, line in enumerate(lines)]


def _on_shelf(line: DocumentLine, shelves: dict[int, list[int]], param: str) -> DocumentLine:
    if line.locations or not line.shelf_ids:
        return line
    if len(line.shelf_ids) > 1:
        raise InvalidLine(_("Say how many units go to which location."), code="location_split_required", param=param)
    found = shelves[line.shelf_ids[0]]
    if not found:
        raise InvalidReference(_("The shelf does not exist or has no location."), param=param)
    return replace(line, locations=((found[0], line.quantity),))


def document_totals(lines: Iterable[DocumentLine]) -> tuple[int, Decimal]:
    """Units and amount of all lines; the amount rounds half up per line (C-09)."""
    rows = list(lines)
    quantity = sum(row.quantity for row in rows)
    return quantity, sum((quantize(row.price * row.quantity) for row in rows), Decimal(0))


def write_lines(
    document: StockDocument, lines: Sequence[DocumentLine], skus: dict[int, str], *, actor: Actor, at: datetime
) -> list[GoodsInfo]:
    """Insert the lines of a document that has none; ``skus`` maps SKU id to code."""
    incoming = isinstance(document, StockIn)
    rows = [
        GoodsInfo(
            type=LineType.IN if incoming else LineType.OUT,
            stockin_id=document.pk if incoming else None,
            stockout_id=None if incoming else document.pk,
            line_no=number,
            product_id=line.sku_id,
            sku=skus[line.sku_id],
            count=line.quantity,
            price=quantize(line.price),
            batch=line.batch,
            creater_id=actor.user_id,
            create_time=at,
            modify_time=at,
        )
        for number, line in enumerate(lines, start=1)
    ]
    GoodsInfo.objects.bulk_create(rows, batch_size=1000)
    GoodsInfoLocation.objects.bulk_create(
        [
            GoodsInfoLocation(goods_info=row, location_id=place, quantity=count)
            for row, line in zip(rows, lines, strict=True)
            for place, count in line.locations
        ],
        batch_size=1000,
    )
    return rows
