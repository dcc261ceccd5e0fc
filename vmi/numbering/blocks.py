"""Blocks of numbers: one short transaction on a connection of its own takes many, the process hands them out.

Why: a counter row locked by the order's own transaction would make all orders of a namespace
wait for each other (growth rule 3). Why a connection of its own: the block must be committed, whatever
becomes of the caller's transaction, or a rollback would hand the same numbers out twice.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

BLOCK_SIZE: Final = 50
"""Numbers taken at once; what a process loses when it ends is at most this many per kind and period."""

BLOCKS_MAX: Final = 10_000
"""Kept blocks per process; past it all are forgotten, which costs numbers and nothing else."""

_TAKE: Final = """
    INSERT INTO numbering_numbercounter AS counter (kind, period, last_value) VALUES (%(kind)s, %(period)s, %(size)s)
    ON CONFLICT (kind, period) DO UPDATE SET last_value = counter.last_value + %(size)s
    RETURNING last_value
"""


@dataclass
class Block:
    """What is left of the last block: the next number and the last one, behind a lock of its own."""

    next: int = 1
    last: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


Key = tuple[str, str, str, str]
_blocks: dict[Key, Block] = {}
_guard = threading.Lock()
_kept = threading.local()


def take(schema: str, kind: str, period: str) -> int:
    """The next number of a kind and period in a namespace; no two calls anywhere get the same."""
    block = _block((_database(), schema, kind, period))
    with block.lock:
        if block.next > block.last:
            block.last = _reserve(schema, kind, period, BLOCK_SIZE)
            block.next = block.last - BLOCK_SIZE + 1
        number = block.next
        block.next += 1
    return number


def forget() -> None:
    """Drop every block: after a fork (the parent goes on using them) and when tests empty the counters."""
    global _guard, _kept
    _guard = threading.Lock()
    _kept = threading.local()
    _blocks.clear()


def _block(key: Key) -> Block:
    with _guard:
        if len(_blocks) >= BLOCKS_MAX:
            _blocks.clear()
        return _blocks.setdefault(key, Block())


def _database() -> str:
    """The database's name is part of the key, so that a test database never continues another's numbers."""
    return str(connection.settings_dict["NAME"])


@contextmanager
def one_connection() -> Iterator[None]:
    """Take every block of this thread over one connection, kept until the end: for imports that number thousands.

    Elsewhere a block comes once in fifty numbers, and a connection that is rarely used is not worth holding.
    """
    if getattr(_kept, "connection", None) is not None:
        yield
        return
    _kept.connection = _own_connection()
    try:
        yield
    finally:
        _kept.connection.close()
        _kept.connection = None


def _reserve(schema: str, kind: str, period: str, size: int) -> int:
    """Move the counter by ``size`` and return its new value, committed before it is returned."""
    kept = getattr(_kept, "connection", None)
    own = kept or _own_connection()
    if own.schema_name != schema:
        own.set_schema(schema, include_public=False)
    try:
        with own.cursor() as cursor:
            cursor.execute(_TAKE, {"kind": kind, "period": period, "size": size})
            return int(cursor.fetchone()[0])
    finally:
        if kept is None:
            own.close()


def _own_connection() -> Any:
    """A second connection to the same database, outside the pool.

    It need not wait for the disk: whatever uses a number commits later, and that flush carries this one.
    """
    own = connection.copy()
    options = {name: value for name, value in own.settings_dict.get("OPTIONS", {}).items() if name != "pool"}
    options["options"] = f"{options.get('options', '')} -c synchronous_commit=off".strip()
    own.settings_dict["OPTIONS"] = options
    return own


os.register_at_fork(after_in_child=forget)
