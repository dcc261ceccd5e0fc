"""One replay per namespace at a time, and no periodic job beside it."""

from collections.abc import Iterator
from contextlib import contextmanager

from orders.replay.exceptions import ReplayRunning
from vmi.core.db import fetch_all
from vmi.namespaces.services import pause_sweepers

_KEY = "hashtextextended('vmi.replay_sales:' || %s, 0)"


@contextmanager
def alone_in(schema: str) -> Iterator[None]:
    """Keep a second replay out (ReplayRunning) and the namespace's sweepers paused; both end with the block.

    The lock belongs to the database session, so a killed run leaves nothing locked. The pause is always lifted at
    the end: a killed run leaves it behind, and the next one must not take it for somebody's wish.
    """
    if not fetch_all(f"SELECT pg_try_advisory_lock({_KEY}) AS taken", [schema])[0]["taken"]:
        raise ReplayRunning(details={"namespace": schema})
    try:
        pause_sweepers(schema_name=schema, paused=True)
        yield
    finally:
        pause_sweepers(schema_name=schema, paused=False)
        fetch_all(f"SELECT pg_advisory_unlock({_KEY})", [schema])
