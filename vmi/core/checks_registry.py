"""Proofs: functions that recompute a derived number and report where the stored one differs.

Each app registers its proofs at start; ``manage.py reconcile`` runs them all in a namespace.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Finding = Mapping[str, Any]
"""One difference: which row, what is stored, what was recomputed; JSON types only."""

Proof = Callable[[], Iterable[Finding]]

_proofs: dict[str, Proof] = {}


def register_proof(name: str, proof: Proof) -> None:
    """Add a proof under its name (``I9 credit reports``); a second one of the same name is a defect."""
    known = _proofs.get(name)
    if known is not None and known is not proof:
        raise ValueError(f"the proof {name!r} is registered twice")
    _proofs[name] = proof


def proofs() -> dict[str, Proof]:
    """Every proof by name, in the order of the names."""
    return dict(sorted(_proofs.items()))


def run_proofs() -> dict[str, list[Finding]]:
    """Run every proof in the current namespace; an empty list means it holds."""
    return {name: list(proof()) for name, proof in proofs().items()}
