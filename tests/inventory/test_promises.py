"""The promise queue: goods that come serve the oldest paid promises before anybody can buy them (S001-30)."""

from inventory.models import ChannelShare
from inventory.services import post_payment
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import entries, make_stock, source
from tests.factories.promises import allow_oversell, promise, promised
from vmi.core.actors import system_actor
from vmi.events.models import Event

ACTOR = system_actor()


def test_received_goods_serve_the_oldest_paid_promises_before_they_are_sellable() -> None:
    stock = make_stock(1)
    allow_oversell(stock, 50)
    unpaid = promise(stock, 4, paid=False)
    first, second, third = promise(stock, 10), promise(stock, 20), promise(stock, 5)

    document = stock.receive(25)

    bucket = stock.bucket
    assert (bucket.base_quota_qty, bucket.sold_qty, bucket.oversold_sold_qty, bucket.sellable_qty) == (26, 26, 9, 0)
    assert stock.logical.allocated_qty == 26
    assert promised(first) == [("SPOT", "SOLD", 10)]
    assert promised(second) == [("SPOT", "SOLD", 16), ("OVERSOLD", "SOLD", 4)]
    assert promised(third) == [("OVERSOLD", "SOLD", 5)]
    assert promised(unpaid) == [("OVERSOLD", "HELD", 4)]
    assert entries(document) == [
        ("BASE_QUOTA", 25, 26),
        ("SOLD", 26, 26),
        ("OVERSOLD_SOLD", -26, 9),
        ("QUOTA", 25, 26),
        ("BASE", 25, 26),
        ("ALLOCATED", 26, 26),
        ("QUANTITY", 25, 26),
    ]
    assert prove_stock() == []


def test_the_rest_of_a_promise_joins_the_units_it_got_before() -> None:
    stock = make_stock(0)
    stock.receive(2)
    stock.reserve(2, document=(mixed := source()))
    post_payment(source=mixed, actor=ACTOR)
    allow_oversell(stock, 10)
    promise(stock, 8, document=mixed)

    stock.receive(3)
    assert promised(mixed) == [("SPOT", "SOLD", 5), ("OVERSOLD", "SOLD", 5)]
    stock.receive(6)
    assert promised(mixed) == [("SPOT", "SOLD", 10)]

    bucket = stock.bucket
    assert (bucket.sold_qty, bucket.oversold_sold_qty, bucket.sellable_qty) == (10, 0, 1)
    served = Event.objects.filter(type="promise.served").order_by("id").values_list("payload", flat=True)
    assert [(row["source_sn"], row["units"]) for row in served] == [(mixed.sn, 3), (mixed.sn, 5)]
    assert prove_stock() == []


def test_a_cap_makes_units_wait_while_younger_ones_of_others_are_served() -> None:
    stock = make_stock(1)
    allow_oversell(stock, 10)
    ChannelShare.objects.create(bucket=stock.bucket, channel_id=stock.channel_id, cap_qty=3)
    capped, other = promise(stock, 4), make_stock(0)
    other.sku_id, other.warehouse_id, other.owner_id = stock.sku_id, stock.warehouse_id, stock.owner_id
    younger = promise(other, 2)

    stock.receive(9)

    assert promised(capped) == [("SPOT", "SOLD", 3), ("OVERSOLD", "SOLD", 1)]
    assert promised(younger) == [("SPOT", "SOLD", 2)]
    assert ChannelShare.objects.get().used_qty == 3
    assert stock.bucket.sellable_qty == 5
    assert prove_stock() == []
