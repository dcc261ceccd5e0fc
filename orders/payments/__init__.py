"""Payments and refunds of orders, through providers behind one port.

Owns what a provider was asked and what it answered; promises that money is believed only from a verified
provider message or a finance person, settles exactly once, and never gets lost: a payment its order can no
longer take is refunded. May import ``orders`` and everything below; ``orders`` never imports this app.
"""
