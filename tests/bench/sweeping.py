"""W5: release 100,000 expired holds, in chunks, against one statement that does the same durable work."""

import time
from argparse import Namespace
from collections.abc import Iterator

from django.db import connection, transaction
from django_tenants.utils import get_tenant_model, tenant_context

from inventory.choices import Command, Counter, HoldState, Layer
from inventory.services import release_expired
from tests.bench.world import World

HOLDS = 100_000
GOAL = 1 / 1.5
"""At most 1.5 times the one statement's time."""

_FILL = """
    INSERT INTO inventory_reservation
        (source_type, source_sn, line_no, bucket_id, channel_id, quantity, state, expires_at, created_at)
    SELECT 'order', 'W5-' || %(tag)s || '-' || g, 1, b.id, %(channel)s, 1, 1, now() - interval '1 hour', now()
    FROM generate_series(0, %(holds)s - 1) g
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS total
          FROM inventory_channelstock) b ON b.n = g %% b.total
"""

_OCCUPY = f"""
    WITH moved AS (
        UPDATE inventory_channelstock c SET held_qty = c.held_qty + n.units, version = c.version + 1
        FROM (SELECT bucket_id, count(*)::int AS units FROM inventory_reservation
              WHERE source_sn LIKE 'W5-' || %(tag)s || '-%%' GROUP BY bucket_id) n
        WHERE c.id = n.bucket_id RETURNING c.id, c.version, c.held_qty, n.units)
    INSERT INTO inventory_ledgerentry (layer, row_id, counter, delta, balance_after, version, command,
        source_type, source_sn, line_no, actor_id, at)
    SELECT {int(Layer.CHANNEL)}, id, {int(Counter.HELD)}, units, held_qty, version, {int(Command.RESERVE)},
        'order', 'W5-' || %(tag)s, 0, 1, now() FROM moved
"""  # noqa: S608 - built from fixed names only

_ONE_STATEMENT = f"""
    WITH done AS (
        UPDATE inventory_reservation SET state = {int(HoldState.EXPIRED)}
        WHERE state = {int(HoldState.HELD)} AND expires_at <= now() RETURNING bucket_id, quantity
    ), need AS (SELECT bucket_id, sum(quantity)::int AS units FROM done GROUP BY bucket_id
    ), moved AS (
        UPDATE inventory_channelstock c SET held_qty = c.held_qty - n.units, version = c.version + 1
        FROM need n WHERE c.id = n.bucket_id RETURNING c.id, c.version, c.held_qty, n.units)
    INSERT INTO inventory_ledgerentry (layer, row_id, counter, delta, balance_after, version, command,
        source_type, source_sn, line_no, actor_id, at)
    SELECT {int(Layer.CHANNEL)}, id, {int(Counter.HELD)}, -units, held_qty, version, {int(Command.EXPIRE)},
        'expiry', 'raw', 0, 1, now() FROM moved
"""  # noqa: S608 - built from fixed names only

Rates = tuple[list[float], list[float]]


def measure(world: World, options: Namespace) -> Iterator[tuple[str, str, float, Rates]]:
    """Alternate both ways; rates in holds per second."""
    if options.only and "W5" not in options.only:
        return
    raw: list[float] = []
    ours: list[float] = []
    with tenant_context(get_tenant_model().objects.get(schema_name=world.schema)):
        for number in range(min(options.rounds, 3)):
            raw.append(_timed(world, f"r{number}", _raw))
            ours.append(_timed(world, f"o{number}", _ours))
    yield "W5", f"release {HOLDS:,} expired holds", GOAL, (raw, ours)


def _timed(world: World, tag: str, sweep: object) -> float:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FILL, {"tag": tag, "channel": world.channel_id, "holds": HOLDS})
        cursor.execute(_OCCUPY, {"tag": tag})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inventory_reservation")
    start = time.monotonic()
    sweep()  # type: ignore[operator]
    return HOLDS / (time.monotonic() - start)


def _raw() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ONE_STATEMENT)


def _ours() -> None:
    while release_expired():
        continue
