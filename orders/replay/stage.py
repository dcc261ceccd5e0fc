"""What the file's sales stand on: people, warehouse, owner, store, articles, listings. Found again by their codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from catalog.selectors import skus_by_code
from catalog.services import ProductRow, SkuInput, create_products_bulk
from orders.replay.planning import Article
from stores.selectors import shelf_ids_of_stores, stores_by_code
from stores.services import GoodsInput, assign_shelves, create_store, list_goods_bulk
from vmi.core.actors import Actor, system_actor, user_actor
from warehousing.selectors import location_ids_of_shelves, owners_by_code, warehouses_by_code
from warehousing.services import create_warehouse, create_zone, open_rack, register_owner

WAREHOUSE_CODE: Final = "SALES-WH"
OWNER_CODE: Final = "SALES-OWN"
STORE_CODE: Final = "SALES"
CLERK: Final = "sales.clerk"
MANAGER: Final = "sales.manager"

RACKS: Final = 10
LEVELS: Final = 5
SLOTS: Final = 20
"""1,000 locations: a few articles share one, as in a real picking area."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Ids and actors every step needs: the machine sells, the clerk writes documents, the manager approves them."""

    machine: Actor
    clerk: Actor
    manager: Actor
    warehouse_id: int
    owner_id: int
    store_id: int
    sku_ids: dict[str, int]
    location_ids: dict[str, int]


def set_stage(articles: Sequence[Article]) -> Stage:
    """Make what is missing, find what is there; the caller holds the transaction and sets the clock."""
    machine = system_actor("replay_sales")
    warehouse_id = _warehouse(machine)
    owner = owners_by_code([OWNER_CODE]).get(OWNER_CODE)
    owner_id = owner.id if owner else register_owner(name="Sales", code=OWNER_CODE, actor=machine).pk
    store_id, locations = _store(warehouse_id, owner_id, machine)
    sku_ids = _articles(articles, machine)
    rows = [GoodsInput(sku_id=sku_ids[article.code], price=article.price) for article in articles]
    list_goods_bulk(store_id=store_id, rows=rows, actor=machine)
    return Stage(
        machine=machine,
        clerk=_person(CLERK, role="clerk"),
        manager=_person(MANAGER, role="manager"),
        warehouse_id=warehouse_id,
        owner_id=owner_id,
        store_id=store_id,
        sku_ids=sku_ids,
        location_ids={article.code: locations[index % len(locations)] for index, article in enumerate(articles)},
    )


def _person(username: str, *, role: str) -> Actor:
    """A member of staff who signs documents; without a password, so nobody can sign in as them."""
    users = get_user_model().objects
    user = users.filter(username=username).first()
    if user is None:
        user = users.create_user(username=username, password=None)
        user.groups.add(Group.objects.get(name=role))
    return user_actor(user)


def _warehouse(actor: Actor) -> int:
    known = warehouses_by_code([WAREHOUSE_CODE]).get(WAREHOUSE_CODE)
    if known is not None:
        return known.id
    return int(create_warehouse(name="Sales warehouse", code=WAREHOUSE_CODE, actor=actor).pk)


def _store(warehouse_id: int, owner_id: int, actor: Actor) -> tuple[int, list[int]]:
    """The store and the locations on its shelves, in picking order."""
    known = stores_by_code([STORE_CODE]).get(STORE_CODE)
    if known is None:
        store = create_store(name="Sales", code=STORE_CODE, sources=[(warehouse_id, owner_id)], actor=actor)
        assign_shelves(store_id=store.pk, shelf_ids=_racks(warehouse_id, actor), actor=actor)
        store_id = int(store.pk)
    else:
        store_id = known.id
    shelves = shelf_ids_of_stores([store_id])[store_id]
    by_shelf = location_ids_of_shelves(sorted(shelves))
    return store_id, [location for locations in by_shelf.values() for location in locations]


def _racks(warehouse_id: int, actor: Actor) -> list[int]:
    zone = create_zone(warehouse_id=warehouse_id, code="ST", name="Storage", actor=actor)
    return [
        int(
            open_rack(
                warehouse_id=warehouse_id,
                zone_id=zone.pk,
                rack=str(number),
                levels=LEVELS,
                slots=SLOTS,
                actor=actor,
            ).pk
        )
        for number in range(1, RACKS + 1)
    ]


def _articles(articles: Sequence[Article], actor: Actor) -> dict[str, int]:
    """SKU ids by code; articles the catalogue lacks become published products of one SKU each."""
    known = skus_by_code(article.code for article in articles)
    missing = [article for article in articles if article.code not in known]
    create_products_bulk([_product(article) for article in missing], actor)
    known |= skus_by_code(article.code for article in missing)
    return {code: row.id for code, row in known.items()}


def _product(article: Article) -> ProductRow:
    sku = SkuInput(sku=article.code, list_price=article.price or None)
    return ProductRow(name=article.name, skus=[sku], publish=True)
