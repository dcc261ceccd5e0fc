"""Setting a cap while promises are made: it gives way instead of ending in a deadlock."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, transaction

from inventory.models import ChannelShare, ChannelStock, Reservation
from inventory.services.reconcile import prove_stock
from inventory.services.shares import set_share
from tests.factories.inventory import Stock, make_stock, source
from tests.support.threads import until_somebody_waits
from vmi.core.actors import system_actor
from vmi.core.db import execute


def promise(stock: Stock, has_bucket: threading.Event) -> int:
    """Hold the bucket row until a cap waits for it, then touch a reservation, as a second look at the rows does."""
    with transaction.atomic():
        ChannelStock.objects.select_for_update().get(pk=stock.bucket.pk)
        has_bucket.set()
        until_somebody_waits()
        return Reservation.objects.filter(bucket=stock.bucket).update(promised_on=None)


def test_a_cap_waits_for_promises_under_way(in_threads: Any) -> None:
    stock, has_bucket = make_stock(10), threading.Event()
    stock.reserve(4)

    def cap() -> ChannelShare:
        has_bucket.wait(300)
        return set_share(
            bucket_id=stock.bucket.pk,
            channel_id=stock.channel_id,
            cap_units=6,
            source=source("quota"),
            actor=system_actor(),
        )

    touched, share = in_threads(lambda: promise(stock, has_bucket), cap)

    assert (touched, share.cap_qty, share.used_qty) == (1, 6, 4)
    assert prove_stock() == []


@pytest.mark.slow
def test_the_same_locks_without_giving_way_deadlock(in_threads: Any) -> None:
    """The control."""
    stock, has_bucket = make_stock(10), threading.Event()
    stock.reserve(4)

    def cap() -> None:
        has_bucket.wait(300)
        with transaction.atomic():
            execute("LOCK TABLE inventory_reservation IN EXCLUSIVE MODE")
            ChannelStock.objects.select_for_update().get(pk=stock.bucket.pk)

    results = in_threads(lambda: promise(stock, has_bucket), cap)

    assert sum(isinstance(result, OperationalError) and "deadlock" in str(result) for result in results) == 1
