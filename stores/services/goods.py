"""Listings: what a store offers, at what price, on sale or not. Stock is never set here (C-01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog import selectors as catalog_selectors
from stores.choices import GOODS_MACHINE, GoodsStatus
from stores.exceptions import GoodsExists, GoodsNotFound, InvalidReference, InvalidValue
from stores.models import Goods
from stores.services.lines import AMOUNT_MAX
from stores.services.store import find_store
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.integrity import refusing
from vmi.core.money import quantize
from vmi.core.text import clean_text
from vmi.events.catalogue import ObjectChanged
from vmi.events.services import Entry, audit, record_many
from vmi.statuses.machine import transition

if TYPE_CHECKING:
    from catalog.selectors import SkuRow

NAME_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 2000
_WIRE_NAMES = {"description": "description", "parameter": "parameter", "service_info": "serviceInfo"}


@dataclass(frozen=True, slots=True)
class GoodsInput:
    """A listing as an import hands it over; an empty name takes the SKU's."""

    sku_id: int
    price: Decimal
    name: str = ""


@transaction.atomic
def list_goods(
    *,
    store_id: int,
    sku_id: int,
    name: str = "",
    price: Decimal,
    description: str = "",
    parameter: str = "",
    service_info: str = "",
    status: GoodsStatus | int = GoodsStatus.ON_SALE,
    actor: Actor,
) -> Goods:
    """Offer a SKU in a store (S000-17, C-20). An empty name takes the SKU's.

    Raises GoodsExists when the store lists it already, InvalidReference, InvalidValue.
    """
    find_store(store_id)
    sku = catalog_selectors.skus_by_id([sku_id]).get(sku_id)
    if sku is None:
        raise InvalidReference(_("The SKU does not exist."), param="product")
    values = _checked(
        {
            "name": name or sku.name,
            "price": price,
            "description": description,
            "parameter": parameter,
            "service_info": service_info,
        }
    )
    at = clock.now()
    goods = Goods(
        store_id=store_id,
        product_id=sku_id,
        sku=sku.code,
        status_id=known_status(status),
        creater_id=actor.user_id,
        create_time=at,
        modify_time=at,
        **values,
    )
    with refusing({"stores_goods_store_product": lambda: GoodsExists(param="product", details={"sku": sku.code})}):
        goods.save(force_insert=True)

    audit(goods, before={}, after={"sku": sku.code, **values, "status": goods.status_id}, actor=actor)
    return goods


def known_status(value: GoodsStatus | int) -> GoodsStatus:
    """The status by value. Raises InvalidValue."""
    if value not in GoodsStatus.values:
        raise InvalidValue(param="status", details={"allowed": list(GoodsStatus.values)})
    return GoodsStatus(value)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    clean = dict(values)
    if "name" in values:
        clean["name"] = clean_text(
            values["name"], param="name", limit=NAME_LENGTH_MAX, error=InvalidValue, required=True
        )
    for name, wire in _WIRE_NAMES.items():
        if name in values:
            clean[name] = clean_text(values[name], param=wire, limit=TEXT_LENGTH_MAX, error=InvalidValue, lines=True)
    if "price" in values:
        clean["price"] = checked_price(values["price"])
    return clean


def checked_price(price: Decimal) -> Decimal:
    """The price to the cent. Raises InvalidValue when negative or too large."""
    if not price.is_finite() or not 0 <= price <= AMOUNT_MAX:
        raise InvalidValue(_("The price must not be negative."), param="price")
    return quantize(price)


@transaction.atomic
def list_goods_bulk(*, store_id: int, rows: Sequence[GoodsInput], actor: Actor) -> int:
    """List many SKUs at once, with the same rows and log entries; those already listed stay as they are.

    Returns how many are new. Raises StoreNotFound, InvalidReference, InvalidValue.
    """
    find_store(store_id)
    listed = set(Goods.objects.filter(store_id=store_id).values_list("product_id", flat=True))
    wanted = {row.sku_id: row for row in rows if row.sku_id not in listed}
    skus = catalog_selectors.skus_by_id(wanted)
    unknown = sorted(set(wanted) - set(skus))
    if unknown:
        raise InvalidReference(_("The SKU does not exist."), param="product", details={"product": unknown[:20]})

    at = clock.now()
    goods = [
        Goods(
            store_id=store_id,
            product_id=row.sku_id,
            sku=skus[row.sku_id].code,
            creater_id=actor.user_id,
            create_time=at,
            modify_time=at,
            **_bulk_values(row, skus[row.sku_id]),
        )
        for row in wanted.values()
    ]
    Goods.objects.bulk_create(goods, batch_size=1000)
    record_many([_listed(row) for row in goods], actor=actor)
    return len(goods)


def _bulk_values(row: GoodsInput, sku: "SkuRow") -> dict[str, Any]:
    return _checked({"name": row.name or sku.name, "price": row.price})


def _listed(goods: Goods) -> Entry:
    changes = {"sku": [None, goods.sku], "price": [None, str(goods.price)]}
    return Entry(ObjectChanged(model="stores.goods", pk=goods.pk, changes=changes), subject=f"stores.goods:{goods.pk}")


@transaction.atomic
def update_goods(*, goods_id: int, actor: Actor, **fields: Any) -> Goods:
    """Change any of ``name description parameter service_info price``; store and SKU are fixed."""
    goods = find_goods(goods_id)
    values = _checked(fields)
    before = {name: getattr(goods, name) for name in values}

    for name, value in values.items():
        setattr(goods, name, value)
    goods.modify_time = clock.now()
    goods.save(update_fields=[*values, "modify_time"])

    audit(goods, before=before, after=values, actor=actor)
    return goods


def find_goods(goods_id: int) -> Goods:
    """The listing or GoodsNotFound."""
    goods = Goods.objects.filter(pk=goods_id).first()
    if goods is None:
        raise GoodsNotFound(param="id")
    return goods


@transaction.atomic
def set_price(*, goods_id: int, price: Decimal, actor: Actor) -> Goods:
    """Change the store's price of a listing (C-20); orders keep the price they were placed at."""
    return update_goods(goods_id=goods_id, price=price, actor=actor)


@transaction.atomic
def set_goods_status(*, goods_id: int, status: GoodsStatus | int, actor: Actor) -> Goods:
    """Put a listing on sale or take it off sale; setting the state it has changes nothing."""
    goods = find_goods(goods_id)
    wanted = known_status(status)
    before = goods.status_id
    if before == wanted:
        return goods

    transition(goods, wanted, machine=GOODS_MACHINE, actor=actor, extra={"modify_time": clock.now()})

    audit(goods, before={"status": before}, after={"status": int(wanted)}, actor=actor)
    return goods
