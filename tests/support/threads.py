"""Threads that start together, each with a database connection of its own in one namespace."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django_tenants.utils import tenant_context

PATIENCE_S = 300.0
"""How long a thread may take before it counts as hanging; waiting ends with what is waited for."""


_WAITED_FOR = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"


def until_somebody_waits() -> None:
    """Hold this transaction's locks until another one waits for them, however slow the machine is.

    Raises TimeoutError when nobody ever does.
    """
    deadline = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_WAITED_FOR)
            if cursor.fetchone() == (True,):
                return
            if time.monotonic() > deadline:
                raise TimeoutError("nobody waits for what this transaction has locked")
            time.sleep(0.01)


def run_together(namespace: Any, functions: Sequence[Callable[[], Any]]) -> list[Any]:
    """Results in the order of ``functions``; an exception stands in place of its result."""
    results: list[Any] = [None] * len(functions)
    gate = threading.Barrier(len(functions))

    def body(index: int) -> None:
        try:
            with tenant_context(namespace):
                connection.ensure_connection()
                gate.wait(PATIENCE_S)
                results[index] = functions[index]()
        except Exception as error:  # noqa: BLE001 - the test judges it
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=body, args=(index,), daemon=True) for index in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    if any(thread.is_alive() for thread in threads):
        raise TimeoutError("a thread did not finish: a deadlock the database did not see")
    return results
