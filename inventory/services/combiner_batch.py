"""A batch of reservations in one transaction: lock, decide one after the other in order of arrival, write.

A batch gives what the plain statement gives: every line whole, from the goods of one bucket without a cap. What
cannot be promised at all it refuses (InsufficientStock). The rest is left undecided for the plain path: a document
that holds something already or comes twice, and lines that take several buckets or kinds of promise. The idempotency
key of a call is written with its holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from inventory.choices import WarehouseChoice
from inventory.exceptions import InsufficientStock
from inventory.selectors.buckets import Offer
from inventory.services.allocation import allocate
from inventory.services.combiner_calls import admit, keep_claims
from inventory.services.combiner_request import Request
from inventory.services.combiner_sql import KNOWN, LOCK, WRITE
from inventory.services.demand import Demand, Hold, ReserveLine
from inventory.services.movement import WHOLE_DOCUMENT
from inventory.services.occupy import short_lines
from inventory.services.release import reclaim_expired
from vmi.core import clock
from vmi.core.db import array_text, fetch_prepared_tuples
from vmi.core.sources import Source


@dataclass(slots=True)
class _Bucket:
    """A locked sellable row, counted on as the batch is decided; ``units`` and ``times`` are what the batch adds."""

    id: int
    warehouse_id: int
    open_qty: int
    held_qty: int
    version: int
    units: int = 0
    times: int = 0

    def occupy(self, units: int) -> None:
        """Promise ``units``: one step of the row's version."""
        self.open_qty -= units
        self.held_qty += units
        self.version += 1
        self.units += units
        self.times += 1


@dataclass(slots=True)
class _Place:
    """A bucket as one channel sees it: with its rules, which few requests need."""

    bucket: _Bucket
    rules: tuple[Any, ...]

    @property
    def is_simple(self) -> bool:
        """Whether the batch may give its goods: no cap, and no wish for few parcels."""
        return self.rules[-3] is None and self.rules[-2] != WarehouseChoice.FEWEST_PARCELS

    def has(self, units: int) -> bool:
        """Whether the channel may have so many of its goods, by the cap as it was read."""
        cap_qty = self.rules[-3]
        return self.bucket.open_qty >= units and (cap_qty is None or cap_qty >= units)

    def offer(self) -> Offer:
        """What it has for the channel, as the plain path counts it."""
        head, tail = self.rules[:7], self.rules[7:]
        return Offer(**dict(zip(_OFFER, (*head, self.bucket.open_qty, *tail), strict=True)))


Places = dict[tuple[int, int], list[_Place]]
"""The buckets of a (channel, SKU), best first."""

_OFFER = tuple(one.name for one in fields(Offer))
_ENTRY = ("e_rows", "e_deltas", "e_balances", "e_versions", "e_types", "e_sns", "e_lines", "e_actors")
_HOLD = ("h_types", "h_sns", "h_lines", "h_buckets", "h_channels", "h_partners", "h_quantities", "h_deadlines")


@dataclass(slots=True)
class _Decision:
    """What the batch writes, and who gets what."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    holds: list[tuple[Any, ...]] = field(default_factory=list)
    granted: list[tuple[Request, list[tuple[ReserveLine, _Bucket]]]] = field(default_factory=list)
    short: list[Request] = field(default_factory=list)


def apply(requests: Sequence[Request]) -> None:
    """Decide and write ``requests`` inside the caller's transaction; the answers count only after its commit."""
    pairs = sorted({(r.demand.channel_id, line.sku_id) for r in requests for line in r.demand.lines})
    places = _lock(pairs)
    new = _unknown(requests)
    decision = _decide(new, places)
    if decision.short and _reclaim(decision.short, places):
        places = _lock(pairs)
        decision = _decide(new, places)
    if decision.holds:
        keep_claims([request for request, _found in decision.granted])
        _write(decision, places)
    if decision.short:
        _refuse(decision.short, places)


def _lock(pairs: Sequence[tuple[int, int]]) -> Places:
    params = {"channels": [channel for channel, _sku in pairs], "skus": [sku for _channel, sku in pairs]}
    buckets: dict[int, _Bucket] = {}
    places: Places = {}
    for row in fetch_prepared_tuples(LOCK, params):
        channel_id, pk, sku_id = row[:3]
        bucket = buckets.get(pk)
        if bucket is None:
            bucket = buckets[pk] = _Bucket(pk, row[4], row[8], *row[-2:])
        places.setdefault((channel_id, sku_id), []).append(_Place(bucket, row[1:8] + row[9:-2]))
    return places


