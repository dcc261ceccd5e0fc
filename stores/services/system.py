"""Documents the system opens and approves itself, because the order behind them is the approval.

Their stock moved or moves through the order's own commands. A replay of history opens thousands: few statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from stores.choices import LineType
from stores.models import GoodsInfo, GoodsInfoLocation, StockDocument, StockIn, StockOut
from vmi.core.actors import SYSTEM_USER_ID, Actor
from vmi.core.money import quantize
from vmi.core.rows import insert
from vmi.core.sources import Source
from vmi.numbering.services import next_number

SystemDocument = TypeVar("SystemDocument", StockIn, StockOut)


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """Units of an order line at one location and batch; ``price`` is the cost of one."""

    line_no: int
    sku_id: int
    sku: str
    location_id: int
    batch: str
    quantity: int
    price: Decimal


def insert_document(
    document: SystemDocument, rows: Sequence[PlacedLine], *, source: Source, actor: Actor, at: datetime
) -> SystemDocument:
    """Number and insert an approved document with its lines."""
    document.sn = next_number(str(document._meta.model_name), on=at)
    document.quantity = sum(row.quantity for row in rows)
    document.amount = sum((quantize(row.price * row.quantity) for row in rows), Decimal(0))
    document.source_type, document.source_sn = source.type, source.sn
    document.creater_id = actor.user_id
    document.create_time = document.modify_time = document.submitted_at = document.approved_at = at
    document.submitted_by_id = document.approved_by_id = SYSTEM_USER_ID
    insert([document])
    _insert_lines(document, rows, actor=actor, at=at)
    return document


def _insert_lines(document: StockDocument, rows: Sequence[PlacedLine], *, actor: Actor, at: datetime) -> None:
    """One line per order line, batch and cost; several places of it are its child rows."""
    incoming = isinstance(document, StockIn)
    grouped: dict[tuple[int, str, Decimal], list[PlacedLine]] = {}
    for row in rows:
        grouped.setdefault((row.line_no, row.batch, row.price), []).append(row)
    lines = [
        GoodsInfo(
            type=LineType.IN if incoming else LineType.OUT,
            stockin_id=document.pk if incoming else None,
            stockout_id=None if incoming else document.pk,
            line_no=number,
            product_id=parts[0].sku_id,
            sku=parts[0].sku,
            count=sum(part.quantity for part in parts),
            price=price,
            batch=batch,
            creater_id=actor.user_id,
            create_time=at,
            modify_time=at,
        )
        for number, ((_line_no, batch, price), parts) in enumerate(grouped.items(), start=1)
    ]
    insert(lines)
    insert(
        [
            GoodsInfoLocation(goods_info=line, location_id=part.location_id, quantity=part.quantity)
            for line, parts in zip(lines, grouped.values(), strict=True)
            for part in parts
        ]
    )
