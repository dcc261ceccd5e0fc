"""The stock-out of a sale: opened when the warehouse is told, closed when everything left."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction

from inventory.services import Pick
from stores.choices import DOCUMENT_MACHINE, DocumentStatus, StockOutType
from stores.models import StockOut
from stores.services.documents import REASON_LENGTH_MAX, document_source
from stores.services.system import PlacedLine, insert_document
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.money import quantize
from vmi.core.rows import load
from vmi.core.sources import Source
from vmi.events.catalogue import StockOutDone
from vmi.events.services import record
from vmi.statuses.machine import transition

OF_MACHINES: Final = "source_type NOT IN ('', 'manual')"
"""The condition of the unique index over sources, so that prepared plans use it."""


@transaction.atomic(savepoint=False)
def open_sales_stockout(*, source: Source, store_id: int, picks: Sequence[Pick], actor: Actor) -> list[StockOut]:
    """The stock-out documents of an order the warehouse was told about: one per warehouse and owner, mostly one.

    Idempotent by ``source``. They are in progress until ``close_stockouts`` hears that everything left.
    """
    existing = _opened_by(source)
    if existing:
        return existing

    at = clock.now()
    groups: dict[tuple[int, int], list[PlacedLine]] = {}
    for pick in picks:
        groups.setdefault((pick.warehouse_id, pick.owner_id), []).append(
            PlacedLine(
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
        insert_document(
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


@transaction.atomic(savepoint=False)
def close_stockouts(*, source: Source, actor: Actor) -> int:
    """Everything of ``source`` has left: its stock-outs are done. Returns how many closed; repeating closes none."""
    found = load(StockOut, sn=source.sn) if source.type == "stockout" else _opened_by(source)
    return sum(_close(stockout, actor=actor) for stockout in _in_progress(found))


def _opened_by(source: Source) -> list[StockOut]:
    return load(StockOut, also=OF_MACHINES, source_type=source.type, source_sn=source.sn)


def _in_progress(found: Sequence[StockOut]) -> list[StockOut]:
    return [stockout for stockout in found if stockout.status_id == DocumentStatus.IN_PROGRESS]


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
def cancel_sales_stockouts(*, source: Source, warehouse_id: int | None = None, reason: str = "", actor: Actor) -> int:
    """The order was cancelled before it left: its stock-outs (of one warehouse, if named) are cancelled; how many."""
    open_ones = [
        stockout
        for stockout in _in_progress(_opened_by(source))
        if warehouse_id is None or stockout.warehouse_id == warehouse_id
    ]
    for stockout in open_ones:
        transition(
            stockout,
            DocumentStatus.CANCELLED,
            machine=DOCUMENT_MACHINE,
            actor=actor,
            extra={"reason": reason[:REASON_LENGTH_MAX], "modify_time": clock.now()},
        )
    return len(open_ones)
