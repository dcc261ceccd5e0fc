"""The worked examples of owners, locations and warehouse systems, with the contract's numbers (10 to 12)."""

from collections.abc import Callable
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from inventory.choices import LockReason, Quality
from inventory.models import LogicalStock, PhysicalStock
from inventory.selectors.availability import sellable
from inventory.services import (
    add_channel_source,
    apply_wms_snapshot,
    confirm_outbound,
    issue_ship_notice,
    lock_units,
    open_channel,
    post_payment,
)
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.warehousing import make_warehouse, make_zone
from vmi.core import clock
from vmi.core.actors import system_actor
from warehousing.exceptions import LocationExists
from warehousing.models import Location
from warehousing.services import open_rack, register_owner

ACTOR = system_actor()


def test_10_owners() -> None:
    a = make_stock(20)
    b_owner = register_owner(name="货主 B", actor=ACTOR).pk
    channel_id = open_channel(code="B-SHOP", name="b", actor=ACTOR).pk
    b = Stock(**{**a.__dict__, "owner_id": b_owner, "channel_id": channel_id})
    add_channel_source(channel_id=b.channel_id, warehouse_id=b.warehouse_id, owner_id=b_owner, actor=ACTOR)
    b.receive(15)
    places = PhysicalStock.objects.filter(sku_id=a.sku_id)
    assert places.count() == 2
    assert len(set(places.values_list("location_id", "batch_id"))) == 1, "one location, one batch"

    lock_units(sn="LOCK-10", logical_id=a.logical.pk, quantity=8, reason=LockReason.LEGAL, actor=ACTOR)

    rows = LogicalStock.objects.filter(sku_id=a.sku_id).values_list("owner_id", "available_qty")
    assert dict(rows) == {a.owner_id: 12, b_owner: 15}
    assert prove_stock() == []


def test_11_location_code() -> None:
    zone = make_zone(make_warehouse(number=1))

    rack: dict[str, Any] = {"warehouse_id": zone.warehouse_id, "zone_id": zone.pk, "rack": "03"}
    open_rack(**rack, levels=2, slots=5, actor=ACTOR)

    codes = list(Location.objects.filter(warehouse_id=zone.warehouse_id, zone=zone).values_list("code", flat=True))
    assert len(codes) == 10
    assert "1-ST-03-02-05" in codes
    with pytest.raises(LocationExists):
        open_rack(**rack, levels=2, slots=5, actor=ACTOR)
    assert Location.objects.filter(warehouse_id=zone.warehouse_id, zone=zone).count() == 10


def test_12_sync() -> None:
    for order in permutations(range(3)):
        stock = make_stock(100)
        noticed = []
        for units in (2, 1):
            stock.reserve(units, document=(document := source()))
            post_payment(source=document, actor=ACTOR)
            issue_ship_notice(source=document, actor=ACTOR)
            noticed.append(document)
        place = PhysicalStock.objects.select_related("owner", "location").get(logical=stock.logical)
        told = (stock.sku, place.owner.code, place.location.code, "", int(Quality.QUALIFIED), 97)
        taken_at = clock.now()
        messages: list[Callable[[], object]] = [
            partial(confirm_outbound, source=noticed[0], actor=ACTOR),
            partial(confirm_outbound, source=noticed[1], actor=ACTOR),
            partial(
                apply_wms_snapshot,
                warehouse_id=stock.warehouse_id,
                seq=1,
                taken_at=taken_at,
                rows=[told],
                actor=ACTOR,
            ),
        ]

        for number in order:
            messages[number]()

        assert stock.logical.physical_base_qty == 97, order
        assert (stock.logical.allocated_qty, sellable(stock.channel_id, [stock.sku_id])[stock.sku_id]) == (0, 97), order
        assert prove_stock() == []