def _unknown(requests: Sequence[Request]) -> list[Request]:
    """The first request of each document, unless the document holds something already; carts may."""
    of_document: dict[Source, Request] = {}
    for request in requests:
        of_document.setdefault(request.demand.source, request)
    first = list(of_document.values())
    params = {
        "types": array_text([request.demand.source.type for request in first]),
        "sns": array_text([request.demand.source.sn for request in first]),
    }
    known = {number for (number,) in fetch_prepared_tuples(KNOWN, params)}
    return admit([one for number, one in enumerate(first, start=1) if one.demand.joins or number not in known])


def _decide(requests: Iterable[Request], places: Places) -> _Decision:
    """Give each request, in order of arrival, all its lines or none."""
    decision = _Decision()
    for request in requests:
        demand = request.demand
        chosen = [(line, _choose(line, places.get((demand.channel_id, line.sku_id), []))) for line in demand.lines]
        found = [(line, bucket) for line, bucket in chosen if bucket is not None]
        if len(found) == len(chosen) and _occupy(demand, found, decision):
            decision.granted.append((request, found))
        else:
            decision.short.append(request)
    return decision


def _choose(line: ReserveLine, places: Sequence[_Place]) -> _Bucket | None:
    """The best bucket that has enough, if the batch may give its goods: as the plain statement chooses."""
    for place in places:
        if line.warehouse_id in (None, place.bucket.warehouse_id) and place.has(line.quantity):
            return place.bucket if place.is_simple else None
    return None


def _occupy(demand: Demand, found: Sequence[tuple[ReserveLine, _Bucket]], decision: _Decision) -> bool:
    """Count the lines onto their buckets, one ledger entry a bucket; False, and nothing done, when one is short."""
    need: dict[int, tuple[_Bucket, int, int]] = {}
    for line, bucket in found:
        if bucket.id in need:
            need[bucket.id] = (bucket, need[bucket.id][1] + line.quantity, WHOLE_DOCUMENT)
        else:
            need[bucket.id] = (bucket, line.quantity, line.line_no)
    if any(bucket.open_qty < units for bucket, units, _line_no in need.values()):
        return False
    source, actor_id = demand.source, demand.actor.user_id
    for bucket, units, line_no in need.values():
        bucket.occupy(units)
        decision.entries.append(
            (bucket.id, units, bucket.held_qty, bucket.version, source.type, source.sn, line_no, actor_id)
        )
    for line, bucket in found:
        decision.holds.append(
            (
                source.type,
                source.sn,
                line.line_no,
                bucket.id,
                demand.channel_id,
                demand.partner_id,
                line.quantity,
                demand.expires_at,
            )
        )
    return True


def _reclaim(short: Sequence[Request], places: Places) -> int:
    """Take back the expired holds in the way of the short requests; returns the units."""
    buckets = {
        place.bucket.id
        for request in short
        for line in request.demand.lines
        for place in places.get((request.demand.channel_id, line.sku_id), [])
    }
    return reclaim_expired(bucket_ids=buckets, now=clock.now(), actor=short[0].demand.actor)


def _write(decision: _Decision, places: Places) -> None:
    """Write the decided requests and hand each its holds."""
    changed = {place.bucket.id: place.bucket for found in places.values() for place in found if place.bucket.times}
    params: dict[str, Any] = {
        "buckets": list(changed),
        "units": [bucket.units for bucket in changed.values()],
        "times": [bucket.times for bucket in changed.values()],
        **{name: array_text(column) for name, column in zip(_ENTRY, zip(*decision.entries, strict=True), strict=True)},
        **{name: array_text(column) for name, column in zip(_HOLD, zip(*decision.holds, strict=True), strict=True)},
    }
    written = {tuple(key): pk for pk, *key in fetch_prepared_tuples(WRITE, params)}
    for request, found in decision.granted:
        source, expires_at = request.demand.source, request.demand.expires_at
        request.holds = [
            Hold(
                written[source.type, source.sn, line.line_no],
                line.line_no,
                line.sku_id,
                bucket.id,
                line.quantity,
                expires_at,
            )
            for line, bucket in found
        ]


def _refuse(short: Sequence[Request], places: Places) -> None:
    """Tell each request that cannot be served in any way its lines, with the figures after the whole batch."""
    for request in short:
        demand = request.demand
        skus = {line.sku_id for line in demand.lines}
        offers = {sku: [place.offer() for place in places.get((demand.channel_id, sku), [])] for sku in skus}
        if not all(_places_of(line, offers[line.sku_id]) for line in demand.lines):
            continue  # the channel does not sell a SKU at this moment, or not from there
        _parts, lines = allocate(demand.lines, offers)
        if lines:
            own = [(replace(line, line_no=line.line_no - request.offset), most) for line, most in lines]
            request.refusal = InsufficientStock(short_lines(own))


def _places_of(line: ReserveLine, offers: Sequence[Offer]) -> bool:
    return any(line.warehouse_id in (None, offer.warehouse_id) for offer in offers)
