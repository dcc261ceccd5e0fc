"""W8: a warehouse system tells 100,000 places, all of them changed or 5 % of them.

Against raw psycopg that leaves the same durable rows: COPY into a temporary table, one statement that finds what
differs, moves place, base, pool and bucket, and writes their ledger entries and the difference report.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django_tenants.utils import get_tenant_model, tenant_context

from inventory.choices import Command, Counter, Layer
from inventory.services import ReceiveLine, apply_wms_snapshot, receive
from tests.bench.world import GateFailed, World
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from warehousing.selectors import default_location
from warehousing.services import create_warehouse, create_zone, open_rack, register_owner

PLACES = 100_000
GOAL = 1 / 1.5
"""At most 1.5 times the raw merge's time."""

SHARES = (1.0, 0.05)
UNITS = 50
CHUNK = 5_000

_SKUS = """
    INSERT INTO catalog_productinfo (product_id, sku, name, spec, description, image, barcode, creater_id)
    SELECT (SELECT min(id) FROM catalog_product), 'W8-' || g, 'W8', '{}', '', '[]', '', 1
    FROM generate_series(1, %(places)s) g RETURNING id, sku
"""
Rates = tuple[list[float], list[float]]
Row = tuple[str, str, str, str, int, int]


@dataclass(frozen=True)
class _Depot:
    """The warehouse of this workload."""

    warehouse_id: int
    owner: str
    location: str
    skus: tuple[str, ...]


