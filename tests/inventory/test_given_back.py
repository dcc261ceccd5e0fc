"""Units that come back to sale are only those that are there: what was lost or locked meanwhile is filled first."""

from inventory.choices import AdjustOperation, LockReason
from inventory.services import AllocateLine, adjust, allocate, cancel_internal, lock_units
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor
from vmi.core.sources import Source

ACTOR = system_actor()


def locked_under_a_transfer() -> tuple[Stock, Source]:
    """Six units, five of them promised to a transfer, three locked: two of the promise have no goods."""
    stock, document = make_stock(6), source("transfer")
    allocate(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[AllocateLine(1, stock.sku_id, 5)],
        source=document,
        actor=ACTOR,
    )
    lock_units(sn="LOCK-T", logical_id=stock.logical.pk, quantity=3, reason=LockReason.QUALITY, actor=ACTOR)
    assert (stock.logical.shortage_qty, stock.bucket.base_quota_qty) == (2, 0)
    return stock, document


def test_a_cancelled_transfer_gives_back_what_is_there() -> None:
    stock, document = locked_under_a_transfer()

    assert cancel_internal(source=document, actor=ACTOR) == 5

    assert (stock.bucket.sellable_qty, stock.logical.shortage_qty, stock.logical.allocated_qty) == (3, 0, 0)
    assert prove_stock() == []


def test_added_units_fill_what_a_transfer_lacks_first() -> None:
    stock, _document = locked_under_a_transfer()

    adjust(
        logical_id=stock.logical.pk,
        operation=AdjustOperation.ADD,
        quantity=3,
        reason="found",
        location_id=stock.location_id,
        source=source("adjust"),
        actor=ACTOR,
    )

    assert (stock.bucket.sellable_qty, stock.logical.shortage_qty) == (1, 0)
    assert prove_stock() == []
