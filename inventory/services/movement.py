"""The one way a counter of the stock core changes: a guarded, sorted, set-based UPDATE with its ledger rows.

``move`` touches the rows of one layer in key order (so that two commands never deadlock), refuses every
row whose invariant would break, and writes one ledger entry per changed counter in the same statement.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from inventory.choices import COLUMNS, Command, Counter, Layer
from inventory.exceptions import LayerRefused
from vmi.core.actors import Actor
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source

TABLES = {
    Layer.CHANNEL: "inventory_channelstock",
    Layer.POOL: "inventory_allocationpool",
    Layer.LOGICAL: "inventory_logicalstock",
    Layer.PHYSICAL: "inventory_physicalstock",
    Layer.SHARE: "inventory_channelshare",
}

WHOLE_DOCUMENT = 0
"""The line number of an entry that several lines of one document share."""

_BACKED: dict[Layer, tuple[tuple[tuple[Counter, ...], tuple[Counter, ...]], ...]] = {
    # The row's promises stay within what backs them: the same sentences as the CHECK constraints.
    Layer.CHANNEL: (
        ((Counter.BASE_QUOTA, Counter.CHANNEL_SHORTAGE), (Counter.HELD, Counter.SOLD, Counter.FROZEN)),
        ((Counter.OVERSELL_LIMIT,), (Counter.OVERSOLD_HELD, Counter.OVERSOLD_SOLD)),
        ((Counter.PRESALE,), (Counter.PRESALE_HELD, Counter.PRESALE_SOLD)),
    ),
    Layer.POOL: (),
    Layer.LOGICAL: (((Counter.BASE, Counter.SHORTAGE), (Counter.ALLOCATED, Counter.LOCKED)),),
    Layer.PHYSICAL: (((Counter.QUANTITY,), (Counter.PHYSICAL_HELD,)),),
    Layer.SHARE: (),
}

_CAP = "cap_qty IS NULL OR used_qty + d{counter} <= cap_qty"


@dataclass(frozen=True, slots=True)
class Change:
    """What one document line does to one row: ``deltas`` in units by counter."""

    row_id: int
    line_no: int
    deltas: dict[Counter, int]


@dataclass(frozen=True, slots=True)
class Context:
    """Who moves stock, by which command, for which document, when."""

    command: Command
    source: Source
    actor: Actor
    at: datetime


def move(layer: Layer, changes: Iterable[Change], context: Context) -> dict[int, dict[str, Any]]:
    """Apply ``changes`` to the rows of ``layer``; returns the new balances by row id.

    Raises LayerRefused naming the rows whose counters would leave their bounds; the caller's transaction
    must then be rolled back (nothing of a refused command may stay).
    """
    moved, refused = try_move(layer, changes, context)
    if refused:
        raise LayerRefused(details={"layer": layer.name.lower(), "rows": sorted(refused)})
    return moved


def try_move(layer: Layer, changes: Iterable[Change], context: Context) -> tuple[dict[int, dict[str, Any]], set[int]]:
    """Like :func:`move`, but returns the refused row ids beside the moved rows, for callers who can explain them."""
    merged = _merge(changes)
    if not merged:
        return {}, set()
    counters = tuple(sorted({counter for change in merged for counter in change.deltas}))
    params: dict[str, Any] = {
        "ids": [change.row_id for change in merged],
        "lines": [change.line_no for change in merged],
        **context_params(context),
    }
    for counter in counters:
        params[f"d{counter}"] = [change.deltas.get(counter, 0) for change in merged]
    rows = fetch_prepared(_statement(layer, counters), params)
    moved = {row["id"]: row for row in rows}
    return moved, {change.row_id for change in merged} - moved.keys()


def move_layers(moves: Sequence[tuple[Layer, Iterable[Change]]], context: Context) -> None:
    """Like :func:`move` for several layers in one round trip; their rows are locked layer by layer, in this order.

    Raises LayerRefused for the first layer that refuses rows.
    """
    merged = {layer: changes for layer, raw in moves if (changes := _merge(raw))}
    if not merged:
        return
    params = context_params(context)
    shape = []
    for layer, changes in merged.items():
        counters = tuple(sorted({counter for change in changes for counter in change.deltas}))
        shape.append((layer, counters))
        params[f"ids{int(layer)}"] = [change.row_id for change in changes]
        params[f"lines{int(layer)}"] = [change.line_no for change in changes]
        for counter in counters:
            params[f"d{counter}"] = [change.deltas.get(counter, 0) for change in changes]
    moved = {(row["layer"], row["id"]) for row in fetch_prepared(_layers_statement(tuple(shape)), params)}
    for layer, changes in merged.items():
        refused = [change.row_id for change in changes if (int(layer), change.row_id) not in moved]
        if refused:
            raise LayerRefused(details={"layer": layer.name.lower(), "rows": refused})


def context_params(context: Context) -> dict[str, Any]:
    """The statement parameters every ledger insert needs."""
    return {
        "command": int(context.command),
        "source_type": context.source.type,
        "source_sn": context.source.sn,
        "actor": context.actor.user_id,
        "at": context.at,
    }


def _merge(changes: Iterable[Change]) -> list[Change]:
    """One change per row, in key order; changes that cancel out vanish."""
    deltas: dict[int, dict[Counter, int]] = defaultdict(lambda: defaultdict(int))
    lines: dict[int, set[int]] = defaultdict(set)
    for change in changes:
        lines[change.row_id].add(change.line_no)
        for counter, delta in change.deltas.items():
            deltas[change.row_id][counter] += delta
    merged = []
    for row_id in sorted(deltas):
        wanted = {counter: delta for counter, delta in deltas[row_id].items() if delta}
        line_no = next(iter(lines[row_id])) if len(lines[row_id]) == 1 else WHOLE_DOCUMENT
        if wanted:
            merged.append(Change(row_id, line_no, wanted))
    return merged


def _after(counter: Counter, changed: Sequence[Counter]) -> str:
    """SQL of a counter's value after the change."""
    return f"{COLUMNS[counter]} + d{counter}" if counter in changed else COLUMNS[counter]


