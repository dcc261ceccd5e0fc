"""A small world of stock: a warehouse with a rack, an owner, a channel that sells from it, and shorthand commands."""

import itertools
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from inventory.choices import Counter, Purpose
from inventory.models import AllocationPool, ChannelStock, LedgerEntry, LogicalStock, PhysicalStock
from inventory.services import (
    Hold,
    ReceiveLine,
    ReserveLine,
    add_channel_source,
    open_channel,
    receive,
    reserve,
)
from tests.factories.catalog import make_sku
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from warehousing.models import Location
from warehousing.services import create_warehouse, create_zone, open_rack, register_owner

_numbers = itertools.count(1)


def source(kind: str = "order") -> Source:
    """A document nobody used before."""
    return Source(kind, f"{kind.upper()}-{next(_numbers):06d}")


@dataclass
class Stock:
    """One SKU in one warehouse for one owner, sold by one channel."""

    sku_id: int
    sku: str
    warehouse_id: int
    owner_id: int
    location_id: int
    other_location_id: int
    channel_id: int

    def receive(self, quantity: int, *, cost: str = "10.00", location_id: int | None = None, **fields: Any) -> Source:
        """Book a stock-in of ``quantity`` units."""
        document = fields.pop("source", None) or source("stockin")
        line = ReceiveLine(
            line_no=1,
            sku_id=fields.pop("sku_id", self.sku_id),
            location_id=location_id or self.location_id,
            batch=fields.pop("batch", ""),
            quantity=quantity,
            unit_cost=Decimal(cost),
        )
        receive(
            warehouse_id=self.warehouse_id,
            owner_id=fields.pop("owner_id", self.owner_id),
            lines=[line],
            source=document,
            actor=system_actor(),
        )
        return document

    def reserve(self, quantity: int, *, document: Source | None = None, minutes: int = 15) -> list[Hold]:
        """Hold ``quantity`` units for ``minutes``."""
        return reserve(
            channel_id=self.channel_id,
            lines=[ReserveLine(1, self.sku_id, quantity)],
            source=document or source(),
            expires_at=clock.now() + timedelta(minutes=minutes),
            actor=system_actor(),
        )

    @property
    def logical(self) -> LogicalStock:
        """The logical row as it is now."""
        return LogicalStock.objects.get(sku_id=self.sku_id, warehouse_id=self.warehouse_id, owner_id=self.owner_id)

    @property
    def bucket(self) -> ChannelStock:
        """The shared bucket of the default pool as it is now."""
        return ChannelStock.objects.get(pool__logical=self.logical, pool__purpose=Purpose.NORMAL, channel=None)

    def numbers(self) -> dict[str, int]:
        """Every counter of the four layers that is not zero, summed per layer."""
        logical = self.logical
        found: dict[str, int] = {}
        for name in ("base_quota_qty", "held_qty", "sold_qty", "frozen_qty", "returning_qty"):
            found[f"channel.{name}"] = getattr(self.bucket, name)
        for pool in AllocationPool.objects.filter(logical=logical):
            found[f"pool{pool.purpose}.quota_qty"] = pool.quota_qty
        for name in ("physical_base_qty", "allocated_qty", "locked_qty"):
            found[f"logical.{name}"] = getattr(logical, name)
        for place in PhysicalStock.objects.filter(logical=logical):
            for name in ("quantity", "held_qty"):
                key = f"physical{place.quality}.{name}"
                found[key] = found.get(key, 0) + getattr(place, name)
        return {key: value for key, value in found.items() if value}


def make_stock(quantity: int = 0) -> Stock:
    """A fresh world holding ``quantity`` units."""
    number = next(_numbers)
    actor = system_actor()
    warehouse = create_warehouse(name=f"仓库 {number}", actor=actor)
    zone = create_zone(warehouse_id=warehouse.pk, code="ST", name="存储区", actor=actor)
    open_rack(warehouse_id=warehouse.pk, zone_id=zone.pk, rack="01", levels=1, slots=2, actor=actor)
    locations = list(Location.objects.filter(warehouse_id=warehouse.pk).order_by("code"))
    owner = register_owner(name=f"货主 {number}", actor=actor)
    channel = open_channel(code=f"CH-{number:04d}", name=f"渠道 {number}", actor=actor)
    add_channel_source(channel_id=channel.pk, warehouse_id=warehouse.pk, owner_id=owner.pk, actor=actor)
    sku = make_sku()
    stock = Stock(
        sku_id=sku.pk,
        sku=sku.sku,
        warehouse_id=warehouse.pk,
        owner_id=owner.pk,
        location_id=locations[0].pk,
        other_location_id=locations[1].pk,
        channel_id=channel.pk,
    )
    if quantity:
        stock.receive(quantity)
    return stock


def entries(document: Source) -> list[tuple[str, int, int]]:
    """The ledger of a document: (counter, change, balance after), in the order of the counters."""
    rows = LedgerEntry.objects.filter(source_type=document.type, source_sn=document.sn).order_by("counter", "version")
    return [(Counter(row.counter).name, row.delta, row.balance_after) for row in rows]
