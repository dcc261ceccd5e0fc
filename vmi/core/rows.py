"""Rows of busy tables through prepared statements: what the ORM does with them, at a fraction of its price.

For the few commands that run thousands of times a minute (orders, documents, notices, events). Plain models with a
big integer key only; no signals, no expressions, equality filters. Everything else belongs to the ORM.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault
from psycopg.types.json import Jsonb

from vmi.core.db import array_text, fetch_prepared, fetch_prepared_tuples

Row = TypeVar("Row", bound=models.Model)
Columns = tuple[str, ...]

_PLAIN: Final = frozenset({int, str, bool, type(None)})
"""Types the driver takes as they are; others are asked of their field first."""


def insert(rows: Sequence[Row]) -> list[Row]:
    """INSERT rows of one model in their order with one statement, and give them their keys.

    Columns left to the database's default in the first row are left to it in all of them.
    """
    if not rows:
        return []
    model, first = type(rows[0]), rows[0]
    given = [item for item in _written(model) if not isinstance(getattr(first, item[1]), DatabaseDefault)]
    if len(rows) == 1:
        params: list[Any] = [_value(field, getattr(first, name), is_json) for field, name, is_json in given]
    else:
        params = [
            array_text([_value(field, getattr(row, name), is_json) for row in rows]) for field, name, is_json in given
        ]
    text = _insert_text(model, tuple(field.column for field, _name, _json in given), len(rows) > 1)
    for row, key in zip(rows, fetch_prepared_tuples(text, params), strict=True):
        row.pk = key[0]
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return list(rows)


@lru_cache(maxsize=64)
def _written(model: type[models.Model]) -> tuple[tuple[Any, str, bool], ...]:
    """The columns an INSERT gives: field, attribute name, whether it is JSON."""
    return tuple(
        (field, field.attname, isinstance(field, models.JSONField))
        for field in model._meta.concrete_fields
        if not field.primary_key
    )


def load(model: type[Row], *, lock: bool = False, also: str = "", **equals: Any) -> list[Row]:
    """The rows whose columns equal the given values, by key; ``lock`` holds them until the transaction ends.

    ``also`` is a fixed condition, such as the one of a partial index: a prepared plan cannot see that a value meets it.
    """
    text = _select_text(model, tuple(equals), lock, also)
    found = fetch_prepared_tuples(text, [_plain(value) for value in equals.values()])
    converted = _converted(model)
    names = _attnames(model)
    return [_loaded(model, names, _converting(values, converted)) for values in found]


def _loaded(model: type[Row], names: Sequence[str], values: Sequence[Any]) -> Row:
    """A stored row as ``Model.from_db`` would build it, without its loop over fields."""
    row = model.__new__(model)
    row.__dict__.update(zip(names, values, strict=True))
    row._state = ModelState()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def update(model: type[models.Model], equals: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """UPDATE the rows whose columns equal ``equals``; returns how many there were."""
    fields = [model._meta.get_field(name) for name in values]
    params = [
        _value(field, value, isinstance(field, models.JSONField))
        for field, value in zip(fields, values.values(), strict=True)
    ]
    params += [_plain(value) for value in equals.values()]
    return len(fetch_prepared(_update_text(model, tuple(values), tuple(equals)), params))


def _value(field: Any, value: Any, is_json: bool) -> Any:
    """A column's value as the driver takes it."""
    if is_json and value is not None:
        return Jsonb(value)
    kind = type(value)
    if kind in _PLAIN or (kind is Decimal and value.is_finite()) or (kind is datetime and value.tzinfo is not None):
        return value
    return field.get_db_prep_save(value, connection)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, int) and type(value) is not bool else value


def _converting(values: tuple[Any, ...], converted: Sequence[tuple[int, Any]]) -> Sequence[Any]:
    if not converted:
        return values
    changed = list(values)
    for index, field in converted:
        changed[index] = field.from_db_value(changed[index], None, connection)
    return changed


@lru_cache(maxsize=64)
def _attnames(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@lru_cache(maxsize=64)
def _converted(model: type[models.Model]) -> tuple[tuple[int, Any], ...]:
    """Which columns need their field's help to become Python values."""
    fields = enumerate(model._meta.concrete_fields)
    return tuple((index, field) for index, field in fields if hasattr(field, "from_db_value"))


@lru_cache(maxsize=256)
def _insert_text(model: type[models.Model], columns: Columns, is_many: bool) -> str:
    meta = model._meta
    names = ", ".join(map(_quoted, columns))
    if is_many:
        types = {field.column: _array_type(field) for field in meta.concrete_fields}
        source = f"SELECT * FROM unnest({', '.join(f'%s::{types[column]}[]' for column in columns)})"  # noqa: S608
    else:
        source = f"VALUES ({', '.join(['%s'] * len(columns))})"
    key = _quoted(_column(model, "pk"))
    return f"INSERT INTO {_quoted(meta.db_table)} ({names}) {source} RETURNING {key}"


@lru_cache(maxsize=256)
def _select_text(model: type[models.Model], names: Columns, lock: bool, also: str) -> str:
    meta = model._meta
    columns = ", ".join(_quoted(str(field.column)) for field in meta.concrete_fields)
    key = _quoted(_column(model, "pk"))
    where = _conditions(model, names) + (f" AND {also}" if also else "")
    text = f"SELECT {columns} FROM {_quoted(meta.db_table)} WHERE {where} ORDER BY {key}"  # noqa: S608
    return f"{text} FOR UPDATE" if lock else text


@lru_cache(maxsize=256)
def _update_text(model: type[models.Model], names: Columns, equals: Columns) -> str:
    meta = model._meta
    sets = ", ".join(f"{_quoted(_column(model, name))} = %s" for name in names)
    return f"UPDATE {_quoted(meta.db_table)} SET {sets} WHERE {_conditions(model, equals)} RETURNING 1 AS done"  # noqa: S608


def _conditions(model: type[models.Model], names: Columns) -> str:
    return " AND ".join(f"{_quoted(_column(model, name))} = %s" for name in names)


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(field.column)  # type: ignore[union-attr]


def _array_type(field: Any) -> str:
    """The column's type without its length: a cast to ``varchar(64)`` would cut what the column refuses."""
    return str(field.db_type(connection)).split("(", 1)[0].strip()


def _quoted(name: str) -> str:
    return f'"{name}"'
