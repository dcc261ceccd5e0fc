"""``adjust``: a person corrects what a logical row holds, with a reason (S003-7)."""

from typing import Any

from inventory.choices import AdjustOperation, Command, Counter, Layer, Quality
from inventory.exceptions import InsufficientStock, LocationRequired, ShortLine
from inventory.services.commands import claim
from inventory.services.movement import Change, Context, move, try_move
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
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> int:
    """Correct the qualified units of a logical row by ADD or SUBTRACT, or to SET; returns the units it changed by.

    ``location_id`` may be left out when the goods lie in one place only (else LocationRequired). Never takes
    what is held, sold or allocated: InsufficientStock then names the open units. The same source again is a no-op.
    """
    if not reason.strip():
        raise InvalidRequest(code="reason_required", param="reason")
    context = Context(Command.ADJUST, source, actor, clock.now())
    content = [logical_id, operation, quantity, location_id]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at, reason=reason):
        return 0
    row = _lock(logical_id)
    places = fetch_prepared(_PLACES, {"logical": logical_id})
    place = _choose_place(places, location_id)
    delta = _delta(operation, quantity, place)
    if delta:
        _book(row, place, delta, context)
    return delta


def _lock(logical_id: int) -> dict[str, Any]:
    """The chain of rows above the physical ones, its bucket locked so that SET computes on a stable figure."""
    rows = fetch_prepared(_CHAIN, {"logical": logical_id})
    if not rows:
        raise NotFound(param="id")
    return rows[0]


def _choose_place(places: list[dict[str, Any]], location_id: int | None) -> dict[str, Any]:
    """The physical row the adjustment means."""
    if location_id is not None:
        places = [place for place in places if place["location_id"] == location_id]
        if not places:
            raise NotFound(param="location")
    if len(places) != 1:
        raise LocationRequired(param="location", details={"locations": [place["code"] for place in places]})
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
    """Move every layer by ``delta``; refuses to take promised units."""
    bucket = Change(row["bucket_id"], 1, {Counter.BASE_QUOTA: delta})
    _moved, refused = try_move(Layer.CHANNEL, [bucket], context)
    free = place["quantity"] - place["held_qty"]
    if refused or free + delta < 0:
        available = max(min(row["open_qty"], free), 0)
        line = ShortLine(line=1, sku=row["sku"], wanted=-delta, available=available)
        raise InsufficientStock([line], param="quantity")
    move(Layer.POOL, [Change(row["pool_id"], 1, {Counter.QUOTA: delta})], context)
    move(Layer.LOGICAL, [Change(row["logical_id"], 1, {Counter.BASE: delta})], context)
    move(Layer.PHYSICAL, [Change(place["id"], 1, {Counter.QUANTITY: delta})], context)


_CHAIN = """
    SELECT l.id AS logical_id, p.id AS pool_id, c.id AS bucket_id, i.sku,
           c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty AS open_qty
    FROM inventory_logicalstock l
    JOIN inventory_allocationpool p ON p.logical_id = l.id
    JOIN inventory_channelstock c ON c.pool_id = p.id AND c.channel_id IS NULL
    JOIN catalog_productinfo i ON i.id = l.sku_id
    WHERE l.id = %(logical)s::bigint
    ORDER BY p.purpose LIMIT 1 FOR UPDATE OF c
"""

_PLACES = f"""
    SELECT s.id, s.location_id, s.quantity, s.held_qty, o.code
    FROM inventory_physicalstock s JOIN warehousing_location o ON o.id = s.location_id
    WHERE s.logical_id = %(logical)s::bigint AND s.quality = {int(Quality.QUALIFIED)}
    ORDER BY s.id
"""  # noqa: S608 - built from fixed names only
