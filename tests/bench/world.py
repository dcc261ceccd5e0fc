"""The namespace the workloads run on: one warehouse, one channel, many SKUs with plenty of stock."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django_tenants.utils import get_tenant_model, tenant_context

from catalog.services import SkuInput, create_product
from inventory.services import ReceiveLine, add_channel_source, open_channel, receive
from inventory.services.reconcile import prove_stock
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from vmi.namespaces.services import open_namespace
from warehousing.selectors import default_location
from warehousing.services import create_warehouse, create_zone, open_rack, register_owner

SCHEMA = "bench"
PLENTY = 1_000_000_00
CHUNK = 500
SCARCE = 200
"""Units of each SKU that is sold out."""


@dataclass(frozen=True)
class World:
    """What a client needs to know; plain values, so that it crosses process borders."""

    schema: str
    channel_id: int
    sku_ids: tuple[int, ...]
    scarce: tuple[int, ...]
    conninfo: str


class GateFailed(AssertionError):
    """A figure that was reached by breaking the rules: the run is void."""


def build(sku_count: int) -> World:
    """A fresh namespace with ``sku_count`` SKUs; what an earlier run left is dropped first."""
    connection.set_schema_to_public()
    drop()
    namespace = open_namespace(schema_name=SCHEMA, name="Bench", domain="bench.localhost")
    with tenant_context(namespace):
        actor = system_actor("bench")
        warehouse = create_warehouse(name="Bench", actor=actor)
        zone = create_zone(warehouse_id=warehouse.pk, code="ST", name="Storage", actor=actor)
        open_rack(warehouse_id=warehouse.pk, zone_id=zone.pk, rack="01", levels=1, slots=1, actor=actor)
        owner = register_owner(name="Bench", actor=actor)
        channel = open_channel(code="BENCH", name="Bench", actor=actor)
        add_channel_source(channel_id=channel.pk, warehouse_id=warehouse.pk, owner_id=owner.pk, actor=actor)
        sku_ids = _stock("B", sku_count, PLENTY, warehouse.pk, owner.pk)
        scarce = _stock("S", 20, SCARCE, warehouse.pk, owner.pk)
    settings = connection.get_connection_params()
    conninfo = " ".join(
        f"{theirs}={settings[ours]}"
        for ours, theirs in (("host", "host"), ("port", "port"), ("user", "user"), ("dbname", "dbname"))
        if settings.get(ours)
    )
    return World(SCHEMA, channel.pk, tuple(sku_ids), tuple(scarce), conninfo)


def drop() -> None:
    """Remove the namespace of an earlier run, row and schema."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{SCHEMA}" CASCADE')
        namespaces = get_tenant_model()._meta.db_table
        cursor.execute("SELECT id FROM " + namespaces + " WHERE schema_name = %s", [SCHEMA])
        for (pk,) in cursor.fetchall():
            cursor.execute("DELETE FROM namespaces_domain WHERE tenant_id = %s", [pk])
            cursor.execute("DELETE FROM " + namespaces + " WHERE id = %s", [pk])


def _stock(prefix: str, count: int, units: int, warehouse_id: int, owner_id: int) -> list[int]:
    """Products with ``units`` of each SKU, received in documents of ``CHUNK`` lines."""
    actor = system_actor("bench")
    skus = [SkuInput(sku=f"{prefix}{number:06d}", list_price=Decimal(1)) for number in range(count)]
    for start in range(0, count, CHUNK):
        create_product(name=f"Bench {prefix}{start}", skus=skus[start : start + CHUNK], actor=actor)
    from catalog.selectors import skus_by_code

    ids = [row.id for row in skus_by_code([sku.sku for sku in skus]).values()]
    location = default_location(warehouse_id)
    for start in range(0, count, CHUNK):
        lines = [
            ReceiveLine(number, sku_id, location.id, "", units, Decimal(1))
            for number, sku_id in enumerate(ids[start : start + CHUNK], start=1)
        ]
        receive(
            warehouse_id=warehouse_id,
            owner_id=owner_id,
            lines=lines,
            source=Source("stockin", f"BENCH-{prefix}{start}"),
            actor=actor,
        )
    return ids


def gate(written: int | None = None, acknowledged: int | None = None) -> None:
    """Refuse the figures when stock, holds and ledger disagree, or answers and rows do."""
    with tenant_context(_namespace()):
        findings = prove_stock()
    if findings:
        raise GateFailed(str(findings[:3]))
    if written != acknowledged:
        raise GateFailed(f"{acknowledged} acknowledged, {written} written")


def holds_written() -> int:
    """Hold rows in the namespace."""
    with tenant_context(_namespace()), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inventory_reservation")
        (written,) = cursor.fetchone()
    return int(written)


def tidy() -> None:
    """Vacuum, so that a workload does not pay for the rows of the one before."""
    with tenant_context(_namespace()), connection.cursor() as cursor:
        for table in ("channelstock", "reservation", "ledgerentry"):
            cursor.execute(f"VACUUM ANALYZE inventory_{table}")


def _namespace() -> Any:
    return get_tenant_model().objects.get(schema_name=SCHEMA)
