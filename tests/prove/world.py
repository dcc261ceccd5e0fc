"""The world of the proof: two SKUs, two warehouses, two owners, four channels, and what the rows say."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model

from inventory.services import add_channel_source, open_channel
from tests.factories.catalog import make_sku
from tests.prove.state import Logical, Place
from vmi.core.actors import Actor, system_actor, user_actor
from warehousing.models import Location, Owner, Warehouse
from warehousing.services import create_warehouse, create_zone, open_rack, register_owner

ACTOR = system_actor("proof")
MEMBERS = (71, 72)

DIFFERENCE_LIMIT = 3
"""Units by which a picture of a place may differ before a person has to look, a count before two have to."""


@dataclass(frozen=True)
class World:
    """Ids of what was built; ``sources`` are the (warehouse, owner) a channel sells from, by priority."""

    skus: tuple[int, ...]
    warehouses: tuple[int, ...]
    owners: tuple[int, ...]
    locations: dict[int, tuple[int, ...]]
    channels: tuple[int, ...]
    sources: dict[int, tuple[tuple[int, int], ...]]
    people: tuple[Actor, Actor, Actor]
    codes: dict[tuple[str, int], str]

    def told(self, place: Place | None) -> tuple[str, ...]:
        """A place as warehouses name it: code of the location and batch; nothing for none."""
        return () if place is None else (self.codes["location", place[1]], place[2])

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
    skus = (make_sku(), make_sku())
    Warehouse.objects.update(difference_limit=DIFFERENCE_LIMIT)
    codes = {("sku", row.pk): row.sku for row in skus}
    codes |= {("owner", row.pk): row.code for row in Owner.objects.filter(pk__in=owners)}
    codes |= {("location", row.pk): row.code for row in Location.objects.filter(warehouse_id__in=warehouses)}
    return World(
        skus=(skus[0].pk, skus[1].pk),
        warehouses=tuple(warehouses),
        owners=tuple(owners),
        locations=locations,
        channels=tuple(sources),
        sources=sources,
        people=(_person("clerk"), _person("manager"), _person("director")),
        codes=codes,
    )


def _person(name: str) -> Actor:
    """One of those who agree to a count."""
    return user_actor(get_user_model().objects.create_user(username=f"proof-{name}"))
