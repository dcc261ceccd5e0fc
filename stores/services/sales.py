"""Documents that orders open: the stock-out of a sale and the stock-in of a customer return.

They are approved by the system, because the order is the approval; stock moved or moves through the
order's own commands, so nothing is allocated here. A replay of history opens thousands: few statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction

from inventory import services as inventory
from inventory.services import Pick, ReturnLine
from stores.choices import DOCUMENT_MACHINE, DocumentStatus, LineType, StockInType, StockOutType
from stores.exceptions import InvalidReference
from stores.models import GoodsInfo, GoodsInfoLocation, StockIn, StockOut, Store
from stores.models.stock_document import StockDocument
from stores.services.documents import DESCRIPTION_LENGTH_MAX, document_source
from vmi.core import clock
from vmi.core.actors import SYSTEM_USER_ID, Actor
from vmi.core.money import quantize
from vmi.core.sources import Source
from vmi.events.catalogue import StockInApproved, StockOutDone
from vmi.events.services import record
from vmi.numbering.services import next_number
from vmi.statuses.machine import transition
from warehousing import selectors as warehousing_selectors

SystemDocument = TypeVar("SystemDocument", StockIn, StockOut)


@dataclass(frozen=True, slots=True)
class _Row:
    line_no: int
    sku_id: int
    sku: str
    location_id: int
    batch: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Units a customer sent back; without a location they go to the warehouse's default one. ``price`` is the cost."""

    line_no: int
    sku_id: int
    sku: str
    warehouse_id: int
    owner_id: int
    quantity: int
    price: Decimal = Decimal(0)
    location_id: int | None = None
    batch: str = ""


@transaction.atomic(savepoint=False)
def open_sales_stockout(*, source: Source, store_id: int, picks: Sequence[Pick], actor: Actor) -> list[StockOut]:
    """The stock-out documents of an order the warehouse was told about: one per warehouse and owner, mostly one.

    Idempotent by ``source``. They are in progress until ``close_stockouts`` hears that everything left.
    """
    existing = list(StockOut.objects.filter(source_type=source.type, source_sn=source.sn))
    if existing:
        return existing

    at = clock.now()
    groups: dict[tuple[int, int], list[_Row]] = {}
    for pick in picks:
        groups.setdefault((pick.warehouse_id, pick.owner_id), []).append(
            _Row(
                line_no=pick.line_no,
                sku_id=pick.sku_id,
                sku=pick.sku,
                location_id=pick.location_id,
                batch=pick.batch,
                quantity=pick.quantity,
                price=quantize(pick.unit_cost or Decimal(0)),
            )
        )
    return [
        _insert(
            StockOut(
                type=StockOutType.SALE,
                status_id=DocumentStatus.IN_PROGRESS,
                warehouse_id=warehouse_id,
                owner_id=owner_id,
                store_id=store_id,
            ),
            rows,
            source=source,
            actor=actor,
            at=at,
        )
        for (warehouse_id, owner_id), rows in groups.items()
    ]


def _insert(
    document: SystemDocument, rows: Sequence[_Row], *, source: Source, actor: Actor, at: datetime
) -> SystemDocument:
    document.sn = next_number(str(document._meta.model_name), on=at)
    document.quantity = sum(row.quantity for row in rows)
    document.amount = sum((quantize(row.price * row.quantity) for row in rows), Decimal(0))
    document.source_type, document.source_sn = source.type, source.sn
    document.creater_id = actor.user_id
    document.create_time = document.modify_time = document.submitted_at = document.approved_at = at
    document.submitted_by_id = document.approved_by_id = SYSTEM_USER_ID
    document.save(force_insert=True)
    _insert_lines(document, rows, actor=actor, at=at)
    return document


def _insert_lines(document: StockDocument, rows: Sequence[_Row], *, actor: Actor, at: datetime) -> None:
    """One line per order line, batch and cost; several places of it are its child rows."""
    incoming = isinstance(document, StockIn)
    grouped: dict[tuple[int, str, Decimal], list[_Row]] = {}
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
    GoodsInfo.objects.bulk_create(lines)
    GoodsInfoLocation.objects.bulk_create(
        GoodsInfoLocation(goods_info=line, location_id=part.location_id, quantity=part.quantity)
        for line, parts in zip(lines, grouped.values(), strict=True)
        for part in parts
    )


