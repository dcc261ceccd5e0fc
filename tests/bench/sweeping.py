"""W5: release 100,000 expired holds, in chunks, against one statement that does the same durable work.

Beside the chunks a client goes on reserving; how long its slowest reservation took shows what the sweep blocks.
"""

import multiprocessing
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django_tenants.utils import get_tenant_model, tenant_context

from inventory.choices import Command, Counter, HoldState, Layer
from inventory.services import release_expired
from tests.bench.clients import our_buyer
from tests.bench.world import GateFailed, World

HOLDS = 100_000
GOAL = 1 / 1.5
"""At most 1.5 times the one statement's time."""

_FILL = """
    INSERT INTO inventory_reservation
        (source_type, source_sn, line_no, bucket_id, channel_id, quantity, state, expires_at, created_at)
    SELECT 'order', 'W5-' || %(tag)s || '-' || g, 1, b.id, %(channel)s, 1, 1, now() - interval '1 hour', now()
    FROM generate_series(0, %(holds)s - 1) g
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS total
          FROM inventory_channelstock WHERE base_quota_qty > %(holds)s) b ON b.n = g %% b.total
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
"""

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
"""

BLOCKED_MS = 100
"""Longest that other work may wait for a sweep."""

Rates = tuple[list[float], list[float]]


def measure(world: World, rounds: int) -> Rates:
    """Alternate both ways; rates in holds per second."""
    raw: list[float] = []
    ours: list[float] = []
    with tenant_context(get_tenant_model().objects.get(schema_name=world.schema)):
        for number in range(rounds):
            raw.append(_timed(world, f"r{number}", _raw))
            ours.append(_timed(world, f"o{number}", _ours))
    return raw, ours


def waits(world: World) -> tuple[float, float]:
    """The slowest reservation of a client beside nothing, and beside a sweep in chunks; milliseconds."""
    alone = _slowest(world, "alone", lambda: time.sleep(1.5))
    with tenant_context(get_tenant_model().objects.get(schema_name=world.schema)):
        _fill(world, "w")
        return alone, _slowest(world, "beside", _ours)


def _slowest(world: World, tag: str, work: Callable[[], None]) -> float:
    """Run ``work`` while a process of its own reserves; its slowest answer in milliseconds."""
    context = multiprocessing.get_context("fork")
    started, over = context.Event(), context.Event()
    slowest = context.Value("d", 0.0)
    client = context.Process(target=_reserve_on, args=(world, tag, started, over, slowest), daemon=True)
    client.start()
    started.wait(30)
    work()
    over.set()
    client.join(30)
    if client.exitcode != 0:
        raise GateFailed(f"the client beside the sweep ended with {client.exitcode}")
    return float(slowest.value)


def _reserve_on(world: World, tag: str, started: Any, over: Any, slowest: Any) -> None:
    buy, number = our_buyer(world, combiner=False), 0
    buy(f"{tag}-{time.time_ns()}", [(world.sku_ids[0], 1)])
    started.set()
    while not over.is_set():
        start = time.monotonic()
        buy(f"{tag}-{time.time_ns()}", [(world.sku_ids[number % len(world.sku_ids)], 1)])
        slowest.value = max(slowest.value, (time.monotonic() - start) * 1000)
        number += 7


def _timed(world: World, tag: str, sweep: Callable[[], None]) -> float:
    _fill(world, tag)
    start = time.monotonic()
    sweep()
    return HOLDS / (time.monotonic() - start)


def _fill(world: World, tag: str) -> None:
    """100,000 expired holds, spread over all buckets."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FILL, {"tag": tag, "channel": world.channel_id, "holds": HOLDS})
        cursor.execute(_OCCUPY, {"tag": tag})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inventory_reservation")


def _raw() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ONE_STATEMENT)


def _ours() -> None:
    while release_expired():
        continue
