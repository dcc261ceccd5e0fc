"""The HTTP face of payments: opening one for an order, reading, provider callbacks."""
