"""Clients: processes that reserve as fast as they can for a while, through raw psycopg or through our command."""

import itertools
import multiprocessing
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from tests.bench.world import World

FOREVER = datetime.now(UTC) + timedelta(days=1)
_run = itertools.count(1)

Buy = Callable[[str, list[tuple[int, int]]], None]
"""Reserve (sku, units) lines for a document number."""


@dataclass(frozen=True)
class Load:
    """A workload: how many SKUs it spreads over, how many lines an order has, how many clients push how long."""

    skus: int
    lines: int
    clients: int
    seconds: float


def run(world: World, load: Load, side: str) -> tuple[float, int]:
    """Reservations (orders) per second of all clients together, and how many hold rows were acknowledged.

    Sides: ``raw`` and ``plain`` are a process a client; ``combiner`` is one process with a thread a client.
    """
    context = multiprocessing.get_context("fork")
    processes = 1 if side == "combiner" else load.clients
    gate = context.Barrier(processes)
    counts = context.Array("q", load.clients)
    tag = f"{side}{next(_run)}-{os.getpid()}"
    body = _threads if side == "combiner" else _client
    children = [
        context.Process(target=body, args=(world, load, side, tag, index, gate, counts), daemon=True)
        for index in range(processes)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(load.seconds + 60)
    failed = [child.exitcode for child in children if child.exitcode != 0]
    if failed:
        raise RuntimeError(f"{len(failed)} clients failed with {set(failed)}")
    orders = sum(counts[:])
    return orders / load.seconds, orders * load.lines + load.clients


def _client(world: World, load: Load, side: str, tag: str, index: int, gate: Any, counts: Any) -> None:
    """One process: connect, wait for the others, push until the time is over."""
    buy = raw_buyer(world) if side == "raw" else our_buyer(world, combiner=False)
    _push(buy, world, load, tag, index, gate, counts)


def _threads(world: World, load: Load, side: str, tag: str, _index: int, _gate: Any, counts: Any) -> None:
    """One process with a thread for each client, as a web worker has: their requests meet in the combiner."""
    buy = our_buyer(world, combiner=True)
    gate = threading.Barrier(load.clients)
    threads = [
        threading.Thread(target=_push, args=(buy, world, load, tag, index, gate, counts))
        for index in range(load.clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _push(buy: Buy, world: World, load: Load, tag: str, index: int, gate: Any, counts: Any) -> None:
    chooser = random.Random(index)
    skus = world.sku_ids[: load.skus]
    buy(f"{tag}-{index}-warm", [(skus[index % len(skus)], 1)])
    gate.wait(60)
    done, end = 0, time.monotonic() + load.seconds
    while time.monotonic() < end:
        chosen = chooser.sample(skus, load.lines) if load.lines > 1 else [chooser.choice(skus)]
        buy(f"{tag}-{index}-{done}", [(sku, 1) for sku in chosen])
        done += 1
    counts[index] = done


def raw_buyer(world: World) -> Buy:
    """The same statement through psycopg, prepared, one commit each."""
    from inventory.services.reserve_sql import RESERVE

    connection = psycopg.connect(world.conninfo, autocommit=True, options=f"-c search_path={world.schema},public")

    def buy(sn: str, lines: list[tuple[int, int]]) -> None:
        found = connection.execute(
            RESERVE,
            {
                "count": len(lines),
                "lines": list(range(1, len(lines) + 1)),
                "skus": [sku for sku, _units in lines],
                "warehouses": [None] * len(lines),
                "quantities": [units for _sku, units in lines],
                "channel": world.channel_id,
                "partner": None,
                "expires_at": FOREVER,
                "source_type": "order",
                "source_sn": sn,
                "actor": 1,
                "at": None,
            },
            prepare=True,
        ).fetchall()
        if len(found) != len(lines):
            raise RuntimeError("refused")

    return buy


def our_buyer(world: World, *, combiner: bool) -> Buy:
    """Our command, on a Django connection of this process (of each thread), through the combiner or without it."""
    from django.conf import settings
    from django.db import connection, connections
    from django_tenants.utils import get_tenant_model

    from inventory.services import ReserveLine, reserve
    from vmi.core.actors import system_actor
    from vmi.core.sources import Source

    for old in connections.all(initialized_only=True):
        old.connection = None  # the parent's socket, inherited by the fork, is not ours to use or close
        old.set_schema_to_public()
    settings.RESERVE_COMBINER = combiner
    namespace = get_tenant_model().objects.get(schema_name=world.schema)
    actor = system_actor("bench")

    def buy(sn: str, lines: list[tuple[int, int]]) -> None:
        if connection.schema_name != world.schema:
            connection.set_tenant(namespace)
        reserve(
            channel_id=world.channel_id,
            lines=[ReserveLine(number, sku, units) for number, (sku, units) in enumerate(lines, start=1)],
            source=Source("order", sn),
            expires_at=FOREVER,
            actor=actor,
        )

    return buy