def _guard(layer: Layer, changed: Sequence[Counter]) -> str:
    """SQL that holds when every changed counter stays at or above zero and the row's promises stay backed."""
    conditions = [f"{_after(counter, changed)} >= 0" for counter in changed]
    for backing, promised in _BACKED[layer]:
        if not set(changed).isdisjoint(backing + promised):
            left = _backing(backing, promised, changed)
            right = " + ".join(_after(counter, changed) for counter in promised)
            conditions.append(f"{left} >= {right}")
    if layer == Layer.SHARE:
        conditions.append(f"({_CAP.format(counter=int(Counter.SHARE_USED))})")
    return " AND ".join(conditions)


def bulk_statement(layer: Layer, counters: tuple[Counter, ...], wanted: str, *, is_locked: bool = False) -> str:
    """The statement that moves ``counters`` of the rows a query names (id, line_no, d<counter> …), with their entries.

    For tens of thousands of rows that stand in a temporary table. It answers one row: rows ``wanted``, rows ``moved``;
    the caller refuses when they differ. ``is_locked``: rows above them are locked that everybody takes first, so that
    their own order does not matter. Parameters: :func:`context_params`.
    """
    changing = _changing(layer, counters)
    if is_locked:
        changing = changing[changing.index("moved AS") :].replace("FROM locked w", "FROM want w")
    return f"""
        WITH want AS MATERIALIZED ({wanted}), {changing},
        {_ledger([_entries(layer, counters)])}
        SELECT (SELECT count(*) FROM want) AS wanted, (SELECT count(*) FROM moved) AS moved
    """  # noqa: S608 - built from fixed names only


def _backing(backing: Sequence[Counter], promised: Sequence[Counter], changed: Sequence[Counter]) -> str:
    """SQL of what backs ``promised`` after the change.

    A reported shortage of a bucket backs the promises it was reported for and no new ones, even where some of them
    have ended since: it does not count when the change promises more than it brings.
    """
    more = " + ".join(f"d{counter}" for counter in promised if counter in changed)
    if Counter.CHANNEL_SHORTAGE not in backing or not more:
        return " + ".join(_after(counter, changed) for counter in backing)
    less = " + ".join(f"d{counter}" for counter in backing if counter in changed) or "0"
    quota, shortage = (_after(counter, changed) for counter in backing)
    return f"{quota} + ({shortage}) * ({more} <= {less})::int"


