"""Stock-in: goods enter the books when somebody else than the author approves the document (C-17)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from inventory import services as inventory
from inventory.services import ReceiveLine
from stores.choices import DOCUMENT_MACHINE, SYSTEM_STOCKIN_TYPES, DocumentStatus, StockInType
from stores.exceptions import InvalidValue, TypeReserved
from stores.models import GoodsInfo, GoodsInfoLocation, StockIn
from stores.services import documents
from stores.services.documents import Document
from stores.services.expected import receive_expected
from stores.services.lines import DocumentLine
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.exceptions import NotAllowed
from vmi.core.sources import Source
from vmi.events.catalogue import StockInApproved
from vmi.events.services import record
from vmi.statuses.machine import transition
from warehousing import selectors as warehousing_selectors


@transaction.atomic
def create_stockin(
    *,
    warehouse_id: int,
    owner_id: int,
    store_id: int | None = None,
    type: StockInType | str = StockInType.PURCHASE,  # noqa: A002 - the wire's name
    lines: Sequence[DocumentLine] = (),
    description: str = "",
    source_ref: str = "",
    source: Source | None = None,
    actor: Actor,
) -> StockIn:
    """A new draft. With a ``source`` the command is idempotent: the document of that source is returned.

    Raises InvalidLine, InvalidReference, TypeReserved. Prices are costs per unit (C-63).
    """
    kind = known_type(type)
    if kind in SYSTEM_STOCKIN_TYPES:
        raise TypeReserved(param="type")
    if source is not None and (existing := document_of_source(StockIn, source, warehouse_id, owner_id)):
        return existing

    return documents.open_document(
        StockIn(warehouse_id=warehouse_id, owner_id=owner_id, store_id=store_id, type=kind, description=description),
        lines=lines,
        source_ref=source_ref,
        source=source,
        actor=actor,
        at=clock.now(),
    )


def known_type(value: StockInType | str) -> StockInType:
    """The type by value. Raises InvalidValue."""
    if value not in StockInType.values:
        raise InvalidValue(param="type", details={"allowed": list(StockInType.values)})
    return StockInType(value)


def document_of_source(model: type[Document], source: Source, warehouse_id: int, owner_id: int) -> Document | None:
    """The document a machine source has opened for this warehouse and owner already."""
    return model._base_manager.filter(
        source_type=source.type, source_sn=source.sn, warehouse_id=warehouse_id, owner_id=owner_id
    ).first()


@transaction.atomic
def update_stockin(
    *, stockin_id: int, lines: Sequence[DocumentLine] | None = None, actor: Actor, **fields: Any
) -> StockIn:
    """Change a draft: all lines when given; ``warehouse_id owner_id store_id type description source_sn``."""
    if "type" in fields:
        fields["type"] = known_type(fields["type"])
        if fields["type"] in SYSTEM_STOCKIN_TYPES:
            raise TypeReserved(param="type")
    return documents.edit_document(StockIn, stockin_id, lines=lines, fields=fields, actor=actor)


@transaction.atomic
def submit_stockin(*, stockin_id: int, actor: Actor) -> StockIn:
    """Draft → waiting for review. Raises DocumentEmpty, InvalidTransition."""
    return documents.submit_document(StockIn, stockin_id, actor=actor)


@transaction.atomic
def approve_stockin(*, stockin_id: int, actor: Actor) -> StockIn:
    """Approve and receive in one transaction: physical, logical, pool and channel rows rise together (S000-30).

    Goods of a transfer or purchase named by the source number arrive on its supply lines, the others as they are.
    Raises SelfApproval for its author, InvalidTransition for whoever comes second (R15), SupplyExceeded.
    """
    stockin = documents.find_document(StockIn, stockin_id)
    at = clock.now()
    documents.claim_approval(stockin, actor=actor, at=at)

    if others := receive_expected(stockin, _receive_lines(stockin, actor=actor), actor=actor):
        inventory.receive(
            warehouse_id=stockin.warehouse_id,
            owner_id=stockin.owner_id,
            lines=others,
            source=documents.document_source(stockin),
            actor=actor,
        )
    _finish(stockin, actor=actor, at=at)
    return stockin


def _finish(stockin: StockIn, *, actor: Actor, at: datetime) -> None:
    transition(
        stockin,
        DocumentStatus.DONE,
        machine=DOCUMENT_MACHINE,
        actor=actor,
        extra={"done_at": at, "modify_time": at},
    )
    record(
        StockInApproved(sn=stockin.sn, warehouse_code=stockin.warehouse.code),
        subject=documents.document_source(stockin).subject,
        actor=actor,
    )


def _receive_lines(stockin: StockIn, *, actor: Actor) -> list[ReceiveLine]:
    """One line of the stock core per place; a line without a place goes to the warehouse's default location."""
    rows = list(stockin.lines.order_by("line_no").prefetch_related("places"))
    _place_the_rest(stockin, [row for row in rows if not row.places.all()])
    located = GoodsInfoLocation.objects.filter(goods_info__stockin=stockin).select_related("goods_info")
    return [
        ReceiveLine(
            line_no=number,
            sku_id=place.goods_info.product_id,
            location_id=place.location_id,
            batch=place.goods_info.batch,
            quantity=place.quantity,
            unit_cost=place.goods_info.price,
        )
        for number, place in enumerate(located.order_by("goods_info__line_no", "id"), start=1)
    ]


def _place_the_rest(stockin: StockIn, rows: Sequence[GoodsInfo]) -> None:
    if not rows:
        return
    location = warehousing_selectors.default_location(stockin.warehouse_id)
    GoodsInfoLocation.objects.bulk_create(
        [GoodsInfoLocation(goods_info=row, location_id=location.id, quantity=row.count) for row in rows],
        batch_size=1000,
    )


@transaction.atomic
def reject_stockin(*, stockin_id: int, reason: str, actor: Actor) -> StockIn:
    """Waiting → rejected, with a reason. Raises SelfApproval, ReasonRequired, InvalidTransition."""
    return documents.reject_document(StockIn, stockin_id, reason=reason, actor=actor)


@transaction.atomic
def cancel_stockin(*, stockin_id: int, reason: str = "", actor: Actor) -> StockIn:
    """Draft or waiting → cancelled; what was received is corrected by a new document, never by cancelling."""
    stockin = documents.find_document(StockIn, stockin_id)
    text = documents.clean_reason(reason, required=False)

    transition(
        stockin,
        DocumentStatus.CANCELLED,
        machine=DOCUMENT_MACHINE,
        actor=actor,
        extra={"reason": text, "modify_time": clock.now()},
    )

    documents.note(stockin, "cancelled", actor=actor, reason=text)
    return stockin


@transaction.atomic
def post_stockin(
    *,
    warehouse_id: int,
    owner_id: int,
    store_id: int | None = None,
    type: StockInType | str,  # noqa: A002 - the wire's name
    lines: Sequence[DocumentLine],
    description: str = "",
    source: Source,
    actor: Actor,
) -> StockIn:
    """Create, submit and approve at once; for machines only (opening stock and replays of history).

    Idempotent by ``source``. Raises NotAllowed for a person: people have four eyes.
    """
    if not actor.is_machine:
        raise NotAllowed
    stockin = create_stockin(
        warehouse_id=warehouse_id,
        owner_id=owner_id,
        store_id=store_id,
        type=type,
        lines=lines,
        description=description,
        source=source,
        actor=actor,
    )
    if stockin.is_editable:
        submit_stockin(stockin_id=stockin.pk, actor=actor)
        stockin = approve_stockin(stockin_id=stockin.pk, actor=actor)
    return stockin
