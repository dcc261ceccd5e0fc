"""The workloads one after the other, and the table they end in."""

import argparse
import statistics

from django.core.management import call_command
from django.db import connection
from rich.console import Console
from rich.table import Table

from tests.bench import reads, sweeping
from tests.bench.clients import Load, run
from tests.bench.world import World, build, drop, gate

WORKLOADS = {
    "W1": ("one SKU, 32 clients", Load(skus=1, lines=1, clients=32, seconds=0), 0.75),
    "W2": ("1,000 SKUs, 32 clients", Load(skus=1000, lines=1, clients=32, seconds=0), 0.65),
    "W3": ("carts of 5 of 1,000 SKUs, 32 clients", Load(skus=1000, lines=5, clients=32, seconds=0), 0.95),
    "W3h": ("carts of 5 of 50 hot SKUs, 32 clients", Load(skus=50, lines=5, clients=32, seconds=0), 0.95),
}


def deadlocks() -> int:
    """Deadlocks the server counted in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (count,) = cursor.fetchone()
    return int(count)


def measure(world: World, load: Load, rounds: int) -> tuple[list[float], list[float], int]:
    """Alternate raw and ours ``rounds`` times; rates per second of both, and acknowledged reservations."""
    raw, ours, acknowledged = [], [], 0
    for _round in range(rounds):
        for side, rates in (("raw", raw), ("ours", ours)):
            rate, count = run(world, load, side)
            rates.append(rate)
            acknowledged += count
    return raw, ours, acknowledged


def ratio_row(name: str, title: str, goal: float, raw: list[float], ours: list[float]) -> tuple[str, ...]:
    """A line of the report: medians, ratio of medians, spread of the per-round ratios."""
    ratios = sorted(own / base for own, base in zip(ours, raw, strict=True))
    ratio = statistics.median(ours) / statistics.median(raw)
    return (
        name,
        title,
        f"{statistics.median(raw):,.0f}/s",
        f"{statistics.median(ours):,.0f}/s",
        f"{ratio:.2f}",
        f"{ratios[0]:.2f}–{ratios[-1]:.2f}",
        f"≥ {goal}",
        "yes" if ratio >= goal else "NO",
    )


def main() -> None:
    """Build the world, run the chosen workloads, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    call_command("migrate_all", verbosity=0)
    world = build(1000)
    table = Table("", "workload", "raw psycopg", "this code", "ratio", "spread", "goal", "reached")
    before = deadlocks()
    for name, (title, load, goal) in WORKLOADS.items():
        if options.only and name not in options.only:
            continue
        timed = Load(load.skus, load.lines, load.clients, options.seconds)
        raw, ours, _acknowledged = measure(world, timed, options.rounds)
        gate(world)
        table.add_row(*ratio_row(name, title, goal, raw, ours))
    for name, title, goal, rates in (*sweeping.measure(world, options), *reads.measure(world, options)):
        table.add_row(*ratio_row(name, title, goal, *rates))
    gate(world)
    console = Console()
    console.print(table)
    console.print(f"deadlocks: {deadlocks() - before}")
    drop()
