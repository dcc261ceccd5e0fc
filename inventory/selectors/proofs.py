"""What the last proofs said: for the first page, the banner and the pages of corrections."""

from dataclasses import dataclass

from inventory.choices import CorrectionState
from inventory.models import Correction, ReconcileRun
from vmi.core.db import fetch_all


@dataclass(frozen=True, slots=True)
class ProofState:
    """The last proof that was kept, and how many corrections wait for somebody's decision."""

    run: ReconcileRun | None
    waiting: int

    @property
    def is_red(self) -> bool:
        """Whether the last proof found differences."""
        return self.run is not None and self.run.differences > 0


def proof_state() -> ProofState:
    """The state of the namespace; two small statements."""
    waiting = Correction.objects.filter(state=CorrectionState.PROPOSED).count()
    return ProofState(ReconcileRun.objects.defer("findings").first(), waiting)


def red_run() -> tuple[int, int] | None:
    """The last proof if it found differences: (its id, how many); one statement, for every page of the back office."""
    rows = fetch_all("SELECT id, differences FROM inventory_reconcilerun ORDER BY id DESC LIMIT 1")
    return (rows[0]["id"], rows[0]["differences"]) if rows and rows[0]["differences"] else None
