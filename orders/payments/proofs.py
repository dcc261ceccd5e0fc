"""What ``manage.py reconcile`` proves about money."""

from orders.payments.selectors import money_that_disagrees
from vmi.core.checks_registry import register_proof


def register() -> None:
    """Add the proofs of this app."""
    register_proof("C7 paid and refunded", money_that_disagrees)
