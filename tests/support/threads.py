"""Threads that start together, each with a database connection of its own in one namespace."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django_tenants.utils import tenant_context

PATIENCE_S = 60.0


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
