"""How long the proof of a long ledger takes: ``python -m tests.bench.proving [--entries 1000000]``.

A fresh namespace of 1,000 SKUs gets a history of balanced moves of buckets and logical rows, written by one
statement per layer, and the reservations they speak of. Then every proof of the namespace runs twice.
"""

import argparse
import os
import time

import django

os.environ.setdefault("VMI_DEFAULT_HOME", ".run-bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vmi.settings.dev")
django.setup()

from django.core.management import call_command  # noqa: E402 - models load only after the set-up
from django.db import connection, transaction  # noqa: E402
from django_tenants.utils import get_tenant_model, tenant_context  # noqa: E402

from inventory.choices import Command, Counter, HoldState, Layer  # noqa: E402
from inventory.services.movement import TABLES  # noqa: E402
from inventory.services.reconcile import reconcile  # noqa: E402
from tests.bench.world import GateFailed, World, build, drop  # noqa: E402
from vmi.core.db import analyse_tables  # noqa: E402

GOAL_S = 60.0
"""Longest a proof of a million entries may take on two cores, seconds."""

SHARES = (
    (Layer.CHANNEL, Counter.HELD, 0.2),
    (Layer.CHANNEL, Counter.SOLD, 0.4),
    (Layer.LOGICAL, Counter.ALLOCATED, 0.4),
)
"""The counters that move, layer by layer, and their parts of the entries; sold and allocated move together."""

_HISTORY = """
    WITH numbered AS (SELECT id, version, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS total
                      FROM {table})
    INSERT INTO inventory_ledgerentry (layer, row_id, counter, delta, balance_after, version, command,
        source_type, source_sn, line_no, actor_id, at)
    SELECT %(layer)s, r.id, %(counter)s, 1 - 2 * (k %% 2), 1 - k %% 2, r.version + k + 1,
           CASE k %% 2 WHEN 0 THEN %(taken)s ELSE %(given)s END, 'order', %(prefix)s || (g / 2), 1, 1,
           now() - (%(entries)s - g) * interval '1 second'
    FROM generate_series(0, %(entries)s - 1) g
    JOIN numbered r ON r.n = (g / 2) %% r.total
    CROSS JOIN LATERAL (SELECT (g / 2 / r.total * 2 + g %% 2)::int AS k) step
"""

_VERSIONS = """
    UPDATE {table} t SET version = e.newest
    FROM (SELECT row_id, max(version) AS newest FROM inventory_ledgerentry WHERE layer = %(layer)s GROUP BY row_id) e
    WHERE e.row_id = t.id
"""

_RESERVATIONS = """
    INSERT INTO inventory_reservation
        (source_type, source_sn, line_no, bucket_id, channel_id, quantity, state, expires_at, created_at)
    SELECT 'order', e.source_sn, 1, e.row_id, %(channel)s, 1, %(state)s, now(), now()
    FROM inventory_ledgerentry e WHERE e.layer = %(layer)s AND e.source_sn LIKE 'H-%%' AND e.delta > 0
"""


def fill(world: World, entries: int) -> None:
    """Write the history; every row ends with the balance it began with."""
    with transaction.atomic(), connection.cursor() as cursor:
        for layer, counter, share in SHARES:
            part = int(entries * share) // 2 * 2
            params: dict[str, int | str] = {"layer": int(layer), "counter": int(counter), "entries": part}
            params |= {"taken": int(Command.RESERVE), "given": int(Command.RELEASE)}
            params |= {"prefix": "H-" if counter == Counter.HELD else "P-"}
            cursor.execute(_HISTORY.format(table=TABLES[layer]), params)
            cursor.execute(_VERSIONS.format(table=TABLES[layer]), {"layer": int(layer)})
        values = {"layer": int(Layer.CHANNEL), "channel": world.channel_id, "state": int(HoldState.RELEASED)}
        cursor.execute(_RESERVATIONS, values)
    analyse_tables()


def _plant() -> None:
    """A proof that finds nothing in a faulty ledger is no proof: one counter of one row is off by one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_logicalstock SET safety_qty = 1 WHERE id = (SELECT max(id) FROM inventory_logicalstock)"
        )
        if reconcile().count != 2:
            raise GateFailed("the planted fault was not found")
        transaction.set_rollback(True)


def main() -> None:
    """Fill, prove twice, print; exit code 1 beyond the goal or on a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    entries = parser.parse_args().entries
    call_command("migrate_all", verbosity=0)
    world = build(1000)
    try:
        with tenant_context(get_tenant_model().objects.get(schema_name=world.schema)):
            fill(world, entries)
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM inventory_ledgerentry")
                (count,) = cursor.fetchone()
            for run in ("first", "second"):
                start = time.monotonic()
                report = reconcile()
                seconds = time.monotonic() - start
                print(f"{run} proof of {count:,} entries: {seconds:.1f} s, {report.count} differences")  # noqa: T201
                if report.count:
                    raise GateFailed(str(report.proofs)[:500])
            _plant()
    finally:
        drop()
    if seconds > GOAL_S * max(entries / 1_000_000, 1):
        raise SystemExit(f"slower than {GOAL_S:.0f} s for a million entries")


if __name__ == "__main__":
    main()
