"""The chapter of shops: what they sell from where, on which racks, and who works there."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from orders.demo.catalogue_data import ARTICLES
from orders.demo.places import DEPOTS, location_codes
from orders.demo.world import World
from stores.choices import GoodsStatus
from stores.services import (
    GoodsInput,
    add_member,
    assign_shelves,
    create_store,
    list_goods,
    list_goods_bulk,
    set_goods_status,
    set_price,
)
from vmi.core.actors import Actor
from warehousing.selectors import locations_by_code


@dataclass(frozen=True, slots=True)
class Shop:
    """A store. ``sources`` are pairs of warehouse and owner, first choice first; ``racks`` are warehouse, zone, number.

    ``staff`` are title, name and username (empty: no access).
    """

    code: str
    name: str
    description: str
    sources: tuple[tuple[str, str], ...]
    racks: tuple[tuple[str, str, int], ...]
    brands: tuple[str, ...]
    staff: tuple[tuple[str, str, str], ...]
    hold_minutes: int | None = None


SHOPS: Final = (
    Shop(
        "APPLE", "苹果官方旗舰店", "Apple 授权专营，全国联保",
        (("BJ", "APPLE"), ("SH", "APPLE")), (("BJ", "ST", 1), ("SH", "ST", 1)), ("Apple",),
        (("店长", "张经理", "zhang.manager"), ("店员", "张助理", "zhang.assistant"), ("店员", "孙佳", "store")),
    ),
    Shop(
        "SAMSUNG", "三星官方旗舰店", "Galaxy 全系列",
        (("GZ", "SAMSUNG"), ("SH", "SAMSUNG")), (("GZ", "ST", 1), ("SH", "ST", 2)), ("Samsung",),
        (("店长", "李经理", "li.manager"), ("店员", "李助理", "li.assistant")), 1440,
    ),
    Shop(
        "NIKE", "耐克官方旗舰店", "运动鞋服；团购订单保留一天",
        (("GZ", "NIKE"), ("BJ", "NIKE"), ("SH", "NIKE")),
        (("GZ", "ST", 2), ("BJ", "ST", 2), ("SH", "ST", 3)), ("Nike",),
        (("店长", "王经理", "wang.manager"), ("店员", "王助理", "wang.assistant")), 1440,
    ),
    Shop(
        "YUNGU", "云谷自营店", "自营食品与家居日用",
        (("SH", "OWN"), ("BJ", "OWN")), (("SH", "ST", 4), ("BJ", "ST", 3)), ("云谷",),
        (("店长", "林小满", "clerk"),), 1440,
    ),
    Shop(
        "SANLITUN", "三里屯体验店", "线下门店，现场付款、仓库配送",
        (("BJ", "APPLE"), ("BJ", "NIKE")), (("BJ", "PI", 1),), ("Apple", "Nike"),
        (("店长", "马晓", ""), ("导购", "孙佳", "store"), ("收银员", "田甜", "")),
    ),
)  # fmt: skip

OFF_SALE: Final = ("SANLITUN", "NK-TEE-XL-BLK")
"""A listing that was taken off sale."""

REPRICED: Final = ("APPLE", "AP-IP15-128-PNK", "5699.00")
"""A listing whose price was lowered."""


def load_shops(actor: Actor) -> None:
    """Stores with their channels, racks, staff and listings at the list price."""
    world = World.of_namespace()
    numbers = {depot.code: depot.number for depot in DEPOTS}
    for shop in SHOPS:
        store = create_store(
            name=shop.name,
            code=shop.code,
            description=shop.description,
            sources=[(world.warehouses[depot], world.owners[owner]) for depot, owner in shop.sources],
            order_hold_minutes=shop.hold_minutes,
            actor=actor,
        )
        firsts = [location_codes(numbers[depot], zone, rack)[0] for depot, zone, rack in shop.racks]
        shelves = [row.shelf_id for row in locations_by_code(firsts).values()]
        assign_shelves(store_id=store.pk, shelf_ids=shelves, actor=actor)
        for title, name, username in shop.staff:
            user_id = world.actors[username].user_id if username else None
            add_member(store_id=store.pk, title=title, name=name, user_id=user_id, actor=actor)
        _listings(shop, int(store.pk), world, actor)


def _listings(shop: Shop, store_id: int, world: World, actor: Actor) -> None:
    articles = [article for article in ARTICLES if article.brand in shop.brands and article.state == "on"]
    variants = [variant for article in articles for variant in article.variants]
    changed = {code for store, code, *_rest in (OFF_SALE, REPRICED) if store == shop.code}
    list_goods_bulk(
        store_id=store_id,
        rows=[
            GoodsInput(sku_id=world.skus[variant.code], price=Decimal(variant.price))
            for variant in variants
            if variant.code not in changed
        ],
        actor=actor,
    )
    for variant in variants:
        if variant.code not in changed:
            continue
        goods = list_goods(
            store_id=store_id,
            sku_id=world.skus[variant.code],
            price=Decimal(variant.price),
            service_info="七天无理由退货",
            actor=actor,
        )
        if (shop.code, variant.code) == OFF_SALE:
            set_goods_status(goods_id=goods.pk, status=GoodsStatus.OFF_SALE, actor=actor)
        else:
            set_price(goods_id=goods.pk, price=Decimal(REPRICED[2]), actor=actor)
