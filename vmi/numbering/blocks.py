"""Blocks of numbers: one short transaction on a connection of its own takes many, the process hands them out.

Why: a counter row locked by the order's own transaction would make all orders of a namespace
wait for each other (growth rule 3). Why a connection of its own: the block must be committed, whatever
becomes of the caller's transaction, or a rollback would hand the same numbers out twice.
"""

import os
import threading
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

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
    global _guard
    _guard = threading.Lock()
    _blocks.clear()


def _block(key: Key) -> Block:
    with _guard:
        if len(_blocks) >= BLOCKS_MAX:
            _blocks.clear()
        return _blocks.setdefault(key, Block())


def _database() -> str:
    """The database's name is part of the key, so that a test database never continues another's numbers."""
    return str(connection.settings_dict["NAME"])


def _reserve(schema: str, kind: str, period: str, size: int) -> int:
    """Move the counter by ``size`` and return its new value, committed before it is returned."""
    own = connection.copy()
    own.settings_dict["OPTIONS"] = {
        name: value for name, value in own.settings_dict.get("OPTIONS", {}).items() if name != "pool"
    }
    own.set_schema(schema, include_public=False)
    with closing(own), own.cursor() as cursor:
        cursor.execute(_TAKE, {"kind": kind, "period": period, "size": size})
        return int(cursor.fetchone()[0])


os.register_at_fork(after_in_child=forget)
