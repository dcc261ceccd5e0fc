"""Named reads of the stores app; other apps see plain rows, never models."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from inventory import selectors as inventory_selectors
from inventory.hooks import Route
from stores.choices import STORE_MEMBER_ROLE, DocumentStatus, GoodsStatus
from stores.exceptions import StoreNotFound
from stores.models import Goods, Member, StockDocument, StockIn, StockOut, Store, StoreShelf
from vmi.core.db import fetch_prepared_tuples
from vmi.core.sources import Source
from warehousing import selectors as warehousing_selectors

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from vmi.accounts.models import User

EVERY_STORE = "stores.access_every_store"

WIDE_ROLES = frozenset({"namespace_admin", "manager", "clerk", "finance", "warehouse"})
"""Roles that see every store; whoever is only a store member sees their own, whatever other groups they have."""


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store as orders see it; ``order_hold_minutes``: its channel's, else its own, None: the namespace's."""

    id: int
    code: str
    name: str
    channel_id: int
    order_hold_minutes: int | None


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """A listing as orders see it: what it is, its price now, and whether it is on sale."""

    goods_id: int
    sku_id: int
    sku: str
    name: str
    price: Decimal
    on_sale: bool


@dataclass(frozen=True, slots=True)
class GoodsStock:
    """What the stock core says of one listing: units on the store's shelves, units it may sell, and which shelves."""

    count: int = 0
    sellable: int = 0
    shelf: tuple[int, ...] = field(default=())


def store_for_order(store_id: int) -> StoreRow:
    """The store an order is placed in. Raises StoreNotFound."""
    found = fetch_prepared_tuples(
        "SELECT s.id, s.code, s.name, s.channel_id, coalesce(c.order_hold_minutes, s.order_hold_minutes) "
        "FROM stores_store s JOIN inventory_channel c ON c.id = s.channel_id WHERE s.id = %s",
        [store_id],
    )
    if not found:
        raise StoreNotFound(param="store")
    return StoreRow(*found[0])


def order_hold_minutes_of(channel_id: int) -> int | None:
    """The minutes the store behind a channel grants an unpaid order; None: no store, or no wish of its own."""
    return Store.objects.filter(channel_id=channel_id).values_list("order_hold_minutes", flat=True).first()


def route_of(source: Source) -> Route | None:
    """Where the goods of a transfer go: the destination of its stock-out; None for every other document."""
    if source.type != StockOut._meta.model_name:
        return None
    found = (
        StockOut.objects.filter(sn=source.sn, destination__isnull=False)
        .values_list("destination_id", "owner_id", "due_on", "opens_presale")
        .first()
    )
    return Route(*found) if found else None


def stores_by_code(codes: Iterable[str]) -> dict[str, StoreRow]:
    """Stores by code; unknown codes are left out."""
    rows = Store.objects.filter(code__in=set(codes)).values_list(
        "id", "code", "name", "channel_id", "order_hold_minutes"
    )
    return {row[1]: StoreRow(*row) for row in rows}


def goods_for_order(store_id: int, skus: Sequence[str]) -> dict[str, GoodsRow]:
    """The store's listings of these SKU codes, by code as asked; SKUs it does not list are left out.

    Codes are compared whatever their case, as in the catalogue.
    """
    asked = {code.upper(): code for code in skus}
    rows = fetch_prepared_tuples(
        "SELECT id, product_id, sku, name, price, status_id FROM stores_goods "
        "WHERE store_id = %s AND sku = ANY(%s::varchar[])",
        [store_id, sorted({*asked, *asked.values()})],
    )
    return {
        asked[sku.upper()]: GoodsRow(goods_id, sku_id, sku, name, price, status == GoodsStatus.ON_SALE)
        for goods_id, sku_id, sku, name, price, status in rows
    }


def goods_stock(goods: Sequence[Goods]) -> dict[int, GoodsStock]:
    """Count, sellable and shelves of each listing by its id (C-01): the same few queries whatever the page holds."""
    if not goods:
        return {}
    sku_ids = {row.product_id for row in goods}
    places = _store_places({row.store_id for row in goods})
    counts = inventory_selectors.store_counts([place for store in places.values() for place in store], sku_ids)
    channels = dict(Store.objects.filter(pk__in={row.store_id for row in goods}).values_list("id", "channel_id"))
    sellable = inventory_selectors.sellable_by_channel(set(channels.values()), sku_ids)
    return {
        row.pk: _stock_of(
            counts.get(row.product_id, {}),
            places.get(row.store_id, {}),
            sellable.get((channels[row.store_id], row.product_id), 0),
        )
        for row in goods
    }


