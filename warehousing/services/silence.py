"""Answering for a warehouse system that stays silent: it was asked to hold goods back and never said whether it did."""

from datetime import timedelta

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.text import clean_text
from vmi.events.catalogue import ObjectChanged
from vmi.events.services import record
from warehousing.choices import CancelState
from warehousing.exceptions import AnswerAwaited, CancelNotRequested, InvalidText, ShipNoticeNotFound
from warehousing.locks import lock_notice_by_id
from warehousing.models import ShipNotice
from warehousing.services.cancel_notice import hold_back
from warehousing.services.confirm import Parcel, ship_by_hand

PATIENCE = timedelta(minutes=30)
"""How long a warehouse system is given to answer before a person may answer for it."""

REASON_LENGTH_MAX = 200


@command
def settle_held_back(*, notice_id: int, reason: str, actor: Actor) -> ShipNotice:
    """A person found out that the goods are still there; ``reason`` says how (who was asked).

    For warehouses with a system; saying so again changes nothing, and what the system says later is quarantined if
    it contradicts. Raises ShipNoticeNotFound, CancelNotRequested, AnswerAwaited before the system had its time,
    InvalidText without a reason.
    """
    text = _clean(reason)
    notice = _asked(notice_id)
    if notice.cancel_state == CancelState.CONFIRMED:
        return notice
    _require_silence(notice)
    hold_back(notice, clock.now(), actor)
    _note(notice, text, actor)
    return notice


@command
def settle_left(*, notice_id: int, company: str, tracking_no: str, reason: str, actor: Actor) -> ShipNotice:
    """A person found out that the goods had left, with this parcel; otherwise as :func:`settle_held_back`."""
    text = _clean(reason)
    notice = _asked(notice_id)
    if notice.cancel_state == CancelState.REFUSED:
        return notice
    _require_silence(notice)
    ship_by_hand(notice, Parcel(company, tracking_no), actor=actor)
    _note(notice, text, actor)
    return notice


def _clean(reason: str) -> str:
    return clean_text(reason, param="reason", limit=REASON_LENGTH_MAX, error=InvalidText, required=True)


def _asked(notice_id: int) -> ShipNotice:
    """The locked notice."""
    notice = lock_notice_by_id(notice_id)
    if notice is None:
        raise ShipNoticeNotFound(param="shipNotice")
    return notice


def _require_silence(notice: ShipNotice) -> None:
    """Raise unless the warehouse was asked and has had its time to answer."""
    if notice.cancel_state != CancelState.REQUESTED or notice.cancel_requested_at is None:
        raise CancelNotRequested(details={"shipNotice": notice.sn})
    until = notice.cancel_requested_at + PATIENCE
    if clock.now() < until:
        raise AnswerAwaited(details={"shipNotice": notice.sn, "until": until.isoformat()})


def _note(notice: ShipNotice, reason: str, actor: Actor) -> None:
    """Write into the history of the notice who answered instead of the system, and why."""
    model = ShipNotice._meta.label_lower
    changes = {"action": "settled", "cancel_state": notice.cancel_state, "reason": reason}
    record(ObjectChanged(model=model, pk=notice.pk, changes=changes), subject=f"{model}:{notice.pk}", actor=actor)