def measure(world: World, rounds: int) -> dict[float, Rates]:
    """Alternate both ways on pictures in which a share of the places differs; rates in places per second by share."""
    rates: dict[float, Rates] = {share: ([], []) for share in SHARES}
    with tenant_context(get_tenant_model().objects.get(schema_name=world.schema)):
        depot = _depot()
        _ours(depot, _picture(depot, 0), time.time_ns() // 1_000_000)  # the freshness of every row is noted once
        for share, (raw, ours) in rates.items():
            for _round in range(rounds):
                for found, way in ((raw, _raw), (ours, _ours)):
                    found.append(_timed(depot, way, share))
    return rates


def _timed(depot: _Depot, way: Callable[[_Depot, list[Row], int], None], share: float) -> float:
    _vacuum()
    rows, before = _picture(depot, share), _entries()
    start = time.monotonic()
    way(depot, rows, time.time_ns() // 1_000_000)
    spent = time.monotonic() - start
    _gate(depot, rows, _entries() - before, share)
    return PLACES / spent


def _depot() -> _Depot:
    """A warehouse of its own with ``PLACES`` SKUs on one location; made once per run."""
    actor = system_actor("bench")
    made = create_warehouse(name="Bench depot", actor=actor)
    zone = create_zone(warehouse_id=made.pk, code="ST", name="Storage", actor=actor)
    open_rack(warehouse_id=made.pk, zone_id=zone.pk, rack="01", levels=1, slots=1, actor=actor)
    owner = register_owner(name="Bench depot", actor=actor)
    location = default_location(made.pk)
    with connection.cursor() as cursor:
        cursor.execute(_SKUS, {"places": PLACES})
        skus = cursor.fetchall()
    for start in range(0, PLACES, CHUNK):
        receive(
            warehouse_id=made.pk,
            owner_id=owner.pk,
            lines=[
                ReceiveLine(number, sku_id, location.id, "", UNITS, Decimal(1))
                for number, (sku_id, _sku) in enumerate(skus[start : start + CHUNK], start=1)
            ],
            source=Source("stockin", f"W8-{start}"),
            actor=actor,
        )
    return _Depot(made.pk, owner.code, location.code, tuple(sku for _id, sku in skus))


def _vacuum() -> None:
    with connection.cursor() as cursor:
        for table in ("physicalstock", "logicalstock", "allocationpool", "channelstock", "ledgerentry"):
            cursor.execute(f"VACUUM ANALYZE inventory_{table}")
        cursor.execute("VACUUM ANALYZE catalog_productinfo")


def _held(depot: _Depot) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.sku, s.quantity FROM inventory_physicalstock s JOIN catalog_productinfo i ON i.id = s.sku_id"
            " JOIN warehousing_location l ON l.id = s.location_id WHERE l.warehouse_id = %s",
            [depot.warehouse_id],
        )
        return dict(cursor.fetchall())


def _picture(depot: _Depot, share: float) -> list[Row]:
    """What we hold, one unit more or less on ``share`` of the places."""
    held, changed = _held(depot), set(random.sample(depot.skus, int(PLACES * share)))
    return [
        (sku, depot.owner, depot.location, "", 1, held[sku] + (random.choice((-1, 1)) if sku in changed else 0))
        for sku in depot.skus
    ]


def _entries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inventory_ledgerentry")
        (count,) = cursor.fetchone()
    return int(count)


def _gate(depot: _Depot, rows: Sequence[Row], written: int, share: float) -> None:
    """The places hold what the system said, and every change has its entries on four layers."""
    held = _held(depot)
    if any(held[row[0]] != row[5] for row in rows) or written != 4 * int(PLACES * share):
        raise GateFailed(f"W8: {written} entries")


def _ours(depot: _Depot, rows: list[Row], seq: int) -> None:
    apply_wms_snapshot(
        warehouse_id=depot.warehouse_id, seq=seq, taken_at=clock.now(), rows=rows, actor=system_actor("bench")
    )


def _raw(depot: _Depot, rows: list[Row], seq: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE raw_row (sku varchar, owner varchar, location varchar, batch varchar,"
            " quality smallint, quantity int) ON COMMIT DROP"
        )
        with cursor.copy("COPY raw_row FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ANALYZE raw_row")
        cursor.execute("SET LOCAL enable_nestloop = off")  # the plan a person would choose
        cursor.execute(_HEAD, {"warehouse": depot.warehouse_id, "seq": seq})
        (snapshot,) = cursor.fetchone()
        cursor.execute(_MERGE, {"snapshot": snapshot, "source": f"raw#{seq}", "warehouse": depot.warehouse_id})


_HEAD = """
    INSERT INTO inventory_wmssnapshot (warehouse_id, seq, taken_at, received_at, is_complete, is_net, state, row_count,
        applied_count, explained_count, review_count, unknown_count, gained_qty, lost_qty, fingerprint, actor_id)
    VALUES (%(warehouse)s, %(seq)s, now(), now(), false, false, 1, 0, 0, 0, 0, 0, 0, 0, '', 1) RETURNING id
"""


def _moved(name: str, table: str, key: str, columns: Sequence[str]) -> str:
    sets = ", ".join(f"{column} = t.{column} + d.units" for column in columns)
    back = ", ".join(f"t.{column} AS b{column}" for column in columns)
    return (
        f"{name} AS (UPDATE inventory_{table} t SET {sets}, version = t.version + 1 FROM diff d"
        f" WHERE t.id = d.{key} RETURNING t.id, t.version, d.units, {back})"
    )


def _entry(name: str, layer: Layer, counter: Counter, column: str) -> str:
    return (
        f"SELECT {int(layer)}, id, {int(counter)}, units, b{column}, version, {int(Command.APPLY_WMS_SNAPSHOT)},"
        f" 'raw', %(source)s, 0, 1, now() FROM {name}"
    )


_LAYERS: tuple[tuple[str, str, str, Layer, Counter, str], ...] = (
    ("m1", "channelstock", "bucket_id", Layer.CHANNEL, Counter.BASE_QUOTA, "base_quota_qty"),
    ("m2", "allocationpool", "pool_id", Layer.POOL, Counter.QUOTA, "quota_qty"),
    ("m3", "logicalstock", "logical_id", Layer.LOGICAL, Counter.BASE, "physical_base_qty"),
    ("m4", "physicalstock", "physical_id", Layer.PHYSICAL, Counter.QUANTITY, "quantity"),
)

_MERGE = f"""
    WITH diff AS MATERIALIZED (
        SELECT s.id AS physical_id, s.logical_id, p.id AS pool_id, c.id AS bucket_id, w.*, s.quantity AS ours,
               w.quantity - s.quantity AS units
        FROM raw_row w JOIN catalog_productinfo i ON upper(i.sku) = upper(w.sku)
        JOIN warehousing_owner o ON o.code = w.owner JOIN warehousing_location l ON l.code = w.location
        JOIN inventory_batch b ON b.sku_id = i.id AND b.code = w.batch
        JOIN inventory_physicalstock s ON s.sku_id = i.id AND s.owner_id = o.id AND s.location_id = l.id
         AND s.batch_id = b.id AND s.quality = w.quality
        JOIN inventory_allocationpool p ON p.logical_id = s.logical_id AND p.purpose = 1
        JOIN inventory_channelstock c ON c.pool_id = p.id AND c.channel_id IS NULL
        WHERE w.quantity <> s.quantity
    ), {", ".join(_moved(name, table, key, [column]) for name, table, key, _l, _c, column in _LAYERS)},
    entries AS (
        INSERT INTO inventory_ledgerentry (layer, row_id, counter, delta, balance_after, version, command, source_type,
            source_sn, line_no, actor_id, at)
        {" UNION ALL ".join(_entry(name, layer, counter, column) for name, _t, _k, layer, counter, column in _LAYERS)}
    )
    INSERT INTO inventory_snapshotdifference (snapshot_id, physical_id, sku, owner, location, batch, quality, wms_qty,
        our_qty, held_qty, difference_qty, state)
    SELECT %(snapshot)s, physical_id, sku, owner, location, batch, quality, quantity, ours, 0, units, 1 FROM diff
"""
