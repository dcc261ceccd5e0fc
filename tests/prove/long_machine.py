"""The state machine for as long as ``PROVE_MINUTES`` says, with new random histories in every round."""

import os
import time

from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console

from tests.prove.test_state_machine import StockMachine, profile
from tests.prove.world import build

MINUTES = float(os.environ.get("PROVE_MINUTES", "3"))
EXAMPLES = 10
STEPS = (60, 60, 200)
"""Steps of a history, round by round: some faults need a long one to grow."""


def test_random_histories_for_minutes() -> None:
    console = Console()
    StockMachine.world = build()
    begin, rounds = time.monotonic(), 0
    while rounds == 0 or time.monotonic() - begin < MINUTES * 60:
        run_state_machine_as_test(
            StockMachine, settings=profile(EXAMPLES, STEPS[rounds % len(STEPS)], derandomized=False)
        )
        rounds += 1
        done = sum(StockMachine.tally.values())
        console.print(f"{time.monotonic() - begin:6.0f} s: {rounds * EXAMPLES} histories, {done} commands agree")
    for name, times in sorted(StockMachine.tally.items()):
        console.print(f"{times:8}  {name}")
