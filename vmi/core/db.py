"""Plain SQL helpers: reading rows as dicts, append-only tables, timeouts."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import psycopg
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations import RunSQL
from psycopg.rows import RowFactory, dict_row, tuple_row
from psycopg.types.json import Jsonb
from psycopg.types.numeric import Int8

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


def analyse_tables() -> None:
    """Let the planner look at every table of the namespace: for imports, which fill tables faster than it looks."""
    rows = fetch_all("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = current_schema()")
    if rows:
        execute(f"ANALYZE {', '.join(row['name'] for row in rows)}")


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


def fetch_prepared(sql: str, params: Params = None) -> list[dict[str, Any]]:
    """Run a hot statement with server-side binding and a prepared plan; for SQL whose text never varies."""
    return _run_prepared(sql, params, dict_row)


def fetch_prepared_tuples(sql: str, params: Params = None) -> list[tuple[Any, ...]]:
    """As :func:`fetch_prepared`, with the rows as plain tuples."""
    return _run_prepared(sql, params, tuple_row)


def _run_prepared(sql: str, params: Params, row_factory: RowFactory[Any]) -> list[Any]:
    """Through Django's cursor wrapper, so that errors, query logs and budgets of tests are those of any statement."""
    database: Any = connections[DEFAULT_DB_ALIAS]  # looked up once: the proxy costs as much as a small statement
    database.close_if_health_check_failed()
    database.ensure_connection()
    if not database.search_path_set_schemas:
        database.cursor().close()  # Django's own cursor sets the namespace's search path
    driver = _PreparedCursor(database.connection, row_factory=row_factory)
    driver.prepare = not database.queries_logged
    database._prepare_cursor(driver).execute(sql, params)
    result = driver.pgresult
    return driver.fetchall() if result is not None and result.nfields else []


class _PreparedCursor(psycopg.Cursor[Any]):
    """A driver cursor that prepares every statement on the server; not while queries are logged: it shows no text."""

    prepare = True

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        """Run a statement from its prepared plan."""
        return super().execute(query, _sized(params), prepare=self.prepare, **options)


def _sized(params: Params) -> Params:
    """Every whole number as a bigint: the driver sizes them by value, and each size would be prepared anew."""
    if isinstance(params, Mapping):
        return {name: _as_bigint(value) for name, value in params.items()}
    return None if params is None else [_as_bigint(value) for value in params]


def _as_bigint(value: Any) -> Any:
    if type(value) is int:
        return Int8(value)
    if type(value) is list and value and type(value[0]) is int:
        return array_text(value)
    return value


def array_text(values: Sequence[Any]) -> str:
    """An array as the server reads it (``{1,2,NULL}``), for parameters whose SQL names the type.

    The driver's own way is written in Python and looks at every element three times.
    """
    return "{" + ",".join([_element(value) for value in values]) + "}"


def _element(value: Any) -> str:
    kind = type(value)
    if kind is int or kind is Decimal:
        return str(value)
    if kind is str:
        return _quoted(value)
    if value is None:
        return "NULL"
    if kind is bool:
        return "t" if value else "f"
    if kind is Jsonb:
        return _quoted(json.dumps(value.obj, cls=DjangoJSONEncoder))
    if isinstance(value, datetime | date):
        return _quoted(value.isoformat())
    return _quoted(str(value))


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def refresh_statistics(*apps: str) -> None:
    """Let the planner see what a bulk load just wrote to the tables of ``apps``, instead of waiting for autovacuum.

    Prepared plans made while the tables were empty are planned anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relkind = 'r' AND split_part(c.relname, '_', 1) = ANY(%s)",
            [list(apps)],
        )
        tables = ", ".join(name for (name,) in cursor.fetchall())
        if tables:
            cursor.execute(f"ANALYZE {tables}")
