"""Stores, their shelves, staff and listings."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Channel, ChannelSource
from stores.choices import GoodsStatus
from stores.exceptions import (
    DuplicateStoreCode,
    GoodsExists,
    InvalidReference,
    InvalidValue,
    MemberExists,
    ShelfTaken,
    StoreNotFound,
)
from stores.models import Goods, Member, Store, StoreShelf
from stores.selectors import goods_for_order, goods_stock, store_for_order, stores_by_code, stores_visible_to
from stores.services import (
    GoodsInput,
    add_member,
    assign_shelves,
    create_store,
    list_goods,
    list_goods_bulk,
    set_goods_status,
    set_price,
    update_goods,
    update_store,
)
from tests.factories.stores import World, make_world
from vmi.core.actors import system_actor
from vmi.events.models import Event

ACTOR = system_actor()


def test_create_store_opens_its_channel(world: World) -> None:
    store = create_store(
        name=" Apple ",
        code="APPLE",
        sources=[(world.warehouse_id, world.owner_id)],
        order_hold_minutes=20,
        actor=ACTOR,
    )

    assert (store.code, store.name, store.order_hold_minutes) == ("APPLE", "Apple", 20)
    channel = Channel.objects.get(pk=store.channel_id)
    assert (channel.code, channel.name) == ("APPLE", "Apple")
    sources = ChannelSource.objects.filter(channel=channel).values_list("warehouse_id", "owner_id")
    assert list(sources) == [(world.warehouse_id, world.owner_id)]
    assert Event.objects.filter(subject=f"stores.store:{store.pk}").count() == 1
    row = store_for_order(store.pk)
    assert (row.code, row.channel_id, row.order_hold_minutes) == ("APPLE", channel.pk, 20)
    assert stores_by_code(["APPLE", "NONE"]) == {"APPLE": row}


def test_code_is_generated() -> None:
    assert create_store(name="x", actor=ACTOR).code.startswith("STO-")


def test_bad_stores_leave_nothing(world: World) -> None:
    stores, channels = Store.objects.count(), Channel.objects.count()
    for fields, error, param in (
        ({"name": " "}, InvalidValue, "name"),
        ({"name": "x" * 121}, InvalidValue, "name"),
        ({"name": "x", "order_hold_minutes": 0}, InvalidValue, "orderHoldMinutes"),
        ({"name": "x", "order_hold_minutes": 1441}, InvalidValue, "orderHoldMinutes"),
        ({"name": "x", "code": world.store.code.lower()}, DuplicateStoreCode, "code"),
        ({"name": "x", "sources": [(999_999, world.owner_id)]}, InvalidReference, "sources[0].warehouse"),
        ({"name": "x", "sources": [(world.warehouse_id, 999_999)]}, InvalidReference, "sources[0].owner"),
    ):
        with pytest.raises(error) as refusal:
            create_store(**fields, actor=ACTOR)
        assert refusal.value.param == param
    assert (Store.objects.count(), Channel.objects.count()) == (stores, channels)


def test_shelf_belongs_to_one_store(world: World) -> None:
    other = make_world(with_shelf=False)

    with pytest.raises(ShelfTaken) as refusal:
        assign_shelves(store_id=other.store.pk, shelf_ids=[other.shelf_id, world.shelf_id], actor=ACTOR)

    assert (refusal.value.status, refusal.value.details) == (409, {"shelf": [world.shelf_id]})
    assert StoreShelf.objects.filter(store=other.store).count() == 0
    assign_shelves(store_id=world.store.pk, shelf_ids=[], actor=ACTOR)
    assign_shelves(store_id=other.store.pk, shelf_ids=[other.shelf_id, world.shelf_id], actor=ACTOR)
    assert StoreShelf.objects.filter(store=other.store).count() == 2
    with pytest.raises(InvalidReference):
        assign_shelves(store_id=world.store.pk, shelf_ids=[999_999], actor=ACTOR)


def test_update_store(world: World) -> None:
    changed = update_store(store_id=world.store.pk, name="New", order_hold_minutes=None, actor=ACTOR)

    assert (changed.name, changed.order_hold_minutes) == ("New", None)
    with pytest.raises(StoreNotFound):
        update_store(store_id=999_999, name="x", actor=ACTOR)


def test_member_gets_the_role_and_sees_their_store(world: World, staff: object) -> None:
    user = staff(None)  # type: ignore[operator]

    member = add_member(store_id=world.store.pk, title="店长", name="Li", user_id=user.pk, actor=ACTOR)

    assert list(user.groups.values_list("name", flat=True)) == ["store_member"]
    assert stores_visible_to(user) == {world.store.pk}
    with pytest.raises(MemberExists):
        add_member(store_id=world.store.pk, title="店长", name="Li", user_id=user.pk, actor=ACTOR)
    assert Member.objects.get().pk == member.pk


def test_wider_roles_are_not_confined(world: World, staff: object) -> None:
    for role in ("namespace_admin", "manager", "clerk", "finance", "warehouse"):
        user = staff(role)  # type: ignore[operator]
        add_member(store_id=world.store.pk, title="x", name="y", user_id=user.pk, actor=ACTOR)
        assert stores_visible_to(user) is None


def test_listing_counts_what_lies_on_its_shelves(world: World) -> None:
    goods = world.goods()
    world.receive(world.line(10), world.line(4, index=1))
    stock = goods_stock([goods])[goods.pk]

    assert (stock.count, stock.sellable, stock.shelf) == (10, 10, (world.shelf_id,))


def test_goods_off_the_shelf_are_sellable_but_not_counted() -> None:
    world = make_world(with_shelf=False)
    goods = world.goods()
    world.receive(world.line(10))

    stock = goods_stock([goods])[goods.pk]

    assert (stock.count, stock.sellable, stock.shelf) == (0, 10, ())


def test_stock_of_a_page_costs_the_same_for_many_stores(world: World) -> None:
    goods = [world.goods(), world.goods(1)]
    with CaptureQueriesContext(connection) as one_store:
        goods_stock(goods)
    for _number in range(3):
        other = make_world()
        goods.append(other.goods())
        other.receive(other.line(2))

    with CaptureQueriesContext(connection) as four_stores:
        stock = goods_stock(goods)

    assert len(four_stores) == len(one_store)
    assert [stock[row.pk].count for row in goods] == [0, 0, 2, 2, 2]


def test_a_sku_is_listed_once(world: World) -> None:
    world.goods()

    with pytest.raises(GoodsExists) as refusal:
        world.goods()

    assert refusal.value.status == 409
    assert Goods.objects.count() == 1


def test_price_and_status(world: World) -> None:
    goods = world.goods(price="9.90")

    assert set_price(goods_id=goods.pk, price=Decimal("8.005"), actor=ACTOR).price == Decimal("8.01")
    off = set_goods_status(goods_id=goods.pk, status=GoodsStatus.OFF_SALE, actor=ACTOR)
    again = set_goods_status(goods_id=goods.pk, status=GoodsStatus.OFF_SALE, actor=ACTOR)
    assert off.status_id == again.status_id == GoodsStatus.OFF_SALE
    with pytest.raises(InvalidValue):
        set_price(goods_id=goods.pk, price=Decimal(-1), actor=ACTOR)
    with pytest.raises(InvalidValue):
        update_goods(goods_id=goods.pk, name="", actor=ACTOR)
    steps = Event.objects.filter(subject=f"stores.goods:{goods.pk}").count()
    assert steps == 3


def test_goods_for_order_reads_any_case(world: World) -> None:
    goods = world.goods(price="9.90")
    code = goods.sku.lower()

    found = goods_for_order(world.store.pk, [code, "NONE"])

    assert set(found) == {code}
    row = found[code]
    assert (row.goods_id, row.sku, row.price, row.on_sale) == (goods.pk, goods.sku, Decimal("9.90"), True)


def test_bulk_listing_keeps_what_is_there(world: World) -> None:
    world.goods(price="1.00")
    rows = [GoodsInput(sku_id=world.sku(index).pk, price=Decimal("2.00")) for index in range(3)]

    assert list_goods_bulk(store_id=world.store.pk, rows=rows, actor=ACTOR) == 2
    assert list_goods_bulk(store_id=world.store.pk, rows=rows, actor=ACTOR) == 0

    assert sorted(Goods.objects.values_list("price", flat=True)) == [Decimal(1), Decimal(2), Decimal(2)]
    with pytest.raises(InvalidReference):
        list_goods_bulk(store_id=world.store.pk, rows=[GoodsInput(sku_id=999_999, price=Decimal(1))], actor=ACTOR)
    with pytest.raises(InvalidReference):
        list_goods(store_id=world.store.pk, sku_id=999_999, price=Decimal(1), actor=ACTOR)
