"""The proofs of the stock core, in a handful of set-based statements: every difference as a ``Finding``."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from inventory.choices import COLUMNS, Counter, Layer
from inventory.services.bounds import BOUNDS
from inventory.services.movement import TABLES
from inventory.services.proof_sql import APPEND_ONLY, DOCUMENTS, WORK_MEM, gaps_sql, ledger_sql
from inventory.services.relations import RELATIONS
from vmi.core.db import execute, fetch_all

STEPS = "version"
"""What a proof compares that counts the steps of a row: each has left an entry."""


ONE_SIDED = "documents"
"""What a proof counts that speaks of documents whose entries do not balance."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken invariant: which, on which row, what was found and what should stand there.

    ``version`` names the ledger entry of the row whose balance is wrong, or the row's first step that has none; 0 where
    the row itself is wrong.
    """

    invariant: str
    table: str
    row_id: int
    column: str
    actual: int
    expected: int
    version: int = 0


def prove_stock_rows() -> list[Mapping[str, Any]]:
    """The stock findings in the JSON shape of the proof registry."""
    return [asdict(finding) for finding in prove_stock()]


def prove_stock() -> list[Finding]:
    """Every difference between the stock rows and what they must equal; empty when all is well."""
    return [*_ledger(), *_relations(), *_append_only()]


def _document_finding(row: dict[str, Any]) -> Finding:
    """A logical row and how many documents moved it otherwise than what is sold of it; none should."""
    return Finding("I8", TABLES[Layer.LOGICAL], row["id"], ONE_SIDED, row["actual"], 0, row["version"])


def counter_findings(keys: Collection[tuple[Layer, int, Counter]]) -> list[Finding]:
    """The findings of I1 on these counters (layer, row, counter) only, from their own entries."""
    params = {
        "layers": [int(layer) for layer, _row, _counter in keys],
        "ids": [row_id for _layer, row_id, _counter in keys],
        "counters": [int(counter) for _layer, _row, counter in keys],
    }
    return [_ledger_finding(row) for row in fetch_all(ledger_sql(narrowed=True), params)]


def relation_difference(invariant: str, table: str, column: str, row_id: int) -> tuple[int, int] | None:
    """What a relation says about one row now: (actual, expected); None where it holds."""
    for name, of_table, of_column, sql in RELATIONS:
        if (name, of_table) == (invariant, table) and of_column in ("", column):
            for row in fetch_all(f"SELECT * FROM ({sql}) found WHERE id = %(id)s", {"id": row_id}):  # noqa: S608
                if row.get("column", column) == column:
                    return int(row["actual"]), int(row["expected"])
    return None


def _ledger() -> list[Finding]:
    """I1: each column equals the sum of its entries, each balance follows from the one before; I8: nothing is gone."""
    with transaction.atomic():
        execute("SELECT set_config('work_mem', %(size)s, true)", {"size": WORK_MEM})
        return [
            *(_ledger_finding(row) for row in fetch_all(ledger_sql())),
            *(_gap_finding(row) for row in fetch_all(gaps_sql())),
            *(_document_finding(row) for row in fetch_all(DOCUMENTS)),
        ]


def _gap_finding(row: dict[str, Any]) -> Finding:
    """A row whose steps and entries do not match: steps with entries, steps it made, the first one that differs."""
    table = TABLES[Layer(row["layer"])]
    return Finding("I8", table, row["id"], STEPS, row["actual"], row["expected"], row["version"])


def _ledger_finding(row: dict[str, Any]) -> Finding:
    """A finding of I1 from a row of the ledger's proof."""
    table, column = TABLES[Layer(row["layer"])], COLUMNS[Counter(row["counter"])]
    return Finding("I1", table, row["id"], column, row["actual"], row["expected"], row["version"])


def _relations() -> Iterator[Finding]:
    """I2 to I7: what one layer says about another, and the bounds of each."""
    for invariant, table, column, sql in (*RELATIONS, *BOUNDS):
        for row in fetch_all(sql):
            name = row.get("column", column)
            yield Finding(invariant, table, row["id"], name, int(row["actual"]), int(row["expected"]))


def _append_only() -> Iterator[Finding]:
    """I8: every append-only table still has both of its guards, switched on."""
    for row in fetch_all(APPEND_ONLY, {}):
        yield Finding("I8", row["name"], 0, row["trigger"], actual=0, expected=1)
