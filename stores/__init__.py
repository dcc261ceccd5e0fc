"""Stores: shop fronts, their staff, shelves and listings, and the stock-in and stock-out documents.

Promises: a document moves stock only through ``inventory.services``, in the same transaction as its
own change of state, and nobody approves what they made themselves. No quantity on hand is stored here.
May import inventory, catalog, warehousing, partners and vmi; never orders.
"""
