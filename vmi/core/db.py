"""Plain SQL helpers: reading rows as dicts, append-only tables, timeouts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.migrations import RunSQL

Params = Sequence[Any] | Mapping[str, Any] | None


def fetch_all(sql: str, params: Params = None) -> list[dict[str, Any]]:
    """Run a statement and return its rows as dicts."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def execute(sql: str, params: Params = None) -> int:
    """Run a statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def append_only(table: str) -> list[RunSQL]:
    """Migration operations that make ``table`` refuse UPDATE, DELETE and TRUNCATE (I8).

    The function lives in the table's own schema and only raises, so that a cloned or
    distributed namespace keeps the guard.
    """
    guard = f"{table}_append_only"
    return [
        RunSQL(
            f"CREATE FUNCTION {guard}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{table} is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation'; "
            f"END $$",
            f"DROP FUNCTION IF EXISTS {guard}()",
        ),
        RunSQL(
            f"CREATE TRIGGER {guard}_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {guard}()",
            f"DROP TRIGGER IF EXISTS {guard}_row ON {table}",
        ),
        RunSQL(
            f"CREATE TRIGGER {guard}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {guard}()",
            f"DROP TRIGGER IF EXISTS {guard}_all ON {table}",
        ),
    ]
