"""The SQL of the proofs that read the ledger itself: I1 and the gaps of I8, and I8's guards from the catalogue."""

from functools import lru_cache

from inventory.choices import COLUMNS, Command, Counter, Layer, Purpose
from inventory.services.movement import TABLES

WORK_MEM = "128MB"
"""Memory for the one sort of the ledger; a million entries fit, more spill to disk and only take longer."""


BREAKS_TOLD = 10
"""Wrong balances of one counter that a proof names, the oldest first; what follows them is mostly their doing."""


@lru_cache(maxsize=2)
def ledger_sql(*, narrowed: bool = False) -> str:
    """I1: every column equals the sum of its entries, every balance the one before plus its change.

    Rows: layer, id, counter, actual, expected, and the ``version`` of the entry whose balance is wrong (0: the sum
    is), of each counter the first ``BREAKS_TOLD``. An entry of the command CORRECT restates the balance as the sum so
    far and closes the breaks before it. ``narrowed`` looks at the counters in ``%(layers)s``, ``%(ids)s``,
    ``%(counters)s`` only.
    """
    entries = "inventory_ledgerentry"
    columns = " UNION ALL ".join(_columns(layer, table) for layer, table in TABLES.items())
    if narrowed:
        asked = "unnest(%(layers)s::smallint[], %(ids)s::bigint[], %(counters)s::smallint[])"
        asked = f"(SELECT DISTINCT * FROM {asked} AS a(layer, row_id, counter)) asked"  # noqa: S608
        entries = f"{entries} JOIN {asked} USING (layer, row_id, counter)"
        columns = f"SELECT * FROM ({columns}) every JOIN {asked} USING (layer, row_id, counter)"  # noqa: S608
    return _LEDGER.format(correct=int(Command.CORRECT), entries=entries, columns=columns, breaks=BREAKS_TOLD)


def _columns(layer: Layer, table: str) -> str:
    """Every counter of a layer's rows that is not zero: layer, row_id, counter, amount."""
    counters = [counter for counter in Counter if counter.layer == layer]
    values = ", ".join(f"({int(counter)}::smallint, t.{COLUMNS[counter]})" for counter in counters)
    return (
        f"SELECT {int(layer)}::smallint AS layer, t.id AS row_id, v.counter, v.amount"  # noqa: S608 - fixed names
        f" FROM {table} t CROSS JOIN LATERAL (VALUES {values}) AS v(counter, amount) WHERE v.amount <> 0"
    )


_LEDGER = """
    WITH chained AS (
        SELECT layer, row_id, counter, delta, balance_after, version, command,
               CASE WHEN command = {correct} THEN sum(delta) OVER (w ROWS UNBOUNDED PRECEDING)
                    ELSE delta + coalesce(lag(balance_after) OVER w, 0) END AS due
        FROM {entries} WINDOW w AS (PARTITION BY layer, row_id, counter ORDER BY version)
    ), sums AS MATERIALIZED (
        SELECT layer, row_id, counter, sum(delta) AS total, max(version) FILTER (WHERE command = {correct}) AS settled,
               array_agg(ARRAY[version, balance_after, due] ORDER BY version)
                   FILTER (WHERE balance_after <> due) AS breaks
        FROM chained GROUP BY layer, row_id, counter
    ), columns AS ({columns})
    SELECT coalesce(c.layer, s.layer) AS layer, coalesce(c.row_id, s.row_id) AS id,
           coalesce(c.counter, s.counter) AS counter, 0::bigint AS version,
           coalesce(c.amount, 0)::bigint AS actual, coalesce(s.total, 0)::bigint AS expected
    FROM columns c FULL JOIN sums s ON s.layer = c.layer AND s.row_id = c.row_id AND s.counter = c.counter
    WHERE coalesce(c.amount, 0) <> coalesce(s.total, 0)
    UNION ALL
    SELECT s.layer, s.row_id, s.counter, b.version, b.actual, b.expected
    FROM sums s CROSS JOIN LATERAL (
        SELECT s.breaks[n][1] AS version, s.breaks[n][2] AS actual, s.breaks[n][3] AS expected
        FROM generate_subscripts(s.breaks, 1) AS n WHERE s.breaks[n][1] > coalesce(s.settled, 0)
        ORDER BY n LIMIT {breaks}
    ) b WHERE s.breaks IS NOT NULL
    ORDER BY 1, 2, 3, 4
"""


def gaps_sql() -> str:
    """I8: every step of a row's version has left an entry, and no entry names a step the row never made.

    Entries that cancel out and were taken away together leave every sum and every balance right, but not this. Rows:
    layer, id, ``actual`` and ``expected`` steps, and the first ``version`` that is missing (or never was). A
    restating entry (command CORRECT) closes the gaps of the row before it. A row that is gone is proved up to its
    last entry.
    """
    versions = " UNION ALL ".join(
        f"SELECT {int(layer)}::smallint AS layer, id AS row_id, version FROM {table}"  # noqa: S608 - fixed names
        for layer, table in TABLES.items()
    )
    return _GAPS.format(correct=int(Command.CORRECT), versions=versions)


