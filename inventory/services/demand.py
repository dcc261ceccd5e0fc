"""What a reservation asks for and what it gets: plain values that the ways of reserving share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.choices import HoldKind
from vmi.api.idempotency import Claim
from vmi.core.actors import Actor
from vmi.core.sources import Source


@dataclass(frozen=True, slots=True)
class ReserveLine:
    """One document line: its number (from 1), the SKU and the units wanted, from one warehouse if it is named."""

    line_no: int
    sku_id: int
    quantity: int
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A promise made: ``quantity`` units of one bucket for one line, until ``expires_at``; a line may have several."""

    id: int
    line_no: int
    sku_id: int
    bucket_id: int
    quantity: int
    expires_at: datetime
    kind: HoldKind = HoldKind.SPOT


@dataclass(frozen=True, slots=True)
class Demand:
    """One reservation as asked: who wants which lines of which channel until when, for which document.

    ``placed_at`` is given by orders: should a line oversell, the channel's oversell minutes count from then (C-08).
    ``claim`` is an idempotency key to be committed with the holds; only batches take one.
    """

    channel_id: int
    lines: Sequence[ReserveLine]
    source: Source
    expires_at: datetime
    partner_id: int | None
    actor: Actor
    joins: bool = False
    placed_at: datetime | None = None
    claim: Claim | None = None
