"""Clients: processes that reserve as fast as they can for a while, through raw psycopg or through our command."""

import itertools
import multiprocessing
import os
import random
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
    """A workload: how many SKUs it spreads over, how many lines an order has, how many clients push."""

    skus: int
    lines: int
    clients: int
    seconds: float


def run(world: World, load: Load, side: str) -> tuple[float, int]:
    """Reservations (orders) per second of all clients together, and how many were acknowledged."""
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(load.clients)
    counts = context.Array("q", load.clients)
    tag = f"{side}{next(_run)}-{os.getpid()}"
    processes = [
        context.Process(target=_client, args=(world, load, side, tag, index, gate, counts), daemon=True)
        for index in range(load.clients)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(load.seconds + 60)
    failed = [process.exitcode for process in processes if process.exitcode]
    if failed:
        raise RuntimeError(f"{len(failed)} clients failed with {set(failed)}")
    total = sum(counts)
    return total / load.seconds, total


def _client(world: World, load: Load, side: str, tag: str, index: int, gate: Any, counts: Any) -> None:
    """One process: connect, wait for the others, push until the time is over."""
    buy = {"raw": raw_buyer, "ours": our_buyer}[side](world)
    chooser = random.Random(index)
    skus = world.sku_ids[: load.skus]
    buy(f"{tag}-{index}-warm", [(skus[index % len(skus)], 1)])
    gate.wait(60)
    done, end = 1, time.monotonic() + load.seconds
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


def our_buyer(world: World) -> Buy:
    """Our command, on a Django connection of this process."""
    from django.db import connections
    from django_tenants.utils import get_tenant_model

    from inventory.services import ReserveLine, reserve
    from vmi.core.actors import system_actor
    from vmi.core.sources import Source

    for old in connections.all(initialized_only=True):
        old.connection = None  # the parent's socket, inherited by the fork, is not ours to use or close
    from django.db import connection

    connection.set_tenant(get_tenant_model().objects.get(schema_name=world.schema))
    actor = system_actor("bench")

    def buy(sn: str, lines: list[tuple[int, int]]) -> None:
        reserve(
            channel_id=world.channel_id,
            lines=[ReserveLine(number, sku, units) for number, (sku, units) in enumerate(lines, start=1)],
            source=Source("order", sn),
            expires_at=FOREVER,
            actor=actor,
        )

    return buy