@transaction.atomic(savepoint=False)
def close_stockouts(*, source: Source, actor: Actor) -> int:
    """Everything of ``source`` has left: its stock-outs are done. Returns how many closed; repeating closes none."""
    own = {"sn": source.sn} if source.type == "stockout" else {"source_type": source.type, "source_sn": source.sn}
    return sum(_close(stockout, actor=actor) for stockout in _in_progress(own))


def _in_progress(own: dict[str, Any]) -> list[StockOut]:
    return list(StockOut.objects.filter(**own, status_id=DocumentStatus.IN_PROGRESS).order_by("pk"))


def _close(stockout: StockOut, *, actor: Actor) -> int:
    at = clock.now()
    transition(
        stockout,
        DocumentStatus.DONE,
        machine=DOCUMENT_MACHINE,
        actor=actor,
        extra={"done_at": at, "modify_time": at},
    )
    record(StockOutDone(sn=stockout.sn), subject=document_source(stockout).subject, actor=actor)
    return 1


@transaction.atomic(savepoint=False)
def cancel_sales_stockouts(*, source: Source, reason: str = "", actor: Actor) -> int:
    """The order was cancelled before it left: its stock-outs are cancelled. Returns how many."""
    open_ones = _in_progress({"source_type": source.type, "source_sn": source.sn})
    for stockout in open_ones:
        transition(
            stockout,
            DocumentStatus.CANCELLED,
            machine=DOCUMENT_MACHINE,
            actor=actor,
            extra={"reason": reason[:500], "modify_time": clock.now()},
        )
    return len(open_ones)


@transaction.atomic(savepoint=False)
def add_return_stockin(
    *, source: Source, store_id: int, lines: Sequence[ReturnedLine], description: str = "", actor: Actor
) -> list[StockIn]:
    """A customer's goods came back: documents of type customer return, and the stock core receives for inspection.

    One document per warehouse and owner. Calls ``inventory.receive_return`` with the same ``source``; the
    caller follows with ``inventory.inspect_return`` on it. Idempotent by ``source``.
    """
    existing = list(StockIn.objects.filter(source_type=source.type, source_sn=source.sn))
    if existing:
        return existing
    if not Store.objects.filter(pk=store_id).exists():
        raise InvalidReference(param="store")

    at = clock.now()
    groups: dict[tuple[int, int], list[_Row]] = {}
    for line, place in zip(lines, _return_places(lines), strict=True):
        groups.setdefault((line.warehouse_id, line.owner_id), []).append(_returned_row(line, place))
    return [
        _receive_group(warehouse_id, owner_id, rows, store_id, description, source=source, actor=actor, at=at)
        for (warehouse_id, owner_id), rows in sorted(groups.items())
    ]


def _return_places(lines: Sequence[ReturnedLine]) -> list[int]:
    defaults = {
        warehouse_id: warehousing_selectors.default_location(warehouse_id).id
        for warehouse_id in {line.warehouse_id for line in lines if line.location_id is None}
    }
    return [line.location_id or defaults[line.warehouse_id] for line in lines]


def _returned_row(line: ReturnedLine, location_id: int) -> _Row:
    return _Row(
        line_no=line.line_no,
        sku_id=line.sku_id,
        sku=line.sku,
        location_id=location_id,
        batch=line.batch,
        quantity=line.quantity,
        price=quantize(line.price),
    )


def _receive_group(
    warehouse_id: int,
    owner_id: int,
    rows: Sequence[_Row],
    store_id: int,
    description: str,
    *,
    source: Source,
    actor: Actor,
    at: datetime,
) -> StockIn:
    inventory.receive_return(
        warehouse_id=warehouse_id,
        owner_id=owner_id,
        lines=[
            ReturnLine(
                line_no=row.line_no,
                sku_id=row.sku_id,
                location_id=row.location_id,
                batch=row.batch,
                quantity=row.quantity,
            )
            for row in rows
        ],
        source=source,
        reference=f"{warehouse_id}/{owner_id}",
        actor=actor,
    )
    stockin = _insert(
        StockIn(
            type=StockInType.CUSTOMER_RETURN,
            status_id=DocumentStatus.DONE,
            warehouse_id=warehouse_id,
            owner_id=owner_id,
            store_id=store_id,
            description=description[:DESCRIPTION_LENGTH_MAX],
            done_at=at,
        ),
        rows,
        source=source,
        actor=actor,
        at=at,
    )
    record(
        StockInApproved(sn=stockin.sn, warehouse_code=stockin.warehouse.code),
        subject=document_source(stockin).subject,
        actor=actor,
    )
    return stockin
