"""Warehouses and what stands in them: zones, shelves, locations, owners, and the talk with warehouse systems (WMS).

Owns: the layout (warehouse → zone → shelf → location), goods owners, ship notices (outbox), WMS messages (inbox).
Promises: a location code exists once; a notice is sent at least once and shipped at most once; a WMS message acts once.
May import: ``partners`` and ``vmi``. It knows no products and no stock: SKU, owner and location travel as codes.
"""
