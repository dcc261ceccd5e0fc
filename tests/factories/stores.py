"""A store in a small world: a warehouse with one shelf, an owner, SKUs, people, documents."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from catalog.models import ProductInfo
from stores.models import Goods, StockIn, StockOut, Store
from stores.services import (
    DocumentLine,
    approve_stockin,
    assign_shelves,
    create_stockin,
    create_stockout,
    create_store,
    list_goods,
    submit_stockin,
    submit_stockout,
)
from tests.factories.catalog import make_sku
from vmi.core.actors import Actor, ActorKind, system_actor
from warehousing.models import Location, Shelf
from warehousing.services import create_warehouse, create_zone, open_rack, register_owner

_numbers = itertools.count(1)

AUTHOR, REVIEWER = 900_101, 900_102
"""User ids of the two people of the four-eyes rule; ``World.people`` creates them."""


def person(user_id: int) -> Actor:
    """Somebody of the staff."""
    return Actor(user_id=user_id, kind=ActorKind.STAFF, label=f"user-{user_id}")


@dataclass
class World:
    """One store selling one owner's goods from one warehouse with one shelf of four locations."""

    store: Store
    warehouse_id: int
    owner_id: int
    shelf_id: int
    location_ids: list[int]
    author: Actor
    reviewer: Actor
    skus: list[ProductInfo] = field(default_factory=list)

    def sku(self, index: int = 0) -> ProductInfo:
        """The SKU of that index, made when first asked for."""
        while len(self.skus) <= index:
            self.skus.append(make_sku())
        return self.skus[index]

    def line(self, quantity: int = 10, *, price: str = "2.50", index: int = 0, **fields: Any) -> DocumentLine:
        """A document line."""
        return DocumentLine(sku_id=self.sku(index).pk, quantity=quantity, price=Decimal(price), **fields)

    def head(self, **fields: Any) -> dict[str, Any]:
        """The head of a document of this store."""
        return {
            "warehouse_id": self.warehouse_id,
            "owner_id": self.owner_id,
            "store_id": self.store.pk,
            "actor": self.author,
            **fields,
        }

    def stockin(self, *lines: DocumentLine, submitted: bool = True, **fields: Any) -> StockIn:
        """A stock-in by the author, waiting for review unless it is to stay a draft."""
        document = create_stockin(lines=lines or (self.line(),), **self.head(**fields))
        return submit_stockin(stockin_id=document.pk, actor=self.author) if submitted else document

    def stockout(self, *lines: DocumentLine, submitted: bool = True, **fields: Any) -> StockOut:
        """A stock-out by the author, waiting for review unless it is to stay a draft."""
        document = create_stockout(lines=lines or (self.line(),), **self.head(**fields))
        return submit_stockout(stockout_id=document.pk, actor=self.author) if submitted else document

    def receive(self, *lines: DocumentLine, **fields: Any) -> StockIn:
        """An approved stock-in."""
        return approve_stockin(stockin_id=self.stockin(*lines, **fields).pk, actor=self.reviewer)

    def goods(self, index: int = 0, *, price: str = "9.90", **fields: Any) -> Goods:
        """A listing."""
        return list_goods(
            store_id=self.store.pk, sku_id=self.sku(index).pk, price=Decimal(price), actor=self.author, **fields
        )


def make_people(ids: Sequence[int] = (AUTHOR, REVIEWER)) -> list[Actor]:
    """Staff with known ids."""
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    for user_id in ids:
        users.get_or_create(pk=user_id, defaults={"username": f"user-{user_id}", "is_staff": True})
    return [person(user_id) for user_id in ids]


def make_world(*, with_shelf: bool = True, **store: Any) -> World:
    """A store with its surroundings."""
    number = next(_numbers)
    actor = system_actor()
    author, reviewer = make_people()
    warehouse = create_warehouse(name=f"仓库 {number}", actor=actor)
    zone = create_zone(warehouse_id=warehouse.pk, code="ST", name="存储区", kind="storage", actor=actor)
    shelf: Shelf = open_rack(
        warehouse_id=warehouse.pk, zone_id=zone.pk, rack="01", levels=2, slots=2, capacity=None, actor=actor
    )
    owner = register_owner(name=f"货主 {number}", type="own", actor=actor)
    store.setdefault("name", f"店铺 {number}")
    opened = create_store(sources=[(warehouse.pk, owner.pk)], actor=actor, **store)
    if with_shelf:
        assign_shelves(store_id=opened.pk, shelf_ids=[shelf.pk], actor=actor)
    places = Location.objects.filter(shelf=shelf).order_by("level", "slot").values_list("pk", flat=True)
    return World(opened, warehouse.pk, owner.pk, shelf.pk, list(places), author, reviewer)


def start_ids_at(number: int, *tables: str) -> None:
    """Let the next row of each table have this id, so that two namespaces hold rows with equal ids."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [table, number])
