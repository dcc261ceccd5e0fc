"""Buyers who came too late, or wanted what is kept back: what they could not have is refused demand."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from inventory.exceptions import InsufficientStock
from inventory.services import refused
from orders.demo.deals import ACTIVE
from orders.demo.timeline import Scene, Story
from orders.demo.world import World
from orders.services import OrderItemInput, cancel_order, place_order

WISHES: Final = (
    (5, 10, "APPLE", 0, "AP-IP15PM-1T-SLV", 1),
    (5, 11, "APPLE", 1, "AP-IP15PM-1T-SLV", 1),
    (4, 20, "APPLE", 2, "AP-IP15PM-1T-SLV", 2),
    (1, 11, "NIKE", 3, "NK-DUNK-41-PND", 2),
    (1, 12, "NIKE", 3, "NK-DUNK-41-PND", 2),
    (1, 16, "NIKE", 4, "NK-DUNK-41-PND", 3),
)
"""Days ago, at what hour, store, buyer, SKU and units; of the same buyer the second try counts once."""


def refused_scenes(midnight: datetime, world: World) -> Iterator[Scene]:
    """``midnight`` began the day of the load; days and hours count from it."""
    for days, hour, store, buyer, sku, units in WISHES:
        at = midnight - timedelta(days=days) + timedelta(hours=hour)
        yield Scene(at, _wish(store, ACTIVE[buyer], OrderItemInput(sku, units), world))


def _wish(store: str, buyer: int, item: OrderItemInput, world: World) -> Story:
    """An order that finds too little; one that goes through after all is given up."""
    actor = world.buyer(buyer)
    try:
        with transaction.atomic():
            order = place_order(
                store_id=world.stores[store], partner_id=world.members[buyer], items=[item], actor=actor
            )
        cancel_order(order_id=order.pk, reason="不想要了", actor=actor)
    except InsufficientStock:
        refused.flush()
    yield from ()
