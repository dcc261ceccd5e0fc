"""What the stock core offers to layers below it: numbers they show but must not compute."""

from inventory.selectors import shelf_usage
from inventory.selectors.safety_proof import safety_that_disagrees
from inventory.services.reconcile import STOCK_PROOF, prove_stock_rows
from inventory.services.snapshot import take_stock
from vmi.core.checks_registry import register_proof
from warehousing.ports import register_shelf_usage, register_stock_taker


def register() -> None:
    """Hand the shelf usage to warehousing and the stock proofs to ``reconcile``."""
    register_shelf_usage(shelf_usage)
    register_stock_taker(take_stock)
    register_proof(STOCK_PROOF, prove_stock_rows)
    register_proof("Safety stock", safety_that_disagrees)
