"""``reconcile`` looks at the records of safety stock too."""

from typing import Any

from inventory.models import LogicalStock, SafetyPolicy
from inventory.selectors.safety_proof import safety_that_disagrees
from inventory.services import SafetyTerms, rearm_safety, release_safety, set_safety
from tests.factories.inventory import make_stock, source
from vmi.core.actors import system_actor
from vmi.core.checks_registry import run_proofs

ACTOR = system_actor()


def found() -> list[dict[str, Any]]:
    """The differences without their rows."""
    return [{name: row[name] for name in ("column", "actual", "expected")} for row in safety_that_disagrees()]


def test_records_and_figures_agree_until_somebody_writes_past_the_commands() -> None:
    stock = make_stock(100)
    key = stock.logical.pk
    set_safety(logical_id=key, terms=SafetyTerms(normal_units=50), source=source("safety"), actor=ACTOR)
    release_safety(logical_id=key, quantity=20, reason="热卖", source=source("safety"), actor=ACTOR)
    rearm_safety(logical_id=key, quantity=5, reason="到货", source=source("safety"), actor=ACTOR)
    assert run_proofs()["Safety stock"] == []

    SafetyPolicy.objects.filter(logical_id=key).update(released_qty=16)
    LogicalStock.objects.filter(pk=key).update(safety_qty=36)

    assert found() == [
        {"column": "safety_qty", "actual": 36, "expected": 34},
        {"column": "released_qty", "actual": 16, "expected": 15},
    ]