_GAPS = """
    WITH steps AS MATERIALIZED (
        SELECT layer, row_id, version, bool_or(command = {correct}) AS settles
        FROM inventory_ledgerentry GROUP BY layer, row_id, version
    ), counted AS (
        SELECT layer, row_id, count(*) AS steps, max(version) AS newest, max(version) FILTER (WHERE settles) AS settled
        FROM steps GROUP BY layer, row_id
    ), odd AS (
        SELECT layer, row_id, coalesce(r.version, c.newest) AS stands, coalesce(c.settled, 0) AS settled
        FROM ({versions}) r FULL JOIN counted c USING (layer, row_id)
        WHERE coalesce(c.steps, 0) <> coalesce(r.version, c.newest)
           OR coalesce(c.newest, 0) <> coalesce(r.version, c.newest)
    ), later AS (
        SELECT o.*, s.version,
               lag(s.version, 1, o.settled) OVER (PARTITION BY layer, row_id ORDER BY s.version) AS before
        FROM odd o JOIN steps s USING (layer, row_id) WHERE s.version > o.settled
        UNION ALL
        SELECT o.*, NULL, o.settled FROM odd o
    )
    SELECT layer, row_id AS id, count(version) AS actual, stands - settled AS expected,
           least(min(before + 1) FILTER (WHERE version - before > 1 AND before < stands),
                 min(version) FILTER (WHERE version > stands),
                 CASE WHEN coalesce(max(version), settled) < stands
                      THEN coalesce(max(version), settled) + 1 END) AS version
    FROM later GROUP BY layer, row_id, stands, settled
    HAVING count(version) <> stands - settled OR coalesce(max(version), settled) <> stands
    ORDER BY 1, 2
"""

_ROWS_ABOVE = f"""
    inventory_ledgerentry e
    LEFT JOIN inventory_channelstock c ON e.layer = {int(Layer.CHANNEL)} AND c.id = e.row_id
    LEFT JOIN inventory_allocationpool p
      ON p.id = CASE e.layer WHEN {int(Layer.CHANNEL)} THEN c.pool_id WHEN {int(Layer.POOL)} THEN e.row_id END
"""
"""Entries of logical rows, their pools and buckets; the logical row is the pool's, else the entry's own."""

DOCUMENTS = f"""
    WITH moves AS (
        SELECT coalesce(p.logical_id, e.row_id) AS id, e.source_type, e.source_sn, e.at,
               CASE e.counter WHEN {int(Counter.ALLOCATED)} THEN e.delta ELSE -e.delta END AS units,
               CASE e.counter WHEN {int(Counter.ALLOCATED)} THEN e.version END AS version
        FROM {_ROWS_ABOVE}
        WHERE e.counter IN ({int(Counter.ALLOCATED)}, {int(Counter.SOLD)}, {int(Counter.FROZEN)})
           OR (e.counter = {int(Counter.QUOTA)} AND p.purpose = {int(Purpose.INTERNAL)})
    ), documents AS (
        SELECT id, at, min(version) AS version FROM moves GROUP BY id, source_type, source_sn, at HAVING sum(units) <> 0
    ), settled AS (
        SELECT coalesce(p.logical_id, e.row_id) AS id, max(e.at) AS at FROM {_ROWS_ABOVE}
        WHERE e.command = {int(Command.CORRECT)}
          AND e.layer IN ({int(Layer.CHANNEL)}, {int(Layer.POOL)}, {int(Layer.LOGICAL)})
        GROUP BY coalesce(p.logical_id, e.row_id)
    )
    SELECT d.id, count(*) AS actual, coalesce(min(d.version), 1) AS version
    FROM documents d LEFT JOIN settled s USING (id) WHERE s.at IS NULL OR d.at > s.at
    GROUP BY d.id ORDER BY d.id
"""  # noqa: S608 - built from fixed names only
"""I8: each step of a document moved the logical row as it moved what is sold above it (I6, entry by entry).

Entries that cancel out and were taken out of steps that moved other counters too leave no gap; but then the payment
and the outbound they belonged to do not balance any more. Rows: the logical row, how many steps of documents do not,
and the ``version`` of the first. A correction of the row, its pools or buckets closes what is dated before it.
"""

APPEND_ONLY = """
    WITH guarded AS (
        SELECT left(proname, -length('_append_only')) AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE '%%\\_append\\_only'
        UNION SELECT 'inventory_ledgerentry'
    ), wanted AS (
        SELECT name, name || '_append_only' || part AS trigger, bits
        FROM guarded CROSS JOIN (VALUES ('_row', 1 + 2 + 8 + 16), ('_all', 2 + 32)) AS v(part, bits)
    )
    SELECT w.name, w.trigger FROM wanted w WHERE NOT EXISTS (
        SELECT 1 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = w.name AND t.tgname = w.trigger
          AND t.tgenabled IN ('O', 'A') AND t.tgtype & w.bits = w.bits AND t.tgqual IS NULL
          AND p.prosrc LIKE '%%RAISE EXCEPTION%%')
    ORDER BY 1, 2
"""
"""I8: the tables that refuse changes, and which of their guards is missing, switched off or no guard any more."""
