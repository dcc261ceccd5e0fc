"""A shop that sells: a store with its warehouse, goods with stock, and orders brought to any state by the commands."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from inventory.models import ChannelStock, LogicalStock
from inventory.services import ReceiveLine, receive
from orders.models import Order
from orders.payments.models import Payment
from orders.payments.services import confirm_offline_payment
from orders.services import (
    Consignee,
    OrderItemInput,
    complete_order,
    place_order,
    record_shipment,
    release_to_warehouse,
)
from stores.services import create_store, list_goods
from tests.factories.catalog import make_sku
from tests.factories.partners import make_partner
from vmi.core.actors import Actor, system_actor
from vmi.core.sources import Source
from vmi.events import deliver_inline
from warehousing.models import Location
from warehousing.selectors import notice_ids_of_source
from warehousing.services import confirm_manually, create_warehouse, create_zone, open_rack, register_owner

_numbers = itertools.count(1)

CONSIGNEE = Consignee(
    name="王小明", phone="13800000000", province="440000", city="440300", district="440305", address="科技园 1 号"
)


@dataclass
class Shop:
    """One store selling from one warehouse for one owner; ``skus`` in the order they were listed."""

    store_id: int
    channel_id: int
    warehouse_id: int
    owner_id: int
    location_id: int
    skus: list[str] = field(default_factory=list)
    sku_ids: dict[str, int] = field(default_factory=dict)
    goods_ids: dict[str, int] = field(default_factory=dict)

    def add(self, *, price: str = "10.00", stock: int = 10, cost: str = "6.00") -> str:
        """List another SKU with ``stock`` units on hand; returns its code."""
        sku = make_sku()
        goods = list_goods(
            store_id=self.store_id, sku_id=sku.pk, name=f"商品 {sku.sku}", price=Decimal(price), actor=system_actor()
        )
        self.skus.append(sku.sku)
        self.sku_ids[sku.sku], self.goods_ids[sku.sku] = sku.pk, goods.pk
        if stock:
            self.receive(sku.sku, stock, cost=cost)
        return sku.sku

    def receive(self, sku: str, quantity: int, *, cost: str = "6.00", batch: str = "") -> None:
        """Book ``quantity`` units onto the shelf."""
        line = ReceiveLine(1, self.sku_ids[sku], self.location_id, batch, quantity, Decimal(cost))
        receive(
            warehouse_id=self.warehouse_id,
            owner_id=self.owner_id,
            lines=[line],
            source=Source("stockin", f"IN-TEST-{next(_numbers):06d}"),
            actor=system_actor(),
        )

    def place(
        self, *quantities: int, actor: Actor | None = None, partner_id: int | None = None, **more: object
    ) -> Order:
        """Order the listed quantities of the SKUs in their order (0: none of it)."""
        items = [OrderItemInput(sku, count) for sku, count in zip(self.skus, quantities, strict=False) if count]
        return place_order(
            store_id=self.store_id,
            partner_id=partner_id,
            items=items,
            consignee=CONSIGNEE,
            actor=actor or system_actor(),
            **more,  # type: ignore[arg-type]
        )

    def logical(self, sku: str | None = None) -> LogicalStock:
        """The logical row of a SKU (default: the first)."""
        return LogicalStock.objects.get(sku_id=self.sku_ids[sku or self.skus[0]], warehouse_id=self.warehouse_id)

    def bucket(self, sku: str | None = None) -> ChannelStock:
        """The sellable bucket of a SKU (default: the first)."""
        return ChannelStock.objects.get(pool__logical=self.logical(sku), channel=None)

    def counts(self, sku: str | None = None) -> tuple[int, int, int, int, int]:
        """held, sold, allocated, base quota, physical base of a SKU."""
        bucket, logical = self.bucket(sku), self.logical(sku)
        return (
            bucket.held_qty,
            bucket.sold_qty,
            logical.allocated_qty,
            bucket.base_quota_qty,
            logical.physical_base_qty,
        )


def make_shop(*, price: str = "10.00", stock: int = 10, hold_minutes: int | None = None) -> Shop:
    """A shop with one SKU on its shelf."""
    number, actor = next(_numbers), system_actor()
    warehouse = create_warehouse(name=f"仓库 S{number}", actor=actor)
    zone = create_zone(warehouse_id=warehouse.pk, code="ST", name="存储区", actor=actor)
    open_rack(warehouse_id=warehouse.pk, zone_id=zone.pk, rack="01", levels=1, slots=2, actor=actor)
    owner = register_owner(name=f"货主 S{number}", actor=actor)
    store = create_store(
        name=f"门店 {number}", sources=[(warehouse.pk, owner.pk)], order_hold_minutes=hold_minutes, actor=actor
    )
    location = Location.objects.filter(warehouse_id=warehouse.pk).order_by("code")[0]
    shop = Shop(store.pk, store.channel_id, warehouse.pk, owner.pk, location.pk)
    shop.add(price=price, stock=stock)
    return shop


def pay(order: Order, *, reference: str = "") -> Payment:
    """Pay the order in cash."""
    return confirm_offline_payment(
        order_id=order.pk, amount=order.cost, reference=reference, actor=system_actor("cashier")
    )


def ship(order: Order, *, tracking_no: str = "SF1000000001") -> Order:
    """Release a paid order and let its warehouse confirm everything; events are delivered at once."""
    with deliver_inline():
        release_to_warehouse(order_id=order.pk, actor=system_actor())
        for notice_id in notice_ids_of_source(order.source):
            confirm_manually(notice_id=notice_id, company="顺丰", tracking_no=tracking_no, actor=system_actor())
    return Order.objects.get(pk=order.pk)


def complete(order: Order) -> Order:
    """Bring a placed order all the way to the customer."""
    pay(order)
    ship(order)
    return complete_order(order_id=order.pk, actor=system_actor())


def again(order: Order) -> Order:
    """The order as it is stored now, with ``is_overdue``."""
    return Order.objects.with_overdue().get(pk=order.pk)


__all__ = [
    "CONSIGNEE",
    "Shop",
    "again",
    "complete",
    "make_partner",
    "make_shop",
    "pay",
    "record_shipment",
    "ship",
]


def failing(command: Callable[[], object], error: type[Exception]) -> Exception:
    """Run a command that must refuse, in a savepoint so that the test can look at what is left."""
    from django.db import transaction

    try:
        with transaction.atomic():
            command()
    except error as refusal:
        return refusal
    raise AssertionError(f"{error.__name__} was not raised")
