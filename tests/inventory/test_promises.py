"""The promise queue: goods that come serve the oldest paid promises before anybody can buy them (S001-30)."""

from inventory.choices import HoldKind, Purpose
from inventory.models import ChannelShare, ChannelStock
from inventory.services import InspectLine, ReturnLine, inspect_return, post_payment, receive_return
from inventory.services.quota import grant_quota
from inventory.services.quota_lines import QuotaLine, Target
from inventory.services.reconcile import prove_stock
from inventory.tasks import tend_promises
from tests.factories.inventory import Stock, entries, make_stock, source
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


def _bring_back(stock: Stock, good: int) -> None:
    """A customer return of which ``good`` units are as new."""
    document = source("return")
    receive_return(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[ReturnLine(1, stock.sku_id, stock.location_id, "", good)],
        source=document,
        actor=ACTOR,
    )
    inspect_return(source=document, lines=[InspectLine(1, good, 0)], actor=ACTOR)


def test_good_returns_serve_who_waits() -> None:
    stock = make_stock(1)
    allow_oversell(stock, 10)
    waiting = promise(stock, 3)
    _bring_back(stock, 1)
    assert promised(waiting) == [("SPOT", "SOLD", 2), ("OVERSOLD", "SOLD", 1)]
    assert stock.bucket.sellable_qty == 0
    assert prove_stock() == []


def test_who_waits_in_a_channels_own_bucket_comes_before_the_rules_of_receipts() -> None:
    stock = make_stock(10)
    own_bucket = Target(Purpose.NORMAL, stock.channel_id)
    line = QuotaLine(1, stock.logical.pk, own_bucket, 2, from_bucket_id=stock.bucket.pk)
    grant_quota(lines=[line], source=source("quota"), actor=ACTOR)
    own = ChannelStock.objects.get(channel_id=stock.channel_id)
    allow_oversell(stock, 9, own)
    held = promise(stock, 2, kind=HoldKind.SPOT, paid=False, bucket=own)
    waiting = promise(stock, 6, bucket=own)

    stock.receive(8)

    own.refresh_from_db()
    assert (promised(held), promised(waiting)) == ([("SPOT", "HELD", 2)], [("SPOT", "SOLD", 6)])
    assert (own.base_quota_qty, own.oversold_sold_qty, stock.bucket.base_quota_qty) == (8, 0, 10)
    assert prove_stock() == []


def test_the_sweep_serves_what_an_event_left_waiting() -> None:
    stock = make_stock(1)
    allow_oversell(stock, 10)
    waiting = promise(stock, 3)
    assert tend_promises() == 1
    assert promised(waiting) == [("SPOT", "SOLD", 1), ("OVERSOLD", "SOLD", 2)]
    assert tend_promises() == 0
    assert prove_stock() == []
