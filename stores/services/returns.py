"""The stock-in of a customer return: received for inspection, not sellable yet (C-03, C-29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from inventory import services as inventory
from inventory.services import ReturnLine
from stores.choices import DocumentStatus, StockInType
from stores.exceptions import InvalidReference
from stores.models import StockIn, Store
from stores.services.documents import DESCRIPTION_LENGTH_MAX, document_source
from stores.services.system import PlacedLine, insert_document
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.money import quantize
from vmi.core.sources import Source
from vmi.events.catalogue import StockInApproved
from vmi.events.services import record
from warehousing import selectors as warehousing_selectors


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
    groups: dict[tuple[int, int], list[PlacedLine]] = {}
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


def _returned_row(line: ReturnedLine, location_id: int) -> PlacedLine:
    return PlacedLine(
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
    rows: Sequence[PlacedLine],
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
    stockin = insert_document(
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
