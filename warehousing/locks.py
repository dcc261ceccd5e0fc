"""The only place of warehousing that writes ``select_for_update``. Order: message, notice, lines, each by id."""

from vmi.core.rows import load
from warehousing.models import ShipNotice, ShipNoticeLine, WmsConnection, WmsMessage


def lock_message(message_id: int) -> WmsMessage | None:
    """The inbox row, locked: two workers acting on one message would count it twice."""
    # of=("self",): the connection is nullable and is not changed here.
    return WmsMessage.objects.select_for_update(of=("self",)).select_related("connection").filter(pk=message_id).first()


def lock_notice(sn: str) -> ShipNotice | None:
    """The notice, locked: two partial confirmations at once could together exceed a line."""
    found = load(ShipNotice, lock=True, sn=sn)
    return found[0] if found else None


def lock_notice_by_id(notice_id: int) -> ShipNotice | None:
    """As :func:`lock_notice`."""
    found = load(ShipNotice, lock=True, pk=notice_id)
    return found[0] if found else None


def lock_notices_of(source_type: str, source_sn: str) -> list[ShipNotice]:
    """All notices of a document, locked by id."""
    found = ShipNotice.objects.filter(source_type=source_type, source_sn=source_sn)
    return list(found.select_for_update().order_by("pk"))


def lock_lines(notice_id: int) -> list[ShipNoticeLine]:
    """The lines of a locked notice, in picking order."""
    found = load(ShipNoticeLine, lock=True, notice_id=notice_id)
    return sorted(found, key=lambda line: (line.line_no, line.pk))


def lock_connection(connection_id: int) -> WmsConnection | None:
    """The connection, locked: of two rotations at once one would lose its secret."""
    return WmsConnection.objects.select_for_update().filter(pk=connection_id).first()
