"""Random histories of stock commands against a model in plain Python; ``make prove`` tries as many as wanted."""

from collections import Counter

from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.prove.rules_cart import CartRules
from tests.prove.rules_demand import DemandRules
from tests.prove.rules_goods import GoodsRules
from tests.prove.world import build

EXAMPLES, STEPS = 45, 50


class StockMachine(DemandRules, CartRules, GoodsRules):
    """Every command of the stock core."""


def profile(examples: int, steps: int, *, derandomized: bool = True) -> settings:
    """How much to try; a failure is told as it was found, with how to repeat it: making it small takes minutes."""
    return settings(
        phases=[Phase.explicit, Phase.generate],
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=derandomized,
        database=None,
        deadline=None,
        print_blob=not derandomized,
        suppress_health_check=list(HealthCheck),
    )


def hollow(tally: Counter[str]) -> list[str]:
    """The rules that were never carried out."""
    tried = {name.split(":")[0] for name in tally}
    return sorted(name for name in tried if not tally[f"{name}: done"])


def test_random_histories_agree_with_the_model() -> None:
    StockMachine.world = build()
    run_state_machine_as_test(StockMachine, settings=profile(EXAMPLES, STEPS))
    assert not connection.needs_rollback
    assert hollow(StockMachine.tally) == []
