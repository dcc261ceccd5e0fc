"""The API of the inventory centre: every layer, its promises and its ledger, read-only; corrections by command."""
