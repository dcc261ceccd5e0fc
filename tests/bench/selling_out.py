"""The gate nobody may miss: 200 units, 32 callers who want them all, exactly 200 sold."""

import multiprocessing
import threading
from typing import Any

from tests.bench.clients import Buy, our_buyer
from tests.bench.world import SCARCE, GateFailed, World

CALLERS = 32


def sell_out(world: World, *, rounds: int) -> str:
    """Sell a scarce SKU a round, plainly and through the combiner; raises GateFailed unless exactly all is sold."""
    scarce = iter(world.scarce)
    for number in range(rounds):
        for combiner in (False, True):
            sold = _sell(world, next(scarce), f"S{number}-{combiner}", combiner=combiner)
            if sold != SCARCE:
                raise GateFailed(f"{sold} of {SCARCE} units sold to {CALLERS} callers, combiner {combiner}")
    return f"{SCARCE} units, {CALLERS} callers, {rounds} times plain and {rounds} times combined: exactly {SCARCE} sold"


def _sell(world: World, sku: int, tag: str, *, combiner: bool) -> int:
    """Sold units; the callers are threads of one process, which also is a fork of this one."""
    context = multiprocessing.get_context("fork")
    counts = context.Array("q", CALLERS)
    child = context.Process(target=_callers, args=(world, sku, tag, combiner, counts), daemon=True)
    child.start()
    child.join(60)
    if child.exitcode != 0:
        raise GateFailed(f"the callers ended with {child.exitcode}")
    return sum(counts[:])


def _callers(world: World, sku: int, tag: str, combiner: bool, counts: Any) -> None:
    buy = our_buyer(world, combiner=combiner)
    threads = [
        threading.Thread(target=_until_sold_out, args=(buy, sku, f"{tag}-{number}", number, counts))
        for number in range(CALLERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _until_sold_out(buy: Buy, sku: int, tag: str, caller: int, counts: Any) -> None:
    from inventory.exceptions import InsufficientStock

    for number in range(SCARCE + 1):
        try:
            buy(f"{tag}-{number}", [(sku, 1)])
        except InsufficientStock:
            return
        counts[caller] += 1
