"""``reconcile``: prove I1–I6 over every row of the namespace, in a handful of set-based statements."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from inventory.choices import COLUMNS, Counter, Layer
from inventory.services.movement import TABLES
from inventory.services.relations import RELATIONS
from vmi.core.actors import system_actor
from vmi.core.checks_registry import run_proofs
from vmi.core.db import fetch_all
from vmi.core.tenancy import current_schema
from vmi.events.catalogue import ReconcileFailed
from vmi.events.services import record


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken invariant: which, on which row, what was found and what should stand there."""

    invariant: str
    table: str
    row_id: int
    column: str
    actual: int
    expected: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a reconcile found in one namespace, proof by proof."""

    namespace: str
    proofs: dict[str, list[Mapping[str, Any]]]

    @property
    def count(self) -> int:
        """How many differences there are; 0 is the only good answer."""
        return sum(len(findings) for findings in self.proofs.values())


def reconcile(*, raise_event: bool = False) -> Report:
    """Run every registered proof of the namespace (stock, credits, orders); reads only.

    ``raise_event`` records ReconcileFailed when anything differs, so that the back office shows it.
    """
    report = Report(namespace=current_schema(), proofs=run_proofs())
    if raise_event and report.count:
        record(
            ReconcileFailed(findings=report.count),
            subject=f"reconcile:{report.namespace}",
            actor=system_actor("reconcile"),
        )
    return report


def prove_stock_rows() -> list[Mapping[str, Any]]:
    """The stock findings in the JSON shape of the proof registry."""
    return [asdict(finding) for finding in prove_stock()]


def prove_stock() -> list[Finding]:
    """Every difference between the stock rows and what they must equal; empty when all is well."""
    return [*_ledger(), *_chain(), *_relations()]


def _ledger() -> Iterator[Finding]:
    """I1: each column equals the sum of its ledger entries, rows without entries included."""
    for layer, table in TABLES.items():
        counters = [counter for counter in Counter if counter.layer == layer]
        values = ", ".join(f"({int(counter)}, t.{COLUMNS[counter]})" for counter in counters)
        rows = fetch_all(
            f"""
            WITH sums AS (
                SELECT row_id, counter, sum(delta) AS total FROM inventory_ledgerentry
                WHERE layer = %(layer)s GROUP BY row_id, counter
            ), columns AS (
                SELECT t.id, v.counter, v.amount
                FROM {table} t CROSS JOIN LATERAL (VALUES {values}) AS v(counter, amount)
            )
            SELECT coalesce(c.id, s.row_id) AS id, coalesce(c.counter, s.counter) AS counter,
                   coalesce(c.amount, 0)::bigint AS actual, coalesce(s.total, 0)::bigint AS expected
            FROM columns c FULL JOIN sums s ON s.row_id = c.id AND s.counter = c.counter
            WHERE coalesce(c.amount, 0) <> coalesce(s.total, 0)
            ORDER BY 1, 2
            """,  # noqa: S608 - built from fixed names only
            {"layer": int(layer)},
        )
        for row in rows:
            yield _finding("I1", table, COLUMNS[Counter(row["counter"])], row)


def _chain() -> Iterator[Finding]:
    """I1 along time: every balance is the one before plus the change, in the order of the row's version."""
    rows = fetch_all(
        """
        SELECT * FROM (
            SELECT layer, row_id AS id, counter, balance_after AS actual,
                   delta + coalesce(lag(balance_after) OVER w, 0) AS expected
            FROM inventory_ledgerentry
            WINDOW w AS (PARTITION BY layer, row_id, counter ORDER BY version)
        ) x WHERE actual <> expected ORDER BY layer, id, counter
        """
    )
    for row in rows:
        yield _finding("I1", TABLES[Layer(row["layer"])], COLUMNS[Counter(row["counter"])], row)


def _relations() -> Iterator[Finding]:
    """I2, I4, I5 and I6: what one layer says about another."""
    for invariant, table, column, sql in RELATIONS:
        for row in fetch_all(sql):
            yield _finding(invariant, table, column, row)


def _finding(invariant: str, table: str, column: str, row: dict[str, Any]) -> Finding:
    """A finding from a row with id, actual and expected."""
    return Finding(invariant, table, row["id"], column, int(row["actual"]), int(row["expected"]))
