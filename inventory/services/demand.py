"""What a reservation asks for and what it gets: plain values that the ways of reserving share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

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
    """A promise made: ``quantity`` units of one bucket for one line, until ``expires_at``."""

    id: int
    line_no: int
    sku_id: int
    bucket_id: int
    quantity: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Demand:
    """One reservation as asked: who wants which lines of which channel until when, for which document."""

    channel_id: int
    lines: Sequence[ReserveLine]
    source: Source
    expires_at: datetime
    partner_id: int | None
    actor: Actor
    joins: bool = False


class Place(Protocol):
    """A bucket that may serve a line, with the units it still has."""

    @property
    def open_qty(self) -> int:
        """Units not promised to anybody."""
        ...

    @property
    def warehouse_id(self) -> int:
        """Where they lie."""
        ...


def lines_too_many(
    lines: Sequence[ReserveLine], candidates: Mapping[int, Sequence[Place]]
) -> list[tuple[ReserveLine, int]]:
    """The lines that find too little, with what there is; lines of one SKU share it, in their order."""
    rest: dict[tuple[int, int | None], int] = {}
    for sku_id, found in candidates.items():
        for bucket in found:
            for warehouse_id in (None, bucket.warehouse_id):
                place = (sku_id, warehouse_id)
                rest[place] = max(rest.get(place, 0), bucket.open_qty)
    short = []
    for line in lines:
        key = (line.sku_id, line.warehouse_id)
        available = rest.get(key, 0)
        if available < line.quantity:
            short.append((line, available))
        else:
            rest[key] -= line.quantity
    return short