@lru_cache(maxsize=128)
def _statement(layer: Layer, counters: tuple[Counter, ...]) -> str:
    """The statement that moves ``counters`` of ``layer``. Pure text: safe to cache across namespaces."""
    return f"""
        WITH {_moving(layer, counters)}, {_ledger([_entries(layer, counters)])}
        SELECT * FROM moved
    """  # noqa: S608 - built from fixed names only


@lru_cache(maxsize=128)
def _layers_statement(shape: tuple[tuple[Layer, tuple[Counter, ...]], ...]) -> str:
    """The statement that moves counters of several layers; the final SELECT runs them one after the other.

    Five layers stay below 4,096 characters, the longest text whose parsing the driver remembers.
    """
    moving = ", ".join(_moving(layer, counters, str(int(layer))) for layer, counters in shape)
    entries = _ledger([_entries(layer, counters, str(int(layer))) for layer, counters in shape])
    moved = " UNION ALL ".join(
        f"SELECT {int(layer)} layer, id FROM moved{int(layer)}"  # noqa: S608 - built from fixed names only
        for layer, _counters in shape
    )
    return f"WITH {moving}, {entries} {moved}"


def _moving(layer: Layer, counters: tuple[Counter, ...], tag: str = "") -> str:
    """The CTEs ``want``, ``locked`` and ``moved`` of one layer."""
    arrays = ", ".join(f"%(d{counter})s::int[]" for counter in counters)
    names = ", ".join(f"d{counter}" for counter in counters)
    return (  # built from fixed names only
        f"want{tag}(id, line_no, {names}) AS (SELECT * FROM"  # noqa: S608
        f" unnest(%(ids{tag})s::bigint[], %(lines{tag})s::int[], {arrays})), {_changing(layer, counters, tag)}"
    )


def _changing(layer: Layer, counters: tuple[Counter, ...], tag: str = "") -> str:
    """The CTEs ``locked`` and ``moved`` of one layer, after ``want``."""
    table = TABLES[layer]
    sets = ", ".join(f"{COLUMNS[counter]} = {_after(counter, counters)}" for counter in counters)
    returned = ", ".join(f"d{counter}, {COLUMNS[counter]} b{counter}" for counter in counters)
    return (  # built from fixed names only
        f"locked{tag} AS MATERIALIZED (SELECT w.* FROM {table} t JOIN want{tag} w USING (id)"  # noqa: S608
        f" ORDER BY id FOR UPDATE OF t), "
        f"moved{tag} AS (UPDATE {table} t SET {sets}, version = version + 1"
        f" FROM locked{tag} w WHERE t.id = w.id AND {_guard(layer, counters)}"
        f" RETURNING t.id, version, line_no, {returned})"
    )


def _ledger(entries: Sequence[str]) -> str:
    """The CTE that writes the ledger rows of what the layers moved."""
    return (
        "entries AS (INSERT INTO inventory_ledgerentry (layer, row_id, counter, delta, balance_after,"  # noqa: S608
        " version, command, source_type, source_sn, line_no, actor_id, at)"
        " SELECT layer, id, counter, delta, balance, version, %(command)s, %(source_type)s, %(source_sn)s, line_no,"
        f" %(actor)s, %(at)s FROM ({' UNION ALL '.join(entries)}) e WHERE delta <> 0)"
    )


def _entries(layer: Layer, counters: tuple[Counter, ...], tag: str = "") -> str:
    """What one layer moved, a row for each counter."""
    values = ", ".join(f"({int(counter)}, d{counter}, b{counter})" for counter in counters)
    return (
        f"SELECT {int(layer)} layer, id, version, line_no, v.* FROM moved{tag},"  # noqa: S608
        f" LATERAL (VALUES {values}) v(counter, delta, balance)"
    )
