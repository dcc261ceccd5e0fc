"""Occupying what the plain statement cannot: lines over several buckets and kinds of promise, capped shares.

The open buckets of the SKUs are locked in key order first, then the caps, so that what ``allocate`` divides is what
there is; then every layer is written at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from inventory.choices import Command, Counter, HoldKind, Layer
from inventory.exceptions import InsufficientStock, ShortLine, StockBusy
from inventory.selectors.buckets import OFFERS, Offers, sku_codes, sort_offers
from inventory.services.allocation import Part, Short, allocate
from inventory.services.demand import Demand, Hold
from inventory.services.kinds import HELD, Moves
from inventory.services.movement import Change, Context, move_layers
from inventory.services.promises import plan_promises
from inventory.services.release import reclaim_expired
from inventory.services.reserve_sql import ADD, INSERT
from vmi.core.actors import Actor
from vmi.core.db import fetch_prepared

_LOCK_OFFERS = f"{OFFERS} FOR UPDATE OF c"

_LOCK_SHARES = """
    SELECT id, cap_qty - used_qty AS cap_qty FROM inventory_channelshare
    WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a channel may promise of some SKUs at an instant, and who asks; of one bucket only if it is named."""

    channel_id: int
    sku_ids: Collection[int]
    at: datetime
    actor: Actor
    bucket_id: int | None = None


def lock_offers(reach: Reach) -> Offers:
    """Lock what is open to the channel, expired holds taken back; nobody else can promise it until the end.

    What is taken back serves paid promises that wait before it is offered.
    """
    offers = _lock(reach)
    buckets = {offer.bucket_id for found in offers.values() for offer in found}
    if buckets and reclaim_expired(bucket_ids=buckets, now=reach.at, actor=reach.actor):
        return _lock(reach)
    return offers


def _lock(reach: Reach) -> Offers:
    params = {"channel": reach.channel_id, "skus": sorted(reach.sku_ids), "at": reach.at}
    rows = fetch_prepared(_LOCK_OFFERS, params)
    if reach.bucket_id is not None:
        rows = [row for row in rows if row["bucket_id"] == reach.bucket_id]
    shares = [row["share_id"] for row in rows if row["share_id"] is not None]
    if shares:
        left = {row["id"]: row["cap_qty"] for row in fetch_prepared(_LOCK_SHARES, {"ids": shares})}
        rows = [{**row, "cap_qty": left.get(row["share_id"])} for row in rows]
    return sort_offers(rows)


def occupy(demand: Demand, *, at: datetime) -> list[Hold]:
    """Hold every line of a demand or none. Raises InsufficientStock naming each short line."""
    skus = {line.sku_id for line in demand.lines}
    offers = lock_offers(Reach(demand.channel_id, skus, at, demand.actor))
    parts, short = allocate(demand.lines, offers)
    if short:
        raise InsufficientStock(short_lines(short))
    return write(parts, demand, at=at)


def short_lines(short: Sequence[Short]) -> list[ShortLine]:
    """Short lines with the codes of their SKUs."""
    codes = sku_codes({line.sku_id for line, _available in short})
    return [
        ShortLine(
            line=line.line_no, sku=codes.get(line.sku_id, str(line.sku_id)), wanted=line.quantity, available=available
        )
        for line, available in short
    ]


def write(parts: Sequence[Part], demand: Demand, *, at: datetime, adds: bool = False) -> list[Hold]:
    """Move the counters and write the reservations; ``adds``: onto those the document's lines have already.

    Raises StockBusy when the same document reserved at the same moment.
    """
    context = Context(Command.RESERVE, demand.source, demand.actor, at)
    moves: Moves = [
        (
            Layer.CHANNEL,
            [Change(part.offer.bucket_id, part.line.line_no, {HELD[part.kind]: part.quantity}) for part in parts],
        ),
        (Layer.SHARE, [change for part in parts for change in _of_cap(part)]),
    ]
    move_layers(moves, context)
    params = {
        "source_type": demand.source.type,
        "source_sn": demand.source.sn,
        "channel": demand.channel_id,
        "partner": demand.partner_id,
        "expires_at": demand.expires_at,
        "at": at,
        "lines": [part.line.line_no for part in parts],
        "buckets": [part.offer.bucket_id for part in parts],
        "kinds": [int(part.kind) for part in parts],
        "quantities": [part.quantity for part in parts],
    }
    rows = _insert(ADD if adds else INSERT, params)
    plan_promises(bucket_ids={part.offer.bucket_id for part in parts if part.kind != HoldKind.SPOT}, context=context)
    skus = {part.line.line_no: part.line.sku_id for part in parts}
    return [Hold(**{**row, "kind": HoldKind(row["kind"]), "sku_id": skus[row["line_no"]]}) for row in rows]


def _of_cap(part: Part) -> list[Change]:
    """What a part takes of its channel's cap; goods only."""
    if part.offer.share_id is None or part.kind != HoldKind.SPOT:
        return []
    return [Change(part.offer.share_id, part.line.line_no, {Counter.SHARE_USED: part.quantity})]


def _insert(sql: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        return fetch_prepared(sql, params)
    except IntegrityError as error:
        # The same document reserved at the same moment: the caller repeats and meets the other's holds.
        raise StockBusy from error
