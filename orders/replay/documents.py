"""Stock documents of a replay: written by one person, approved by another, found again by their source."""

from collections.abc import Mapping
from typing import Final

from orders.replay.batches import batches
from orders.replay.stage import Stage
from stores.choices import StockInType, StockOutType
from stores.selectors import stockin_sns_of_type
from stores.services import (
    DocumentLine,
    approve_stockin,
    approve_stockout,
    confirm_stockout,
    create_stockin,
    create_stockout,
    submit_stockin,
    submit_stockout,
)
from vmi.core.sources import Source

SOURCE_TYPE: Final = "replay"
"""How documents of a replay name their origin; the source number is the invoice's."""

OPENING_LINES_MAX: Final = 1_000
"""Lines of one opening document; a larger stock is split, so that a person can still read one."""


def bring_in_opening(stage: Stage, units: Mapping[str, int], *, name: str, description: str) -> int:
    """The units a file needs, by article, as approved stock-ins ``<name>-001`` …; returns the units brought in now.

    The first document tells whether it was done before, because all of them are committed together.
    """
    if f"{name}-001" in stockin_sns_of_type(SOURCE_TYPE):
        return 0
    for number, chunk in enumerate(batches(units.items(), OPENING_LINES_MAX), start=1):
        bring_in(stage, dict(chunk), sn=f"{name}-{number:03d}", kind=StockInType.OPENING, description=description)
    return sum(units.values())


def bring_in(stage: Stage, units: Mapping[str, int], *, sn: str, kind: StockInType, description: str) -> None:
    """An approved stock-in of ``units`` by article. The file names no cost, so it is 0."""
    stockin = create_stockin(
        warehouse_id=stage.warehouse_id,
        owner_id=stage.owner_id,
        store_id=stage.store_id,
        type=kind,
        lines=[_placed(stage, code, quantity) for code, quantity in units.items()],
        description=description,
        source=Source(SOURCE_TYPE, sn),
        actor=stage.clerk,
    )
    submit_stockin(stockin_id=stockin.pk, actor=stage.clerk)
    approve_stockin(stockin_id=stockin.pk, actor=stage.manager)


def take_out(stage: Stage, units: Mapping[str, int], *, sn: str, description: str) -> None:
    """A scrap document of ``units`` by article, approved and carried out. Raises InsufficientStock."""
    stockout = create_stockout(
        warehouse_id=stage.warehouse_id,
        owner_id=stage.owner_id,
        store_id=stage.store_id,
        type=StockOutType.SCRAP,
        lines=[DocumentLine(stage.sku_ids[code], quantity) for code, quantity in units.items()],
        description=description,
        source=Source(SOURCE_TYPE, sn),
        actor=stage.clerk,
    )
    submit_stockout(stockout_id=stockout.pk, actor=stage.clerk)
    approve_stockout(stockout_id=stockout.pk, actor=stage.manager)
    confirm_stockout(stockout_id=stockout.pk, actor=stage.manager)


def _placed(stage: Stage, code: str, quantity: int) -> DocumentLine:
    place = (stage.location_ids[code], quantity)
    return DocumentLine(stage.sku_ids[code], quantity, locations=(place,))
