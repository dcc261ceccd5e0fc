"""The inventory centre in the back office: every layer, its ledger, and the waterfall of a SKU."""

from inventory.admin import (
    channels,
    dashboard,
    history,
    layers,
    locks,
    promises,
    proof,
    quotas,
    safety,
    snapshots,
    stocktakes,
    supply,
)

__all__ = [
    "channels",
    "dashboard",
    "history",
    "layers",
    "locks",
    "promises",
    "proof",
    "quotas",
    "safety",
    "snapshots",
    "stocktakes",
    "supply",
]

dashboard.register()
