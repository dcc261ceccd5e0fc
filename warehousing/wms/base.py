"""What we say to a warehouse system and what it says to us, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from warehousing.exceptions import WmsUnreachable

OUTBOUND_CONFIRMED: Final = "outbound.confirmed"
"""The event type with which a system says that goods left."""


CANCEL_CONFIRMED: Final = "cancel.confirmed"
"""The event type with which a system says that it held a notice back."""

CANCEL_REFUSED: Final = "cancel.refused"
"""The event type with which a system says that a called off notice had left already; without lines: all of it."""


@dataclass(frozen=True, slots=True)
class OutboundLine:
    """One pick of a notice; ``quantity`` in units."""

    line_no: int
    sku: str
    owner: str
    location: str
    batch: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OutboundNotice:
    """A ship notice as a warehouse system gets it; ``sn`` is its key there too."""

    sn: str
    warehouse: str
    source: str
    created_at: datetime
    consignee: Mapping[str, Any]
    lines: Sequence[OutboundLine]

    def as_json(self) -> dict[str, Any]:
        """The body we post, in the spelling of our API."""
        return {
            "type": "shipNotice.opened",
            "noticeSn": self.sn,
            "warehouse": self.warehouse,
            "source": self.source,
            "createdAt": self.created_at.isoformat(),
            "consignee": dict(self.consignee),
            "lines": [
                {
                    "lineNo": line.line_no,
                    "sku": line.sku,
                    "owner": line.owner,
                    "location": line.location,
                    "batch": line.batch,
                    "quantity": line.quantity,
                }
                for line in self.lines
            ],
        }


@dataclass(frozen=True, slots=True)
class OutboundCancel:
    """The question to hold a ship notice back; ``sn`` is the notice's."""

    sn: str
    warehouse: str
    requested_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The body we post, in the spelling of our API."""
        return {
            "type": "shipNotice.cancelRequested",
            "noticeSn": self.sn,
            "warehouse": self.warehouse,
            "requestedAt": self.requested_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class InboundLine:
    """Units of a notice line that left; the SKU must match when given, the place may be another than was picked."""

    line_no: int
    quantity: int
    sku: str = ""
    location: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One well-formed event of a webhook call; ``raw`` is what arrived."""

    event_id: str
    type: str
    occurred_at: datetime
    seq: int | None
    notice_sn: str
    company: str
    tracking_no: str
    lines: tuple[InboundLine, ...]
    raw: dict[str, Any]


class WmsPort(Protocol):
    """A warehouse system that takes ship notices."""

    def send(self, notice: OutboundNotice) -> None:
        """Hand over a notice; raises WmsUnreachable when it did not surely arrive, EndpointRefused for a bad address.

        Called at least once per notice: the system must treat a repeated number as one notice.
        """

    def cancel(self, message: OutboundCancel) -> None:
        """Hand over the question; raises as ``send``. Called at least once per notice."""

    def fetch_stock(self, url: str) -> bytes:
        """The system's whole stock as JSON; raises as ``send``."""


class ByHand:
    """A warehouse without a system: people read the notice in the back office."""

    def send(self, notice: OutboundNotice) -> None:
        """Nothing to transmit; the notice is visible already."""

    def cancel(self, message: OutboundCancel) -> None:
        """Nothing to transmit; staff see the question at the notice."""

    def fetch_stock(self, url: str) -> bytes:
        """Nobody to ask; raises WmsUnreachable."""
        raise WmsUnreachable(details={"reason": "by hand"})
