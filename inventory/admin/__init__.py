"""The inventory centre in the back office: every layer, its ledger, and the waterfall of a SKU."""

from inventory.admin import (
    assignment,
    batches,
    channels,
    dashboard,
    history,
    layers,
    locks,
    pools,
    promises,
    proof,
    quotas,
    refused,
    safety,
    snapshots,
    stocktakes,
    supply,
    waiting,
)

__all__ = [
    "assignment",
    "batches",
    "channels",
    "dashboard",
    "history",
    "layers",
    "locks",
    "pools",
    "promises",
    "proof",
    "quotas",
    "refused",
    "safety",
    "snapshots",
    "stocktakes",
    "supply",
    "waiting",
]

dashboard.register()
