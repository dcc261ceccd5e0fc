"""Stock-out for reasons of our own: back to the supplier, to another warehouse, internal use, scrap.

Approval takes the goods out of the sellable layers, holds them on locations and asks the warehouse to
ship; the document is done when the warehouse has confirmed, by its system or by a person.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory import services as inventory
from inventory.services import AllocateLine, Pick
from stores.choices import DOCUMENT_MACHINE, SYSTEM_STOCKOUT_TYPES, DocumentStatus, StockOutType
from stores.exceptions import InvalidLine, InvalidValue, TypeReserved
from stores.models import GoodsInfoLocation, StockOut
from stores.services import documents
from stores.services.call_off import call_off
from stores.services.lines import DocumentLine
from stores.services.quota import quota_of
from stores.services.stockin import document_of_source
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.sources import Source
from vmi.events.services import deliver_inline
from vmi.statuses.machine import refusal, transition
from warehousing import selectors as warehousing_selectors
from warehousing import services as warehousing
from warehousing.services import NoticeLine


@transaction.atomic
def create_stockout(
    *,
    warehouse_id: int,
    owner_id: int,
    store_id: int | None = None,
    type: StockOutType | str = StockOutType.INTERNAL_USE,  # noqa: A002 - the wire's name
    lines: Sequence[DocumentLine] = (),
    description: str = "",
    source_ref: str = "",
    source: Source | None = None,
    destination_id: int | None = None,
    due_on: date | None = None,
    opens_presale: bool = False,
    quota_purpose: int | None = None,
    quota_channel_id: int | None = None,
    actor: Actor,
) -> StockOut:
    """A new draft. With a ``source`` the command is idempotent: the document of that source is returned.

    A transfer with a ``destination_id`` is expected there from the moment it leaves, on ``due_on``, and may be sold
    before it arrives. With ``quota_channel_id`` the goods come from that channel's own quota, with ``quota_purpose``
    alone from what the channels share for it. Raises InvalidLine, InvalidReference, InvalidValue, TypeReserved.
    """
    kind = known_type(type)
    if kind in SYSTEM_STOCKOUT_TYPES:
        raise TypeReserved(param="type")
    _refuse_places(lines)
    if source is not None and (existing := document_of_source(StockOut, source, warehouse_id, owner_id)):
        return existing

    return documents.open_document(
        StockOut(
            warehouse_id=warehouse_id,
            owner_id=owner_id,
            store_id=store_id,
            type=kind,
            description=description,
            destination_id=destination_id,
            due_on=due_on,
            opens_presale=opens_presale,
            quota_purpose=quota_purpose,
            quota_channel_id=quota_channel_id,
        ),
        lines=lines,
        source_ref=source_ref,
        source=source,
        actor=actor,
        at=clock.now(),
    )


def known_type(value: StockOutType | str) -> StockOutType:
    """The type by value. Raises InvalidValue."""
    if value not in StockOutType.values:
        raise InvalidValue(param="type", details={"allowed": list(StockOutType.values)})
    return StockOutType(value)


def _refuse_places(lines: Sequence[DocumentLine]) -> None:
    """Batch and location of outgoing goods are chosen by the stock core (FEFO), never asked for."""
    for index, line in enumerate(lines):
        for name, given in (("locations", line.locations), ("shelf", line.shelf_ids), ("batch", line.batch)):
            if given:
                raise InvalidLine(
                    _("Batch and location of outgoing goods are chosen when the document is approved."),
                    param=f"goodsInfo[{index}].{name}",
                )


@transaction.atomic
def update_stockout(
    *, stockout_id: int, lines: Sequence[DocumentLine] | None = None, actor: Actor, **fields: Any
) -> StockOut:
    """Change a draft: all lines when given; ``warehouse_id owner_id store_id type description source_sn``.

    Also ``destination_id due_on opens_presale`` of a transfer, ``quota_purpose quota_channel_id``.
    """
    if "type" in fields:
        fields["type"] = known_type(fields["type"])
        if fields["type"] in SYSTEM_STOCKOUT_TYPES:
            raise TypeReserved(param="type")
    _refuse_places(lines or ())
    return documents.edit_document(StockOut, stockout_id, lines=lines, fields=fields, actor=actor)


@transaction.atomic
def submit_stockout(*, stockout_id: int, actor: Actor) -> StockOut:
    """Draft → waiting for review. Raises DocumentEmpty, InvalidTransition, InvalidValue for a transfer to nowhere."""
    return documents.submit_document(StockOut, stockout_id, actor=actor)


@transaction.atomic
def approve_stockout(*, stockout_id: int, actor: Actor) -> StockOut:
    """Approve: allocate, hold locations and open the ship notice, all or nothing.

    Raises SelfApproval, InvalidTransition for whoever comes second (R15), and InsufficientStock line by line.
    """
    stockout = documents.find_document(StockOut, stockout_id)
    at = clock.now()
    documents.claim_approval(stockout, actor=actor, at=at)

    source = documents.document_source(stockout)
    rows = list(stockout.lines.order_by("line_no"))
    inventory.allocate(
        warehouse_id=stockout.warehouse_id,
        owner_id=stockout.owner_id,
        lines=[AllocateLine(line_no=row.line_no, sku_id=row.product_id, quantity=row.count) for row in rows],
        quota=quota_of(stockout),
        source=source,
        actor=actor,
    )
    picks = inventory.issue_ship_notice(source=source, actor=actor)
    _write_places({row.line_no: row.pk for row in rows}, picks)
    warehousing.open_ship_notice(
        warehouse_id=stockout.warehouse_id,
        source=source,
        lines=[notice_line(pick) for pick in picks],
        consignee={},
        actor=actor,
    )
    transition(
        stockout,
        DocumentStatus.IN_PROGRESS,
        machine=DOCUMENT_MACHINE,
        actor=actor,
        extra={"modify_time": at},
    )

    documents.note(stockout, "approved", actor=actor)
    return stockout


def notice_line(pick: Pick) -> NoticeLine:
    """What the warehouse is told about one pick."""
    return NoticeLine(
        line_no=pick.line_no,
        sku=pick.sku,
        owner=pick.owner,
        location=pick.location,
        batch=pick.batch,
        quantity=pick.quantity,
    )


def _write_places(line_ids: dict[int, int], picks: Sequence[Pick]) -> None:
    """Where the goods of each line were taken from; two batches at one location are one place."""
    placed: dict[tuple[int, int], int] = {}
    for pick in picks:
        key = (line_ids[pick.line_no], pick.location_id)
        placed[key] = placed.get(key, 0) + pick.quantity
    GoodsInfoLocation.objects.bulk_create(
        [
            GoodsInfoLocation(goods_info_id=line, location_id=place, quantity=count)
            for (line, place), count in placed.items()
        ],
        batch_size=1000,
    )


@transaction.atomic
def reject_stockout(*, stockout_id: int, reason: str, actor: Actor) -> StockOut:
    """Waiting → rejected, with a reason. Raises SelfApproval, ReasonRequired, InvalidTransition."""
    return documents.reject_document(StockOut, stockout_id, reason=reason, actor=actor)


@transaction.atomic
def cancel_stockout(*, stockout_id: int, reason: str = "", actor: Actor) -> StockOut:
    """Cancel before anything left: an approved document gives its goods and its ship notice back.

    A warehouse system that may be picking already is asked first: the document stays in progress until it answers
    (see ``call_off``). A sale is cancelled with its order, not here. Raises InvalidTransition, NoticeAlreadyShipped.
    """
    stockout = documents.find_document(StockOut, stockout_id)
    refuse_sale(stockout)
    text = documents.clean_reason(reason, required=False)
    if stockout.status_id == DocumentStatus.IN_PROGRESS:
        return call_off(stockout, reason=text, actor=actor)

    transition(
        stockout,
        DocumentStatus.CANCELLED,
        machine=DOCUMENT_MACHINE,
        actor=actor,
        extra={"reason": text, "modify_time": clock.now()},
    )

    documents.note(stockout, "cancelled", actor=actor, reason=text)
    return stockout


@transaction.atomic
def confirm_stockout(*, stockout_id: int, company: str = "", tracking_no: str = "", actor: Actor) -> StockOut:
    """A person confirms that the goods left, for warehouses without a system of their own.

    The confirmation takes the same road as a message of a warehouse system, inside this transaction:
    the stock core posts the outbound and its event closes the document. Raises InvalidTransition.
    """
    stockout = documents.find_document(StockOut, stockout_id)
    refuse_sale(stockout)
    if stockout.status_id != DocumentStatus.IN_PROGRESS:
        raise refusal(stockout, int(stockout.status_id or 0), int(DocumentStatus.DONE), DOCUMENT_MACHINE)

    with deliver_inline():
        for notice_id in warehousing_selectors.notice_ids_of_source(documents.document_source(stockout)):
            warehousing.confirm_manually(notice_id=notice_id, company=company, tracking_no=tracking_no, actor=actor)

    stockout.refresh_from_db()
    return stockout


def refuse_sale(stockout: StockOut) -> None:
    """A sale's document follows its order; raise TypeReserved when a person acts on it alone."""
    if stockout.type in SYSTEM_STOCKOUT_TYPES:
        raise TypeReserved(_("The stock-out of a sale follows its order."), param="type")
