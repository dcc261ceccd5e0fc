"""Calling an approved stock-out off: a warehouse system that was told is asked first, and its answer decides."""

from django.db import transaction

from inventory import services as inventory
from inventory.selectors.noticed import noticed_lines, require_booked
from stores.choices import DOCUMENT_MACHINE, DocumentStatus
from stores.locks import lock_document
from stores.models import StockOut
from stores.services import documents
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.rows import update
from vmi.events.catalogue import StockOutDone
from vmi.events.services import record
from vmi.statuses.machine import transition
from warehousing import services as warehousing
from warehousing.choices import CancelState
from warehousing.exceptions import NoticeAlreadySent
from warehousing.selectors import notices_of_source


def call_off(stockout: StockOut, *, reason: str, actor: Actor) -> StockOut:
    """Give the goods of an approved stock-out back, at once where no system was told.

    Otherwise its warehouse is asked to hold them back, and the document stays in progress until it answers; asking
    again changes nothing. Raises NoticeAlreadyShipped when goods have left, ShipmentUnread when some have and are not
    booked yet, InvalidTransition for whoever comes second.
    """
    source = documents.document_source(stockout)
    try:
        with transaction.atomic():
            warehousing.cancel_ship_notice(source=source, actor=actor)
    except NoticeAlreadySent:
        return _ask(stockout, reason=reason, actor=actor)
    require_booked(source)
    _close(stockout, DocumentStatus.CANCELLED, reason=reason, actor=actor)
    inventory.cancel_internal(source=source, notice_withdrawn=True, actor=actor)
    documents.note(stockout, "cancelled", actor=actor, reason=reason)
    return stockout


def _ask(stockout: StockOut, *, reason: str, actor: Actor) -> StockOut:
    """Ask the warehouse to hold the goods back, once, and keep the reason for when it answers."""
    source = documents.document_source(stockout)
    is_asked = any(notice.cancel_state != CancelState.NONE for notice in notices_of_source(source))
    warehousing.request_notice_cancel(source=source, actor=actor)
    if not is_asked:
        update(StockOut, {"pk": stockout.pk}, {"reason": reason, "modify_time": clock.now()})
        stockout.reason = reason
        documents.note(stockout, "cancel_requested", actor=actor, reason=reason)
    return stockout


@transaction.atomic
def settle_called_off(*, stockout_sn: str, actor: Actor) -> None:
    """The warehouse held back what had not left: that goes back where it came from. Told twice it changes nothing.

    The document is cancelled, or done when a part of it had left. Raises ShipmentUnread while that is not booked.
    """
    found = StockOut.objects.filter(sn=stockout_sn).values_list("pk", flat=True).first()
    if found is None:
        return
    stockout = lock_document(StockOut, found)
    if stockout.status_id != DocumentStatus.IN_PROGRESS:
        return
    source = documents.document_source(stockout)
    require_booked(source)
    inventory.cancel_internal(source=source, notice_withdrawn=True, held_back=True, actor=actor)
    has_left = any(line.shipped for line in noticed_lines(source).values())
    to = DocumentStatus.DONE if has_left else DocumentStatus.CANCELLED
    _close(stockout, to, reason=stockout.reason, actor=actor)
    documents.note(stockout, "cancelled", actor=actor, reason=stockout.reason)
    if has_left:
        record(StockOutDone(sn=stockout.sn), subject=source.subject, actor=actor)


def _close(stockout: StockOut, to: DocumentStatus, *, reason: str, actor: Actor) -> None:
    now = clock.now()
    extra = {"reason": reason, "modify_time": now} | ({"done_at": now} if to == DocumentStatus.DONE else {})
    transition(stockout, to, machine=DOCUMENT_MACHINE, actor=actor, extra=extra)
