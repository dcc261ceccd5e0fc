"""The inventory centre in the back office: every layer, its ledger, and the waterfall of a SKU."""

from inventory.admin import channels, dashboard, history, layers, promises, proof, quotas, safety

__all__ = ["channels", "dashboard", "history", "layers", "promises", "proof", "quotas", "safety"]

dashboard.register()
