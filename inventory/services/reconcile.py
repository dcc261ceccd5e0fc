"""``reconcile``: prove I1–I9 over every row of the namespace, keep what was found, propose corrections."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from inventory.models import ReconcileRun
from inventory.services.corrections import propose
from inventory.services.proof import Finding, prove_stock, prove_stock_rows
from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.checks_registry import run_proofs
from vmi.core.db import fetch_all
from vmi.core.tenancy import current_schema
from vmi.events.catalogue import ReconcileFailed
from vmi.events.services import record
from vmi.namespaces.tasks import delay_in_namespace, task_named

__all__ = ["STOCK_PROOF", "Finding", "Report", "prove_stock", "prove_stock_rows", "reconcile"]

STOCK_PROOF: Final = "I1–I8 stock"
"""The name of the stock core's own proof."""

NIGHTLY: Final = "inventory.reconcile_nightly"
"""The task that proves a namespace."""

FINDINGS_KEPT: Final = 100
"""Differences of each proof that a run keeps word for word."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a reconcile found in one namespace, proof by proof."""

    namespace: str
    proofs: dict[str, list[Mapping[str, Any]]]

    @property
    def count(self) -> int:
        """How many differences there are; 0 is the only good answer."""
        return sum(len(findings) for findings in self.proofs.values())


def reconcile(*, raise_event: bool = False, actor: Actor | None = None) -> Report:
    """Run every registered proof of the namespace (stock, credits, orders).

    Reads only, unless ``raise_event``: then the run is kept, a correction is proposed for every difference that has
    one, proposals whose difference is gone are closed, and ReconcileFailed is recorded when anything differs, so
    that the back office shows it. ``actor`` is the person who asked; without one it is the system's own run.
    """
    started_at, start = clock.now(), time.monotonic()
    report = Report(namespace=current_schema(), proofs=run_proofs())
    if raise_event:
        run = ReconcileRun(
            started_at=started_at,
            duration_ms=int((time.monotonic() - start) * 1000),
            entries=fetch_all("SELECT count(*) AS entries FROM inventory_ledgerentry")[0]["entries"],
            differences=report.count,
            findings={name: list(found)[:FINDINGS_KEPT] for name, found in report.proofs.items() if found},
        )
        _keep(report, run, actor or system_actor("reconcile"))
    return report


def prove_again() -> None:
    """Have a worker run the nightly proof after the commit: a correction shall show its effect at once."""
    delay_in_namespace(task_named(NIGHTLY))


@transaction.atomic
def _keep(report: Report, run: ReconcileRun, actor: Actor) -> None:
    """Store the run with its proposals, and raise the alarm."""
    run.actor_id = actor.user_id
    run.save()
    propose(run=run, findings=[Finding(**found) for found in report.proofs.get(STOCK_PROOF, ())], actor=actor)
    if report.count:
        record(ReconcileFailed(findings=report.count), subject=f"reconcile:{report.namespace}", actor=actor)
