"""Dividing the lines of a document over what the buckets can promise: plain arithmetic, no database.

A line prefers one bucket that has it whole; then one warehouse, over own and shared quota; then, if the channel
may split, several warehouses; then goods on their way and units beyond the goods, in this order. Lines of one SKU
share what there is, in their order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inventory.choices import HoldKind, WarehouseChoice
from inventory.selectors.buckets import Offer, Offers
from inventory.services.demand import ReserveLine

PREFERENCE = (HoldKind.SPOT, HoldKind.PRESALE, HoldKind.OVERSOLD)
"""What is promised first."""


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one line from one bucket, of one kind."""

    line: ReserveLine
    offer: Offer
    kind: HoldKind
    quantity: int


Short = tuple[ReserveLine, int]
"""A line that finds too little, and the units it could have."""


def allocate(lines: Sequence[ReserveLine], offers: Offers) -> tuple[list[Part], list[Short]]:
    """Serve the lines from the offers, which are counted down; returns the parts and the lines that are short."""
    ranks = _parcels(lines, offers)
    parts: list[Part] = []
    short: list[Short] = []
    for line in lines:
        open_to = [offer for offer in offers.get(line.sku_id, []) if line.warehouse_id in (None, offer.warehouse_id)]
        open_to.sort(key=lambda offer: ranks.get(offer.warehouse_id, len(ranks)))
        chosen = _choose(line.quantity, open_to)
        if chosen is None:
            short.append((line, most(open_to)))
            continue
        parts += _take(line, chosen)
    return parts, short


def most(offers: Sequence[Offer]) -> int:
    """The most units one line can be promised from these offers."""
    return max((sum(offer.total for offer in group) for group in _groups(offers)), default=0)


def _choose(quantity: int, offers: Sequence[Offer]) -> Sequence[Offer] | None:
    """The offers a line is served from, in order; None when there is not enough."""
    for offer in offers:
        if offer.units(HoldKind.SPOT) >= quantity:
            return [offer]
    by_row = _by_row(offers)
    groups = _groups(offers)
    for group in [*by_row, *groups]:
        if _sum(group, HoldKind.SPOT) >= quantity:
            return group
    enough = [group for group in groups if sum(offer.total for offer in group) >= quantity]
    return max(enough, key=_readiness, default=None)


def _readiness(group: Sequence[Offer]) -> tuple[int, int]:
    """The more goods, then the more goods on their way, the better."""
    spot = _sum(group, HoldKind.SPOT)
    return spot, spot + _sum(group, HoldKind.PRESALE)


def _groups(offers: Sequence[Offer]) -> list[list[Offer]]:
    """What one line may be served from together: the buckets of one stock row, or all if the channel may split."""
    return [list(offers)] if offers and offers[0].may_split else _by_row(offers)


def _by_row(offers: Sequence[Offer]) -> list[list[Offer]]:
    rows: dict[int, list[Offer]] = {}
    for offer in offers:
        rows.setdefault(offer.logical_id, []).append(offer)
    return list(rows.values())


def _sum(offers: Iterable[Offer], kind: HoldKind) -> int:
    return sum(offer.units(kind) for offer in offers)


def _take(line: ReserveLine, offers: Sequence[Offer]) -> list[Part]:
    """Promise the line's units kind by kind, bucket by bucket."""
    parts = []
    missing = line.quantity
    for kind in PREFERENCE:
        for offer in offers:
            units = min(missing, offer.units(kind))
            if units:
                offer.take(kind, units)
                parts.append(Part(line, offer, kind, units))
                missing -= units
    return parts


def _parcels(lines: Sequence[ReserveLine], offers: Offers) -> dict[int, int]:
    """The rank of each warehouse for a channel that wants few parcels: who serves most lines whole comes first."""
    every = [offer for found in offers.values() for offer in found]
    if not every or every[0].warehouse_choice != WarehouseChoice.FEWEST_PARCELS:
        return {}
    priority = {offer.warehouse_id: offer.priority for offer in reversed(every)}
    ranks: dict[int, int] = {}
    left = list(lines)
    while left and len(ranks) < len(priority):
        served = {warehouse: _whole(left, offers, warehouse) for warehouse in priority if warehouse not in ranks}
        best = min(served, key=lambda warehouse: (-len(served[warehouse]), priority[warehouse], warehouse))
        ranks[best] = len(ranks)
        left = [line for line in left if line not in served[best]]
    return ranks


def _whole(lines: Sequence[ReserveLine], offers: Offers, warehouse_id: int) -> list[ReserveLine]:
    """The lines one warehouse can serve whole from its goods."""
    served = []
    left: dict[int, int] = {}
    for line in lines:
        if line.warehouse_id not in (None, warehouse_id):
            continue
        here = [offer for offer in offers.get(line.sku_id, []) if offer.warehouse_id == warehouse_id]
        most_here = max((_sum(group, HoldKind.SPOT) for group in _by_row(here)), default=0)
        if left.get(line.sku_id, most_here) >= line.quantity:
            left[line.sku_id] = left.get(line.sku_id, most_here) - line.quantity
            served.append(line)
    return served
