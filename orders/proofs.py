"""What ``manage.py reconcile`` proves about orders."""

from orders.selectors import lost_that_disagrees, returned_that_disagree, totals_that_disagree
from vmi.core.checks_registry import register_proof


def register() -> None:
    """Add the proofs of this app."""
    register_proof("C7 order totals", totals_that_disagree)
    register_proof("C7 lost goods", lost_that_disagrees)
    register_proof("C7 returned units", returned_that_disagree)
