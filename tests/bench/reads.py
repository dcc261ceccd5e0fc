"""W7: availability of 100 SKUs, from the selector to JSON, against the raw prepared query."""

import json
import random
import time
from collections.abc import Callable

from django.db import connection
from django_tenants.utils import get_tenant_model, tenant_context

from inventory.selectors import sellable
from inventory.selectors.availability import _SELLABLE
from tests.bench.world import World
from vmi.core import clock
from vmi.core.db import fetch_prepared

SKUS = 100
GOAL = 1 / 2.5
"""At most 2.5 times the raw query's time."""

Rates = tuple[list[float], list[float]]


def measure(world: World, rounds: int, seconds: float) -> Rates:
    """Alternate both ways; rates in answers per second."""
    raw: list[float] = []
    ours: list[float] = []
    with tenant_context(get_tenant_model().objects.get(schema_name=world.schema)):
        for _round in range(rounds):
            raw.append(_rate(_raw(world), seconds / 2))
            ours.append(_rate(_ours(world), seconds / 2))
    return raw, ours


def _rate(answer: Callable[[], object], seconds: float) -> float:
    done, start = 0, time.monotonic()
    while time.monotonic() - start < seconds:
        answer()
        done += 1
    return done / (time.monotonic() - start)


def _chosen(world: World) -> list[int]:
    return random.sample(world.sku_ids, SKUS)


def _raw(world: World) -> Callable[[], object]:
    now = clock.now()

    def answer() -> object:
        params = {"channel": world.channel_id, "skus": _chosen(world), "now": now}
        with connection.cursor():
            return fetch_prepared(_SELLABLE, params)

    return answer


def _ours(world: World) -> Callable[[], object]:
    return lambda: json.dumps(sellable(world.channel_id, _chosen(world)))
