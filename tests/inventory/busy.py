"""A stock row on which every relation has something to say, and the way to plant a fault in it."""

from typing import Any

from django.db import connection

from inventory.services import AllocateLine, allocate, issue_ship_notice, post_payment
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from vmi.core.actors import system_actor


def busy_stock() -> Stock:
    """20 units: 1 held, 2 noticed, 2 paid, 3 allocated internally; nothing differs."""
    actor = system_actor()
    stock, noticed, paid, internal = make_stock(20), source(), source(), source("stockout")
    stock.reserve(1)
    for document in (noticed, paid):
        stock.reserve(2, document=document)
        post_payment(source=document, actor=actor)
    issue_ship_notice(source=noticed, actor=actor)
    allocate(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[AllocateLine(1, stock.sku_id, 3)],
        source=internal,
        actor=actor,
    )
    assert prove_stock() == []
    return stock


def plant(sql: str, *params: Any) -> None:
    """Write past every service, as a fault would."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)


def without_guard(sql: str) -> None:
    """Change the ledger as somebody would who may switch its guard off."""
    plant(f"ALTER TABLE inventory_ledgerentry DISABLE TRIGGER USER; {sql}")
    plant("ALTER TABLE inventory_ledgerentry ENABLE TRIGGER USER")
