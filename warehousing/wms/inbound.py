"""Reading webhook events strictly: shape only, no database."""

from datetime import UTC, datetime
from typing import Any, Final

from django.utils.dateparse import parse_datetime

from vmi.core.fields import QUANTITY_MAX
from warehousing.wms.base import CANCEL_CONFIRMED, CANCEL_REFUSED, OUTBOUND_CONFIRMED, InboundEvent, InboundLine

EVENTS_MAX: Final = 500
LINES_MAX: Final = 1000
EVENT_ID_MAX: Final = 128
SEQ_MAX: Final = 2**63 - 1
YEARS: Final = range(2000, 2200)
"""Years a warehouse system may speak of: others are a broken clock, and the ends of the calendar cannot be stored."""

_EVENT_FIELDS: Final = frozenset(("eventId", "occurredAt", "seq", "type", "noticeSn", "company", "trackingNo", "lines"))
_LINE_FIELDS: Final = frozenset(("lineNo", "quantity", "sku", "location", "batch"))


class BadEventError(ValueError):
    """An event we cannot read: ``reason`` is the code answered, ``param`` the field."""

    def __init__(self, reason: str, param: str) -> None:
        super().__init__(f"{reason}: {param}")
        self.reason = reason
        self.param = param


def text(raw: dict[str, Any], name: str, *, limit: int, required: bool = False) -> str:
    """A text field as it can be stored; raises BadEventError."""
    value = raw.get(name, "")
    if value is None and not required:
        return ""
    if not isinstance(value, str) or len(value) > limit or "\x00" in value or (required and not value.strip()):
        raise BadEventError("invalid_field", name)
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate cannot be stored
        raise BadEventError("invalid_field", name) from None
    return value


def integer(raw: dict[str, Any], name: str, *, low: int, high: int) -> int:
    """A whole number within its range; raises BadEventError."""
    value = raw.get(name)
    if type(value) is not int or not low <= value <= high:
        raise BadEventError("invalid_field", name)
    return value


def instant(raw: dict[str, Any], name: str) -> datetime:
    """An instant with its zone, in UTC and of our age; raises BadEventError."""
    value = text(raw, name, limit=64, required=True)
    try:
        found = parse_datetime(value) if value.isascii() else None
        found = found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        found = None
    if found is None or found.year not in YEARS:
        raise BadEventError("invalid_field", name)
    return found


def _line(raw: Any) -> InboundLine:
    if not isinstance(raw, dict):
        raise BadEventError("invalid_field", "lines")
    _refuse_unknown(raw, _LINE_FIELDS)
    return InboundLine(
        line_no=integer(raw, "lineNo", low=1, high=2**31 - 1),
        quantity=integer(raw, "quantity", low=1, high=QUANTITY_MAX),
        sku=text(raw, "sku", limit=64),
        location=text(raw, "location", limit=64),
        batch=text(raw, "batch", limit=64),
    )


def _refuse_unknown(raw: dict[str, Any], known: frozenset[str]) -> None:
    unknown = sorted(str(name) for name in set(raw) - known)
    if unknown:
        raise BadEventError("unknown_field", unknown[0][:64])


def event_id_of(raw: Any) -> str:
    """The event id as far as it can be read, for the answer about an unreadable event."""
    value = raw.get("eventId") if isinstance(raw, dict) else None
    return value[:EVENT_ID_MAX] if isinstance(value, str) else ""


def parse_event(raw: Any) -> InboundEvent:
    """One event of a batch; raises BadEventError with the code and the field."""
    if not isinstance(raw, dict):
        raise BadEventError("invalid_event", "event")
    event_id = text(raw, "eventId", limit=EVENT_ID_MAX, required=True)
    kind = text(raw, "type", limit=64, required=True)
    if kind not in (OUTBOUND_CONFIRMED, CANCEL_CONFIRMED, CANCEL_REFUSED):
        raise BadEventError("unsupported_type", "type")
    _refuse_unknown(raw, _EVENT_FIELDS)
    return InboundEvent(
        event_id=event_id,
        type=kind,
        occurred_at=instant(raw, "occurredAt"),
        seq=None if raw.get("seq") is None else integer(raw, "seq", low=0, high=SEQ_MAX),
        notice_sn=text(raw, "noticeSn", limit=64, required=True),
        company=text(raw, "company", limit=64),
        tracking_no=text(raw, "trackingNo", limit=64),
        lines=_lines(raw, kind),
        raw=raw,
    )


def _lines(raw: dict[str, Any], kind: str) -> tuple[InboundLine, ...]:
    """What left: required for a confirmation, optional when a cancellation came too late, none when it did not."""
    lines = raw.get("lines", [] if kind != OUTBOUND_CONFIRMED else None)
    least, most = {OUTBOUND_CONFIRMED: (1, LINES_MAX), CANCEL_REFUSED: (0, LINES_MAX)}.get(kind, (0, 0))
    if not isinstance(lines, list) or not least <= len(lines) <= most:
        raise BadEventError("invalid_field", "lines")
    return tuple(_line(line) for line in lines)
