"""Random histories of stock commands against a model in plain Python; ``make prove`` tries as many as wanted."""

from collections import Counter

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.prove.rules_control import ControlRules
from tests.prove.rules_external import ExternalRules
from tests.prove.rules_internal import InternalRules
from tests.prove.rules_safety import SafetyRules
from tests.prove.rules_snapshot import SnapshotRules
from tests.prove.rules_supply import SupplyRules
from tests.prove.rules_terms import TermsRules
from tests.prove.world import build

EXAMPLES, STEPS, RULES = 15, 50, 40


class StockMachine(ExternalRules, InternalRules, TermsRules, SupplyRules, SafetyRules, ControlRules, SnapshotRules):
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


def carried_out(tally: Counter[str]) -> set[str]:
    """The rules that ran to their end at least once."""
    return {name.split(":")[0] for name in tally if name.endswith(": done")}


@pytest.mark.timeout(600)
def test_random_histories_agree_with_the_model() -> None:
    StockMachine.world = build()
    run_state_machine_as_test(StockMachine, settings=profile(EXAMPLES, STEPS))
    assert not connection.needs_rollback
    assert len(carried_out(StockMachine.tally)) >= RULES