def _stock_of(by_location: dict[int, int], places: dict[int, int], sellable: int) -> GoodsStock:
    mine = {location: count for location, count in by_location.items() if location in places}
    shelves = sorted({places[location] for location in mine})
    return GoodsStock(count=sum(mine.values()), sellable=max(sellable, 0), shelf=tuple(shelves))


def _store_places(store_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Location → shelf, by store."""
    links = list(StoreShelf.objects.filter(store_id__in=store_ids).values_list("store_id", "shelf_id"))
    locations = warehousing_selectors.location_ids_of_shelves([shelf for _store, shelf in links])
    found: dict[int, dict[int, int]] = {}
    for store_id, shelf_id in links:
        found.setdefault(store_id, {}).update(dict.fromkeys(locations[shelf_id], shelf_id))
    return found


def shelf_ids_of_stores(store_ids: Collection[int]) -> dict[int, list[int]]:
    """The shelves of each store."""
    found: dict[int, list[int]] = {store_id: [] for store_id in store_ids}
    for store_id, shelf_id in StoreShelf.objects.filter(store_id__in=store_ids).values_list("store_id", "shelf_id"):
        found[store_id].append(shelf_id)
    return found


def stores_visible_to(user: "User") -> set[int] | None:
    """The stores a signed-in person is confined to; None: every store (C-54).

    A store member without a wider role sees the stores they work in, even none.
    """
    if user.is_superuser or user.has_perm(EVERY_STORE):
        return None
    roles = set(user.groups.values_list("name", flat=True))
    if STORE_MEMBER_ROLE not in roles or roles & WIDE_ROLES:
        return None
    return set(Member.objects.filter(user_id=user.pk).values_list("store_id", flat=True))


def may_change(user: "User", document: StockDocument) -> bool:
    """Whether a person may edit or cancel a document they see: staff of single stores their own, not yet approved."""
    if stores_visible_to(user) is None:
        return True
    return document.creater_id == user.pk and document.status_id in (DocumentStatus.DRAFT, DocumentStatus.PENDING)


def channels_visible_to(user: "User") -> set[int] | None:
    """The channels of the stores a signed-in person is confined to; None: every channel (C-54)."""
    stores = stores_visible_to(user)
    if stores is None:
        return None
    return set(Store.objects.filter(pk__in=stores).values_list("channel_id", flat=True))


def stockout_sns(source: Source) -> list[str]:
    """Numbers of the stock-out documents a source opened, oldest first."""
    rows = StockOut.objects.filter(source_type=source.type, source_sn=source.sn)
    return list(rows.order_by("pk").values_list("sn", flat=True))


def stockin_sns(source: Source) -> list[str]:
    """Numbers of the stock-in documents a source opened, oldest first."""
    rows = StockIn.objects.filter(source_type=source.type, source_sn=source.sn)
    return list(rows.order_by("pk").values_list("sn", flat=True))


def stockin_sns_of_type(source_type: str) -> set[str]:
    """The source numbers for which stock-ins of a source type exist: what an import has brought in already."""
    return set(StockIn.objects.filter(source_type=source_type).values_list("source_sn", flat=True))


def stockout_sns_of_type(source_type: str) -> set[str]:
    """The source numbers for which stock-outs of a source type exist."""
    return set(StockOut.objects.filter(source_type=source_type).values_list("source_sn", flat=True))


def documents_to_review(kind: type[StockDocument], store_ids: Collection[int] | None) -> "QuerySet[Any]":
    """Documents of a kind (``StockIn``, ``StockOut``) waiting for review, oldest first, of these stores (None: all)."""
    rows: QuerySet[Any] = kind._default_manager.filter(status_id=DocumentStatus.PENDING).order_by("id")
    return rows if store_ids is None else rows.filter(store_id__in=store_ids)
