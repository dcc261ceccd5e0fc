"""What stock-in and stock-out do alike: open, edit, submit, reject; and the four-eyes rule.

Every step is one transaction and moves the state by compare-and-set, so of two people acting at the
same moment one wins and the other is told the new state (R15).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from stores.choices import DOCUMENT_MACHINE, DocumentStatus, StockOutType
from stores.exceptions import (
    DocumentEmpty,
    DocumentNotFound,
    InvalidReference,
    InvalidValue,
    ReasonRequired,
    SelfApproval,
)
from stores.locks import lock_document
from stores.models import GoodsInfo, StockDocument, StockOut, Store
from stores.models.stock_document import SOURCE_TYPE_MANUAL
from stores.services.destinations import check_destination, require_destination
from stores.services.lines import DocumentLine, check_lines, document_totals, place_on_shelves, write_lines
from stores.services.quota import check_quota
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.exceptions import InvalidTransition
from vmi.core.fields import CODE_LENGTH_MAX
from vmi.core.sources import Source
from vmi.core.text import clean_text
from vmi.events.catalogue import ObjectChanged
from vmi.events.services import record
from vmi.numbering.services import next_number
from vmi.statuses.machine import transition
from warehousing import selectors as warehousing_selectors

Document = TypeVar("Document", bound=StockDocument)

REASON_LENGTH_MAX = 500
DESCRIPTION_LENGTH_MAX = 1000


def document_source(document: StockDocument) -> Source:
    """How the stock core and the event log refer to a document: ``stockin:IN-…``, ``stockout:OUT-…``."""
    return Source(type=str(document._meta.model_name), sn=document.sn)


def note(document: StockDocument, action: str, *, actor: Actor, **changes: Any) -> None:
    """Write a step of the document into the event log; the history panel shows it."""
    record(
        ObjectChanged(
            model=document._meta.label_lower, pk=document.pk, changes={"action": action, "sn": document.sn, **changes}
        ),
        subject=document_source(document).subject,
        actor=actor,
    )


def find_document(model: type[Document], document_id: int) -> Document:
    """The document or DocumentNotFound; the state seen here is checked again by ``transition``."""
    document = model._base_manager.filter(pk=document_id).first()
    if document is None:
        raise DocumentNotFound(param="id")
    return document


def open_document(
    document: Document,
    *,
    lines: Sequence[DocumentLine],
    source_ref: str,
    source: Source | None,
    actor: Actor,
    at: datetime,
) -> Document:
    """Number and insert a new draft with its lines."""
    document.source_type = source.type if source else ""
    document.source_sn = source.sn if source else source_ref
    _check_head(document)
    lines = place_on_shelves(lines)
    skus = check_lines(lines, warehouse_id=document.warehouse_id)

    document.sn = next_number(str(document._meta.model_name), on=at)
    document.quantity, document.amount = document_totals(lines)
    document.creater_id = actor.user_id
    document.create_time = document.modify_time = at
    document.save(force_insert=True)
    write_lines(document, lines, {pk: sku.code for pk, sku in skus.items()}, actor=actor, at=at)

    note(document, "created", actor=actor, quantity=document.quantity, amount=str(document.amount))
    return document


def _check_head(document: StockDocument) -> None:
    document.source_sn = clean_text(document.source_sn, param="sourceSn", limit=CODE_LENGTH_MAX, error=InvalidValue)
    document.description = clean_text(
        document.description, param="description", limit=DESCRIPTION_LENGTH_MAX, error=InvalidValue, lines=True
    )
    if document.source_type in ("", SOURCE_TYPE_MANUAL):
        document.source_type = SOURCE_TYPE_MANUAL if document.source_sn else ""
    if document.store_id is not None and not Store.objects.filter(pk=document.store_id).exists():
        raise InvalidReference(_("The store does not exist."), param="store")
    if not warehousing_selectors.warehouses_by_id([document.warehouse_id]):
        raise InvalidReference(_("The warehouse does not exist."), param="warehouse")
    owner = warehousing_selectors.owners_by_id([document.owner_id]).get(document.owner_id)
    if owner is None or not owner.is_enabled:
        raise InvalidReference(_("The owner does not exist or is disabled."), param="owner")
    if isinstance(document, StockOut):
        check_destination(document)
        check_quota(document)


def edit_document(
    model: type[Document],
    document_id: int,
    *,
    lines: Sequence[DocumentLine] | None,
    fields: dict[str, Any],
    actor: Actor,
) -> Document:
    """Change a draft: the given head fields, and all lines when ``lines`` is not None.

    Raises InvalidTransition when it is no longer a draft.
    """
    document = lock_document(model, document_id)
    refuse_unless_editable(document)
    at = clock.now()
    before = {name: getattr(document, name) for name in fields}
    for name, value in fields.items():
        setattr(document, name, value)
    _check_head(document)

    changed: dict[str, Any] = {
        name: [_plain(before[name]), _plain(value)] for name, value in fields.items() if before[name] != value
    }
    if lines is not None:
        lines = place_on_shelves(lines)
        skus = check_lines(lines, warehouse_id=document.warehouse_id)
        GoodsInfo.objects.filter(**{str(model._meta.model_name): document}).delete()
        write_lines(document, lines, {pk: sku.code for pk, sku in skus.items()}, actor=actor, at=at)
        document.quantity, document.amount = document_totals(lines)
        changed |= {"quantity": document.quantity, "amount": str(document.amount)}
    elif "warehouse_id" in changed:
        raise InvalidValue(_("Give the lines again when the warehouse changes."), param="goodsInfo")
    document.modify_time = at
    document.save()

    note(document, "edited", actor=actor, **changed)
    return document


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | None) else str(value)


def refuse_unless_editable(document: StockDocument) -> None:
    """Raise InvalidTransition for a document that has left the draft state."""
    if not document.is_editable:
        raise InvalidTransition(
            _("Only a draft may be changed."),
            param="status",
            details={"from": document.status_id, "to": document.status_id},
        )


def submit_document(model: type[Document], document_id: int, *, actor: Actor) -> Document:
    """Draft → waiting for review. Raises DocumentEmpty, InvalidTransition; InvalidValue for a transfer to nowhere."""
    document = lock_document(model, document_id)
    if document.is_editable and not GoodsInfo.objects.filter(**{str(model._meta.model_name): document}).exists():
        raise DocumentEmpty(param="goodsInfo")
    if isinstance(document, StockOut) and document.is_editable and document.type == StockOutType.TRANSFER:
        require_destination(document)

    at = clock.now()
    transition(
        document,
        DocumentStatus.PENDING,
        machine=DOCUMENT_MACHINE,
        actor=actor,
        extra={"submitted_by_id": actor.user_id, "submitted_at": at, "modify_time": at},
    )

    note(document, "submitted", actor=actor)
    return document


def claim_approval(document: StockDocument, *, actor: Actor, at: datetime) -> None:
    """Waiting → approved, by compare-and-set: of two approvals at the same moment the second gets 409."""
    refuse_own_document(document, actor)
    transition(
        document,
        DocumentStatus.APPROVED,
        machine=DOCUMENT_MACHINE,
        actor=actor,
        extra={"approved_by_id": actor.user_id, "approved_at": at, "modify_time": at},
    )


def reject_document(model: type[Document], document_id: int, *, reason: str, actor: Actor) -> Document:
    """Waiting → rejected, with a reason. Raises SelfApproval, ReasonRequired, InvalidTransition."""
    document = find_document(model, document_id)
    refuse_own_document(document, actor)
    text = clean_reason(reason)
    at = clock.now()

    transition(
        document,
        DocumentStatus.REJECTED,
        machine=DOCUMENT_MACHINE,
        actor=actor,
        extra={"rejected_by_id": actor.user_id, "rejected_at": at, "reason": text, "modify_time": at},
    )

    note(document, "rejected", actor=actor, reason=text)
    return document


def refuse_own_document(document: StockDocument, actor: Actor) -> None:
    """Four eyes: author and submitter do not review (S002-26, R15). Machines have no second pair of eyes to ask."""
    if not actor.is_machine and actor.user_id in (document.creater_id, document.submitted_by_id):
        raise SelfApproval


def clean_reason(reason: str, *, required: bool = True) -> str:
    """The reason without surrounding space. Raises ReasonRequired or InvalidValue."""
    text = clean_text(reason, param="reason", limit=REASON_LENGTH_MAX, error=InvalidValue, lines=True)
    if required and not text:
        raise ReasonRequired(param="reason")
    return text
