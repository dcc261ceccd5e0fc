"""``adjust``: a person corrects what a logical row holds, with a reason (S003-7)."""

from typing import Any

from inventory.choices import AdjustOperation, Command, Counter, Layer, Quality
from inventory.exceptions import InsufficientStock, LocationRequired, ShortLine, StockRowFull
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move, try_move
from inventory.services.promises import serve_waiting
from inventory.services.rebalance import lower_shortage, taken_from_promises
from inventory.services.receive import offered_units
from inventory.services.release import reclaim_expired
from inventory.services.room import STOCK_MAX
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.sources import Source


@command
def adjust(
    *,
    logical_id: int,
    operation: AdjustOperation,
    quantity: int,
    reason: str,
    location_id: int | None = None,
    batch: str | None = None,
    quality: Quality = Quality.QUALIFIED,
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> int:
    """Correct the units of a logical row by ADD or SUBTRACT, or to SET; returns the units it changed by.

    ``location_id`` and ``batch`` may be left out when the goods lie in one place only (else LocationRequired).
    Qualified units move every layer; locked ones move with the row's locked figure. Never takes what is held, sold
    or allocated: InsufficientStock then names the open units; StockRowFull names the room. The same source again
    is a no-op.
    """
    if not reason.strip():
        raise InvalidRequest(code="reason_required", param="reason")
    context = Context(Command.ADJUST, source, actor, clock.now())
    content: list[Any] = [logical_id, operation, quantity, location_id]
    if batch is not None or quality is not Quality.QUALIFIED:
        content += [batch, int(quality)]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at, reason=reason):
        return 0
    row = _lock(logical_id)
    places = fetch_prepared(_PLACES, {"logical": logical_id, "quality": int(quality)})
    place = _choose_place(places, location_id, batch)
    delta = _delta(operation, quantity, place)
    room = max(STOCK_MAX - row["base_qty"], 0)
    if delta > room:
        line = ShortLine(line=1, sku=row["sku"], wanted=delta, available=room)
        raise StockRowFull([line], param="quantity")
    if delta and quality is Quality.QUALIFIED:
        _book(row, place, delta, context)
    elif delta:
        _book_locked(row, place, delta, context)
    return delta


def _lock(logical_id: int) -> dict[str, Any]:
    """The chain of rows above the physical ones, its bucket locked so that SET computes on a stable figure."""
    rows = fetch_prepared(_CHAIN, {"logical": logical_id})
    if not rows:
        raise NotFound(param="id")
    return rows[0]


def _choose_place(places: list[dict[str, Any]], location_id: int | None, batch: str | None) -> dict[str, Any]:
    """The physical row the adjustment means."""
    if batch is not None:
        places = [place for place in places if place["batch"] == batch]
        if not places:
            raise NotFound(param="batch")
    if location_id is not None:
        places = [place for place in places if place["location_id"] == location_id]
        if not places:
            raise NotFound(param="location")
    if len(places) != 1:
        raise LocationRequired(
            param="location",
            details={
                "locations": [place["code"] for place in places],
                "location_ids": [place["location_id"] for place in places],
            },
        )
    return places[0]


def _delta(operation: AdjustOperation, quantity: int, place: dict[str, Any]) -> int:
    """The signed change in units."""
    if quantity < 0:
        raise InvalidRequest(code="quantity_negative", param="quantity")
    if operation == AdjustOperation.ADD:
        return quantity
    if operation == AdjustOperation.SUBTRACT:
        return -quantity
    set_to: int = quantity - place["quantity"]
    return set_to


def _book(row: dict[str, Any], place: dict[str, Any], delta: int, context: Context) -> None:
    """Move every layer by ``delta``; promised units are never taken, added ones cover what is short first."""
    quota = offered_units([(row["logical_id"], delta)], context)[0] if delta > 0 else delta
    bucket = Change(row["bucket_id"], 1, {Counter.BASE_QUOTA: quota})
    _moved, refused = try_move(Layer.CHANNEL, [bucket], context)
    if refused and (freed := reclaim_expired(bucket_ids=refused, now=context.at, actor=context.actor)):
        row["open_qty"] += freed
        _moved, refused = try_move(Layer.CHANNEL, [bucket], context)
    if quota < 0 and not refused:
        refused = taken_from_promises(bucket_ids=[row["bucket_id"]])
    free = place["quantity"] - place["held_qty"]
    if refused or free + delta < 0:
        available = max(min(row["open_qty"], free), 0)
        line = ShortLine(line=1, sku=row["sku"], wanted=-delta, available=available)
        raise InsufficientStock([line], param="quantity")
    move(Layer.POOL, [Change(row["pool_id"], 1, {Counter.QUOTA: quota})], context)
    move(Layer.LOGICAL, [Change(row["logical_id"], 1, {Counter.BASE: delta})], context)
    move(Layer.PHYSICAL, [Change(place["id"], 1, {Counter.QUANTITY: delta})], context)
    if delta > 0:
        lower_shortage(logical_ids=[row["logical_id"]], context=context)
        serve_waiting(bucket_ids=[row["bucket_id"]], context=context)


def _book_locked(row: dict[str, Any], place: dict[str, Any], delta: int, context: Context) -> None:
    """Move units that cannot be sold: the base and what is locked of it; refuses to take what waits to leave."""
    free = place["quantity"] - place["held_qty"]
    if free + delta < 0:
        raise InsufficientStock([ShortLine(line=1, sku=row["sku"], wanted=-delta, available=free)], param="quantity")
    move(Layer.LOGICAL, [Change(row["logical_id"], 1, {Counter.BASE: delta, Counter.LOCKED: delta})], context)
    move(Layer.PHYSICAL, [Change(place["id"], 1, {Counter.QUANTITY: delta})], context)


_CHAIN = """
    SELECT l.id AS logical_id, p.id AS pool_id, c.id AS bucket_id, i.sku, l.physical_base_qty AS base_qty,
           c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty AS open_qty
    FROM inventory_logicalstock l
    JOIN inventory_allocationpool p ON p.logical_id = l.id
    JOIN inventory_channelstock c ON c.pool_id = p.id AND c.channel_id IS NULL
    JOIN catalog_productinfo i ON i.id = l.sku_id
    WHERE l.id = %(logical)s::bigint
    ORDER BY p.purpose LIMIT 1 FOR UPDATE OF c
"""

_PLACES = """
    SELECT s.id, s.location_id, s.quantity, s.held_qty, o.code, b.code AS batch
    FROM inventory_physicalstock s
    JOIN warehousing_location o ON o.id = s.location_id JOIN inventory_batch b ON b.id = s.batch_id
    WHERE s.logical_id = %(logical)s::bigint AND s.quality = %(quality)s::smallint
    ORDER BY s.id
"""
