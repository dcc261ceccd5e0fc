"""Orders: placing, paying, sending, completing, cancelling and returning what members buy.

Owns the order with its four status axes, its lines and its returns; promises that a price is the server's,
that goods are held before an order exists, and that an order is paid, cancelled or expired exactly once.
May import every app below it (stores, inventory, catalog, credits, warehousing, partners, vmi), never
``orders.payments``.
"""
