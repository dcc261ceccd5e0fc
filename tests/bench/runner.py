"""The workloads one after the other, each with its gate, and the table they end in."""

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import replace

from django.core.management import call_command
from django.db import connection
from rich.console import Console
from rich.table import Table

from tests.bench import reads, snapshots, sweeping
from tests.bench.clients import Load, run
from tests.bench.selling_out import sell_out
from tests.bench.world import GateFailed, World, build, drop, gate, holds_written, tidy

CROWD = 128

WORKLOADS = {
    "W1": ("one SKU", Load(skus=1, lines=1, clients=32, seconds=0), {"plain": 0.75, "combiner": 5, "crowd": 9}),
    "W2": ("1,000 SKUs", Load(skus=1000, lines=1, clients=32, seconds=0), {"plain": 0.65, "combiner": 2, "crowd": 2}),
    "W3": (
        "carts of 5 of 1,000 SKUs",
        Load(skus=1000, lines=5, clients=32, seconds=0),
        {"plain": 0.95, "combiner": 2, "crowd": 2},
    ),
    "W3h": ("carts of 5 of 50 hot SKUs", Load(skus=50, lines=5, clients=32, seconds=0), {"plain": 0.95, "combiner": 2}),
}
"""Title, load, and the goal of each way against raw psycopg with 32 processes (performance goals of the design)."""

WAYS = {"plain": "32 clients", "combiner": "combiner, 32 clients", "crowd": f"combiner, {CROWD} clients"}


def deadlocks() -> int:
    """Deadlocks the server counted in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (count,) = cursor.fetchone()
    return int(count)


def measure(world: World, load: Load, ways: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """Alternate raw and ``ways``; rates per second of each. Raises GateFailed when answers and rows disagree."""
    rates: dict[str, list[float]] = {way: [] for way in ("raw", *ways)}
    before, acknowledged = holds_written(), 0
    for _round in range(rounds):
        for way, found in rates.items():
            side, timed = ("combiner", replace(load, clients=CROWD)) if way == "crowd" else (way, load)
            rate, rows = run(world, timed, side)
            found.append(rate)
            acknowledged += rows
    gate(holds_written() - before, acknowledged)
    return rates


def row(name: str, title: str, goal: float, raw: Sequence[float], ours: Sequence[float]) -> tuple[str, ...]:
    """A line of the report: medians, median of the rounds' ratios, their spread."""
    ratios = sorted(own / base for own, base in zip(ours, raw, strict=True))
    ratio = statistics.median(ratios)
    return (
        name,
        title,
        f"{statistics.median(raw):,.0f}/s",
        f"{statistics.median(ours):,.0f}/s",
        f"{ratio:.2f}",
        f"{ratios[0]:.2f}–{ratios[-1]:.2f}",
        f"≥ {goal:.2g}",
        "yes" if ratio >= goal else "NO",
    )


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=3, help="of each workload, all ways taking turns")
    parser.add_argument("--only", nargs="*", help="workloads, such as W1 W5 gate")
    parser.add_argument("--quick", action="store_true", help="short and rough: 2 rounds of half a second")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.rounds = 0.5, 2
    return options


def main() -> None:
    """Build the world, run the chosen workloads, print the table, leave nothing behind."""
    options = arguments()
    call_command("migrate_all", verbosity=0)
    world = build(1000)
    console = Console(width=132)
    try:
        _run(world, options, console)
    finally:
        drop()


def _run(world: World, options: argparse.Namespace, console: Console) -> None:
    table = Table("", "workload", "raw psycopg", "this code", "ratio", "spread", "goal", "reached")
    chosen = set(options.only or [*WORKLOADS, "W5", "W7", "W8", "gate"])
    notes = []
    before = deadlocks()
    for name, (title, load, goals) in WORKLOADS.items():
        if name in chosen:
            tidy()
            rates = measure(world, replace(load, seconds=options.seconds), list(goals), options.rounds)
            for way, goal in goals.items():
                table.add_row(*row(name, f"{title}, {WAYS[way]}", goal, rates["raw"], rates[way]))
    if deadlocks() != before:
        raise GateFailed(f"{deadlocks() - before} deadlocks")
    notes.append("deadlocks: 0")
    if "gate" in chosen:
        notes.append(sell_out(world, rounds=2))
    if "W5" in chosen:
        tidy()
        title = f"release {sweeping.HOLDS:,} expired holds in chunks"
        table.add_row(*row("W5", title, sweeping.GOAL, *sweeping.measure(world, min(options.rounds, 3))))
        alone, beside = sweeping.waits(world)
        reached = "yes" if beside <= sweeping.BLOCKED_MS else "NO"
        title, limit = "slowest reservation beside that release", f"≤ {sweeping.BLOCKED_MS} ms"
        table.add_row("W5", title, f"{alone:.0f} ms alone", f"{beside:.0f} ms", "", "", limit, reached)
    if "W7" in chosen:
        tidy()
        title = f"availability of {reads.SKUS} SKUs, JSON included"
        table.add_row(*row("W7", title, reads.GOAL, *reads.measure(world, options.rounds, options.seconds)))
    for line in _told(world, options.rounds) if "W8" in chosen else ():
        table.add_row(*line)
    gate()
    console.print(table)
    for note in notes:
        console.print(note)


def _told(world: World, rounds: int) -> list[tuple[str, ...]]:
    """The lines of W8."""
    found = snapshots.measure(world, min(rounds, 3))
    title = f"stock of {snapshots.PLACES:,} places told"
    return [row("W8", f"{title}, {share:.0%} changed", snapshots.GOAL, *rates) for share, rates in found.items()]
