"""Events and signed calls of warehouse systems, for tests."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

from tests.factories.warehousing import SECRET
from tests.support.clients import NamespaceApiClient
from vmi.core.signing import signed_headers
from warehousing.models import WmsConnection

_numbers = itertools.count(1)


def event(notice_sn: str, *lines: tuple[int, int], **fields: Any) -> dict[str, Any]:
    """``outbound.confirmed`` of (line, units) pairs under a fresh event id."""
    return {
        "eventId": f"evt-{next(_numbers)}",
        "occurredAt": "2026-11-22T04:00:00Z",
        "type": "outbound.confirmed",
        "noticeSn": notice_sn,
        "company": "SF",
        "trackingNo": "SF100",
        "lines": [{"lineNo": line, "quantity": units} for line, units in lines],
        **fields,
    }


def body_of(*events: Any) -> bytes:
    """The body of a call."""
    return json.dumps({"events": list(events)}, ensure_ascii=False).encode()


def path_of(connection: WmsConnection | str) -> str:
    """The address of a connection's webhook."""
    code = connection if isinstance(connection, str) else connection.code
    return f"/api/v1/warehousing/wms/{code}/events/"


def call(
    client: NamespaceApiClient,
    connection: WmsConnection | str,
    body: bytes,
    *,
    secret: str = SECRET,
    at: datetime | None = None,
    headers: dict[str, str] | None = None,
    message_id: str = "msg_1",
) -> Any:
    """Post a signed call (or with ``headers`` as given)."""
    signed = headers if headers is not None else signed_headers(secret, message_id, body, at=at or datetime.now(tz=UTC))
    return client.post(path_of(connection), data=body, content_type="application/json", headers=signed)


def cancel_event(kind: str, notice_sn: str) -> dict[str, Any]:
    """``cancel.confirmed`` or ``cancel.refused`` under a fresh event id; a refusal names the parcel."""
    found = {
        "eventId": f"evt-{next(_numbers)}",
        "occurredAt": "2026-11-22T05:00:00Z",
        "type": kind,
        "noticeSn": notice_sn,
    }
    return found | ({"company": "SF", "trackingNo": "SF100"} if kind == "cancel.refused" else {})
