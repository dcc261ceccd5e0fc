"""The world of the proof: two SKUs, two warehouses, two owners, four channels, and what the rows say."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model

from inventory.services import add_channel_source, open_channel
from tests.factories.catalog import make_sku
from tests.prove.state import Logical
from vmi.core.actors import Actor, system_actor, user_actor
from warehousing.models import Location
from warehousing.services import create_warehouse, create_zone, open_rack, register_owner

ACTOR = system_actor("proof")
MEMBERS = (71, 72)


@dataclass(frozen=True)
class World:
    """Ids of what was built; ``sources`` are the (warehouse, owner) a channel sells from, by priority."""

    skus: tuple[int, ...]
    warehouses: tuple[int, ...]
    owners: tuple[int, ...]
    locations: dict[int, tuple[int, ...]]
    channels: tuple[int, ...]
    sources: dict[int, tuple[tuple[int, int], ...]]
    people: tuple[Actor, Actor]

    def logicals(self) -> list[Logical]:
        """Every logical row there may be: the second owner only stores in the first warehouse."""
        first, second = self.warehouses
        places = [(first, self.owners[0]), (second, self.owners[0]), (first, self.owners[1])]
        return [(sku, *place) for sku in self.skus for place in places]


def build() -> World:
    """Build it; two channels share a warehouse, one sells from both, one sells the second owner's goods."""
    warehouses, locations = [], {}
    for name in ("East", "West"):
        warehouse = create_warehouse(name=name, actor=ACTOR)
        zone = create_zone(warehouse_id=warehouse.pk, code="ST", name="Storage", actor=ACTOR)
        open_rack(warehouse_id=warehouse.pk, zone_id=zone.pk, rack="01", levels=1, slots=2, actor=ACTOR)
        warehouses.append(warehouse.pk)
        rack = Location.objects.filter(warehouse_id=warehouse.pk, code__contains="-01-").order_by("code")
        locations[warehouse.pk] = tuple(rack.values_list("pk", flat=True))[:2]
    owners = [register_owner(name=name, actor=ACTOR).pk for name in ("Ours", "Theirs")]
    east, west = warehouses
    plans = (
        ((east, owners[0]),),
        ((east, owners[0]), (west, owners[0])),
        ((east, owners[0]),),
        ((east, owners[1]),),
    )
    sources = {}
    for number, plan in enumerate(plans):
        channel = open_channel(code=f"PROOF-{number}", name=f"Proof {number}", actor=ACTOR)
        for priority, (warehouse_id, owner_id) in enumerate(plan):
            add_channel_source(
                channel_id=channel.pk, warehouse_id=warehouse_id, owner_id=owner_id, priority=priority, actor=ACTOR
            )
        sources[channel.pk] = plan
    return World(
        skus=(make_sku().pk, make_sku().pk),
        warehouses=tuple(warehouses),
        owners=tuple(owners),
        locations=locations,
        channels=tuple(sources),
        sources=sources,
        people=(_person("clerk"), _person("manager")),
    )


def _person(name: str) -> Actor:
    """One of two who agree to a count."""
    return user_actor(get_user_model().objects.create_user(username=f"proof-{name}"))
