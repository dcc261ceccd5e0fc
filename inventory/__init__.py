"""The inventory centre: physical, logical, pool and channel stock with an append-only ledger under every number.

Promises that nothing is ever sold twice. May import catalog, warehousing, partners and vmi; knows documents
only by an opaque source reference.
"""
