"""How goods leave the demo's warehouses: Shanghai's system says so by its webhook, elsewhere a person does."""

import json
from typing import TYPE_CHECKING, Any, Final

from orders.demo.places import connection_code, webhook_secret
from orders.demo.world import World
from vmi.core import clock
from vmi.core.actors import wms_actor
from vmi.core.signing import signed_headers
from vmi.core.sources import Source
from warehousing.selectors import notices_of_source
from warehousing.services import confirm_manually, receive_wms_batch, verify_webhook
from warehousing.wms.base import OUTBOUND_CONFIRMED

if TYPE_CHECKING:
    from warehousing.models import ShipNotice

BY_SYSTEM: Final = "SH"
RETRIES: Final = 5
"""Every so many messages the system repeats itself under another number."""

COMPANY: Final = "顺丰速运"


def leave(source: Source, world: World, *, only_first: bool = False) -> None:
    """Everything of a document leaves, or only what one of its warehouses has."""
    notices = notices_of_source(source)
    for notice in notices[:1] if only_first else notices:
        if notice.warehouse.code == BY_SYSTEM:
            event = event_of(notice)
            report(notice.warehouse.code, [event])
            if notice.pk % RETRIES == 0:
                report(notice.warehouse.code, [event | {"eventId": f"{event['eventId']}-2"}])
        else:
            confirm_manually(
                notice_id=notice.pk,
                company=COMPANY,
                tracking_no=tracking_no(notice),
                actor=world.actors["warehouse"],
            )


def tracking_no(notice: "ShipNotice") -> str:
    """The number on the parcel."""
    return f"SF{1_000_000_000 + notice.pk}"


def event_of(notice: "ShipNotice", *, event_id: str = "") -> dict[str, Any]:
    """What the warehouse's system says when a notice has left."""
    units: dict[int, int] = {}
    for line in notice.lines.order_by("line_no", "pk"):
        units[line.line_no] = units.get(line.line_no, 0) + line.open_quantity
    return {
        "eventId": event_id or f"evt-{notice.sn}",
        "type": OUTBOUND_CONFIRMED,
        "occurredAt": clock.now().isoformat(),
        "noticeSn": notice.sn,
        "company": COMPANY,
        "trackingNo": tracking_no(notice),
        "lines": [{"lineNo": number, "quantity": quantity} for number, quantity in units.items() if quantity],
    }


def report(depot: str, events: list[dict[str, Any]]) -> None:
    """One call of a warehouse's webhook, signed and verified as any other."""
    code, body = connection_code(depot), json.dumps({"events": events}, ensure_ascii=False).encode()
    headers = signed_headers(webhook_secret(depot), f"msg-{events[0]['eventId']}", body, at=clock.now())
    connection_id, name = verify_webhook(code=code, headers=headers, body=body)
    receive_wms_batch(connection_id=connection_id, raw_events=events, actor=wms_actor(name))
